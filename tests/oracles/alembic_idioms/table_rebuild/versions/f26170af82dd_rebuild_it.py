"""Rebuild it

Revision ID: f26170af82dd
Revises: 767c39c1c6be
Create Date: 2023-10-14 02:37:00.800579

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "f26170af82dd"
down_revision = "767c39c1c6be"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "scores_new",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("player", sa.String(50), nullable=False),
        sa.Column("points", sa.Integer(), nullable=False, server_default="0"),
        sa.UniqueConstraint("player"),
        sa.CheckConstraint("points >= 0"),
    )
    op.execute("INSERT INTO scores_new (id, player, points) SELECT id, player, points::integer FROM scores")
    op.drop_table("scores")
    op.rename_table("scores_new", "scores")
    op.create_index("ix_scores_player", "scores", ["player"])
    op.execute("SELECT setval('scores_new_id_seq', (SELECT max(id) FROM scores))")


def downgrade():
    pass
