"""A name that Python refuses

Revision ID: 5444cdc641f6
Revises:
Create Date: 2023-11-05 01:26:00.486185

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "5444cdc641f6"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table("t", sa.Column("id", sa.Integer(), primary_key=True))
    op.create_index("ix_" + "very_" * 13 + "long", "t", ["id"])


def downgrade():
    pass
