"""Nulls and a constraint

Revision ID: c4495efa407b
Revises:
Create Date: 2024-03-11 18:35:00.935135

"""

from alembic import op


# revision identifiers, used by Alembic.
revision = "c4495efa407b"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.execute("CREATE TABLE t (id SERIAL PRIMARY KEY, a INTEGER)")
    op.execute("INSERT INTO t (a) VALUES (NULL), (2)")


def downgrade():
    op.drop_table("t")
