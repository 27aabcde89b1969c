"""Tables from tables

Revision ID: 9c5b0e244989
Revises:
Create Date: 2023-10-25 07:37:00.131202

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "9c5b0e244989"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "source",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("code", sa.String(9), nullable=False, unique=True, server_default="c"),
        sa.CheckConstraint("code <> ''", name="ck_source_code"),
    )
    op.create_index("ix_source_code", "source", ["code"])
    op.execute("CREATE TABLE plain_copy (LIKE source)")
    op.execute("CREATE TABLE full_copy (LIKE source INCLUDING ALL, extra TEXT)")
    op.execute("CREATE TABLE data_copy AS SELECT id, code, 1 AS one FROM source")
    op.execute("CREATE TABLE empty_copy AS TABLE source WITH NO DATA")


def downgrade():
    pass
