"""Tables for new installations

Revision ID: afb721a7f831
Revises: 
Create Date: 2025-03-04 10:00:00.000000

"""

from alembic import context, op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "afb721a7f831"
down_revision = None
branch_labels = None
depends_on = None


def is_new(engine):
    return "accounts" not in sa.inspect(engine).get_table_names()


def upgrade():
    engine = sa.create_engine(context.config.get_main_option("sqlalchemy.url"))
    if is_new(engine):
        op.create_table("accounts", sa.Column("id", sa.Integer(), primary_key=True))
    else:
        op.create_table("old_accounts", sa.Column("id", sa.Integer(), primary_key=True))
    # Another connection does not see what is not committed.
    if is_new(engine):
        op.add_column("accounts", sa.Column("name", sa.String(20)))
    engine.dispose()


def downgrade():
    pass
