"""Third

Revision ID: d76d9b202fb7
Revises: 155caac61258
Create Date: 2023-10-03 15:51:00.850941

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "d76d9b202fb7"
down_revision = "155caac61258"
branch_labels = None
depends_on = None


def upgrade():
    op.drop_column("steps", "a")
    op.add_column("steps", sa.Column("b", sa.Integer()))
    op.drop_index("ix_steps_a", table_name="steps")


def downgrade():
    pass
