"""A default that the enum has not

Revision ID: 5541a77df330
Revises:
Create Date: 2024-04-28 16:48:00.025093

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "5541a77df330"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table("t", sa.Column("state", sa.Enum("a", "b", name="state"), server_default="c"))


def downgrade():
    pass
