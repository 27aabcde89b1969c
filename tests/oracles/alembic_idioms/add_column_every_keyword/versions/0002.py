import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade():
    op.add_column("notes", sa.Column("id", sa.Integer(), primary_key=True))
    op.add_column("notes", sa.Column("number", sa.BigInteger(), primary_key=True, autoincrement=False))
    op.add_column("notes", sa.Column("user_id", sa.Integer(), sa.ForeignKey("users.id", ondelete="CASCADE", name="fk_notes_user")))
    op.add_column("notes", sa.Column("editor_id", sa.Integer(), sa.ForeignKey("users.id")), inline_references=True)
    op.add_column("notes", sa.Column("later_id", sa.Integer(), sa.ForeignKey("users.id", use_alter=True, name="fk_notes_later")))
    op.add_column("notes", sa.Column("body", sa.Text()), if_not_exists=True)
    op.add_column("notes", sa.Column("slug", sa.String(20), unique=True, comment="how it is called"))
    op.add_column("notes", sa.Column("kind", sa.String(20), index=True, server_default="a"))
    op.add_column("notes", sa.Column("code", sa.String(20), index=True, unique=True))
    op.add_column("notes", sa.Column("size", sa.Integer(), sa.Computed("length(body)")))
    op.add_column("notes", sa.Column("place", sa.Integer(), sa.Identity(start=10, increment=5, minvalue=1, maxvalue=1000, cycle=True, cache=2)))
    op.add_column("notes", sa.Column("rank", sa.Integer(), sa.Identity(always=True), nullable=False))
    op.add_column("notes", sa.Column("score", sa.Integer(), sa.CheckConstraint("score > 0", name="ck_score")))
