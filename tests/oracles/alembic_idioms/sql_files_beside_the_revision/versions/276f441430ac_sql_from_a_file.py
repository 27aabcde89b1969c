"""SQL from a file

Revision ID: 276f441430ac
Revises:
Create Date: 2024-01-10 07:08:00.385868

"""

from alembic import op
from pathlib import Path


# revision identifiers, used by Alembic.
revision = "276f441430ac"
down_revision = None
branch_labels = None
depends_on = None


SQL = Path(__file__).resolve().parent.parent / "sql"


def upgrade():
    op.execute((SQL / "001_up.sql").read_text(encoding="utf-8"))
    with open(SQL / "002_up.sql") as file:
        for statement in file.read().split(";"):
            if statement.strip():
                op.execute(statement.strip())


def downgrade():
    op.execute("DROP TABLE forests, trees")
