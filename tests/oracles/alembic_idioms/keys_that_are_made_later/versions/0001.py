import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade():
    metadata = sa.MetaData()
    sa.Table("a", metadata, sa.Column("id", sa.Integer, primary_key=True), sa.Column("b_id", sa.Integer, sa.ForeignKey("b.id", use_alter=True, name="fk_a_b")))
    sa.Table("b", metadata, sa.Column("id", sa.Integer, primary_key=True), sa.Column("a_id", sa.Integer, sa.ForeignKey("a.id")))
    metadata.create_all(op.get_bind())
    op.create_table("teams", sa.Column("id", sa.Integer(), primary_key=True))
    op.create_table(
        "runs",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("team_id", sa.Integer(), sa.ForeignKey("nowhere.id", name="fk_nowhere", use_alter=True)),
        sa.Column("own_id", sa.Integer(), sa.ForeignKey("runs.id")),
        sa.ForeignKeyConstraint(["team_id"], ["teams.id"], name="fk_runs_team", use_alter=True),
    )
    op.create_foreign_key("fk_runs_team", "runs", "teams", ["team_id"], ["id"])
