"""Made outside of the transaction

Revision ID: 79f3dbc4477a
Revises: 
Create Date: 2025-03-04 10:00:00.000000

"""

from alembic import context, op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "79f3dbc4477a"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table("inside", sa.Column("id", sa.Integer(), primary_key=True))
    engine = sa.create_engine(context.config.get_main_option("sqlalchemy.url"))
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE outside (id INTEGER)"))
    engine.dispose()


def downgrade():
    pass
