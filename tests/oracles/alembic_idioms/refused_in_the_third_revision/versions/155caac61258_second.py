"""Second

Revision ID: 155caac61258
Revises: 5fba5f768585
Create Date: 2023-05-15 18:32:00.769841

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "155caac61258"
down_revision = "5fba5f768585"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("steps", sa.Column("a", sa.Integer()))
    op.create_index("ix_steps_a", "steps", ["a"])


def downgrade():
    pass
