"""Drop columns

Revision ID: af9e02c73688
Revises: 43a73a5c30e1
Create Date: 2023-01-11 20:24:00.397003

"""

from alembic import op


# revision identifiers, used by Alembic.
revision = "af9e02c73688"
down_revision = "43a73a5c30e1"
branch_labels = None
depends_on = None


def upgrade():
    op.drop_column("cells", "b")
    op.drop_column("cells", "e")
    op.drop_column("cells", "f")
    op.drop_column("cells", "g")
    op.execute("ALTER TABLE cells DROP COLUMN a CASCADE")
    op.execute("ALTER TABLE cells DROP COLUMN d")
    op.drop_column("cells", "id")


def downgrade():
    pass
