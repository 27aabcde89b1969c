import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade():
    with op.batch_alter_table("notes") as batch_op:
        batch_op.add_column(sa.Column("team_id", sa.Integer(), sa.ForeignKey("teams.id", name="fk_team")))
        batch_op.add_column(sa.Column("d", sa.Integer(), index=True))
        batch_op.create_primary_key("pk_notes", ["a"])
        batch_op.create_foreign_key("fk_user", "users", ["b"], ["id"], ondelete="SET NULL", deferrable=True, initially="DEFERRED")
        batch_op.create_unique_constraint("uq_notes", ["b", "c"])
        batch_op.create_check_constraint("ck_notes", "b > 0")
        batch_op.create_index("ix_notes_c", ["c"], unique=True, postgresql_where=sa.text("c IS NOT NULL"))
        batch_op.create_index(batch_op.f("ix_notes_b"), ["b"], unique=False)
        batch_op.alter_column("c", type_=sa.String(30), existing_type=sa.Text(), nullable=False, server_default="x", comment="text")
        batch_op.alter_column("a", new_column_name="number")
        batch_op.create_table_comment("notes of users")
