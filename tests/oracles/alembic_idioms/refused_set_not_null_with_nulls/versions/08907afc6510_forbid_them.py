"""Forbid them

Revision ID: 08907afc6510
Revises: c4495efa407b
Create Date: 2024-04-21 11:28:00.090769

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "08907afc6510"
down_revision = "c4495efa407b"
branch_labels = None
depends_on = None


def upgrade():
    op.alter_column("t", "a", existing_type=sa.Integer(), nullable=False)


def downgrade():
    pass
