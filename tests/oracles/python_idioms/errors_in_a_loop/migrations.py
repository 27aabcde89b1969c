"""A list of statements, each of which may fail; a retry while the database is locked."""

import logging
import sqlite3
import time

logger = logging.getLogger(__name__)

STATEMENTS = """
CREATE TABLE cards (id INTEGER PRIMARY KEY);
ALTER TABLE cards ADD COLUMN title TEXT;
ALTER TABLE cards ADD COLUMN title TEXT;
ALTER TABLE decks ADD COLUMN title TEXT;
NOT SQL AT ALL;
ALTER TABLE cards ADD COLUMN rank INTEGER;
"""


def create(cursor, conn):
    errors = {}
    for number, statement in enumerate(STATEMENTS.split(";")):
        statement = statement.strip()
        if not statement:
            continue
        try:
            cursor.execute(statement)
        except sqlite3.OperationalError as error:
            logger.warning("%d: %s", number, error)
            errors.setdefault(type(error).__name__, []).append(number)
            continue
        errors.setdefault("fine", []).append(number)
    for kind, numbers in errors.items():
        cursor.execute(f"CREATE TABLE {kind}_{'_'.join(map(str, numbers))} (id INTEGER)")


def retried(cursor, conn):
    for attempt in range(3):
        try:
            cursor.execute("ALTER TABLE cards ADD COLUMN color TEXT")
            if attempt < 1:
                raise sqlite3.OperationalError("database is locked")
            break
        except sqlite3.OperationalError as error:
            if "locked" in str(error):
                cursor.execute("ALTER TABLE cards DROP COLUMN color")
                time.sleep(0.001)
                continue
            raise
    else:
        raise RuntimeError("locked all the time")
    cursor.execute(f"CREATE TABLE attempts_{attempt + 1} (id INTEGER)")


def unbound_afterwards(cursor, conn):
    error = "before"
    try:
        cursor.execute("SELECT * FROM nowhere")
    except sqlite3.OperationalError as error:
        message = str(error)
    try:
        error
    except UnboundLocalError:
        cursor.execute(f"CREATE TABLE unbound_{message.split()[-1]} (id INTEGER)")


MIGRATIONS = [("create", create), ("retried", retried), ("unbound_afterwards", unbound_afterwards)]
