"""Use a value at once

Revision ID: 4d11e7346c30
Revises: 2b342e86169e
Create Date: 2024-01-29 22:08:00.494621

"""

from alembic import op


# revision identifiers, used by Alembic.
revision = "4d11e7346c30"
down_revision = "2b342e86169e"
branch_labels = None
depends_on = None


def upgrade():
    op.execute("ALTER TYPE phase ADD VALUE 'three'")
    op.execute("ALTER TABLE steps ADD COLUMN phase phase DEFAULT 'three'")


def downgrade():
    pass
