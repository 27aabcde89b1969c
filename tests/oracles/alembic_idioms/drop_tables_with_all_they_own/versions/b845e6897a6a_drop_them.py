"""Drop them

Revision ID: b845e6897a6a
Revises: ef26bc020d4e
Create Date: 2023-08-22 02:18:00.634220

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "b845e6897a6a"
down_revision = "ef26bc020d4e"
branch_labels = None
depends_on = None


def upgrade():
    op.drop_index("ix_parent_name", table_name="parent")
    op.execute("DROP TABLE parent CASCADE")
    op.execute("DROP TABLE IF EXISTS view_source CASCADE")
    op.execute("DROP TABLE bye_1, bye_2 RESTRICT")
    op.create_table("parent", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("name", sa.Text(), index=True))
    op.drop_table("child")
    op.create_table("child", sa.Column("parent_id", sa.Integer(), sa.ForeignKey("parent.id")))


def downgrade():
    pass
