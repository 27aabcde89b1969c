"""Create customers

Revision ID: a7a940519e4a
Revises:
Create Date: 2023-03-21 10:18:00.747932

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "a7a940519e4a"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "customers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(100), nullable=False),
        sa.Column("fax", sa.String(30)),
        sa.Column("old_code", sa.String(10), unique=True),
        sa.Column("region", sa.String(10), index=True),
        sa.PrimaryKeyConstraint("id"),
    )


def downgrade():
    op.drop_table("customers")
