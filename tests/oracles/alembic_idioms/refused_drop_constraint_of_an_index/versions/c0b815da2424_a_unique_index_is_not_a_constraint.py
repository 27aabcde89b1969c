"""A unique index is not a constraint

Revision ID: c0b815da2424
Revises:
Create Date: 2024-01-14 12:52:00.030177

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "c0b815da2424"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table("t", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("a", sa.Integer(), unique=True, index=True))
    op.drop_constraint("ix_t_a", "t", type_="unique")


def downgrade():
    pass
