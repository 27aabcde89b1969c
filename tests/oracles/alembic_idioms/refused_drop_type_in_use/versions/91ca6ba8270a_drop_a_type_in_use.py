"""Drop a type in use

Revision ID: 91ca6ba8270a
Revises:
Create Date: 2023-03-22 04:26:00.902201

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "91ca6ba8270a"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table("a", sa.Column("state", sa.Enum("x", "y", name="state")))
    op.execute("DROP TYPE state")


def downgrade():
    pass
