"""Create and drop tables

Revision ID: ef26bc020d4e
Revises:
Create Date: 2024-01-24 01:18:00.996702

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "ef26bc020d4e"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table("parent", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("name", sa.Text(), index=True))
    op.create_table("child", sa.Column("parent_id", sa.Integer(), sa.ForeignKey("parent.id")), sa.Column("n", sa.Integer()))
    op.create_table("view_source", sa.Column("n", sa.Integer()))
    op.execute("CREATE VIEW numbers AS SELECT n FROM view_source")
    op.execute("CREATE TABLE bye_1 (a INT); CREATE TABLE bye_2 (a INT)")


def downgrade():
    pass
