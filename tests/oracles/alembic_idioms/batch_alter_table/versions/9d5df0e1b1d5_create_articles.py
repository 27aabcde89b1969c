"""Create articles

Revision ID: 9d5df0e1b1d5
Revises:
Create Date: 2023-04-18 04:05:00.869296

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "9d5df0e1b1d5"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "articles",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(100)),
        sa.Column("body", sa.Text()),
        sa.Column("state", sa.String(10)),
        sa.Column("author", sa.Integer()),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table("authors", sa.Column("id", sa.Integer(), primary_key=True))
    with op.batch_alter_table("articles", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_articles_title"), ["title"], unique=False)
        batch_op.create_index("ix_articles_state", ["state"])


def downgrade():
    op.drop_table("articles")
