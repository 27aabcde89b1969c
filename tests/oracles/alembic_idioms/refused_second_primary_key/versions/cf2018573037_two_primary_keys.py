"""Two primary keys

Revision ID: cf2018573037
Revises:
Create Date: 2023-07-16 00:23:00.007245

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "cf2018573037"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table("towns", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("code", sa.Text(), nullable=False))
    op.create_primary_key("pk_towns", "towns", ["code"])


def downgrade():
    pass
