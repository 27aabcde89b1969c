"""Old names

Revision ID: 09c999a597d7
Revises:
Create Date: 2024-01-21 07:19:00.604320

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "09c999a597d7"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table("old", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("a", sa.Integer(), unique=True))
    op.rename_table("old", "new")


def downgrade():
    op.drop_table("new")
