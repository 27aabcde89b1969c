"""The core branch

Revision ID: 436d9a692ba0
Revises:
Create Date: 2023-12-08 15:28:00.218063

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "436d9a692ba0"
down_revision = None
branch_labels = ("core",)
depends_on = None


def upgrade():
    op.create_table("users", sa.Column("id", sa.Integer(), primary_key=True))


def downgrade():
    op.drop_table("users")
