"""Statements from lists

Revision ID: 99780ae0bf44
Revises:
Create Date: 2023-01-27 16:36:00.367462

"""

from typing import Sequence, Union

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision: str = "99780ae0bf44"
down_revision: Union[str, Sequence[str], None] = None
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = None


TABLES = ["cats", "dogs", "birds"]
COLUMNS = {
    "cats": [("name", "TEXT NOT NULL"), ("lives", "INTEGER DEFAULT 9")],
    "dogs": [("name", "TEXT NOT NULL"), ("size", "VARCHAR(10)")],
}
STATEMENTS = [
    "CREATE INDEX ix_cats_name ON cats (name)",
    "CREATE INDEX ix_dogs_name ON dogs (name)",
]


def upgrade() -> None:
    for table in TABLES:
        op.execute(f"CREATE TABLE {table} (id SERIAL PRIMARY KEY)")
    for table, columns in COLUMNS.items():
        for name, definition in columns:
            op.execute(f"ALTER TABLE {table} ADD COLUMN {name} {definition}")
    for statement in STATEMENTS:
        op.execute(statement)
    for i, table in enumerate(sorted(TABLES), start=1):
        op.execute("ALTER TABLE %s ADD COLUMN rank_%d INTEGER" % (table, i))
        op.execute("COMMENT ON TABLE {} IS 'table {}'".format(table, i))
    op.execute(sa.text("ALTER TABLE birds ADD COLUMN wings SMALLINT DEFAULT 2"))
    op.execute("; ".join(f"ALTER TABLE {t} ADD COLUMN seen DATE" for t in TABLES))


def downgrade() -> None:
    for table in reversed(TABLES):
        op.execute(f"DROP TABLE IF EXISTS {table}")
