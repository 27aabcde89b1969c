"""A trigger of no function

Revision ID: e867d793cf42
Revises:
Create Date: 2023-11-27 10:10:00.596761

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "e867d793cf42"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table("t", sa.Column("id", sa.Integer(), primary_key=True))
    op.execute("CREATE TRIGGER tr BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION touch()")


def downgrade():
    pass
