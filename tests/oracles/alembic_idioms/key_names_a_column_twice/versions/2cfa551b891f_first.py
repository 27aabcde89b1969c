"""One column twice

Revision ID: 2cfa551b891f
Revises: 
Create Date: 2025-03-04 10:00:00.000000

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "2cfa551b891f"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "steps",
        sa.Column("run_id", sa.Integer()),
        sa.Column("number", sa.Integer()),
        sa.Column("attempt", sa.Integer()),
        sa.PrimaryKeyConstraint("run_id", "number", "run_id"),
        sa.UniqueConstraint("run_id", "attempt", "attempt"),
        sa.Index("ix_steps_twice", "attempt", "attempt"),
    )


def downgrade():
    pass
