"""Triggers are created, replaced and kept when their table is renamed."""

TOUCH = """
CREATE TRIGGER {if_not_exists}{table}_touch AFTER UPDATE ON {table}
FOR EACH ROW WHEN NEW.updated_at IS OLD.updated_at
BEGIN
    UPDATE {table} SET updated_at = CURRENT_TIMESTAMP WHERE id = NEW.id;
END
"""


def create(cursor, conn):
    for table in ("pages", "drafts"):
        cursor.execute(f"CREATE TABLE {table} (id INTEGER PRIMARY KEY, body TEXT, updated_at TEXT)")
        cursor.execute(TOUCH.format(table=table, if_not_exists="IF NOT EXISTS "))


def history(cursor, conn):
    cursor.execute("CREATE TABLE history (page_id INTEGER, action TEXT)")
    for event in ("INSERT", "DELETE"):
        row = {"INSERT": "NEW", "DELETE": "OLD"}[event]
        cursor.execute(
            f"CREATE TRIGGER pages_{event.lower()} AFTER {event} ON pages BEGIN "
            f"INSERT INTO history VALUES ({row}.id, '{event.lower()}'); END"
        )
    cursor.execute("INSERT INTO pages (body) VALUES ('a')")
    cursor.execute("DELETE FROM pages")
    actions = [row[0] for row in cursor.execute("SELECT action FROM history ORDER BY rowid")]
    cursor.execute(f"CREATE TABLE fired ({', '.join(action + '_' for action in actions)})")


def replace(cursor, conn):
    cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'drafts'")
    for (name,) in cursor.fetchall():
        cursor.execute(f"DROP TRIGGER IF EXISTS {name}")
    cursor.execute("ALTER TABLE pages RENAME TO documents")
    cursor.execute(
        "CREATE TRIGGER documents_guard BEFORE UPDATE OF body ON documents WHEN length(NEW.body) > 10 "
        "BEGIN SELECT RAISE(ABORT, 'too long'); END"
    )
    cursor.execute("INSERT INTO documents (body) VALUES ('b')")
    try:
        cursor.execute("UPDATE documents SET body = 'longer than ten'")
    except Exception as error:
        cursor.execute(f"CREATE TABLE {str(error).replace(' ', '_')}_{type(error).__name__} (id INTEGER)")


MIGRATIONS = [("create", create), ("history", history), ("replace", replace)]
