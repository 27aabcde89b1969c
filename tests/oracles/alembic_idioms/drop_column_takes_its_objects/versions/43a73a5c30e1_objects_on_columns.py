"""Objects on columns

Revision ID: 43a73a5c30e1
Revises:
Create Date: 2023-06-10 22:57:00.105369

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "43a73a5c30e1"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "cells",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("a", sa.Integer(), unique=True),
        sa.Column("b", sa.Integer()),
        sa.Column("c", sa.Integer()),
        sa.Column("d", sa.Integer()),
        sa.Column("e", sa.Integer(), sa.ForeignKey("cells.id")),
        sa.Column("f", sa.Integer()),
        sa.Column("g", sa.Integer(), sa.Identity()),
        sa.UniqueConstraint("b", "c"),
        sa.CheckConstraint("b > 0"),
        sa.CheckConstraint("c > d", name="ck_cells_c_d"),
    )
    op.create_index("ix_cells_b_d", "cells", ["b", "d"])
    op.create_index("ix_cells_partial", "cells", ["c"], postgresql_where=sa.text("f > 0"))
    op.create_index("ix_cells_expr", "cells", [sa.text("(f + d)")])
    op.create_index("ix_cells_include", "cells", ["c"], postgresql_include=["f"])
    op.create_table("others", sa.Column("cell_a", sa.Integer(), sa.ForeignKey("cells.a")))


def downgrade():
    op.drop_table("others")
    op.drop_table("cells")
