"""A reference between types

Revision ID: 696f3ef9d1ad
Revises:
Create Date: 2023-11-14 23:09:00.772503

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "696f3ef9d1ad"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table("towns", sa.Column("id", sa.Integer(), primary_key=True))
    op.create_table("streets", sa.Column("town_id", sa.String(36)))
    op.create_foreign_key(None, "streets", "towns", ["town_id"], ["id"])


def downgrade():
    pass
