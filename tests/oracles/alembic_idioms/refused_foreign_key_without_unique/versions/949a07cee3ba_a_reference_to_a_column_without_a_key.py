"""A reference to a column without a key

Revision ID: 949a07cee3ba
Revises:
Create Date: 2023-12-04 06:18:00.263098

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "949a07cee3ba"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table("towns", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("code", sa.String(5), index=True))
    op.create_table(
        "streets",
        sa.Column("town_code", sa.String(5)),
        sa.ForeignKeyConstraint(["town_code"], ["towns.code"]),
    )


def downgrade():
    pass
