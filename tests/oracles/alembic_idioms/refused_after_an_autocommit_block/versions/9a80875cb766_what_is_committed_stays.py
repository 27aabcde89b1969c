"""What is committed stays

Revision ID: 9a80875cb766
Revises: 5c2b5514fdad
Create Date: 2024-02-24 07:34:00.368801

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "9a80875cb766"
down_revision = "5c2b5514fdad"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("rows", sa.Column("before", sa.Integer()))
    with op.get_context().autocommit_block():
        op.create_index("ix_rows_a", "rows", ["a"], postgresql_concurrently=True)
    op.add_column("rows", sa.Column("after", sa.Integer()))
    op.drop_column("rows", "missing")


def downgrade():
    pass
