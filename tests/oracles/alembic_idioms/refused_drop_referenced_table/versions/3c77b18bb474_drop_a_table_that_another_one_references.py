"""Drop a table that another one references

Revision ID: 3c77b18bb474
Revises:
Create Date: 2023-10-12 12:36:00.982559

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "3c77b18bb474"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table("towns", sa.Column("id", sa.Integer(), primary_key=True))
    op.create_table("streets", sa.Column("town_id", sa.Integer(), sa.ForeignKey("towns.id")))


def downgrade():
    op.drop_table("streets")
    op.drop_table("towns")
