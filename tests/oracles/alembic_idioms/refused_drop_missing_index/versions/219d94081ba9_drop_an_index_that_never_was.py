"""Drop an index that never was

Revision ID: 219d94081ba9
Revises:
Create Date: 2023-06-25 23:37:00.102131

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "219d94081ba9"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table("rows", sa.Column("id", sa.Integer(), primary_key=True))
    op.drop_index("ix_rows_id", table_name="rows")


def downgrade():
    pass
