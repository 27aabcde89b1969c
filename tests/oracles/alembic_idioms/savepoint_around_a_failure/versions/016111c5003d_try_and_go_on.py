"""Try and go on

Revision ID: 016111c5003d
Revises:
Create Date: 2023-09-29 09:33:00.095236

"""

from alembic import op
import sqlalchemy as sa
from sqlalchemy.exc import ProgrammingError


# revision identifiers, used by Alembic.
revision = "016111c5003d"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.create_table("parts", sa.Column("id", sa.Integer(), primary_key=True), sa.Column("code", sa.Text()))
    bind = op.get_bind()
    try:
        with bind.begin_nested():
            op.drop_constraint("parts_code_key", "parts", type_="unique")
    except ProgrammingError:
        pass
    op.execute("SAVEPOINT before_index")
    op.execute("CREATE INDEX ix_parts_code ON parts (code)")
    op.execute("ROLLBACK TO SAVEPOINT before_index")
    op.execute("RELEASE SAVEPOINT before_index")
    op.add_column("parts", sa.Column("name", sa.Text()))


def downgrade():
    op.drop_table("parts")
