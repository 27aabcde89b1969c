"""Add the missing columns

Revision ID: 5338faa09a93
Revises: 31e03d345f86
Create Date: 2023-12-24 20:35:00.607594

"""

from typing import Sequence, Union

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision: str = "5338faa09a93"
down_revision: Union[str, Sequence[str], None] = "31e03d345f86"
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = None


def _has_column(table: str, column: str) -> bool:
    inspector = sa.inspect(op.get_bind())
    return any(c["name"] == column for c in inspector.get_columns(table))


def _add_if_missing(table: str, column: sa.Column) -> None:
    if not _has_column(table, column.name):
        op.add_column(table, column)


def upgrade() -> None:
    if not _has_column("devices", "serial"):
        op.add_column("devices", sa.Column("serial", sa.String(40), nullable=True))
    _add_if_missing("devices", sa.Column("name", sa.Text()))
    _add_if_missing("devices", sa.Column("seen_at", sa.DateTime(timezone=True)))
    if _has_column("devices", "old"):
        op.drop_column("devices", "old")
    existing = {c["name"]: c for c in sa.inspect(op.get_bind()).get_columns("devices")}
    if existing["name"]["nullable"]:
        op.alter_column("devices", "name", nullable=False)
    if isinstance(existing["serial"]["type"], sa.String):
        op.alter_column("devices", "serial", type_=sa.String(80))


def downgrade() -> None:
    if _has_column("devices", "serial"):
        op.drop_column("devices", "serial")
