"""Indexes with conditions, expressions, directions and collations; some are dropped and replaced."""

INDEXES = [
    ("idx_jobs_open", "jobs(state, created_at DESC) WHERE state <> 'done'"),
    ("idx_jobs_lower", "jobs(lower(name))"),
    ("idx_jobs_nocase", "jobs(name COLLATE NOCASE ASC)"),
    ("idx_jobs_json", "jobs(json_extract(data, '$.kind'), state) WHERE data IS NOT NULL"),
]


def create(cursor, conn):
    cursor.execute(
        "CREATE TABLE jobs (id INTEGER PRIMARY KEY, name TEXT, state TEXT, created_at TEXT, data TEXT, deleted_at TEXT)"
    )
    for name, definition in INDEXES:
        cursor.execute(f"CREATE INDEX IF NOT EXISTS {name} ON {definition}")


def unique_among_the_living(cursor, conn):
    cursor.execute("CREATE UNIQUE INDEX ux_jobs_name ON jobs(name) WHERE deleted_at IS NULL")
    cursor.executemany("INSERT INTO jobs (name, deleted_at) VALUES (?, ?)", [("a", None), ("a", "2024"), ("b", None)])
    try:
        cursor.execute("INSERT INTO jobs (name) VALUES ('a')")
    except conn.IntegrityError as error:
        if "UNIQUE constraint failed" in str(error):
            cursor.execute("CREATE TABLE refused (id INTEGER)")


def replace(cursor, conn):
    cursor.execute("DROP INDEX IF EXISTS idx_jobs_lower")
    cursor.execute("DROP INDEX IF EXISTS idx_jobs_of_no_use")
    present = {row[1]: bool(row[4]) for row in cursor.execute("PRAGMA index_list(jobs)")}
    for name, partial in sorted(present.items()):
        columns = [row[2] or "expression" for row in cursor.execute(f"PRAGMA index_info({name})")]
        cursor.execute(f"CREATE TABLE about_{name} ({', '.join(columns)}, {'partial' if partial else 'whole'})")


MIGRATIONS = [("create", create), ("unique_among_the_living", unique_among_the_living), ("replace", replace)]
