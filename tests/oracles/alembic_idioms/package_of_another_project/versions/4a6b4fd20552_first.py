"""Create ships

Revision ID: 4a6b4fd20552
Revises: 
Create Date: 2025-03-04 10:00:00.000000

"""

from alembic import op
import sqlalchemy as sa
from dock.names import PIERS
from harbour_kit.kinds import Kind


# revision identifiers, used by Alembic.
revision = "4a6b4fd20552"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    kind = sa.Enum(Kind, name="ship_kind")
    op.create_table(
        PIERS,
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("kind", kind, nullable=False),
    )


def downgrade():
    pass
