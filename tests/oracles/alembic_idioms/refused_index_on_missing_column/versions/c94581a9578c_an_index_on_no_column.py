"""An index on no column

Revision ID: c94581a9578c
Revises:
Create Date: 2024-04-29 05:00:00.585846

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "c94581a9578c"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table("towns", sa.Column("id", sa.Integer(), primary_key=True))
    op.create_index("ix_towns_name", "towns", ["name"])


def downgrade():
    pass
