"""Create an enum

Revision ID: b9f4eea0a021
Revises:
Create Date: 2023-02-22 01:05:00.124776

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "b9f4eea0a021"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.execute("CREATE TYPE phase AS ENUM ('one', 'two')")
    op.create_table("steps", sa.Column("id", sa.Integer(), primary_key=True))


def downgrade():
    op.drop_table("steps")
    op.execute("DROP TYPE phase")
