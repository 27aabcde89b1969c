"""Look from outside

Revision ID: f9466822fe47
Revises: e5108ae3c15e
Create Date: 2025-03-04 10:00:00.000000

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "f9466822fe47"
down_revision = "e5108ae3c15e"
branch_labels = None
depends_on = None


def upgrade():
    engine = sa.create_engine(op.get_bind().engine.url)
    # All revisions are one transaction, so that nothing of them is to be seen.
    if sa.inspect(engine).has_table("ports"):
        op.drop_table("ports")
    else:
        op.add_column("ports", sa.Column("depth", sa.Integer()))


def downgrade():
    pass
