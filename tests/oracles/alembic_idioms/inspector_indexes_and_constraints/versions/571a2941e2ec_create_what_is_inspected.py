"""Create what is inspected

Revision ID: 571a2941e2ec
Revises:
Create Date: 2023-04-23 11:56:00.719964

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "571a2941e2ec"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "zones",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("code", sa.String(10), nullable=False),
        sa.Column("name", sa.String(10), index=True),
        sa.UniqueConstraint("code", name="uq_zones_code"),
        sa.CheckConstraint("length(code) > 1", name="ck_zones_code"),
    )
    op.create_table(
        "spots",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("zone_id", sa.Integer(), sa.ForeignKey("zones.id")),
        sa.Column("number", sa.Integer()),
    )


def downgrade():
    op.drop_table("spots")
    op.drop_table("zones")
