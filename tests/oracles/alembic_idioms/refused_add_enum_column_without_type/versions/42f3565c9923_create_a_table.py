"""Create a table

Revision ID: 42f3565c9923
Revises:
Create Date: 2023-05-24 21:55:00.008202

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "42f3565c9923"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table("rooms", sa.Column("id", sa.Integer(), primary_key=True))


def downgrade():
    pass
