import re

SQL = "CREATE TABLE items (\n  id SERIAL PRIMARY KEY,\n  at TIMESTAMP DEFAULT NOW(), flag BOOLEAN\n)"
PATTERN = re.compile(r"\b(\w+)\s+(SERIAL|BOOLEAN)\b", re.IGNORECASE)

def one(cursor, conn):
    sql = re.sub(r"\bSERIAL\b", "INTEGER", SQL)
    sql = re.sub(r"DEFAULT\s+NOW\(\)", "DEFAULT CURRENT_TIMESTAMP", sql)
    sql = re.sub(r"(\w+) BOOLEAN", lambda m: f"{m.group(1)} INTEGER DEFAULT 0", sql)
    cursor.execute(sql)
    found = PATTERN.findall(SQL)
    match = re.match(r"CREATE TABLE (?P<name>\w+)", SQL)
    parts = re.split(r"[\s,]+", "a, b,c")
    swapped = re.sub(r"(\w)-(\w)", r"\2_\g<1>", "x-y")
    tail = re.search(r"\d+$", "v12\n")
    look = re.findall(r"\w+(?=\()", "f(x) g(y)")
    columns = [name for name, _ in found] + [match.group("name"), swapped, f"n{tail.group()}"] + parts + look
    cursor.execute(f"CREATE TABLE t ({', '.join(columns)})")
    if re.fullmatch(r"a|ab", "ab") and not re.match("b", "ab") and PATTERN.search("id serial"):
        cursor.execute("CREATE TABLE matched (x)")

MIGRATIONS = [("one", one)]
