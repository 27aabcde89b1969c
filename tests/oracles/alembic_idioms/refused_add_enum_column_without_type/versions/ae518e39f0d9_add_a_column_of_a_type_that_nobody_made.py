"""Add a column of a type that nobody made

Revision ID: ae518e39f0d9
Revises: 42f3565c9923
Create Date: 2024-04-01 20:41:00.411374

"""

from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql


# revision identifiers, used by Alembic.
revision = "ae518e39f0d9"
down_revision = "42f3565c9923"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("rooms", sa.Column("shade", postgresql.ENUM("light", "dark", name="shade", create_type=False)))


def downgrade():
    pass
