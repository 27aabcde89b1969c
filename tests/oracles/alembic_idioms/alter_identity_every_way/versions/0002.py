import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade():
    op.alter_column("counters", "plain", server_default=sa.Identity(always=True, start=7, increment=2))
    op.alter_column("counters", "always", server_default=sa.Identity(), existing_server_default=sa.Identity(always=True))
    op.alter_column("counters", "by_default", server_default=sa.Identity(always=True, start=3), existing_server_default=sa.Identity(start=3))
    op.alter_column("counters", "gone", server_default=None, existing_server_default=sa.Identity())
    op.alter_column("counters", "numbered", server_default=sa.Identity(start=100, cycle=True), existing_server_default=sa.Identity())
