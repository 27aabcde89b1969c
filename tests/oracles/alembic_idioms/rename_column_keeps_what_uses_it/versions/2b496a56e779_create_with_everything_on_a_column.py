"""Create with everything on a column

Revision ID: 2b496a56e779
Revises:
Create Date: 2024-04-30 13:45:00.281589

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "2b496a56e779"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "stock",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("qty", sa.Integer(), nullable=False, server_default="1"),
        sa.Column("sku", sa.String(20), nullable=False),
        sa.Column("double", sa.Integer(), sa.Computed("qty * 2", persisted=True)),
        sa.UniqueConstraint("sku", "qty"),
        sa.CheckConstraint("qty >= 0"),
    )
    op.create_index("ix_stock_qty", "stock", ["qty"], postgresql_where=sa.text("qty > 0"))
    op.create_index("ix_stock_expr", "stock", [sa.text("(qty + 1)")])
    op.create_table("moves", sa.Column("stock_id", sa.Integer(), sa.ForeignKey("stock.id")))


def downgrade():
    op.drop_table("moves")
    op.drop_table("stock")
