"""Change every thing

Revision ID: b7fd8c612e38
Revises: 9638509d1205
Create Date: 2023-10-05 18:00:00.087772

"""

from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql


# revision identifiers, used by Alembic.
revision = "b7fd8c612e38"
down_revision = "9638509d1205"
branch_labels = None
depends_on = None


def upgrade():
    op.alter_column("things", "name", existing_type=sa.String(20), type_=sa.String(200), nullable=False)
    op.alter_column("things", "code", server_default=None)
    op.alter_column("things", "count", type_=sa.Integer(), existing_type=sa.String(10), postgresql_using="count::integer")
    op.alter_column("things", "flag", type_=sa.Boolean(), postgresql_using="flag <> 0")
    op.alter_column("things", "made", type_=sa.DateTime(timezone=True), postgresql_using="made::timestamptz", existing_nullable=True)
    op.alter_column("things", "old_name", new_column_name="new_name")
    op.alter_column("things", "state", server_default="ready", existing_server_default="new", existing_nullable=False)
    op.alter_column("things", "described", comment="after", existing_comment="before")
    op.alter_column("things", "doc", type_=postgresql.JSONB(astext_type=sa.Text()), existing_type=sa.Text(), postgresql_using="doc::jsonb")
    op.alter_column(
        "things",
        "both",
        new_column_name="renamed",
        type_=sa.BigInteger(),
        existing_type=sa.Integer(),
        nullable=False,
        server_default=sa.text("0"),
    )


def downgrade():
    op.alter_column("things", "new_name", new_column_name="old_name")
