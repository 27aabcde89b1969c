"""Create orders

Revision ID: f9d1d0834a47
Revises: 
Create Date: 2025-03-04 10:00:00.000000

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "f9d1d0834a47"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table("people", sa.Column("id", sa.Integer(), primary_key=True))
    op.create_table(
        "orders",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("buyer_id", sa.Integer(), sa.ForeignKey("people.id", name="some_name")),
        sa.Column("seller_id", sa.Integer(), sa.ForeignKey("people.id")),
        sa.Column("Note", sa.String(10)),
    )
    op.create_index("ix_orders_buyer_id", "orders", ["buyer_id"])
    op.create_index("ix_orders_Note", "orders", ["Note"])
    op.execute("CREATE TABLE old_1 (id INTEGER)")
    op.execute("CREATE TABLE old_2 (id INTEGER)")


def downgrade():
    pass
