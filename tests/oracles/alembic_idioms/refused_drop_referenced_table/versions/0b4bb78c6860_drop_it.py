"""Drop it

Revision ID: 0b4bb78c6860
Revises: 3c77b18bb474
Create Date: 2023-03-09 09:04:00.304866

"""

from alembic import op


# revision identifiers, used by Alembic.
revision = "0b4bb78c6860"
down_revision = "3c77b18bb474"
branch_labels = None
depends_on = None


def upgrade():
    op.drop_table("towns")


def downgrade():
    pass
