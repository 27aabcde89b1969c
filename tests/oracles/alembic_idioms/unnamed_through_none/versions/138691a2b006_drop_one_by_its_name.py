"""Drop one by its name

Revision ID: 138691a2b006
Revises: d06111c581ef
Create Date: 2023-01-11 20:22:00.372333

"""

from alembic import op


# revision identifiers, used by Alembic.
revision = "138691a2b006"
down_revision = "d06111c581ef"
branch_labels = None
depends_on = None


def upgrade():
    op.drop_constraint("areas_code_key", "areas", type_="unique")
    op.drop_constraint("areas_check", "areas", type_="check")
    op.create_unique_constraint(None, "areas", ["code", "parent"])


def downgrade():
    op.drop_constraint("areas_code_parent_key", "areas", type_="unique")
