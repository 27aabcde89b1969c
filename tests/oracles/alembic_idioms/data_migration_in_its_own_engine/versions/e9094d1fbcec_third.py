"""Demand it

Revision ID: e9094d1fbcec
Revises: fac8a3e634c0
Create Date: 2025-03-04 10:00:00.000000

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "e9094d1fbcec"
down_revision = "fac8a3e634c0"
branch_labels = None
depends_on = None


def upgrade():
    op.alter_column("notes", "depth", nullable=False)


def downgrade():
    pass
