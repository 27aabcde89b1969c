"""Create things

Revision ID: 9638509d1205
Revises:
Create Date: 2023-01-13 12:21:00.974800

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "9638509d1205"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "things",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("name", sa.String(20), nullable=True),
        sa.Column("code", sa.String(20), server_default="none"),
        sa.Column("count", sa.String(10)),
        sa.Column("flag", sa.Integer()),
        sa.Column("made", sa.String(30)),
        sa.Column("old_name", sa.Text()),
        sa.Column("state", sa.String(10), server_default="new", nullable=False),
        sa.Column("described", sa.Text(), comment="before"),
        sa.Column("doc", sa.Text()),
        sa.Column("both", sa.Integer()),
    )
    op.create_index("ix_things_old_name", "things", ["old_name"])


def downgrade():
    op.drop_table("things")
