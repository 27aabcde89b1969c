"""Create an enum

Revision ID: d5726cacec48
Revises:
Create Date: 2024-02-02 06:00:00.947700

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "d5726cacec48"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.execute("CREATE TYPE shade AS ENUM ('light', 'dark')")
    op.create_table("rooms", sa.Column("id", sa.Integer(), primary_key=True))
    op.execute("ALTER TABLE rooms ADD COLUMN shade shade DEFAULT 'dark'")


def downgrade():
    op.drop_table("rooms")
    op.execute("DROP TYPE shade")
