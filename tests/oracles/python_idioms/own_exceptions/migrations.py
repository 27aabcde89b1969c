import sqlite3

class MigrationError(Exception):
    def __init__(self, name, reason="none"):
        super().__init__(f"{name}: {reason}")
        self.name = name

def one(cursor, conn):
    try:
        try:
            cursor.execute("SELECT * FROM nowhere")
        except sqlite3.DatabaseError as error:
            raise MigrationError("one", str(error)) from error
    except MigrationError as error:
        text = str(error).replace(":", "").replace(" ", "_")
        cursor.execute(f"CREATE TABLE {error.name}_{text} (x)")

MIGRATIONS = [("one", one)]
