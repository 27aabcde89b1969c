"""By the program's own settings

Revision ID: cf7519f858bf
Revises: afb721a7f831
Create Date: 2025-03-04 10:00:00.000000

"""

from alembic import op
import sqlalchemy as sa

from settings import URL, settings


# revision identifiers, used by Alembic.
revision = "cf7519f858bf"
down_revision = "afb721a7f831"
branch_labels = None
depends_on = None


def column_exists(engine, name):
    query = "SELECT 1 FROM information_schema.columns WHERE table_name = 'accounts' AND column_name = :name"
    with engine.connect() as connection:
        return connection.execute(sa.text(query), {"name": name}).fetchone() is not None


def upgrade():
    engine = sa.create_engine(settings.database.url)
    if column_exists(engine, "name"):
        op.alter_column("accounts", "name", new_column_name="title")
    if not column_exists(engine, "created_at"):
        op.add_column("accounts", sa.Column("created_at", sa.DateTime(), server_default=sa.func.now()))
    other = sa.create_engine(URL)
    if not sa.inspect(other).has_table("members"):
        op.create_table("members", sa.Column("account_id", sa.Integer(), sa.ForeignKey("accounts.id")))


def downgrade():
    pass
