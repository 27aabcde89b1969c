"""Create an enum

Revision ID: c8a43ba0f439
Revises:
Create Date: 2024-05-06 12:09:00.203690

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "c8a43ba0f439"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "tasks",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("state", sa.Enum("new", "doing", "done", name="taskstate"), nullable=False, server_default="new"),
    )


def downgrade():
    op.drop_table("tasks")
