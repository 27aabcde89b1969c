"""Try and go on without a savepoint

Revision ID: acfe6bcc8656
Revises:
Create Date: 2023-08-31 00:22:00.445422

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "acfe6bcc8656"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table("parts", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("code", sa.Text()))


def downgrade():
    op.drop_table("parts")
