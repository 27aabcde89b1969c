"""ALTER TABLE RENAME, RENAME COLUMN and DROP COLUMN, with what depends on them."""

import sqlite3


def create(cursor, conn):
    cursor.executescript(
        """
        CREATE TABLE customers (id INTEGER PRIMARY KEY, nam TEXT, fax TEXT, code TEXT UNIQUE, legacy TEXT);
        CREATE TABLE bills (id INTEGER PRIMARY KEY, customer_id INTEGER REFERENCES customers(id), nam TEXT);
        CREATE INDEX idx_customers_nam ON customers(nam);
        CREATE INDEX idx_customers_legacy ON customers(legacy);
        CREATE VIEW customer_names AS SELECT nam FROM customers;
        CREATE TRIGGER bills_name AFTER INSERT ON bills BEGIN
            UPDATE bills SET nam = (SELECT nam FROM customers WHERE id = NEW.customer_id) WHERE id = NEW.id;
        END;
        """
    )


def rename(cursor, conn):
    cursor.execute("ALTER TABLE customers RENAME COLUMN nam TO name")
    cursor.execute("ALTER TABLE customers RENAME TO clients")
    cursor.execute("ALTER TABLE bills RENAME COLUMN customer_id TO client_id")


def drop(cursor, conn):
    for column in ("fax", "code", "legacy", "nothing_"):
        try:
            cursor.execute(f"ALTER TABLE clients DROP COLUMN {column}")
        except sqlite3.OperationalError as error:
            message = str(error)
            if "UNIQUE" in message:
                cursor.execute("ALTER TABLE clients RENAME COLUMN code TO old_code")
            elif "after drop column" in message:
                cursor.execute("DROP INDEX idx_customers_legacy")
                cursor.execute(f"ALTER TABLE clients DROP COLUMN {column}")
            elif "no such column" in message:
                cursor.execute(f"CREATE TABLE {column} (id INTEGER)")
            else:
                raise


def again(cursor, conn):
    cursor.execute("DROP TABLE IF EXISTS clients_old")
    cursor.execute("ALTER TABLE nothing_ RENAME TO something")
    cursor.execute("INSERT INTO clients (name) VALUES ('a')")
    cursor.execute("INSERT INTO bills (client_id) VALUES (1)")
    name = cursor.execute("SELECT nam FROM bills").fetchone()[0]
    cursor.execute(f"CREATE TABLE triggered_{name} (id INTEGER)")


MIGRATIONS = [("create", create), ("rename", rename), ("drop", drop), ("again", again)]
