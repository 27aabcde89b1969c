"""Change it

Revision ID: 4fadc242dbd6
Revises: 01137aaf12f2
Create Date: 2023-05-26 21:10:00.705864

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "4fadc242dbd6"
down_revision = "01137aaf12f2"
branch_labels = None
depends_on = None


def upgrade():
    op.alter_column("towns", "size", existing_type=sa.Text(), type_=sa.Integer())


def downgrade():
    pass
