"""More in the core

Revision ID: ec5b11881481
Revises: 436d9a692ba0
Create Date: 2023-10-20 23:29:00.186029

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "ec5b11881481"
down_revision = "436d9a692ba0"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("users", sa.Column("email", sa.String(255), unique=True))


def downgrade():
    op.drop_column("users", "email")
