"""Create events

Revision ID: 9d9eaef1a4ad
Revises:
Create Date: 2023-05-04 06:37:00.770555

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "9d9eaef1a4ad"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table("events", sa.Column("id", sa.BigInteger(), primary_key=True), sa.Column("kind", sa.Text()))


def downgrade():
    pass
