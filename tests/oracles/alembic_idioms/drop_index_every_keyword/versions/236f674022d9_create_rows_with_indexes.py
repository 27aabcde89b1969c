"""Create rows with indexes

Revision ID: 236f674022d9
Revises:
Create Date: 2023-03-18 17:29:00.559908

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "236f674022d9"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "rows",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("a", sa.Integer(), index=True),
        sa.Column("b", sa.Integer(), index=True),
        sa.Column("c", sa.Integer(), index=True, unique=True),
        sa.Column("d", sa.Integer(), index=True),
        sa.Column("e", sa.Integer(), index=True),
    )


def downgrade():
    op.drop_table("rows")
