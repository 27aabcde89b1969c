"""Prices

Revision ID: 58864e618570
Revises: 8eccaa7121f3
Create Date: 2024-04-05 10:10:00.000000

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "58864e618570"
down_revision = "8eccaa7121f3"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table("prices", sa.Column("product_id", sa.Numeric(10, 0), sa.ForeignKey("products.id")))


def downgrade():
    pass
