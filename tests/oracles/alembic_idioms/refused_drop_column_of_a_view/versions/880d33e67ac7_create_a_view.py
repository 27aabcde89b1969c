"""Create a view

Revision ID: 880d33e67ac7
Revises:
Create Date: 2023-10-10 17:11:00.285547

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "880d33e67ac7"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table("products", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("name", sa.Text()))
    op.execute("CREATE VIEW names AS SELECT name FROM products")


def downgrade():
    pass
