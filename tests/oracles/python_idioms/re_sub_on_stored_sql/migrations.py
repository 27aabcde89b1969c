"""A table's own SQL is read from sqlite_master, rewritten by re.sub and used for the new table."""

import re


def create(cursor, conn):
    cursor.execute(
        "CREATE TABLE payments (id INTEGER PRIMARY KEY, amount   TEXT NOT NULL, "
        "state TEXT CHECK (state IN ('open', 'paid')), note TEXT)"
    )
    cursor.execute("CREATE INDEX idx_payments_state ON payments(state)")


def rewrite(cursor, conn):
    (sql,) = cursor.execute("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = 'payments'").fetchone()
    sql = re.sub(r"\bamount\s+TEXT\b", "amount INTEGER", sql)
    sql = re.sub(r"CREATE TABLE\s+[\"'`]?payments[\"'`]?", 'CREATE TABLE payments_new', sql, count=1, flags=re.IGNORECASE)
    sql = re.sub(r"IN \(([^)]*)\)", r"IN (\1, 'refunded')", sql)
    indexes = cursor.execute(
        "SELECT sql FROM sqlite_master WHERE type = 'index' AND tbl_name = 'payments' AND sql IS NOT NULL"
    ).fetchall()
    cursor.execute(sql)
    cursor.execute("INSERT INTO payments_new SELECT * FROM payments")
    cursor.execute("DROP TABLE payments")
    cursor.execute("ALTER TABLE payments_new RENAME TO payments")
    for (index,) in indexes:
        cursor.execute(index)


def with_functions(cursor, conn):
    camel = re.sub(r"_([a-z])", lambda match: match.group(1).upper(), "created_by_user")
    snake = re.sub(r"(?<!^)(?=[A-Z])", "_", "UpdatedByUser").lower()
    named = re.sub(r"(?P<word>\w+)-(?P<other>\w+)", r"\g<other>_\g<word>", "left-right")
    cursor.execute(f"CREATE TABLE names ({camel}, {snake}, {named})")
    text, times = re.subn(r"\W+", "_", "a - b + c")
    cursor.execute(f"CREATE TABLE {text}_{times} (id INTEGER)")
    pattern = re.compile(r"\s+")
    cursor.execute(pattern.sub(" ", "CREATE   TABLE\n squeezed\t(id    INTEGER)"))


MIGRATIONS = [("create", create), ("rewrite", rewrite), ("with_functions", with_functions)]
