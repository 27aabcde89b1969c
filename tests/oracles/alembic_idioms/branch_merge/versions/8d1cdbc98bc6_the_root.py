"""The root

Revision ID: 8d1cdbc98bc6
Revises:
Create Date: 2024-03-14 13:26:00.174767

"""

from typing import Sequence, Union

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision: str = "8d1cdbc98bc6"
down_revision: Union[str, Sequence[str], None] = None
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = None


def upgrade() -> None:
    op.create_table("base", sa.Column("id", sa.Integer(), primary_key=True))


def downgrade() -> None:
    op.drop_table("base")
