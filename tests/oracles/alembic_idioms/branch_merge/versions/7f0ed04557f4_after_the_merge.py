"""After the merge

Revision ID: 7f0ed04557f4
Revises: 8afae3043956
Create Date: 2024-04-22 04:04:00.176864

"""

from typing import Sequence, Union

from alembic import op


# revision identifiers, used by Alembic.
revision: str = "7f0ed04557f4"
down_revision: Union[str, Sequence[str], None] = "8afae3043956"
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = None


def upgrade() -> None:
    op.create_index("ix_base_left_value", "base", ["left_value"])
    op.create_index("ix_right_table_base_id", "right_table", ["base_id"])


def downgrade() -> None:
    op.drop_index("ix_base_left_value", table_name="base")
