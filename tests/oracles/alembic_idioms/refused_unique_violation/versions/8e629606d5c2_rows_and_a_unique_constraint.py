"""Rows and a unique constraint

Revision ID: 8e629606d5c2
Revises:
Create Date: 2023-09-22 22:58:00.523769

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "8e629606d5c2"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    table = op.create_table("codes", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("code", sa.String(5)))
    op.bulk_insert(table, [{"id": 1, "code": "a"}, {"id": 2, "code": "a"}])


def downgrade():
    op.drop_table("codes")
