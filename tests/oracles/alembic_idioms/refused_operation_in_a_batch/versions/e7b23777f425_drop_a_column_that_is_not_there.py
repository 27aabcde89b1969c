"""Drop a column that is not there

Revision ID: e7b23777f425
Revises: 0f6ffac3fb90
Create Date: 2024-04-08 10:10:00.000000

"""

from alembic import op


# revision identifiers, used by Alembic.
revision = "e7b23777f425"
down_revision = "0f6ffac3fb90"
branch_labels = None
depends_on = None


def upgrade():
    with op.batch_alter_table("products") as batch_op:
        batch_op.drop_column("price")


def downgrade():
    pass
