"""A constraint twice

Revision ID: 11d15d450185
Revises:
Create Date: 2023-04-16 21:57:00.231447

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "11d15d450185"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table("one", sa.Column("a", sa.Integer()), sa.CheckConstraint("a > 0", name="ck_one"))
    op.create_check_constraint("ck_one", "one", "a > 1")


def downgrade():
    pass
