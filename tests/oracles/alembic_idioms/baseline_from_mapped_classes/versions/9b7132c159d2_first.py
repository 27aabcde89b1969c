"""Everything at once

Revision ID: 9b7132c159d2
Revises: 
Create Date: 2025-03-04 10:00:00.000000

"""

from alembic import op

from models import Base


# revision identifiers, used by Alembic.
revision = "9b7132c159d2"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    Base.metadata.create_all(bind=op.get_bind())


def downgrade():
    pass
