"""Fill depth

Revision ID: fac8a3e634c0
Revises: 3cb6b84ad9c8
Create Date: 2025-03-04 10:00:00.000000

"""

from alembic import context

from backfill import run


# revision identifiers, used by Alembic.
revision = "fac8a3e634c0"
down_revision = "3cb6b84ad9c8"
branch_labels = None
depends_on = None


def upgrade():
    run(url=context.config.get_main_option("sqlalchemy.url"))


def downgrade():
    pass
