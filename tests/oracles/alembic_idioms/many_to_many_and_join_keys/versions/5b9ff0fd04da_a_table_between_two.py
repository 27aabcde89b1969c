"""A table between two

Revision ID: 5b9ff0fd04da
Revises:
Create Date: 2023-11-11 20:10:00.783971

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "5b9ff0fd04da"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table("tags", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("name", sa.String(30), nullable=False, unique=True))
    op.create_table("notes", sa.Column("id", sa.Uuid(), primary_key=True, server_default=sa.text("gen_random_uuid()")))
    op.create_table(
        "note_tags",
        sa.Column("note_id", sa.Uuid(), sa.ForeignKey("notes.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("tag_id", sa.Integer(), sa.ForeignKey("tags.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("position", sa.Integer(), nullable=False, server_default=sa.text("0")),
    )
    op.create_index("ix_note_tags_tag_id", "note_tags", ["tag_id"])


def downgrade():
    op.drop_table("note_tags")
    op.drop_table("notes")
    op.drop_table("tags")
