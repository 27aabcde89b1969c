"""One index name on two tables

Revision ID: 36c10625abc1
Revises:
Create Date: 2023-10-28 02:09:00.922848

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "36c10625abc1"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table("one", sa.Column("a", sa.Integer()))
    op.create_table("two", sa.Column("a", sa.Integer()))
    op.create_index("ix_a", "one", ["a"])
    op.create_index("ix_a", "two", ["a"])


def downgrade():
    pass
