"""Rename onto the other

Revision ID: deebcd8c730c
Revises: 5f85a11551a7
Create Date: 2023-08-15 19:24:00.319196

"""

from alembic import op


# revision identifiers, used by Alembic.
revision = "deebcd8c730c"
down_revision = "5f85a11551a7"
branch_labels = None
depends_on = None


def upgrade():
    op.alter_column("pairs", "a", new_column_name="b")


def downgrade():
    pass
