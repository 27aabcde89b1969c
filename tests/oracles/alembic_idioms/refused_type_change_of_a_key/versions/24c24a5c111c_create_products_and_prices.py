"""Create products and prices

Revision ID: 24c24a5c111c
Revises:
Create Date: 2024-03-09 10:00:00.000000

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "24c24a5c111c"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table("products", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("name", sa.Text()))
    op.create_table("prices", sa.Column("product_id", sa.Integer(), sa.ForeignKey("products.id")))


def downgrade():
    pass
