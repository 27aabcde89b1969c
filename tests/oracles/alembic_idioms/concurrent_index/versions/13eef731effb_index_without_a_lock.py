"""Index without a lock

Revision ID: 13eef731effb
Revises: 10d603117d0e
Create Date: 2023-10-06 15:23:00.306335

"""

from alembic import op


# revision identifiers, used by Alembic.
revision = "13eef731effb"
down_revision = "10d603117d0e"
branch_labels = None
depends_on = None


def upgrade():
    with op.get_context().autocommit_block():
        op.create_index(
            "ix_events_kind_at",
            "events",
            ["kind", "at"],
            unique=False,
            postgresql_concurrently=True,
            if_not_exists=True,
        )
        op.drop_index("ix_events_at", table_name="events", postgresql_concurrently=True)
        op.execute("CREATE INDEX CONCURRENTLY IF NOT EXISTS ix_events_kind ON events (kind)")


def downgrade():
    with op.get_context().autocommit_block():
        op.drop_index("ix_events_kind_at", table_name="events", postgresql_concurrently=True, if_exists=True)
