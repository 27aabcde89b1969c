"""And by operations

Revision ID: fc7416f5fe92
Revises: 84d1731d0891
Create Date: 2025-03-04 10:00:00.000000

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "fc7416f5fe92"
down_revision = "84d1731d0891"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("groups", sa.Column("parent_id", sa.Integer(), sa.ForeignKey("groups.id"), unique=True))
    op.add_column("groups", sa.Column("code", sa.String(3), index=True))
    op.create_unique_constraint(None, "groups", ["code", "size"])
    op.create_check_constraint("code", "groups", "code <> ''")
    op.create_foreign_key(None, "members", "groups", ["id"], ["id"])
    op.create_index(None, "members", ["kind"])
    op.drop_constraint("size", "groups", type_="check")
    op.drop_constraint("limit_is_kept", "groups")
    with op.batch_alter_table("members") as batch:
        batch.drop_constraint("kind", type_="check")
        batch.create_unique_constraint(None, ["kind"])


def downgrade():
    pass
