"""Create the old names

Revision ID: c8bbfb27bbcf
Revises:
Create Date: 2024-01-08 17:51:00.834669

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "c8bbfb27bbcf"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "old_things",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("code", sa.String(10), unique=True),
        sa.Column("kind", sa.String(10), index=True),
        sa.Column("parent_id", sa.Integer(), sa.ForeignKey("old_things.id")),
        sa.CheckConstraint("length(kind) > 1"),
    )
    op.create_table(
        "users_of_things",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("thing_id", sa.Integer(), sa.ForeignKey("old_things.id")),
    )


def downgrade():
    op.drop_table("users_of_things")
    op.drop_table("old_things")
