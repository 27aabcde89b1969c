"""Keys of text

Revision ID: 86eba8832bc4
Revises: d991032ecc5f
Create Date: 2024-04-23 10:10:00.000000

"""

from alembic import op


# revision identifiers, used by Alembic.
revision = "86eba8832bc4"
down_revision = "d991032ecc5f"
branch_labels = None
depends_on = None


def upgrade():
    op.execute("CREATE TABLE t (id TEXT GENERATED ALWAYS AS IDENTITY)")


def downgrade():
    pass
