"""Change them there

Revision ID: f1e65d44df32
Revises: 9450f7ab8399
Create Date: 2023-02-24 16:50:00.538745

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "f1e65d44df32"
down_revision = "9450f7ab8399"
branch_labels = None
depends_on = None


def upgrade():
    op.add_column("plans", sa.Column("price", sa.Integer(), nullable=True), schema="billing")
    op.alter_column("plans", "price", nullable=False, server_default="0", schema="billing")
    op.drop_index("ix_plans_name", table_name="plans", schema="billing")
    op.create_unique_constraint("uq_plans_price", "plans", ["price", "name"], schema="billing")
    op.create_check_constraint("ck_plans_price", "plans", "price >= 0", schema="billing")
    op.create_foreign_key(
        "fk_links_subscription_2",
        "links",
        "subscriptions",
        ["subscription_id"],
        ["id"],
        referent_schema="billing",
    )
    op.drop_constraint("plans_name_key", "plans", type_="unique", schema="billing")
    op.rename_table("plans", "offers", schema="billing")
    op.drop_column("subscriptions", "kind", schema="billing")
    with op.batch_alter_table("offers", schema="billing") as batch_op:
        batch_op.add_column(sa.Column("code", sa.String(8)))


def downgrade():
    op.rename_table("offers", "plans", schema="billing")
