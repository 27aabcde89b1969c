"""Drop a table that never was

Revision ID: 2d3476afde17
Revises:
Create Date: 2023-12-13 03:35:00.489857

"""

from alembic import op


# revision identifiers, used by Alembic.
revision = "2d3476afde17"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.drop_table("ghosts")


def downgrade():
    pass
