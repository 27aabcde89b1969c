"""Ask the context

Revision ID: bb47b948e05f
Revises:
Create Date: 2024-03-23 23:59:00.550050

"""

from alembic import op
import sqlalchemy as sa
from alembic import context


# revision identifiers, used by Alembic.
revision = "bb47b948e05f"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table("flags", sa.Column("name", sa.String(30), primary_key=True))
    if not context.is_offline_mode():
        op.execute("INSERT INTO flags VALUES ('online')")
    if context.get_x_argument(as_dictionary=True).get("seed") == "yes":
        op.execute("INSERT INTO flags VALUES ('seed')")
    if op.get_context().as_sql:
        return
    op.add_column("flags", sa.Column("on", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade():
    op.drop_table("flags")
