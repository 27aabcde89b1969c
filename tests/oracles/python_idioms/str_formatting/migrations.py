"""format, format_map, %, join, split and replace put SQL together."""

CREATE = "CREATE TABLE {table} ({columns})"
ADD = "ALTER TABLE %s ADD COLUMN %s %s"
TEMPLATE = "CREATE INDEX idx_{0}_{1} ON {0}({1})"


class Missing(dict):
    def __missing__(self, key):
        return f"no_{key}"


def create(cursor, conn):
    cursor.execute(CREATE.format(table="books", columns=", ".join(["id INTEGER PRIMARY KEY", "title TEXT"])))
    cursor.execute(ADD % ("books", "pages", "INTEGER"))
    cursor.execute("ALTER TABLE %(table)s ADD COLUMN %(column)s TEXT" % {"table": "books", "column": "isbn"})
    cursor.execute(TEMPLATE.format("books", "title"))
    cursor.execute("ALTER TABLE books ADD COLUMN rate REAL DEFAULT %.2f" % 0.5)
    cursor.execute("CREATE TABLE odd (share INTEGER DEFAULT %d CHECK (share %% 2 = 1))" % 7)


def specs(cursor, conn):
    cursor.execute("CREATE TABLE s_{:03d}_{:x}_{:>4} ({!r} TEXT)".format(7, 255, "ab".rjust(4, "_"), "a"))
    cursor.execute("CREATE TABLE f_{0[key]}_{1.__class__.__name__} (id INTEGER)".format({"key": "value"}, 1))
    cursor.execute("CREATE TABLE {a}_{b} (id INTEGER)".format_map(Missing(a="some")))
    cursor.execute("CREATE TABLE braces (value TEXT DEFAULT '{{}}', other TEXT DEFAULT '{}')".format("x"))
    width = 6
    cursor.execute("CREATE TABLE w{:_<{}} (id INTEGER)".format("id", width))
    cursor.execute("CREATE TABLE p%s_%r (a REAL DEFAULT %05.1f, b TEXT DEFAULT '%-4s|%x')" % (1, 2, 3.0, "ab", 255))


def joined(cursor, conn):
    words = "alpha beta  gamma".split()
    parts = "a,b,,c".split(",")
    first, rest = "one.two.three".split(".", 1)
    *_, last = "one.two.three".rsplit(".", maxsplit=1)
    columns = words + [part or "empty" for part in parts] + [first, rest.replace(".", "_", 1), f"{last}_last"]
    cursor.execute("CREATE TABLE joined (" + ", ".join(columns) + ")")
    cursor.execute(("CREATE TABLE " + "x" * 3 + " (id INTEGER)").replace("xxx", "multiplied"))


MIGRATIONS = [("create", create), ("specs", specs), ("joined", joined)]
