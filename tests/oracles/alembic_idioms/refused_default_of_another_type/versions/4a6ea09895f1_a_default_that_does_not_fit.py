"""A default that does not fit

Revision ID: 4a6ea09895f1
Revises:
Create Date: 2024-03-09 14:41:00.051484

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "4a6ea09895f1"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table("t", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("on", sa.Boolean(), server_default=sa.text("0")))


def downgrade():
    pass
