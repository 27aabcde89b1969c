"""Prices of texts

Revision ID: 2d38865c5673
Revises: 24c24a5c111c
Create Date: 2024-04-18 10:10:00.000000

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "2d38865c5673"
down_revision = "24c24a5c111c"
branch_labels = None
depends_on = None


def upgrade():
    op.alter_column("prices", "product_id", type_=sa.Text())


def downgrade():
    pass
