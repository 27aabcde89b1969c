import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade():
    op.add_colum("users", sa.Column("due", sa.Boolean()))
