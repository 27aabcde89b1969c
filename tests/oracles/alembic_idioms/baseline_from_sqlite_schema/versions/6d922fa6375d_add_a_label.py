"""Add a label

Revision ID: 6d922fa6375d
Revises: aacc6998284c
Create Date: 2023-05-10 22:21:00.549853

"""

from typing import Sequence, Union

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision: str = "6d922fa6375d"
down_revision: Union[str, Sequence[str], None] = "aacc6998284c"
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = None


def _columns(table: str) -> set[str]:
    return {c["name"] for c in sa.inspect(op.get_bind()).get_columns(table)}


def upgrade() -> None:
    if "label" not in _columns("samples"):
        op.add_column("samples", sa.Column("label", sa.Text(), nullable=True))
    if "serial" not in _columns("devices"):
        op.add_column("devices", sa.Column("serial", sa.Text()))
    op.drop_index("idx_samples_device", table_name="samples")


def downgrade() -> None:
    op.drop_column("samples", "label")
