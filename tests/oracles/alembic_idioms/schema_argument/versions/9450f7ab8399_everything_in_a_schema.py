"""Everything in a schema

Revision ID: 9450f7ab8399
Revises:
Create Date: 2023-03-24 19:05:00.582861

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "9450f7ab8399"
down_revision = None
branch_labels = None
depends_on = None


SCHEMA = "billing"


def upgrade():
    op.execute(f"CREATE SCHEMA IF NOT EXISTS {SCHEMA}")
    op.create_table(
        "plans",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("name", sa.String(50), unique=True),
        schema=SCHEMA,
    )
    op.create_table(
        "subscriptions",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("plan_id", sa.Integer(), sa.ForeignKey("billing.plans.id", ondelete="CASCADE")),
        sa.Column("kind", sa.Enum("monthly", "yearly", name="period", schema=SCHEMA)),
        schema=SCHEMA,
    )
    op.create_table(
        "links",
        sa.Column("subscription_id", sa.Integer()),
        sa.ForeignKeyConstraint(["subscription_id"], [f"{SCHEMA}.subscriptions.id"], name="fk_links_subscription"),
    )
    op.create_index("ix_plans_name", "plans", ["name"], schema=SCHEMA)


def downgrade():
    op.drop_table("links")
    op.execute(f"DROP SCHEMA {SCHEMA} CASCADE")
