"""An FTS5 table beside its source, kept up to date by triggers and filled again."""


def create(cursor, conn):
    cursor.execute("CREATE TABLE notes (id INTEGER PRIMARY KEY, title TEXT, body TEXT)")
    cursor.execute("INSERT INTO notes (title, body) VALUES ('first', 'some words'), ('second', 'more')")


def search(cursor, conn):
    cursor.execute(
        "CREATE VIRTUAL TABLE IF NOT EXISTS notes_fts USING fts5(title, body, content='notes', content_rowid='id')"
    )
    cursor.executescript(
        """
        CREATE TRIGGER IF NOT EXISTS notes_ai AFTER INSERT ON notes BEGIN
            INSERT INTO notes_fts(rowid, title, body) VALUES (new.id, new.title, new.body);
        END;
        CREATE TRIGGER IF NOT EXISTS notes_ad AFTER DELETE ON notes BEGIN
            INSERT INTO notes_fts(notes_fts, rowid, title, body) VALUES ('delete', old.id, old.title, old.body);
        END;
        """
    )
    cursor.execute("INSERT INTO notes_fts(notes_fts) VALUES ('rebuild')")
    found = cursor.execute("SELECT rowid FROM notes_fts WHERE notes_fts MATCH 'words'").fetchall()
    if found == [(1,)]:
        cursor.execute("CREATE TABLE found (id INTEGER)")


def tokenizer(cursor, conn):
    row = cursor.execute("SELECT sql FROM sqlite_master WHERE name = 'notes_fts'").fetchone()
    if "porter" not in row[0]:
        cursor.execute("DROP TABLE notes_fts")
        cursor.execute(
            "CREATE VIRTUAL TABLE notes_fts USING fts5(title, body, content='notes', content_rowid='id', "
            "tokenize='porter unicode61')"
        )
        cursor.execute("INSERT INTO notes_fts(notes_fts) VALUES('rebuild')")
    cursor.execute("CREATE VIRTUAL TABLE tags_fts USING fts5(name, note UNINDEXED, prefix='2 3')")


MIGRATIONS = [("create", create), ("search", search), ("tokenizer", tokenizer)]
