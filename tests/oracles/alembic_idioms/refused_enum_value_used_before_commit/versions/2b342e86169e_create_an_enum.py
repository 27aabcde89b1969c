"""Create an enum

Revision ID: 2b342e86169e
Revises:
Create Date: 2023-06-20 08:30:00.336476

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "2b342e86169e"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.execute("CREATE TYPE phase AS ENUM ('one', 'two')")
    op.create_table("steps", sa.Column("id", sa.Integer(), primary_key=True))


def downgrade():
    op.drop_table("steps")
    op.execute("DROP TYPE phase")
