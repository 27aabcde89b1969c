"""Not SQL

Revision ID: f51f518e271f
Revises:
Create Date: 2023-02-21 07:59:00.577049

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "f51f518e271f"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table("towns", sa.Column("id", sa.Integer(), primary_key=True))
    op.execute("ALTER TABLE towns ADD COLUM name TEXT")


def downgrade():
    pass
