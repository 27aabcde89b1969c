"""Create a type

Revision ID: 0cdfab7362db
Revises:
Create Date: 2024-03-13 10:00:00.000000

"""

from alembic import op


# revision identifiers, used by Alembic.
revision = "0cdfab7362db"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.execute("CREATE TYPE mood AS ENUM ('sad', 'ok', 'sad')")


def downgrade():
    pass
