"""Rows and a new column

Revision ID: fd6c4d77c990
Revises:
Create Date: 2023-12-16 12:32:00.633188

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "fd6c4d77c990"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table("towns", sa.Column("id", sa.Integer(), primary_key=True))
    op.execute("INSERT INTO towns DEFAULT VALUES")


def downgrade():
    op.drop_table("towns")
