"""Create when absent

Revision ID: b634557cba2d
Revises:
Create Date: 2024-02-24 12:29:00.128198

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "b634557cba2d"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    bind = op.get_bind()
    inspector = sa.inspect(bind)
    if "sessions" not in inspector.get_table_names():
        op.create_table("sessions", sa.Column("id", sa.String(64), primary_key=True), sa.Column("data", sa.Text()))
    if not inspector.has_table("tokens"):
        op.create_table("tokens", sa.Column("id", sa.Integer(), primary_key=True))
    if inspector.has_table("legacy"):
        op.drop_table("legacy")


def downgrade():
    op.drop_table("tokens")
    op.drop_table("sessions")
