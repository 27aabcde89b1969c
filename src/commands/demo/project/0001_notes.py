from alembic import op

revision = "0001_notes"
down_revision = None


def upgrade():
    op.execute("CREATE TABLE notes (id SERIAL PRIMARY KEY, body TEXT NOT NULL)")
