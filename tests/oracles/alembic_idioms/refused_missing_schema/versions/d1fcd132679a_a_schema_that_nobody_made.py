"""A schema that nobody made, beside one that this revision makes

Revision ID: d1fcd132679a
Revises:
Create Date: 2023-10-17 18:02:00.589244

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "d1fcd132679a"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.execute("CREATE SCHEMA drafts")
    op.create_table("plans", sa.Column("id", sa.Integer(), primary_key=True), schema="nowhere")


def downgrade():
    pass
