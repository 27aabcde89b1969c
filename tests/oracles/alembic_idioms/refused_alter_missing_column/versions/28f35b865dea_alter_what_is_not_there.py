"""Alter what is not there

Revision ID: 28f35b865dea
Revises: c7a820e7b160
Create Date: 2023-12-20 02:50:00.722212

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "28f35b865dea"
down_revision = "c7a820e7b160"
branch_labels = None
depends_on = None


def upgrade():
    op.alter_column("pairs", "a", nullable=False)
    op.alter_column("pairs", "c", existing_type=sa.Integer(), nullable=False)


def downgrade():
    pass
