"""Create a type twice

Revision ID: a6fe4ae77545
Revises:
Create Date: 2023-12-13 09:41:00.198113

"""

from alembic import op


# revision identifiers, used by Alembic.
revision = "a6fe4ae77545"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.execute("CREATE TYPE state AS ENUM ('x')")
    op.execute("CREATE TYPE state AS ENUM ('x')")


def downgrade():
    pass
