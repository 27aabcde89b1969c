"""Add a column that must have a value

Revision ID: 83e1dbd742c0
Revises: fd6c4d77c990
Create Date: 2023-12-21 02:08:00.204112

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "83e1dbd742c0"
down_revision = "fd6c4d77c990"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("towns", sa.Column("name", sa.Text(), nullable=False))


def downgrade():
    pass
