"""Create rows

Revision ID: 5c2b5514fdad
Revises:
Create Date: 2023-07-28 10:21:00.129423

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "5c2b5514fdad"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table("rows", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("a", sa.Integer()))


def downgrade():
    op.drop_table("rows")
