"""A column on no table

Revision ID: 3e2876e95604
Revises:
Create Date: 2023-06-09 06:28:00.960930

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "3e2876e95604"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("towns", sa.Column("name", sa.Text()))


def downgrade():
    pass
