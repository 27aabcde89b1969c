"""Another table with the same enum

Revision ID: 9bfa0cd3c36f
Revises: 3a9deb952c88
Create Date: 2023-06-20 19:59:00.832429

"""

from alembic import op
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql


# revision identifiers, used by Alembic.
revision = "9bfa0cd3c36f"
down_revision = "3a9deb952c88"
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "ticket_log",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("before", postgresql.ENUM("open", "closed", name="ticketstatus", create_type=False), nullable=True),
        sa.Column("after", postgresql.ENUM(name="ticketstatus", create_type=False), nullable=False),
    )


def downgrade():
    op.drop_table("ticket_log")
