"""A unique constraint on no column

Revision ID: 77d4e8cd247b
Revises:
Create Date: 2024-03-22 03:07:00.286881

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "77d4e8cd247b"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table("towns", sa.Column("id", sa.Integer(), primary_key=True))
    op.create_unique_constraint("uq_towns", "towns", ["id", "name"])


def downgrade():
    pass
