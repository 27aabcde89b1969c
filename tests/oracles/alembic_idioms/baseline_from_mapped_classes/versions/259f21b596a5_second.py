"""One more

Revision ID: 259f21b596a5
Revises: 9b7132c159d2
Create Date: 2025-03-04 10:00:00.000000

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "259f21b596a5"
down_revision = "9b7132c159d2"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("books", sa.Column("pages", sa.Integer()))


def downgrade():
    pass
