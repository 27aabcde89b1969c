"""Names with a schema

Revision ID: e2cf41784b09
Revises:
Create Date: 2023-01-16 10:17:00.890250

"""

from alembic import op


# revision identifiers, used by Alembic.
revision = "e2cf41784b09"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.execute("CREATE SCHEMA app")
    op.execute("CREATE TABLE app.users (id SERIAL PRIMARY KEY, name TEXT UNIQUE)")
    op.execute("CREATE TABLE public.users (id SERIAL PRIMARY KEY, app_user_id INTEGER REFERENCES app.users (id))")
    op.execute("ALTER TABLE public.users ADD COLUMN note TEXT")
    op.execute("CREATE INDEX ix_users_name ON app.users (name)")
    op.execute("CREATE TYPE app.kind AS ENUM ('a', 'b')")
    op.execute("ALTER TABLE app.users ADD COLUMN kind app.kind DEFAULT 'a'")
    op.execute("SET LOCAL search_path TO app")
    op.execute("CREATE TABLE groups (id SERIAL PRIMARY KEY, user_id INTEGER REFERENCES users (id))")
    op.execute("SET LOCAL search_path TO public")
    op.execute("ALTER TABLE app.groups SET SCHEMA public")
    op.execute("DROP INDEX app.ix_users_name")


def downgrade():
    op.execute("DROP SCHEMA app CASCADE")
