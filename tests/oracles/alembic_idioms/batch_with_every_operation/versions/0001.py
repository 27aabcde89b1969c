import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade():
    op.create_table("users", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("name", sa.String(50)))
    op.create_table("teams", sa.Column("id", sa.Integer(), primary_key=True))
    op.create_table("notes", sa.Column("a", sa.Integer(), nullable=False), sa.Column("b", sa.Integer()), sa.Column("c", sa.Text()))
