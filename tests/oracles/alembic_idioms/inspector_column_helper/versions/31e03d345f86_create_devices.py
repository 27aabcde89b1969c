"""Create devices

Revision ID: 31e03d345f86
Revises:
Create Date: 2023-07-21 06:30:00.117054

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "31e03d345f86"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table("devices", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("name", sa.String(20)), sa.Column("old", sa.Text()))


def downgrade():
    op.drop_table("devices")
