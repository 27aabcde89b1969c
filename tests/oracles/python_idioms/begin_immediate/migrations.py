"""isolation_level=None and transactions by hand."""


def create(cursor, conn):
    before = conn.isolation_level
    conn.isolation_level = None
    try:
        cursor.execute("BEGIN IMMEDIATE")
        cursor.execute("CREATE TABLE wallets (id INTEGER PRIMARY KEY, amount INTEGER CHECK (amount >= 0))")
        cursor.execute("INSERT INTO wallets (amount) VALUES (1)")
        cursor.execute("COMMIT")
    except Exception:
        if conn.in_transaction:
            cursor.execute("ROLLBACK")
        raise
    finally:
        conn.isolation_level = before


def undone(cursor, conn):
    conn.isolation_level = None
    cursor.execute("BEGIN EXCLUSIVE")
    try:
        cursor.execute("ALTER TABLE wallets ADD COLUMN undone TEXT")
        cursor.execute("UPDATE wallets SET amount = -1")
    except conn.IntegrityError:
        cursor.execute("ROLLBACK")
    else:
        cursor.execute("COMMIT")


def still_by_hand(cursor, conn):
    """Nothing has set isolation_level back, so no transaction begins by itself."""
    cursor.execute("INSERT INTO wallets (amount) VALUES (2)")
    state = "open" if conn.in_transaction else "closed"
    cursor.execute(f"ALTER TABLE wallets ADD COLUMN was_{state} INTEGER")
    conn.isolation_level = ""
    cursor.execute("INSERT INTO wallets (amount) VALUES (3)")
    if conn.in_transaction:
        cursor.execute("CREATE TABLE in_transaction (id INTEGER)")
        conn.rollback()
        cursor.execute("CREATE TABLE after_rollback (id INTEGER)")
    if conn.isolation_level is None:
        cursor.execute("CREATE TABLE never (id INTEGER)")


def twice(cursor, conn):
    cursor.execute("BEGIN")
    try:
        cursor.execute("BEGIN")
    except Exception as error:
        if "within a transaction" in str(error):
            cursor.execute("CREATE TABLE nested (id INTEGER)")
    cursor.execute("END")


MIGRATIONS = [("create", create), ("undone", undone), ("still_by_hand", still_by_hand), ("twice", twice)]
