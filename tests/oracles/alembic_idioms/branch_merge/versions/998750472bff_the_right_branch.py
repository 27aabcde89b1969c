"""The right branch

Revision ID: 998750472bff
Revises: 8d1cdbc98bc6
Create Date: 2023-07-20 04:47:00.282902

"""

from typing import Sequence, Union

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision: str = "998750472bff"
down_revision: Union[str, Sequence[str], None] = "8d1cdbc98bc6"
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = None


def upgrade() -> None:
    op.create_table("right_table", sa.Column("base_id", sa.Integer(), sa.ForeignKey("base.id")))


def downgrade() -> None:
    op.drop_table("right_table")
