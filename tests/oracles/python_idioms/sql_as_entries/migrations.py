MIGRATIONS = [
    ("one", "CREATE TABLE t (a INTEGER); CREATE TABLE u (b TEXT)"),
    ("two", ["ALTER TABLE t ADD COLUMN c TEXT", "CREATE INDEX i ON t (c)"]),
    ("three", lambda cursor, conn: cursor.execute("DROP TABLE u")),
]
