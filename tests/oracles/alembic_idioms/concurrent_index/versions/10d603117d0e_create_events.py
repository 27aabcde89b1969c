"""Create events

Revision ID: 10d603117d0e
Revises:
Create Date: 2024-01-07 21:34:00.034913

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "10d603117d0e"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "events",
        sa.Column("id", sa.BigInteger(), primary_key=True),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_events_at", "events", ["at"])


def downgrade():
    op.drop_table("events")
