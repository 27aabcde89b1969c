"""A type that PostgreSQL has not

Revision ID: 89e5ea352847
Revises:
Create Date: 2023-02-25 19:19:00.489080

"""

from alembic import op


# revision identifiers, used by Alembic.
revision = "89e5ea352847"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, at DATETIME)")


def downgrade():
    pass
