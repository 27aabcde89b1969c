"""Drop a constraint that never was

Revision ID: 823b324c4c92
Revises:
Create Date: 2023-09-04 04:02:00.733383

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "823b324c4c92"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table("rows", sa.Column("id", sa.Integer(), primary_key=True))
    op.drop_constraint("uq_rows_id", "rows", type_="unique")


def downgrade():
    pass
