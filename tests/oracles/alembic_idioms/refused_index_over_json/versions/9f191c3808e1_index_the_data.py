"""Index the data

Revision ID: 9f191c3808e1
Revises: 4ef1cee6540f
Create Date: 2024-04-20 10:10:00.000000

"""

from alembic import op


# revision identifiers, used by Alembic.
revision = "9f191c3808e1"
down_revision = "4ef1cee6540f"
branch_labels = None
depends_on = None


def upgrade():
    op.create_index("ix_events_data", "events", ["data"])


def downgrade():
    pass
