"""Create rows to fill

Revision ID: 1d73be1e6ac0
Revises:
Create Date: 2023-08-11 21:52:00.491972

"""

from alembic import op


# revision identifiers, used by Alembic.
revision = "1d73be1e6ac0"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.execute("CREATE TABLE counts (id SERIAL PRIMARY KEY, n INTEGER)")
    op.execute("INSERT INTO counts (n) SELECT g FROM generate_series(1, 25) AS g")


def downgrade():
    op.drop_table("counts")
