"""With named constraints

Revision ID: 48b672581be9
Revises:
Create Date: 2023-10-31 06:01:00.573200

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "48b672581be9"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "owners",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(5), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_owners"),
        sa.UniqueConstraint("code", name="uq_owners_code"),
        sa.CheckConstraint("length(code) = 5", name="ck_owners_code"),
    )
    op.create_table(
        "pets",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("owner_id", sa.Integer()),
        sa.Column("owner_code", sa.String(5)),
        sa.ForeignKeyConstraint(["owner_id"], ["owners.id"], name="fk_pets_owner"),
        sa.ForeignKeyConstraint(["owner_code"], ["owners.code"], name="fk_pets_code"),
    )


def downgrade():
    op.drop_table("pets")
    op.drop_table("owners")
