def add_column(cursor, table, column, kind="TEXT"):
    cursor.execute(f"ALTER TABLE {table} ADD COLUMN {column} {kind}")


def drop_column(cursor, table, column):
    cursor.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
