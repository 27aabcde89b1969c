"""Create a type

Revision ID: a00a71ea42a5
Revises:
Create Date: 2023-08-02 04:53:00.261910

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "a00a71ea42a5"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table("a", sa.Column("state", sa.Enum("x", "y", name="state")))


def downgrade():
    op.drop_table("a")
