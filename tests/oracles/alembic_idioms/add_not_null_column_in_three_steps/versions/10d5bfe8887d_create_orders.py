"""Create orders

Revision ID: 10d5bfe8887d
Revises:
Create Date: 2023-02-24 04:13:00.276265

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "10d5bfe8887d"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "orders",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("total", sa.Integer(), nullable=False),
    )
    op.bulk_insert(
        sa.table("orders", sa.column("id", sa.Integer), sa.column("total", sa.Integer)),
        [{"id": 1, "total": 10}, {"id": 2, "total": 25}],
    )


def downgrade():
    op.drop_table("orders")
