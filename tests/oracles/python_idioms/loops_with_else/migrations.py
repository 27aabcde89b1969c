"""while and for with break, continue and else."""


def _free_name(cursor, wanted):
    taken = {row[0] for row in cursor.execute("SELECT name FROM sqlite_master")}
    number = 1
    while True:
        name = f"{wanted}_{number}"
        if name not in taken:
            return name
        number += 1


def create(cursor, conn):
    for _ in range(3):
        cursor.execute(f"CREATE TABLE {_free_name(cursor, 'backup')} (id INTEGER)")


def while_else(cursor, conn):
    number = 0
    while number < 3:
        number += 1
        if number == 2:
            continue
        cursor.execute(f"ALTER TABLE backup_1 ADD COLUMN n{number} INTEGER")
    else:
        cursor.execute("CREATE TABLE not_broken (id INTEGER)")
    pending = ["a", "b", "stop", "c"]
    while pending:
        name = pending.pop(0)
        if name == "stop":
            break
        cursor.execute(f"ALTER TABLE backup_2 ADD COLUMN {name} TEXT")
    else:
        cursor.execute("CREATE TABLE never (id INTEGER)")


def for_else(cursor, conn):
    for column in ("x", "y"):
        for row in cursor.execute("PRAGMA table_info(backup_3)").fetchall():
            if row[1] == column:
                break
        else:
            cursor.execute(f"ALTER TABLE backup_3 ADD COLUMN {column} TEXT")
    for row in cursor.execute("PRAGMA table_info(backup_3)").fetchall():
        if row[1] == "y":
            cursor.execute("CREATE TABLE found_y (id INTEGER)")
            break
    else:
        cursor.execute("CREATE TABLE never_either (id INTEGER)")
    for _ in []:
        pass
    else:
        cursor.execute("CREATE TABLE empty_loop (id INTEGER)")


def after_the_loop(cursor, conn):
    for index, name in enumerate(["p", "q"]):
        for other in ("q", "r"):
            if name == other:
                break
    cursor.execute(f"CREATE TABLE left_{index}_{name}_{other} (id INTEGER)")


MIGRATIONS = [
    ("create", create),
    ("while_else", while_else),
    ("for_else", for_else),
    ("after_the_loop", after_the_loop),
]
