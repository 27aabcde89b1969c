"""Ask the catalog

Revision ID: 374e5b8a7982
Revises:
Create Date: 2023-07-21 17:38:00.588241

"""

from alembic import op
import sqlalchemy as sa
from sqlalchemy.engine.reflection import Inspector


# revision identifiers, used by Alembic.
revision = "374e5b8a7982"
down_revision = None
branch_labels = None
depends_on = None


def column_exists(table, column):
    result = op.get_bind().execute(
        sa.text(
            "SELECT COUNT(*) FROM information_schema.columns "
            "WHERE table_name = :table AND column_name = :column"
        ),
        {"table": table, "column": column},
    )
    return result.scalar() > 0


def table_exists(name):
    return op.get_bind().execute(sa.text("SELECT to_regclass(:n)"), {"n": name}).scalar() is not None


def constraint_exists(name):
    return bool(
        op.get_bind()
        .execute(sa.text("SELECT 1 FROM pg_constraint WHERE conname = :name"), {"name": name})
        .first()
    )


def upgrade():
    op.create_table("lamps", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("watts", sa.Integer()))
    if not column_exists("lamps", "watts"):
        op.add_column("lamps", sa.Column("watts", sa.SmallInteger()))
    if not column_exists("lamps", "lumen"):
        op.add_column("lamps", sa.Column("lumen", sa.Integer()))
    if table_exists("lamps") and not table_exists("shades"):
        op.create_table("shades", sa.Column("lamp_id", sa.Integer(), sa.ForeignKey("lamps.id")))
    if not constraint_exists("ck_lamps_watts"):
        op.create_check_constraint("ck_lamps_watts", "lamps", "watts > 0")
    if op.get_bind().dialect.has_table(op.get_bind(), "lamps"):
        op.create_index("ix_lamps_watts", "lamps", ["watts"])
    inspector = Inspector.from_engine(op.get_bind())
    if "lamps" in inspector.get_table_names(schema="public"):
        op.create_index("ix_lamps_lumen", "lamps", ["lumen"])


def downgrade():
    op.drop_table("shades")
    op.drop_table("lamps")
