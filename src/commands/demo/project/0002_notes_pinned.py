from alembic import op

revision = "0002_notes_pinned"
down_revision = "0001_notes"


def upgrade():
    op.execute("ALTER TABLE notes ADD COLUMN pinned INTEGER DEFAULT 0")
