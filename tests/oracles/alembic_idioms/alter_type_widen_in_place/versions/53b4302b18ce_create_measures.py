"""Create measures

Revision ID: 53b4302b18ce
Revises:
Create Date: 2023-02-12 16:14:00.382913

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "53b4302b18ce"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "measures",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("value", sa.Integer(), server_default="3", nullable=False),
        sa.Column("label", sa.String(10), server_default="x"),
        sa.Column("ratio", sa.Float()),
        sa.Column("at", sa.DateTime(), server_default=sa.func.now()),
    )
    op.create_index("ix_measures_value", "measures", ["value"])
    op.create_check_constraint("ck_measures_value", "measures", "value > 0")


def downgrade():
    op.drop_table("measures")
