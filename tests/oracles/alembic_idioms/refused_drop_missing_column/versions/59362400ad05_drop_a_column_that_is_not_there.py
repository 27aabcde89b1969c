"""Drop a column that is not there

Revision ID: 59362400ad05
Revises: 438b0e50e009
Create Date: 2024-01-12 11:17:00.219282

"""

from alembic import op


# revision identifiers, used by Alembic.
revision = "59362400ad05"
down_revision = "438b0e50e009"
branch_labels = None
depends_on = None


def upgrade():
    op.drop_column("items", "colour")


def downgrade():
    pass
