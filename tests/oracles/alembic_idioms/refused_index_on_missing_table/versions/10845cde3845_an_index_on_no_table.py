"""An index on no table

Revision ID: 10845cde3845
Revises:
Create Date: 2023-05-24 13:57:00.955454

"""

from alembic import op


# revision identifiers, used by Alembic.
revision = "10845cde3845"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_index("ix_towns_name", "towns", ["name"])


def downgrade():
    pass
