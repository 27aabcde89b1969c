"""The constraint kept its name

Revision ID: 9f674e689776
Revises: 09c999a597d7
Create Date: 2023-10-31 15:18:00.191459

"""

from alembic import op


# revision identifiers, used by Alembic.
revision = "9f674e689776"
down_revision = "09c999a597d7"
branch_labels = None
depends_on = None


def upgrade():
    op.drop_constraint("new_a_key", "new", type_="unique")


def downgrade():
    pass
