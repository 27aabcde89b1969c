"""A table is built anew under another name; whatever goes wrong is rolled back and raised again."""

import logging

log = logging.getLogger("migrations")


def create(cursor, conn):
    cursor.execute("CREATE TABLE accounts (id INTEGER PRIMARY KEY, name TEXT, balance TEXT)")
    cursor.execute("CREATE INDEX idx_accounts_name ON accounts(name)")
    cursor.execute("INSERT INTO accounts (name, balance) VALUES ('main', '12')")


def rebuild(cursor, conn):
    try:
        cursor.execute("BEGIN")
        cursor.execute(
            """
            CREATE TABLE accounts_new (
                id INTEGER PRIMARY KEY AUTOINCREMENT,
                name TEXT NOT NULL UNIQUE,
                balance INTEGER NOT NULL DEFAULT 0 CHECK (balance >= 0)
            )
            """
        )
        cursor.execute("INSERT INTO accounts_new SELECT id, name, CAST(balance AS INTEGER) FROM accounts")
        cursor.execute("DROP TABLE accounts")
        cursor.execute("ALTER TABLE accounts_new RENAME TO accounts")
        cursor.execute("CREATE INDEX IF NOT EXISTS idx_accounts_name ON accounts(name)")
        conn.commit()
    except Exception:
        conn.rollback()
        log.exception("accounts could not be rebuilt")
        raise


def _rebuild_that_fails(cursor, conn):
    try:
        cursor.execute("BEGIN")
        cursor.execute("CREATE TABLE accounts_new (id INTEGER PRIMARY KEY, name TEXT CHECK (name <> 'main'))")
        cursor.execute("INSERT INTO accounts_new SELECT id, name FROM accounts")
        cursor.execute("DROP TABLE accounts")
        cursor.execute("ALTER TABLE accounts_new RENAME TO accounts")
        conn.commit()
    except Exception as error:
        conn.rollback()
        log.error("rolled back: %s", error)
        raise


def try_another(cursor, conn):
    try:
        _rebuild_that_fails(cursor, conn)
    except Exception as error:
        if "CHECK constraint failed" in str(error):
            cursor.execute("ALTER TABLE accounts ADD COLUMN checked INTEGER")
    if not cursor.execute("SELECT 1 FROM sqlite_master WHERE name = 'accounts_new'").fetchone():
        cursor.execute("CREATE TABLE rolled_back (id INTEGER)")


MIGRATIONS = [("create", create), ("rebuild", rebuild), ("try_another", try_another)]
