"""A table in parts

Revision ID: 4de1faaa2bcd
Revises:
Create Date: 2023-02-03 19:25:00.069739

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "4de1faaa2bcd"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "metrics",
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("name", sa.String(30), nullable=False),
        sa.Column("value", sa.Float()),
        sa.PrimaryKeyConstraint("at", "name"),
        postgresql_partition_by="RANGE (at)",
    )
    for year in (2023, 2024):
        op.execute(
            f"CREATE TABLE metrics_{year} PARTITION OF metrics "
            f"FOR VALUES FROM ('{year}-01-01') TO ('{year + 1}-01-01')"
        )
    op.execute("CREATE TABLE metrics_rest PARTITION OF metrics DEFAULT")


def downgrade():
    op.drop_table("metrics")
