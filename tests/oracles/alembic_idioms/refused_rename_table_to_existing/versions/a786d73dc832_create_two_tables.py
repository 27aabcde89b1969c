"""Create two tables

Revision ID: a786d73dc832
Revises:
Create Date: 2023-01-13 22:42:00.804404

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "a786d73dc832"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table("first", sa.Column("a", sa.Integer()))
    op.create_table("second", sa.Column("a", sa.Integer()))


def downgrade():
    pass
