"""Create a view

Revision ID: 5cc132bd9b37
Revises:
Create Date: 2024-03-09 10:00:00.000000

"""

from alembic import op


# revision identifiers, used by Alembic.
revision = "5cc132bd9b37"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.execute("CREATE VIEW names AS SELECT name FROM products")


def downgrade():
    pass
