"""Create tables

Revision ID: 1c55dbed1279
Revises:
Create Date: 2024-03-01 10:00:00.000000

"""

from alembic import op


# revision identifiers, used by Alembic.
revision = "1c55dbed1279"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.execute("CREATE TABLE a (id INTEGER UNIQUE, CONSTRAINT uq_a UNIQUE (id))")
    op.execute("CREATE TABLE b (id INTEGER, CONSTRAINT uq_b UNIQUE (id), CONSTRAINT uq_b2 UNIQUE (id))")
    op.execute("CREATE TABLE c (id INTEGER PRIMARY KEY, CONSTRAINT uq_c UNIQUE (id))")
    op.execute("CREATE TABLE d (a INTEGER, b INTEGER, UNIQUE (a, b), UNIQUE (b, a), UNIQUE (a, b))")


def downgrade():
    pass
