import sqlalchemy as sa
from alembic import op
from alembic.operations import ops

revision = "0001"
down_revision = None


def upgrade():
    op.invoke(ops.CreateTableOp("users", [sa.Column("id", sa.Integer(), primary_key=True), sa.Column("name", sa.String(50))]))
    op.invoke(ops.CreateTableOp("notes", columns=[sa.Column("a", sa.Integer(), nullable=False), sa.Column("b", sa.Integer())], comment="all"))
    op.invoke(ops.CreateTableOp("gone", [sa.Column("a", sa.Integer())]))
