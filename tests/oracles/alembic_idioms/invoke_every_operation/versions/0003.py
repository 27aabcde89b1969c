import sqlalchemy as sa
from alembic import op
from alembic.operations import ops

revision = "0003"
down_revision = "0002"


def upgrade():
    op.invoke(ops.DropIndexOp("ix_notes_b", table_name="notes"))
    op.invoke(ops.DropConstraintOp("ck_notes", "notes", type_="check"))
    op.invoke(ops.DropColumnOp("notes", "f"))
    op.invoke(ops.DropTableCommentOp("notes"))
