"""Rename it

Revision ID: 54f674596c6b
Revises: 2b496a56e779
Create Date: 2023-03-23 14:35:00.123099

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "54f674596c6b"
down_revision = "2b496a56e779"
branch_labels = None
depends_on = None


def upgrade():
    op.alter_column("stock", "qty", new_column_name="quantity", existing_type=sa.Integer())
    op.execute('ALTER TABLE stock RENAME COLUMN id TO stock_id')
    op.execute('ALTER TABLE stock RENAME sku TO "SKU"')


def downgrade():
    op.alter_column("stock", "quantity", new_column_name="qty")
