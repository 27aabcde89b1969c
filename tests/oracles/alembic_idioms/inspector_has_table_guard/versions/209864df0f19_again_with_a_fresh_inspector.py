"""Again with a fresh inspector

Revision ID: 209864df0f19
Revises: b634557cba2d
Create Date: 2024-01-31 16:57:00.296752

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "209864df0f19"
down_revision = "b634557cba2d"
branch_labels = None
depends_on = None


def upgrade():
    tables = set(sa.inspect(op.get_bind()).get_table_names())
    if "sessions" in tables and "archive" not in tables:
        op.rename_table("sessions", "archive")
    if not tables & {"legacy", "ancient"}:
        op.create_table("modern", sa.Column("id", sa.Integer(), primary_key=True))
    for name in sorted(tables - {"alembic_version"}):
        if name == "tokens":
            op.add_column(name, sa.Column("value", sa.Text()))


def downgrade():
    pass
