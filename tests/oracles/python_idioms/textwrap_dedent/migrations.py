"""Indented SQL is moved to the left; its text is what SQLite stores."""

import textwrap
from textwrap import dedent, indent

TRIGGER = dedent(
    """\
    CREATE TRIGGER ledger_locked BEFORE DELETE ON ledger
    BEGIN
        SELECT RAISE(ABORT, 'the ledger
    is append only');
    END
    """
)


def create(cursor, conn):
    cursor.execute(
        textwrap.dedent(
            """
            CREATE TABLE ledger (
                id INTEGER PRIMARY KEY,
                note TEXT DEFAULT 'two
                  lines'
            )
            """
        ).strip()
    )


def trigger(cursor, conn):
    cursor.execute(TRIGGER)


def indented(cursor, conn):
    columns = "a INTEGER,\nb TEXT DEFAULT 'x\ny'"
    cursor.execute(f"CREATE TABLE indented (\n{indent(columns, '    ')}\n)")
    shortened = textwrap.shorten("CREATE TABLE   shortened (id INTEGER)", width=100)
    cursor.execute(shortened)


MIGRATIONS = [("create", create), ("trigger", trigger), ("indented", indented)]
