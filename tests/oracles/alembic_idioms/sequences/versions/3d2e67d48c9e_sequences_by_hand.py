"""Sequences by hand

Revision ID: 3d2e67d48c9e
Revises:
Create Date: 2024-04-20 13:50:00.042417

"""

from alembic import op
import sqlalchemy as sa
from sqlalchemy.schema import CreateSequence, Sequence


# revision identifiers, used by Alembic.
revision = "3d2e67d48c9e"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.execute("CREATE SEQUENCE invoice_number START 1000 INCREMENT BY 5")
    op.execute(CreateSequence(Sequence("ticket_number")))
    op.execute("CREATE SEQUENCE IF NOT EXISTS ticket_number")
    op.execute("CREATE SEQUENCE temporary_number")
    op.create_table(
        "invoices",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("number", sa.Integer(), server_default=sa.text("nextval('invoice_number')"), nullable=False),
        sa.Column("ticket", sa.BigInteger(), server_default=sa.text("nextval('ticket_number'::regclass)")),
    )
    op.execute("ALTER SEQUENCE ticket_number OWNED BY invoices.ticket")
    op.execute("DROP SEQUENCE IF EXISTS temporary_number")


def downgrade():
    op.drop_table("invoices")
    op.execute("DROP SEQUENCE invoice_number")
