"""Create it again with its table

Revision ID: 110ffe088723
Revises: a00a71ea42a5
Create Date: 2024-01-28 14:59:00.913781

"""

from alembic import op
from sqlalchemy.dialects import postgresql


# revision identifiers, used by Alembic.
revision = "110ffe088723"
down_revision = "a00a71ea42a5"
branch_labels = None
depends_on = None


def upgrade():
    postgresql.ENUM("x", "y", "z", name="state").create(op.get_bind(), checkfirst=False)


def downgrade():
    pass
