"""Literals that stand side by side are one; raw, triple-quoted and continued ones too."""

WIDE = (
    "CREATE TABLE IF NOT EXISTS wide ("
    "id INTEGER PRIMARY KEY, "
    'note TEXT DEFAULT "", '.replace('""', "''")
    + "size INTEGER"
    ")"
)

COLUMNS = [
    "a TEXT",
    "b TEXT"  # no comma on purpose
    " NOT NULL DEFAULT ''",
    "c TEXT",
]


def create(cursor, conn):
    cursor.execute(WIDE)
    cursor.execute("CREATE TABLE mixed (" f"{', '.join(COLUMNS)}" ", d TEXT DEFAULT '{not a field}')")
    cursor.execute('CREATE TABLE escapes (tab TEXT DEFAULT \'a\tb\', newline TEXT DEFAULT \'a\nb\', hex TEXT DEFAULT \'\x41\u00e9\')')
    cursor.execute(r"CREATE TABLE raw (path TEXT DEFAULT 'C:\new\table')")


def continued(cursor, conn):
    sql = "CREATE TABLE continued (" \
        "id INTEGER" \
        ")"
    cursor.execute(sql)
    cursor.execute('CREATE TABLE quoted ("a ""b""" ' """TEXT, 'c' TEXT)""")
    cursor.execute("CREATE TABLE long_\
line (id INTEGER)")
    cursor.execute('''
        CREATE TABLE triple (
            "it's" TEXT DEFAULT 'it''s' -- quotes of all kinds: " ' `
        )
    ''')
    text = ("CREATE TABLE"
            " appended"
            )
    text += " ("
    text += "id INTEGER" + ", " "name TEXT"
    cursor.execute(text + ")")


MIGRATIONS = [("create", create), ("continued", continued)]
