"""Drop a key that another table references

Revision ID: 8ef29a187ffb
Revises:
Create Date: 2023-04-07 07:55:00.699490

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "8ef29a187ffb"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table("towns", sa.Column("id", sa.Integer(), primary_key=True))
    op.create_table("streets", sa.Column("town_id", sa.Integer(), sa.ForeignKey("towns.id")))
    op.drop_constraint("towns_pkey", "towns", type_="primary")


def downgrade():
    pass
