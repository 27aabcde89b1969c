"""Merge the branches

Revision ID: 8afae3043956
Revises: 83b7be85619a, 998750472bff
Create Date: 2023-11-26 03:02:00.972249

"""

from typing import Sequence, Union

from alembic import op


# revision identifiers, used by Alembic.
revision: str = "8afae3043956"
down_revision: Union[str, Sequence[str], None] = ("83b7be85619a", "998750472bff")
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
