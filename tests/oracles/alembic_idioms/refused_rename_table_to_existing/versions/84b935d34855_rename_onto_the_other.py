"""Rename onto the other

Revision ID: 84b935d34855
Revises: a786d73dc832
Create Date: 2024-04-08 08:53:00.786405

"""

from alembic import op


# revision identifiers, used by Alembic.
revision = "84b935d34855"
down_revision = "a786d73dc832"
branch_labels = None
depends_on = None


def upgrade():
    op.rename_table("first", "second")


def downgrade():
    pass
