"""Data for no column

Revision ID: a7f7c4b4b165
Revises:
Create Date: 2023-04-14 10:13:00.619716

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "a7f7c4b4b165"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table("t", sa.Column("id", sa.Integer(), primary_key=True))
    t = sa.table("t", sa.column("id"), sa.column("name"))
    op.execute(t.update().where(t.c.id == 1).values(name="x"))


def downgrade():
    pass
