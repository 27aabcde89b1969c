"""A unique constraint is not an index

Revision ID: 0e3e4fad0f7b
Revises:
Create Date: 2023-10-16 04:11:00.163774

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "0e3e4fad0f7b"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table("t", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("a", sa.Integer(), unique=True))
    op.drop_index("t_a_key", table_name="t")


def downgrade():
    pass
