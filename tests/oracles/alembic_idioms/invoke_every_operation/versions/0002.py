import sqlalchemy as sa
from alembic import op
from alembic.operations import ops

revision = "0002"
down_revision = "0001"


def upgrade():
    op.invoke(ops.AddColumnOp("notes", sa.Column("c", sa.Text())))
    op.invoke(ops.AddColumnOp("notes", column=sa.Column("d", sa.Text()), if_not_exists=True))
    op.invoke(ops.CreatePrimaryKeyOp("pk_notes", "notes", ["a"]))
    op.invoke(ops.CreateForeignKeyOp("fk_user", "notes", "users", ["b"], ["id"], ondelete="CASCADE"))
    op.invoke(ops.CreateUniqueConstraintOp("uq_notes", "notes", ["c"]))
    op.invoke(ops.CreateCheckConstraintOp("ck_notes", "notes", "b > 0"))
    op.invoke(ops.CreateIndexOp("ix_notes_b", "notes", ["b"], unique=True))
    op.invoke(ops.CreateIndexOp("ix_notes_d", table_name="notes", columns=["d"]))
    op.invoke(ops.AlterColumnOp("notes", "c", modify_type=sa.String(20), modify_nullable=False, modify_server_default="x"))
    op.invoke(ops.AlterColumnOp("notes", "d", modify_name="e", existing_type=sa.Text()))
    op.invoke(ops.ExecuteSQLOp("ALTER TABLE notes ADD COLUMN f INTEGER"))
    op.invoke(ops.CreateTableCommentOp("notes", "some"))
    op.invoke(ops.DropTableOp("gone"))
    op.invoke(ops.RenameTableOp("users", "people"))
