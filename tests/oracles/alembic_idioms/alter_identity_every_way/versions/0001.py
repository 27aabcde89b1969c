import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade():
    op.create_table(
        "counters",
        sa.Column("plain", sa.Integer(), nullable=False),
        sa.Column("always", sa.Integer(), sa.Identity(always=True)),
        sa.Column("by_default", sa.BigInteger(), sa.Identity(start=3)),
        sa.Column("gone", sa.SmallInteger(), sa.Identity()),
        sa.Column("numbered", sa.Integer(), sa.Identity()),
    )
