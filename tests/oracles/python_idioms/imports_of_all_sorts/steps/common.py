def create(cursor, name):
    cursor.execute(f"CREATE TABLE {name} (id)")
