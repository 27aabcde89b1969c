"""Create events

Revision ID: 4ef1cee6540f
Revises:
Create Date: 2024-03-23 10:00:00.000000

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "4ef1cee6540f"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table("events", sa.Column("data", sa.JSON()))


def downgrade():
    pass
