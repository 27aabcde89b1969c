def one(cursor, conn):
    cursor.executescript("""
        -- two tables; and a trigger
        CREATE TABLE t (a INTEGER PRIMARY KEY, at TEXT);
        CREATE TABLE log (x TEXT DEFAULT ';');
        CREATE TRIGGER keep AFTER INSERT ON t BEGIN
            INSERT INTO log VALUES ('a;b');
            UPDATE t SET at = datetime('now') WHERE a = NEW.a;
        END;
    """)

MIGRATIONS = [("one", one)]
