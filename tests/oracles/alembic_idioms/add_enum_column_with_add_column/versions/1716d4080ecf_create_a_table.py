"""Create a table

Revision ID: 1716d4080ecf
Revises:
Create Date: 2023-03-31 17:51:00.404070

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "1716d4080ecf"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table("rooms", sa.Column("id", sa.Integer(), primary_key=True))


def downgrade():
    op.drop_table("rooms")
