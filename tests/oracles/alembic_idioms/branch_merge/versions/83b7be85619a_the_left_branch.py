"""The left branch

Revision ID: 83b7be85619a
Revises: 8d1cdbc98bc6
Create Date: 2024-04-15 22:18:00.491481

"""

from typing import Sequence, Union

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision: str = "83b7be85619a"
down_revision: Union[str, Sequence[str], None] = "8d1cdbc98bc6"
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = None


def upgrade() -> None:
    op.add_column("base", sa.Column("left_value", sa.Integer()))


def downgrade() -> None:
    op.drop_column("base", "left_value")
