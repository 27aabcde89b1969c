class Plain:
    kind = "TEXT"

def one(cursor, conn):
    values = [1, "a", None, 2.5, True, [1], (1,), {"k": 1}, Plain(), Plain, len]
    kinds = []
    for value in values:
        if isinstance(value, bool):
            kinds.append("bool")
        elif isinstance(value, (int, float)):
            kinds.append("number")
        elif isinstance(value, str):
            kinds.append("text")
        elif value is None:
            kinds.append("none")
        elif isinstance(value, (list, tuple)):
            kinds.append("items")
        elif callable(value):
            kinds.append("callable")
        elif hasattr(value, "kind"):
            kinds.append(getattr(value, "kind").lower() + getattr(value, "size", "_small"))
        else:
            kinds.append(type(value).__name__)
    cursor.execute(f"CREATE TABLE t ({', '.join(f'{kind}_{i}' for i, kind in enumerate(kinds))})")

MIGRATIONS = [("one", one)]
