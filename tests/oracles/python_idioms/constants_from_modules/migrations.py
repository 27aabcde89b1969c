"""Names of tables, columns and statements that other modules define."""

import constants
from constants import DEFAULTS, USERS, Limits
from sql import ADD_COLUMN, INDEXES, create


def create_users(cursor, conn):
    cursor.execute(create(USERS, f"id INTEGER PRIMARY KEY, name VARCHAR({Limits.NAME})"))
    cursor.execute(create(constants.GROUPS, "id INTEGER PRIMARY KEY"))


def add_columns(cursor, conn):
    for column, value in DEFAULTS.items():
        cursor.execute(ADD_COLUMN.format(table=USERS, column=column, default=value))
    for statement in INDEXES:
        cursor.execute(statement)


def changed(cursor, conn):
    constants.GROUPS = "other"
    cursor.execute(create(constants.GROUPS, "id INTEGER"))
    cursor.execute(create(constants.groups(), "name TEXT").replace("other", "others"))


MIGRATIONS = [("create_users", create_users), ("add_columns", add_columns), ("changed", changed)]
