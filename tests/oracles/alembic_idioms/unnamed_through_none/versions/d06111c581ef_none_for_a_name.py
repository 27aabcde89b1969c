"""None for a name

Revision ID: d06111c581ef
Revises:
Create Date: 2023-05-01 14:07:00.677204

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "d06111c581ef"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "areas",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("code", sa.Text()),
        sa.Column("parent", sa.Integer()),
    )
    op.create_unique_constraint(None, "areas", ["code"])
    op.create_foreign_key(None, "areas", "areas", ["parent"], ["id"])
    op.create_foreign_key(None, "areas", "areas", ["parent"], ["id"], ondelete="CASCADE")
    op.create_check_constraint(None, "areas", "parent <> id")
    op.create_check_constraint(None, "areas", "parent > 0")
    op.create_unique_constraint(None, "areas", ["code"])


def downgrade():
    op.drop_table("areas")
