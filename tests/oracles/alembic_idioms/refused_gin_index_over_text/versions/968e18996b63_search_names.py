"""Search names

Revision ID: 968e18996b63
Revises: 8e00ef1d9991
Create Date: 2024-04-11 10:10:00.000000

"""

from alembic import op


# revision identifiers, used by Alembic.
revision = "968e18996b63"
down_revision = "8e00ef1d9991"
branch_labels = None
depends_on = None


def upgrade():
    op.create_index("ix_products_name", "products", ["name"], postgresql_using="gin")


def downgrade():
    pass
