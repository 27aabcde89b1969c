"""Index a new column

Revision ID: 1a9c4b825576
Revises: 99393bf637b9
Create Date: 2024-04-27 10:10:00.000000

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "1a9c4b825576"
down_revision = "99393bf637b9"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("products") as batch_op:
        batch_op.add_column(sa.Column("price", sa.Numeric(10, 2)))
        op.execute("CREATE INDEX ix_products_price ON products (price)")


def downgrade():
    pass
