"""Tables are created in the order that their references ask for."""

TABLES = {
    "lines": ("order_id INTEGER REFERENCES orders(id)", "article_id INTEGER REFERENCES articles(id)"),
    "orders": ("customer_id INTEGER REFERENCES customers(id)",),
    "articles": ("group_id INTEGER REFERENCES groups_(id)",),
    "customers": (),
    "groups_": (),
}


def _references(table):
    return [column.split("REFERENCES ")[1].split("(")[0] for column in TABLES[table]]


def _ordered(table, done=None):
    done = [] if done is None else done
    for other in _references(table):
        if other not in done:
            _ordered(other, done)
    if table not in done:
        done.append(table)
    return done


def _depth(table):
    return 1 + max((_depth(other) for other in _references(table)), default=0)


def create(cursor, conn):
    order = _ordered("lines")
    for number, table in enumerate(order):
        cursor.execute(f"CREATE TABLE {table} ({', '.join(['id INTEGER PRIMARY KEY', *TABLES[table]])})")
        cursor.execute(f"ALTER TABLE {table} ADD COLUMN place_{number}_{_depth(table)} INTEGER")


def tree(cursor, conn):
    def walk(node, path=()):
        if isinstance(node, dict):
            for key, child in node.items():
                yield from walk(child, (*path, key))
        elif isinstance(node, list):
            for index, child in enumerate(node):
                yield from walk(child, path + (str(index),))
        else:
            yield "_".join(path), node

    columns = [f"{name} {kind}" for name, kind in walk({"a": {"b": "TEXT", "c": ["REAL", "BLOB"]}, "d": "INTEGER"})]
    cursor.execute(f"CREATE TABLE flattened ({', '.join(columns)})")


MIGRATIONS = [("create", create), ("tree", tree)]
