"""Create twice

Revision ID: 53ff3975aef0
Revises:
Create Date: 2024-02-15 21:36:00.135434

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "53ff3975aef0"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table("twice", sa.Column("id", sa.Integer(), primary_key=True))


def downgrade():
    op.drop_table("twice")
