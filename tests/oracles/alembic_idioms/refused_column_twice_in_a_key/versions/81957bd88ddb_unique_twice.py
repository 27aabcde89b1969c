"""Unique twice

Revision ID: 81957bd88ddb
Revises: 589fa076dc5f
Create Date: 2024-04-18 10:10:00.000000

"""

from alembic import op


# revision identifiers, used by Alembic.
revision = "81957bd88ddb"
down_revision = "589fa076dc5f"
branch_labels = None
depends_on = None


def upgrade():
    op.execute("ALTER TABLE products ADD UNIQUE (name, name)")


def downgrade():
    pass
