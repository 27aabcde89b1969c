"""Create it again

Revision ID: ed742320422e
Revises: 53ff3975aef0
Create Date: 2024-03-05 02:22:00.389224

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "ed742320422e"
down_revision = "53ff3975aef0"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table("once", sa.Column("id", sa.Integer(), primary_key=True))
    op.create_table("twice", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("name", sa.Text()))


def downgrade():
    op.drop_table("once")
