"""Matches, groups, lookahead, findall, finditer and split take definitions apart."""

import re

DEFINITION = re.compile(r"^(?P<name>[a-z_]+)\s+(?P<kind>[A-Z]+)(?:\((?P<size>\d+)\))?(?P<rest>.*)$")

LINES = """
name VARCHAR(40) NOT NULL
amount INTEGER
-- a comment
note TEXT DEFAULT ''
"""


def create(cursor, conn):
    columns = []
    for line in LINES.strip().splitlines():
        match = DEFINITION.match(line)
        if not match:
            continue
        name, kind = match.group("name"), match["kind"]
        if match.group(3) and int(match.group("size")) > 30:
            kind = "TEXT"
        columns.append(f"{name} {kind}{match['rest']}")
    cursor.execute(f"CREATE TABLE parsed ({', '.join(columns)})")


def found(cursor, conn):
    script = "CREATE TABLE one (id INTEGER); CREATE TABLE IF NOT EXISTS two (id INTEGER); CREATE VIEW v AS SELECT 1;"
    names = re.findall(r"CREATE TABLE (?:IF NOT EXISTS )?(\w+)", script)
    pairs = re.findall(r"(\w)=(\d)", "a=1 b=2")
    cursor.execute(f"CREATE TABLE found ({', '.join(names)}, {', '.join(left + right for left, right in pairs)})")
    for match in re.finditer(r"[a-z]+", "first 2 second"):
        cursor.execute(f"CREATE TABLE {match.group()}_{match.start()}_{match.end()} (id INTEGER)")


def split(cursor, conn):
    statements = re.split(r";\s*(?=CREATE|ALTER)", "CREATE TABLE s (a TEXT DEFAULT '; x'); ALTER TABLE s ADD COLUMN b TEXT")
    for statement in statements:
        cursor.execute(statement)
    cursor.execute(f"CREATE TABLE parts ({', '.join(re.split('[,;] *', 'x, y;z'))})")


def searched(cursor, conn):
    if re.search(r"\btext\b", "a TEXT column", re.I) and not re.match("TEXT", "a TEXT"):
        cursor.execute("CREATE TABLE searched (id INTEGER)")
    if re.fullmatch(r"\d{4}_\w+", "0001_initial") and re.search(r"foo(?!bar)", "foobar") is None:
        number, name = re.match(r"(\d+)_(.*)", "0001_initial").groups()
        cursor.execute(f"CREATE TABLE {name}_{int(number)} (id INTEGER)")
    if (match := re.search(r"(?<=default:)\s*(\w+)", "default: seven")) is not None:
        cursor.execute(f"CREATE TABLE {match[1]} (id INTEGER)")
    groups = re.match(r"(?P<a>x)(?P<b>y)?", "x").groupdict(default="none")
    cursor.execute(f"CREATE TABLE grouped ({', '.join(f'{key}_{value}' for key, value in groups.items())})")
    verbose = re.compile(
        r"""
        (\w+)      # the table
        \. (\w+)   # the column
        """,
        re.VERBOSE,
    )
    table, column = verbose.search("see words.letter").group(1, 2)
    cursor.execute(f"CREATE TABLE {table} ({column} TEXT DEFAULT '{re.escape('a.b')}')")


MIGRATIONS = [("create", create), ("found", found), ("split", split), ("searched", searched)]
