"""Drop its column

Revision ID: 1b2b42cc600c
Revises: 880d33e67ac7
Create Date: 2024-03-24 12:28:00.106516

"""

from alembic import op


# revision identifiers, used by Alembic.
revision = "1b2b42cc600c"
down_revision = "880d33e67ac7"
branch_labels = None
depends_on = None


def upgrade():
    op.drop_column("products", "name")


def downgrade():
    pass
