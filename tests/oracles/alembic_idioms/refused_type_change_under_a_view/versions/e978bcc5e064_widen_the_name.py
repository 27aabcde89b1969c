"""Widen the name

Revision ID: e978bcc5e064
Revises: 8ef1feef4338
Create Date: 2024-04-10 10:10:00.000000

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "e978bcc5e064"
down_revision = "8ef1feef4338"
branch_labels = None
depends_on = None


def upgrade():
    op.alter_column("products", "name", type_=sa.String(400), existing_type=sa.Text())


def downgrade():
    pass
