"""Text to integer

Revision ID: 01137aaf12f2
Revises:
Create Date: 2023-01-09 14:42:00.483577

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "01137aaf12f2"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table("towns", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("size", sa.Text()))


def downgrade():
    op.drop_table("towns")
