"""Drop them by those names

Revision ID: 541117f4db36
Revises: ad5bf5c4b8ea
Create Date: 2024-03-01 01:26:00.532571

"""

from alembic import op


# revision identifiers, used by Alembic.
revision = "541117f4db36"
down_revision = "ad5bf5c4b8ea"
branch_labels = None
depends_on = None


def upgrade():
    op.drop_constraint("children_parent_id_fkey", "children", type_="foreignkey")
    op.drop_constraint("children_parent_code_fkey", "children", type_="foreignkey")
    op.drop_constraint("parents_code_key", "parents", type_="unique")
    op.drop_constraint("parents_low_high_key", "parents", type_="unique")
    op.drop_constraint("parents_low_check", "parents", type_="check")
    op.drop_constraint("parents_check", "parents")
    op.drop_constraint("children_pkey", "children", type_="primary")


def downgrade():
    op.create_primary_key("children_pkey", "children", ["id"])
