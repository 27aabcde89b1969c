"""A check of no column

Revision ID: 4e5e67474fe4
Revises:
Create Date: 2023-01-22 14:28:00.786560

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "4e5e67474fe4"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table("towns", sa.Column("id", sa.Integer(), primary_key=True))
    op.create_check_constraint("ck_towns", "towns", "size > 0")


def downgrade():
    pass
