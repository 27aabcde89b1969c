"""First

Revision ID: 5fba5f768585
Revises:
Create Date: 2023-07-08 00:05:00.412900

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "5fba5f768585"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table("steps", sa.Column("id", sa.Integer(), primary_key=True))


def downgrade():
    pass
