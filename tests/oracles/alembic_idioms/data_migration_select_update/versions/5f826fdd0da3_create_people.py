"""Create people

Revision ID: 5f826fdd0da3
Revises:
Create Date: 2023-02-09 16:03:00.159055

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "5f826fdd0da3"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "people",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("full_name", sa.String(100), nullable=False),
    )
    op.execute("INSERT INTO people (full_name) VALUES ('red fox'), ('grey'), ('blue jay')")


def downgrade():
    op.drop_table("people")
