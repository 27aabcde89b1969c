"""Drop most of them

Revision ID: 025789567878
Revises: 236f674022d9
Create Date: 2023-09-13 10:32:00.130824

"""

from alembic import op


# revision identifiers, used by Alembic.
revision = "025789567878"
down_revision = "236f674022d9"
branch_labels = None
depends_on = None


def upgrade():
    op.drop_index("ix_rows_a", table_name="rows")
    op.drop_index(op.f("ix_rows_b"), "rows")
    op.drop_index("ix_rows_c")
    op.drop_index("ix_rows_missing", table_name="rows", if_exists=True)
    op.drop_index("ix_rows_d", table_name="rows", if_exists=True)


def downgrade():
    for name in "abcd":
        op.create_index(f"ix_rows_{name}", "rows", [name])
