"""Create every core type

Revision ID: 8ba773197c4a
Revises:
Create Date: 2024-01-25 19:54:00.400814

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "8ba773197c4a"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "samples",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("label", sa.String(), nullable=True),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("title", sa.Unicode(120), nullable=True),
        sa.Column("notes", sa.UnicodeText(), nullable=True),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("rank", sa.SmallInteger(), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=True),
        sa.Column("day", sa.Date(), nullable=True),
        sa.Column("hour", sa.Time(), nullable=True),
        sa.Column("hour_tz", sa.Time(timezone=True), nullable=True),
        sa.Column("weight", sa.Float(), nullable=True),
        sa.Column("exact", sa.Float(precision=53), nullable=True),
        sa.Column("short", sa.Float(precision=24), nullable=True),
        sa.Column("wide", sa.Double(), nullable=True),
        sa.Column("price", sa.Numeric(10, 2), nullable=True),
        sa.Column("rate", sa.Numeric(precision=8, scale=4), nullable=True),
        sa.Column("units", sa.Numeric(6), nullable=True),
        sa.Column("amount", sa.Numeric(), nullable=True),
        sa.Column("payload", sa.LargeBinary(), nullable=True),
        sa.Column("options", sa.JSON(), nullable=True),
        sa.Column("token", sa.Uuid(), nullable=True),
        sa.Column("token_text", sa.Uuid(native_uuid=False), nullable=True),
        sa.Column("span", sa.Interval(), nullable=True),
        sa.Column("tags", sa.ARRAY(sa.String()), nullable=True),
        sa.Column("matrix", sa.ARRAY(sa.Integer(), dimensions=2), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )


def downgrade():
    op.drop_table("samples")
