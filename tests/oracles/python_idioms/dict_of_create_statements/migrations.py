"""A module holds CREATE statements by the names of their tables; migrations and schema take them from there."""

from tables import TABLES, create_table


def create_base(cursor, conn):
    for name in ("projects", "tasks"):
        create_table(cursor, name)


def create_comments(cursor, conn):
    create_table(cursor, "comments")
    cursor.execute("CREATE INDEX IF NOT EXISTS idx_comments_task ON comments(task_id)")


def check(cursor, conn):
    there = {row[0] for row in cursor.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    for name in TABLES.keys() - there:
        cursor.execute(f"CREATE TABLE waits_for_the_schema_{name} (id INTEGER)")


MIGRATIONS = [("create_base", create_base), ("create_comments", create_comments), ("check", check)]
