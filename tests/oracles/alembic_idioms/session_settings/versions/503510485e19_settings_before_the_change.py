"""Settings before the change

Revision ID: 503510485e19
Revises:
Create Date: 2023-07-13 16:25:00.855829

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "503510485e19"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.execute("SET lock_timeout = '5s'")
    op.execute("SET LOCAL statement_timeout TO 60000")
    op.create_table("big", sa.Column("id", sa.BigInteger(), primary_key=True))
    op.execute("LOCK TABLE big IN ACCESS EXCLUSIVE MODE")
    op.add_column("big", sa.Column("n", sa.Integer()))
    op.execute("SELECT pg_advisory_xact_lock(42)")
    op.execute("SET lock_timeout TO DEFAULT")
    op.execute("SELECT 1")


def downgrade():
    op.drop_table("big")
