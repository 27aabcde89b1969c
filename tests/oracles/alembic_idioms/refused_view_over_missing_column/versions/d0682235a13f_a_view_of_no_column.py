"""A view of no column

Revision ID: d0682235a13f
Revises:
Create Date: 2024-03-12 06:23:00.262121

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "d0682235a13f"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table("t", sa.Column("id", sa.Integer(), primary_key=True))
    op.execute("CREATE VIEW v AS SELECT id, name FROM t")


def downgrade():
    pass
