def one(cursor, conn):
    cursor.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, body TEXT)")
    cursor.execute("CREATE VIEW v AS SELECT id FROM t WHERE body IS NOT NULL")
    cursor.execute("CREATE VIRTUAL TABLE f USING fts5(body, content='t', content_rowid='id')")
    cursor.execute("""
        CREATE TRIGGER t_ai AFTER INSERT ON t BEGIN
            INSERT INTO f(rowid, body) VALUES (new.id, new.body);
        END
    """)

MIGRATIONS = [("one", one)]
