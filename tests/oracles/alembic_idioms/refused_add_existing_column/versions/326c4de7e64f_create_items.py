"""Create items

Revision ID: 326c4de7e64f
Revises:
Create Date: 2023-03-19 21:35:00.340975

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "326c4de7e64f"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table("items", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("name", sa.Text()))


def downgrade():
    op.drop_table("items")
