"""Create the type by hand

Revision ID: 83964205c599
Revises:
Create Date: 2023-01-14 14:17:00.689097

"""

from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql


# revision identifiers, used by Alembic.
revision = "83964205c599"
down_revision = None
branch_labels = None
depends_on = None


status = postgresql.ENUM("draft", "live", "gone", name="page_status", create_type=False)
old_kind = sa.Enum("a", "b", name="old_kind")


def upgrade():
    status.create(op.get_bind(), checkfirst=True)
    status.create(op.get_bind(), checkfirst=True)
    old_kind.create(op.get_bind())
    op.create_table("pages", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("kind", sa.Text()))
    op.add_column("pages", sa.Column("status", status, nullable=False, server_default="draft"))


def downgrade():
    op.drop_table("pages")
    status.drop(op.get_bind(), checkfirst=True)
