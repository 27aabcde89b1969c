"""A reference to no column

Revision ID: 73e60773af8f
Revises:
Create Date: 2023-05-24 08:15:00.126347

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "73e60773af8f"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table("towns", sa.Column("id", sa.Integer(), primary_key=True))
    op.create_table("streets", sa.Column("town_id", sa.Integer()))


def downgrade():
    op.drop_table("streets")
    op.drop_table("towns")
