"""Add a currency

Revision ID: 931943abaf68
Revises: 10d5bfe8887d
Create Date: 2023-07-30 01:44:00.527384

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "931943abaf68"
down_revision = "10d5bfe8887d"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("orders", sa.Column("currency", sa.String(3), nullable=True))
    op.execute("UPDATE orders SET currency = 'EUR' WHERE currency IS NULL")
    op.alter_column("orders", "currency", existing_type=sa.String(3), nullable=False)


def downgrade():
    op.drop_column("orders", "currency")
