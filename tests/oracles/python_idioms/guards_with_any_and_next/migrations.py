"""any() and next() over rows that a cursor still has to give."""


def _has_column(conn, table, column):
    return any(row[1] == column for row in conn.execute(f"PRAGMA table_info({table})"))


def _column_type(conn, table, column):
    return next((row[2] for row in conn.execute(f"PRAGMA table_info({table})") if row[1] == column), None)


def base(conn):
    conn.execute("CREATE TABLE orders (id INTEGER PRIMARY KEY, total INTEGER)")


def add_missing(conn):
    if not _has_column(conn, "orders", "currency"):
        conn.execute("ALTER TABLE orders ADD COLUMN currency TEXT DEFAULT 'EUR'")
    if _has_column(conn, "orders", "total"):
        conn.execute("ALTER TABLE orders ADD COLUMN total_cents INTEGER")


def by_type(conn):
    if _column_type(conn, "orders", "total") == "INTEGER":
        conn.execute("ALTER TABLE orders ADD COLUMN total_real REAL")
    if _column_type(conn, "orders", "remark") is None:
        conn.execute("ALTER TABLE orders ADD COLUMN remark TEXT")
    rows = iter(conn.execute("PRAGMA table_info(orders)"))
    first = next(rows)
    second = next(rows)
    conn.execute(f"CREATE INDEX idx_orders ON orders({second[1]}, {first[1]})")


def exhausted(conn):
    rows = conn.execute("SELECT id FROM orders")
    try:
        next(rows)
    except StopIteration:
        conn.execute("CREATE TABLE order_lines (order_id INTEGER)")
    if next(iter([]), "default") == "default" and not all(row for row in [(), (1,)]):
        conn.execute("ALTER TABLE order_lines ADD COLUMN amount INTEGER")


MIGRATIONS = [("base", base), ("add_missing", add_missing), ("by_type", by_type), ("exhausted", exhausted)]
