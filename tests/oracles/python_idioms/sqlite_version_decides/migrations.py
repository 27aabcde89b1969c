"""DROP COLUMN where SQLite has it, a rebuild where it does not."""

import sqlite3

CAN_DROP = sqlite3.sqlite_version_info >= (3, 35, 0)


def create(cursor, conn):
    cursor.execute("CREATE TABLE parcels (id INTEGER PRIMARY KEY, weight REAL, legacy TEXT)")


def drop(cursor, conn):
    if CAN_DROP:
        cursor.execute("ALTER TABLE parcels DROP COLUMN legacy")
    else:
        cursor.execute("CREATE TABLE parcels_new (id INTEGER PRIMARY KEY, weight REAL)")
        cursor.execute("INSERT INTO parcels_new SELECT id, weight FROM parcels")
        cursor.execute("DROP TABLE parcels")
        cursor.execute("ALTER TABLE parcels_new RENAME TO parcels")


def parsed(cursor, conn):
    version = tuple(int(part) for part in sqlite3.sqlite_version.split("."))
    (same,) = conn.execute("SELECT sqlite_version()").fetchone()
    if version > (3, 8) and same == sqlite3.sqlite_version and len(version) == 3:
        cursor.execute("CREATE INDEX idx_parcels_weight ON parcels(weight) WHERE weight IS NOT NULL")
    if version < (3, 0, 0):
        raise RuntimeError("SQLite is too old")
    options = {row[0] for row in conn.execute("PRAGMA compile_options")}
    if "OMIT_ALTERTABLE" not in options and sqlite3.apilevel == "2.0" and sqlite3.paramstyle == "qmark":
        cursor.execute("ALTER TABLE parcels ADD COLUMN size TEXT")


MIGRATIONS = [("create", create), ("drop", drop), ("parsed", parsed)]
