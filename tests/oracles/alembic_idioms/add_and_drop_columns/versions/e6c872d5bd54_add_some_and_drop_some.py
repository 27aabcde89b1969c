"""Add some and drop some

Revision ID: e6c872d5bd54
Revises: a7a940519e4a
Create Date: 2023-02-18 13:40:00.206788

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "e6c872d5bd54"
down_revision = "a7a940519e4a"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("customers", sa.Column("email", sa.String(length=255), nullable=True))
    op.add_column("customers", sa.Column("active", sa.Boolean(), server_default=sa.text("true"), nullable=False))
    op.add_column("customers", sa.Column("country", sa.String(2), server_default="xx", nullable=False, comment="ISO code"))
    op.add_column("customers", sa.Column("referrer_id", sa.Integer(), sa.ForeignKey("customers.id", ondelete="SET NULL"), nullable=True))
    op.add_column("customers", sa.Column("named_ref", sa.Integer(), sa.ForeignKey("customers.id", name="fk_customers_named_ref")))
    op.add_column("customers", sa.Column("slug", sa.String(40), unique=True))
    op.add_column("customers", sa.Column("tag", sa.String(40), index=True))
    op.drop_column("customers", "fax")
    op.drop_column("customers", "old_code")
    op.drop_column("customers", "region")


def downgrade():
    op.add_column("customers", sa.Column("region", sa.String(10)))
    op.add_column("customers", sa.Column("old_code", sa.String(10)))
    op.add_column("customers", sa.Column("fax", sa.String(30)))
    for name in ("tag", "slug", "named_ref", "referrer_id", "country", "active", "email"):
        op.drop_column("customers", name)
