"""Change with helpers

Revision ID: b81f216f295b
Revises: 7c76c5eb26a8
Create Date: 2023-01-30 06:51:00.874217

"""

from alembic import op
import sqlalchemy as sa
import helpers.ops
from helpers.ops import add_column_if_missing as add, create_index_if_missing


# revision identifiers, used by Alembic.
revision = "b81f216f295b"
down_revision = "7c76c5eb26a8"
branch_labels = None
depends_on = None


def upgrade():
    for column in (sa.Column("total", sa.Integer()), sa.Column("count", sa.Integer())):
        add("carts", column)
    if add("lines", sa.Column("sku", sa.String(20))):
        op.execute("UPDATE lines SET sku = ''")
        op.alter_column("lines", "sku", nullable=False)
    create_index_if_missing("ix_lines_sku", "lines", ["sku"], unique=True)
    create_index_if_missing("ix_lines_sku", "lines", ["sku"])
    if helpers.ops.has_column("carts", "note"):
        op.drop_column("carts", "note")


def downgrade():
    op.drop_column("lines", "sku")
