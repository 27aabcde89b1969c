"""Create with helpers

Revision ID: 7c76c5eb26a8
Revises:
Create Date: 2023-10-19 08:40:00.357265

"""

from alembic import op
import sqlalchemy as sa
from helpers.ops import pk, timestamps
from helpers import types as custom


# revision identifiers, used by Alembic.
revision = "7c76c5eb26a8"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "carts",
        pk(),
        sa.Column("key", custom.GUID(), nullable=False),
        sa.Column("total", custom.Money(), nullable=False),
        sa.Column("note", custom.ShortText(length=40)),
        *timestamps(),
    )
    op.create_table(
        "lines",
        pk(sa.BigInteger, autoincrement=True),
        sa.Column("cart_id", sa.Integer(), sa.ForeignKey("carts.id")),
        *timestamps(nullable=True),
        sa.UniqueConstraint("cart_id", "created_at", name="uq_lines"),
    )


def downgrade():
    op.drop_table("lines")
    op.drop_table("carts")
