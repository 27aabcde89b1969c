"""A name that folds

Revision ID: 6bb4239206b7
Revises:
Create Date: 2023-11-23 06:47:00.479400

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "6bb4239206b7"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table("Towns", sa.Column("Id", sa.Integer(), primary_key=True))
    op.execute("ALTER TABLE Towns ADD COLUMN name TEXT")


def downgrade():
    pass
