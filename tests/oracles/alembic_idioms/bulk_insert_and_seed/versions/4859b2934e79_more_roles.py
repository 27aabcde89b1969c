"""More roles

Revision ID: 4859b2934e79
Revises: d706272b81ff
Create Date: 2024-04-30 19:05:00.837709

"""

from alembic import op
import sqlalchemy as sa
from datetime import datetime, timezone


# revision identifiers, used by Alembic.
revision = "4859b2934e79"
down_revision = "d706272b81ff"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("roles", sa.Column("created_at", sa.DateTime()))
    roles = sa.table(
        "roles",
        sa.column("id", sa.Integer),
        sa.column("name", sa.String),
        sa.column("created_at", sa.DateTime),
    )
    now = datetime.now(timezone.utc).replace(tzinfo=None)
    op.bulk_insert(roles, [{"id": 10 + i, "name": f"role {i}", "created_at": now} for i in range(3)])
    op.execute(sa.update(roles).where(roles.c.created_at.is_(None)).values(created_at=now))
    op.alter_column("roles", "created_at", nullable=False)


def downgrade():
    op.drop_column("roles", "created_at")
