"""Add the name again

Revision ID: bd98415741e8
Revises: 326c4de7e64f
Create Date: 2023-01-20 14:00:00.378037

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "bd98415741e8"
down_revision = "326c4de7e64f"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("items", sa.Column("size", sa.Integer()))
    op.add_column("items", sa.Column("name", sa.String(50)))


def downgrade():
    op.drop_column("items", "name")
