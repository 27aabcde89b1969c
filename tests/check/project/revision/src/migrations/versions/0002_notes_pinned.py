"""notes get pinned"""

import sqlalchemy as sa
from alembic import op

revision = "0002_notes_pinned"
down_revision = "0001_baseline"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("notes", sa.Column("pinned", sa.Integer(), nullable=False, server_default="0"))


def downgrade():
    op.drop_column("notes", "pinned")
