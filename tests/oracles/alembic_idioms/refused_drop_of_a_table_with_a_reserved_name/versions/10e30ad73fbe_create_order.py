"""Create order

Revision ID: 10e30ad73fbe
Revises:
Create Date: 2024-03-17 10:00:00.000000

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "10e30ad73fbe"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table("order", sa.Column("id", sa.Integer(), primary_key=True))
    op.create_table("items", sa.Column("order_id", sa.Integer(), sa.ForeignKey("order.id")))


def downgrade():
    pass
