"""A default

Revision ID: ba2cb04ae925
Revises: 6054f08818d1
Create Date: 2024-04-19 10:10:00.000000

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "ba2cb04ae925"
down_revision = "6054f08818d1"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("products", sa.Column("made", sa.DateTime(), server_default="never"))


def downgrade():
    pass
