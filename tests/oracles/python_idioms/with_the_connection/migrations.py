"""`with conn:` commits or rolls back. DDL alone opens no transaction, so it stays either way."""


def create(conn):
    with conn:
        conn.execute("CREATE TABLE carts (id INTEGER PRIMARY KEY, total INTEGER NOT NULL)")
        conn.execute("INSERT INTO carts (total) VALUES (5)")
    if not conn.in_transaction:
        conn.execute("CREATE TABLE committed (id INTEGER)")


def ddl_stays(conn):
    try:
        with conn:
            conn.execute("ALTER TABLE carts ADD COLUMN stays TEXT")
            raise RuntimeError("after the DDL")
    except RuntimeError:
        pass


def ddl_in_a_transaction_goes(conn):
    try:
        with conn:
            conn.execute("INSERT INTO carts (total) VALUES (6)")
            conn.execute("ALTER TABLE carts ADD COLUMN goes TEXT")
            conn.execute("INSERT INTO carts (total) VALUES (NULL)")
    except Exception as error:
        if "NOT NULL constraint failed: carts.total" in str(error):
            conn.execute("ALTER TABLE carts ADD COLUMN failed TEXT")
    if conn.execute("SELECT COUNT(*) FROM carts").fetchone()[0] == 1:
        conn.execute("ALTER TABLE carts ADD COLUMN one_row TEXT")


def the_same_object(conn):
    with conn as same:
        if same is conn:
            same.execute("CREATE INDEX idx_carts_total ON carts(total)")


MIGRATIONS = [
    ("create", create),
    ("ddl_stays", ddl_stays),
    ("ddl_in_a_transaction_goes", ddl_in_a_transaction_goes),
    ("the_same_object", the_same_object),
]
