PREFIX = "pre"


def create(cursor, name, *columns):
    cursor.execute(f"CREATE TABLE {PREFIX}_{name} ({', '.join(['id INTEGER PRIMARY KEY', *columns])})")
