"""Index inside the transaction

Revision ID: 421fb6645ec4
Revises: 9d9eaef1a4ad
Create Date: 2023-07-02 08:04:00.154608

"""

from alembic import op


# revision identifiers, used by Alembic.
revision = "421fb6645ec4"
down_revision = "9d9eaef1a4ad"
branch_labels = None
depends_on = None


def upgrade():
    op.create_index("ix_events_kind", "events", ["kind"], postgresql_concurrently=True)


def downgrade():
    pass
