"""Create pairs

Revision ID: c7a820e7b160
Revises:
Create Date: 2023-05-20 02:08:00.013428

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "c7a820e7b160"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table("pairs", sa.Column("a", sa.Integer()))


def downgrade():
    pass
