"""Own exceptions, with a cause and a class hierarchy."""

import sqlite3


class MigrationError(Exception):
    """What a migration could not do."""


class MissingColumn(MigrationError):
    def __init__(self, table, column):
        super().__init__(f"{table} has no column {column}")
        self.table = table
        self.column = column


def _select(cursor, table, column):
    try:
        cursor.execute(f"SELECT {column} FROM {table}")
    except sqlite3.OperationalError as error:
        if "no such column" in str(error):
            raise MissingColumn(table, column) from error
        raise MigrationError(f"cannot read {table}") from error


def create(cursor, conn):
    cursor.execute("CREATE TABLE files (id INTEGER PRIMARY KEY, path TEXT)")


def repair(cursor, conn):
    try:
        _select(cursor, "files", "size")
    except MissingColumn as error:
        cursor.execute(f"ALTER TABLE {error.table} ADD COLUMN {error.column} INTEGER")
        if isinstance(error.__cause__, sqlite3.OperationalError) and str(error) == "files has no column size":
            cursor.execute("ALTER TABLE files ADD COLUMN cause TEXT")


def by_base_class(cursor, conn):
    try:
        _select(cursor, "folders", "id")
    except MissingColumn:
        cursor.execute("CREATE TABLE wrong (id INTEGER)")
    except MigrationError as error:
        table = str(error).removeprefix("cannot read ")
        cursor.execute(f"CREATE TABLE {table} (id INTEGER PRIMARY KEY)")


def without_a_cause(cursor, conn):
    try:
        try:
            raise ValueError("inner")
        except ValueError:
            raise KeyError("outer") from None
    except KeyError as error:
        if error.__cause__ is None and error.__suppress_context__ and error.args == ("outer",):
            cursor.execute("CREATE TABLE outers (id INTEGER)")
    except LookupError:
        pass


MIGRATIONS = [
    ("create", create),
    ("repair", repair),
    ("by_base_class", by_base_class),
    ("without_a_cause", without_a_cause),
]
