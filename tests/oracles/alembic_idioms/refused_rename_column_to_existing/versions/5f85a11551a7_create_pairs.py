"""Create pairs

Revision ID: 5f85a11551a7
Revises:
Create Date: 2024-01-04 01:43:00.845665

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "5f85a11551a7"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table("pairs", sa.Column("a", sa.Integer()), sa.Column("b", sa.Integer()))


def downgrade():
    pass
