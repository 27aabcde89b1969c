"""Functions of another database

Revision ID: e1842c84e015
Revises:
Create Date: 2024-03-27 14:13:00.796339

"""

from alembic import op


# revision identifiers, used by Alembic.
revision = "e1842c84e015"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.execute("CREATE TABLE t (id SERIAL PRIMARY KEY, at TIMESTAMP DEFAULT (datetime('now')))")


def downgrade():
    pass
