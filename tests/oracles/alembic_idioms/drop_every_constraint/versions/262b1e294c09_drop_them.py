"""Drop them

Revision ID: 262b1e294c09
Revises: 48b672581be9
Create Date: 2023-12-03 04:57:00.438810

"""

from alembic import op


# revision identifiers, used by Alembic.
revision = "262b1e294c09"
down_revision = "48b672581be9"
branch_labels = None
depends_on = None


def upgrade():
    op.drop_constraint("ck_owners_code", "owners", type_="check")
    op.drop_constraint("fk_pets_owner", "pets", type_="foreignkey")
    op.execute("ALTER TABLE owners DROP CONSTRAINT uq_owners_code CASCADE")
    op.drop_constraint("pk_owners", "owners", type_="primary")


def downgrade():
    op.create_primary_key("pk_owners", "owners", ["id"])
