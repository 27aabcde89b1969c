"""Named table constraints

Revision ID: 7909e05e16d8
Revises:
Create Date: 2023-01-29 14:16:00.012635

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "7909e05e16d8"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table(
        "accounts",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("tenant", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(32), nullable=False),
        sa.Column("balance", sa.Numeric(12, 2), nullable=False),
        sa.PrimaryKeyConstraint("id", name="accounts_pk"),
        sa.UniqueConstraint("tenant", "code", name="uq_accounts_tenant_code"),
        sa.CheckConstraint("balance >= 0", name="ck_accounts_balance"),
    )
    op.create_table(
        "entries",
        sa.Column("tenant", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("account_code", sa.String(32)),
        sa.PrimaryKeyConstraint("tenant", "number", name="entries_pk"),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_entries_account", ondelete="RESTRICT"),
        sa.ForeignKeyConstraint(
            ["tenant", "account_code"],
            ["accounts.tenant", "accounts.code"],
            name="fk_entries_tenant_code",
            deferrable=True,
            initially="DEFERRED",
        ),
    )


def downgrade():
    op.drop_table("entries")
    op.drop_table("accounts")
