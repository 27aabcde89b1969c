"""A unique index fails, duplicates are removed, and it is created after all."""

import sqlite3


def create(cursor, conn):
    cursor.execute("CREATE TABLE emails (id INTEGER PRIMARY KEY, address TEXT)")
    cursor.executemany("INSERT INTO emails (address) VALUES (?)", [("a",), ("b",), ("a",), ("A",), (None,), (None,)])


def unique(cursor, conn):
    try:
        cursor.execute("CREATE UNIQUE INDEX ux_emails ON emails(address COLLATE NOCASE)")
    except sqlite3.IntegrityError as error:
        if "UNIQUE constraint failed" not in str(error):
            raise
        groups = cursor.execute(
            "SELECT lower(address), COUNT(*), MIN(id), group_concat(id) FROM emails "
            "WHERE address IS NOT NULL GROUP BY 1 HAVING COUNT(*) > 1"
        ).fetchall()
        for _, count, keep, ids in groups:
            doomed = [int(each) for each in ids.split(",") if int(each) != keep]
            assert len(doomed) == count - 1
            cursor.execute(f"DELETE FROM emails WHERE id IN ({','.join('?' * len(doomed))})", doomed)
        cursor.execute("CREATE UNIQUE INDEX ux_emails ON emails(address COLLATE NOCASE)")


def left(cursor, conn):
    (count,) = cursor.execute("SELECT COUNT(*) FROM emails").fetchone()
    cursor.execute(f"CREATE TABLE left_{count} (id INTEGER)")


MIGRATIONS = [("create", create), ("unique", unique), ("left", left)]
