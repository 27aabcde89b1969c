"""Seed the roles

Revision ID: d706272b81ff
Revises:
Create Date: 2023-11-09 18:07:00.360030

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "d706272b81ff"
down_revision = None
branch_labels = None
depends_on = None


roles = None


def upgrade():
    roles = op.create_table(
        "roles",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("name", sa.String(30), nullable=False, unique=True),
        sa.Column("rights", sa.JSON()),
    )
    op.bulk_insert(
        roles,
        [
            {"id": 1, "name": "admin", "rights": ["read", "write"]},
            {"id": 2, "name": "reader", "rights": ["read"]},
        ],
    )
    op.execute(roles.insert().values(id=3, name="guest"))
    op.bulk_insert(roles, [], multiinsert=False)


def downgrade():
    op.drop_table("roles")
