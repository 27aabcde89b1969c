"""Names that the database chooses

Revision ID: b408aacf9223
Revises:
Create Date: 2023-11-30 10:11:00.417647

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "b408aacf9223"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "shelves",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("room", sa.Integer(), nullable=False),
        sa.Column("slot", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer()),
        sa.Column("depth", sa.Integer()),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("room", "slot"),
        sa.UniqueConstraint("slot"),
        sa.CheckConstraint("height > 0"),
        sa.CheckConstraint("depth > 0 AND depth < 100"),
        sa.CheckConstraint("height > depth"),
        sa.CheckConstraint("depth <> 13"),
    )
    op.create_table(
        "books",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("shelf_id", sa.Integer()),
        sa.Column("room", sa.Integer()),
        sa.Column("slot", sa.Integer()),
        sa.ForeignKeyConstraint(["shelf_id"], ["shelves.id"]),
        sa.ForeignKeyConstraint(["room", "slot"], ["shelves.room", "shelves.slot"]),
        sa.PrimaryKeyConstraint("id"),
    )


def downgrade():
    op.drop_table("books")
    op.drop_table("shelves")
