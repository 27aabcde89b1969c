"""An integer default does not become a boolean

Revision ID: 7096079fccb6
Revises:
Create Date: 2023-06-10 00:54:00.108253

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "7096079fccb6"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table("towns", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("big", sa.Integer(), server_default="0"))
    op.alter_column("towns", "big", type_=sa.Boolean(), postgresql_using="big <> 0")


def downgrade():
    pass
