"""Add it

Revision ID: 387f8a1bcf82
Revises: 73e60773af8f
Create Date: 2023-03-06 04:50:00.200941

"""

from alembic import op


# revision identifiers, used by Alembic.
revision = "387f8a1bcf82"
down_revision = "73e60773af8f"
branch_labels = None
depends_on = None


def upgrade():
    op.create_foreign_key("fk_streets_town", "streets", "towns", ["town_id"], ["code"])


def downgrade():
    pass
