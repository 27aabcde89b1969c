"""The table as it was

Revision ID: 767c39c1c6be
Revises:
Create Date: 2024-03-16 21:50:00.298957

"""

from alembic import op


# revision identifiers, used by Alembic.
revision = "767c39c1c6be"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.execute("CREATE TABLE scores (id SERIAL PRIMARY KEY, player TEXT, points TEXT)")
    op.execute("CREATE INDEX ix_scores_player ON scores (player)")
    op.execute("INSERT INTO scores (player, points) VALUES ('red', '10'), ('blue', '20')")


def downgrade():
    op.drop_table("scores")
