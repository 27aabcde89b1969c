"""Baseline

Revision ID: aacc6998284c
Revises:
Create Date: 2023-08-26 08:12:00.424881

"""

from typing import Sequence, Union

from alembic import op
import re
from db.schema import INDEXES, TABLES


# revision identifiers, used by Alembic.
revision: str = "aacc6998284c"
down_revision: Union[str, Sequence[str], None] = None
branch_labels: Union[str, Sequence[str], None] = None
depends_on: Union[str, Sequence[str], None] = None


_REPLACEMENTS = [
    (re.compile(r"\bINTEGER\s+PRIMARY\s+KEY\s+AUTOINCREMENT\b", re.IGNORECASE), "SERIAL PRIMARY KEY"),
    (re.compile(r"\bDATETIME\b(?!\()"), "TIMESTAMP"),
    (re.compile(r"\bBLOB\b"), "BYTEA"),
    (re.compile(r"\bREAL\b|\bDOUBLE\b(?!\s+PRECISION)"), "DOUBLE PRECISION"),
]


def _to_postgres(ddl: str) -> str:
    """Translate a statement of SQLite."""
    for pattern, replacement in _REPLACEMENTS:
        ddl = pattern.sub(replacement, ddl)
    ddl = re.sub(r"\(datetime\('now'\)\)", "CURRENT_TIMESTAMP", ddl)
    ddl = re.sub(
        r"(BOOLEAN(?:\s+NOT\s+NULL)?\s+DEFAULT\s+)([01])",
        lambda m: m.group(1) + ("TRUE" if m.group(2) == "1" else "FALSE"),
        ddl,
    )
    return ddl.strip()


def upgrade() -> None:
    dialect = op.get_bind().dialect.name
    for ddl in TABLES.values():
        op.execute(_to_postgres(ddl) if dialect == "postgresql" else ddl)
    for index in INDEXES:
        op.execute(index)


def downgrade() -> None:
    for name in reversed(list(TABLES)):
        op.execute(f"DROP TABLE IF EXISTS {name}")
