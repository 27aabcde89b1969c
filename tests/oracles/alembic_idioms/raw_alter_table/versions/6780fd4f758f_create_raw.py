"""Create raw

Revision ID: 6780fd4f758f
Revises:
Create Date: 2023-01-21 18:23:00.121720

"""

from alembic import op


# revision identifiers, used by Alembic.
revision = "6780fd4f758f"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.execute("CREATE TABLE IF NOT EXISTS raw (id SERIAL PRIMARY KEY, a INTEGER, b TEXT, c TEXT, d INTEGER DEFAULT 4, e INTEGER)")
    op.execute("CREATE TABLE IF NOT EXISTS raw (something_else TEXT)")


def downgrade():
    op.execute("DROP TABLE raw")
