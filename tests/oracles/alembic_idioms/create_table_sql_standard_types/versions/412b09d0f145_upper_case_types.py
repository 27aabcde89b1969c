"""Upper case types

Revision ID: 412b09d0f145
Revises:
Create Date: 2023-05-19 10:45:00.740540

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "412b09d0f145"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "readings",
        sa.Column("id", sa.INTEGER(), nullable=False),
        sa.Column("code", sa.VARCHAR(length=16), nullable=False),
        sa.Column("flag", sa.CHAR(length=1), nullable=True),
        sa.Column("letter", sa.CHAR(), nullable=True),
        sa.Column("body", sa.TEXT(), nullable=True),
        sa.Column("big", sa.BIGINT(), nullable=True),
        sa.Column("small", sa.SMALLINT(), nullable=True),
        sa.Column("ok", sa.BOOLEAN(), nullable=True),
        sa.Column("at", sa.TIMESTAMP(), nullable=True),
        sa.Column("at_tz", sa.TIMESTAMP(timezone=True), nullable=True),
        sa.Column("day", sa.DATE(), nullable=True),
        sa.Column("hour", sa.TIME(), nullable=True),
        sa.Column("ratio", sa.REAL(), nullable=True),
        sa.Column("value", sa.FLOAT(), nullable=True),
        sa.Column("precise", sa.DOUBLE_PRECISION(), nullable=True),
        sa.Column("price", sa.DECIMAL(precision=12, scale=3), nullable=True),
        sa.Column("cost", sa.NUMERIC(9, 2), nullable=True),
        sa.Column("uid", sa.UUID(), nullable=True),
        sa.Column("doc", sa.JSON(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="readings_pk"),
    )


def downgrade():
    op.drop_table("readings")
