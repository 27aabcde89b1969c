"""Refuse an empty table

Revision ID: 023cf82c0988
Revises: 0fb6fc1afcd1
Create Date: 2024-03-21 01:44:00.389791

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "023cf82c0988"
down_revision = "0fb6fc1afcd1"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("rows", sa.Column("a", sa.Integer()))
    count = op.get_bind().execute(sa.text("SELECT count(*) FROM rows")).scalar_one()
    if not count:
        raise RuntimeError("rows is empty: fill it first")


def downgrade():
    pass
