"""Make them unique

Revision ID: 77438cefcc16
Revises: 8e629606d5c2
Create Date: 2023-06-24 20:06:00.171908

"""

from alembic import op


# revision identifiers, used by Alembic.
revision = "77438cefcc16"
down_revision = "8e629606d5c2"
branch_labels = None
depends_on = None


def upgrade():
    op.create_unique_constraint("uq_codes_code", "codes", ["code"])


def downgrade():
    pass
