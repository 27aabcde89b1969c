"""A check in Python

Revision ID: 0fb6fc1afcd1
Revises:
Create Date: 2023-05-22 09:21:00.370206

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "0fb6fc1afcd1"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table("rows", sa.Column("id", sa.Integer(), primary_key=True))


def downgrade():
    op.drop_table("rows")
