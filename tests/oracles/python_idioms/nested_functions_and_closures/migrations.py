def one(cursor, conn):
    count = 0
    prefix = "t"
    def create(*columns, suffix="", **options):
        nonlocal count
        count += 1
        extra = " WITHOUT ROWID" if options.get("bare") else ""
        cursor.execute(f"CREATE TABLE {prefix}{count}{suffix} ({', '.join(columns)}){extra}")
    create("a INTEGER", "b TEXT")
    create("a INTEGER PRIMARY KEY", suffix="_x", bare=True)
    rest = ("c", "d")
    create(*rest, **{"suffix": "_y"})

MIGRATIONS = [("one", one)]
