"""A default

Revision ID: 8ec1c0b98ce1
Revises: de3cd9f5b137
Create Date: 2024-04-03 10:10:00.000000

"""

from alembic import op


# revision identifiers, used by Alembic.
revision = "8ec1c0b98ce1"
down_revision = "de3cd9f5b137"
branch_labels = None
depends_on = None


def upgrade():
    op.execute("ALTER TABLE products ADD COLUMN made INTEGER DEFAULT now()")


def downgrade():
    pass
