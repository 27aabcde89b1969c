"""Create items

Revision ID: 438b0e50e009
Revises:
Create Date: 2024-05-06 22:33:00.960986

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "438b0e50e009"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table("items", sa.Column("id", sa.Integer(), primary_key=True))


def downgrade():
    op.drop_table("items")
