"""Search in a generated column

Revision ID: 451cfd598131
Revises:
Create Date: 2023-12-24 02:57:00.893144

"""

from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql


# revision identifiers, used by Alembic.
revision = "451cfd598131"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "articles",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False, server_default=""),
        sa.Column(
            "search",
            postgresql.TSVECTOR(),
            sa.Computed("setweight(to_tsvector('english', title), 'A') || to_tsvector('english', body)", persisted=True),
        ),
    )
    op.create_index("ix_articles_search", "articles", ["search"], postgresql_using="gin")


def downgrade():
    op.drop_index("ix_articles_search", table_name="articles", postgresql_using="gin")
    op.drop_table("articles")
