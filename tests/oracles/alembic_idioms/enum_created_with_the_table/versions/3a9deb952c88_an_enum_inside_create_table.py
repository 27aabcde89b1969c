"""An enum inside create_table

Revision ID: 3a9deb952c88
Revises:
Create Date: 2023-03-18 17:44:00.148505

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "3a9deb952c88"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "tickets",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("status", sa.Enum("open", "closed", name="ticketstatus"), nullable=False, server_default="open"),
        sa.Column("level", sa.Enum("low", "high", name="level", native_enum=False), nullable=False),
        sa.Column("color", sa.Enum("red", "green", name="color", native_enum=False, create_constraint=True, length=20)),
    )


def downgrade():
    op.drop_table("tickets")
    sa.Enum(name="ticketstatus").drop(op.get_bind(), checkfirst=False)
