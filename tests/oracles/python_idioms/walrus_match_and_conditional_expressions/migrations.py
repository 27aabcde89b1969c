def kind_of(value):
    match value:
        case {"type": "int", "size": size} if size > 4:
            return "BIGINT"
        case {"type": "int"}:
            return "INTEGER"
        case [first, *rest]:
            return f"{first}{len(rest)}"
        case str() as text:
            return text.upper()
        case None | False:
            return "BLOB"
        case _:
            return "TEXT"

def one(cursor, conn):
    kinds = [kind_of(v) for v in ({"type": "int", "size": 8}, {"type": "int", "size": 2}, ["x", 1, 2], "real", None, 3)]
    if (count := len(kinds)) > 5 and 1 < count <= 6:
        columns = ", ".join(f"c{i} {kind}" for i, kind in enumerate(kinds))
        cursor.execute(f"CREATE TABLE {'big' if count > 5 else 'small'} ({columns})")

MIGRATIONS = [("one", one)]
