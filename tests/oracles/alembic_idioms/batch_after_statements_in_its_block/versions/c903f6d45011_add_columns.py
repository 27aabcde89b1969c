"""Add columns

Revision ID: c903f6d45011
Revises: a3896a486867
Create Date: 2024-04-06 10:10:00.000000

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "c903f6d45011"
down_revision = "a3896a486867"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("products") as batch_op:
        batch_op.add_column(sa.Column("second", sa.Text()))
        op.add_column("products", sa.Column("first", sa.Text()))
        batch_op.create_index("ix_products_second", ["second"])
    try:
        with op.batch_alter_table("products") as batch_op:
            batch_op.drop_column("name")
            raise ValueError("nothing of this is sent")
    except ValueError:
        pass


def downgrade():
    pass
