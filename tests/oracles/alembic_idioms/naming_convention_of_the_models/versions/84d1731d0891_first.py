"""Names by the convention

Revision ID: 84d1731d0891
Revises: 
Create Date: 2025-03-04 10:00:00.000000

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "84d1731d0891"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "groups",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("name", sa.String(20), unique=True),
        sa.Column("size", sa.Integer(), sa.CheckConstraint("size > 0", name="size"), index=True),
        sa.Column("limit", sa.Integer(), sa.CheckConstraint("size < 9", name=op.f("limit_is_kept"))),
    )
    op.create_table(
        "members",
        sa.Column("id", sa.Integer()),
        sa.Column("group_id", sa.Integer(), sa.ForeignKey("groups.id")),
        sa.Column("kind", sa.String(5)),
        sa.Column("named", sa.Integer()),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("group_id", "kind"),
        sa.UniqueConstraint("named", name="own_name"),
        sa.ForeignKeyConstraint(["named"], ["groups.id"]),
        sa.CheckConstraint("kind <> ''", name="kind"),
    )


def downgrade():
    pass
