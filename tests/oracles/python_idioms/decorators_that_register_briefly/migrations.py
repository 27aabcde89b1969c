from functools import wraps

MIGRATIONS = []

def migration(name):
    def decorate(function):
        @wraps(function)
        def run(cursor, conn):
            result = function(cursor)
            conn.commit()
            return result
        MIGRATIONS.append((name, run))
        return run
    return decorate

@migration("one")
def create(cursor):
    cursor.execute("CREATE TABLE t (a)")

@migration("two")
def extend(cursor):
    cursor.execute("ALTER TABLE t ADD COLUMN b")
