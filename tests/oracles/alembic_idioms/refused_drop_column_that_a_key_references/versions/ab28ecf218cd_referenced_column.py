"""Referenced column

Revision ID: ab28ecf218cd
Revises:
Create Date: 2023-01-30 13:33:00.523023

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "ab28ecf218cd"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table("cells", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("a", sa.Integer(), unique=True))
    op.create_table("others", sa.Column("cell_a", sa.Integer(), sa.ForeignKey("cells.a")))
    op.drop_column("cells", "a")


def downgrade():
    pass
