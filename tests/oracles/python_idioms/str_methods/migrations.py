"""strip, partition, startswith, case, padding, prefixes, lines and the tests of characters."""

SCRIPT = """
CREATE TABLE lines (id INTEGER);
  -- skipped
ALTER TABLE lines ADD COLUMN one TEXT;

ALTER TABLE lines ADD COLUMN two TEXT;
DROP TABLE lines_of_no_use;
"""


def create(cursor, conn):
    for line in SCRIPT.splitlines():
        line = line.strip()
        if not line or line.startswith("--"):
            continue
        if line.startswith(("CREATE", "ALTER")) and line.endswith(";"):
            cursor.execute(line.rstrip(";"))


def parts(cursor, conn):
    name, separator, kind = "amount:INTEGER:x".partition(":")
    before, _, after = "a.b.c".rpartition(".")
    cursor.execute(f"CREATE TABLE parts ({name} {kind.split(':')[0]}, {before.replace('.', '_')}, {after})")
    if separator == ":" and "none".partition(":") == ("none", "", ""):
        cursor.execute("ALTER TABLE parts ADD COLUMN partitioned TEXT")


def cases(cursor, conn):
    columns = [
        "first name".title().replace(" ", ""),
        "UPPER".lower(),
        "lower".upper() + "_",
        "swap".swapcase() + "__",
        "capital LETTER".capitalize().replace(" ", "_"),
        "straße".casefold(),
    ]
    cursor.execute(f"CREATE TABLE cases ({', '.join(columns)})")


def padding(cursor, conn):
    columns = ["7".zfill(3).join(["n", ""]), "ab".ljust(5, "_") + "l", "ab".rjust(4, "r"), "mid".center(7, "m")]
    cursor.execute(f"CREATE TABLE padding ({', '.join(columns)})")


def affixes(cursor, conn):
    columns = [
        "old_name".removeprefix("old_"),
        "size_v2".removesuffix("_v2"),
        "xxpadxx".strip("x"),
        "xxleft".lstrip("x"),
        "rightxx".rstrip("x"),
        "none".removeprefix("zzz"),
    ]
    cursor.execute(f"CREATE TABLE affixes ({', '.join(columns)})")


def questions(cursor, conn):
    words = ["abc", "123", "a_1", "1a", "", "ABC", " "]
    tests = {
        "alpha": [word for word in words if word.isalpha()],
        "digit": [word for word in words if word.isdigit()],
        "identifier": [word for word in words if word.isidentifier()],
        "upper": [word for word in words if word.isupper()],
        "space": [word for word in words if word.isspace()],
        "alnum": [word for word in words if word.isalnum()],
    }
    for test, found in tests.items():
        cursor.execute(f"CREATE TABLE is_{test}_{len(found)} (id INTEGER)")
    text = "banana"
    cursor.execute(f"CREATE TABLE found_{text.find('n')}_{text.rfind('n')}_{text.count('an')}_{text.index('na')} (id)")
    if text.find("z") == -1 and "nan" in text and "z" not in text:
        cursor.execute(f"CREATE TABLE {text.translate(str.maketrans('an', 'ox'))} (id INTEGER)")
    cursor.execute(f"CREATE TABLE {'tab'.expandtabs()}_{'a'.encode().hex()}_{b'bytes'.decode('utf-8')} (id INTEGER)")


MIGRATIONS = [
    ("create", create),
    ("parts", parts),
    ("cases", cases),
    ("padding", padding),
    ("affixes", affixes),
    ("questions", questions),
]
