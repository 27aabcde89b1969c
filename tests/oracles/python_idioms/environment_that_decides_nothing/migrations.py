"""The environment is asked, and what it says goes into rows and messages."""

import os
from os import environ, getenv

OWNER = os.environ.get("PARITY_IDIOM_OWNER", "nobody")
VERBOSE = os.getenv("PARITY_IDIOM_VERBOSE", "0") == "1"


def create(cursor, conn):
    cursor.execute("CREATE TABLE owners (id INTEGER PRIMARY KEY, name TEXT)")
    cursor.execute("INSERT INTO owners (name) VALUES (?)", (OWNER,))
    if VERBOSE:
        print("created owners for", OWNER)


def add(cursor, conn):
    home = environ.get("PARITY_IDIOM_HOME")
    path = os.path.join(home or "data", "files")
    cursor.execute("ALTER TABLE owners ADD COLUMN path TEXT")
    cursor.execute("UPDATE owners SET path = ?", (path,))
    limit = int(getenv("PARITY_IDIOM_LIMIT", "100"))
    rows = cursor.execute("SELECT id FROM owners LIMIT ?", (limit,)).fetchall()
    for (row_id,) in rows:
        cursor.execute("UPDATE owners SET name = name || ? WHERE id = ?", (os.sep, row_id))
    cursor.execute("CREATE INDEX idx_owners_path ON owners(path)")


MIGRATIONS = [("create", create), ("add", add)]
