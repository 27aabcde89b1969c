import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade():
    with op.batch_alter_table("notes", schema=None, recreate="never") as batch_op:
        batch_op.drop_index("ix_notes_c")
        batch_op.drop_constraint("ck_notes", type_="check")
        batch_op.drop_constraint("uq_notes", "unique")
        batch_op.drop_constraint("fk_user", type_="foreignkey")
        batch_op.drop_column("d")
        batch_op.drop_table_comment()
        batch_op.execute("UPDATE notes SET c = 'y'")
