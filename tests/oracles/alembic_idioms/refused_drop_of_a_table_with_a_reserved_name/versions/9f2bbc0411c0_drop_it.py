"""Drop it

Revision ID: 9f2bbc0411c0
Revises: 10e30ad73fbe
Create Date: 2024-04-20 10:10:00.000000

"""

from alembic import op


# revision identifiers, used by Alembic.
revision = "9f2bbc0411c0"
down_revision = "10e30ad73fbe"
branch_labels = None
depends_on = None


def upgrade():
    op.drop_table("order")


def downgrade():
    pass
