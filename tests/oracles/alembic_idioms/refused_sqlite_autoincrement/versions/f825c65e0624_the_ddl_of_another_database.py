"""The DDL of another database

Revision ID: f825c65e0624
Revises:
Create Date: 2023-08-25 21:24:00.370522

"""

from alembic import op


# revision identifiers, used by Alembic.
revision = "f825c65e0624"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.execute("CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT)")


def downgrade():
    pass
