"""Create ports

Revision ID: e5108ae3c15e
Revises: 
Create Date: 2025-03-04 10:00:00.000000

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "e5108ae3c15e"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table("ports", sa.Column("id", sa.Integer(), primary_key=True))


def downgrade():
    pass
