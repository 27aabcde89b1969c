"""Commit before a value is used

Revision ID: 42d7346cae7a
Revises: b9f4eea0a021
Create Date: 2023-04-16 07:22:00.431780

"""

from alembic import op


# revision identifiers, used by Alembic.
revision = "42d7346cae7a"
down_revision = "b9f4eea0a021"
branch_labels = None
depends_on = None


def upgrade():
    op.execute("COMMIT")
    op.execute("ALTER TYPE phase ADD VALUE 'three'")
    op.execute("COMMIT")
    op.execute("ALTER TABLE steps ADD COLUMN phase phase DEFAULT 'three'")
    op.create_index("ix_steps_phase", "steps", ["phase"])


def downgrade():
    pass
