"""A column twice

Revision ID: 5dd2f486b80c
Revises:
Create Date: 2023-05-17 18:52:00.145702

"""

from alembic import op


# revision identifiers, used by Alembic.
revision = "5dd2f486b80c"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.execute("CREATE TABLE towns (id SERIAL PRIMARY KEY, name TEXT, Name VARCHAR(10))")


def downgrade():
    pass
