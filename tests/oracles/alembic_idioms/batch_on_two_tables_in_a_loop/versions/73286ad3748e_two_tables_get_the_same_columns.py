"""Two tables get the same columns

Revision ID: 73286ad3748e
Revises:
Create Date: 2023-04-08 20:30:00.746464

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "73286ad3748e"
down_revision = None
branch_labels = None
depends_on = None


TABLES = ("invoices", "receipts")


def upgrade():
    for table in TABLES:
        op.create_table(
            table,
            sa.Column("id", sa.Integer(), primary_key=True),
            sa.Column("total", sa.Numeric(10, 2), nullable=False),
        )
    for table in TABLES:
        with op.batch_alter_table(table) as batch_op:
            batch_op.add_column(sa.Column("created_at", sa.DateTime(), server_default=sa.func.now()))
            batch_op.create_index(f"ix_{table}_created_at", ["created_at"])


def downgrade():
    for table in reversed(TABLES):
        op.drop_table(table)
