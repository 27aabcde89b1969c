"""Modules under other names, with and without their packages."""

import db.tables as tables
import db.sql.indexes as idx
import db.sql.statements
from db import helpers as h
from db.helpers import add_column as add, drop_column
from db.sql import indexes


def create(cursor, conn):
    cursor.execute(tables.ORDERS)
    cursor.execute(db.sql.statements.LINES)


def change(cursor, conn):
    add(cursor, "orders", "state")
    h.add_column(cursor, "orders", "total", kind="REAL")
    drop_column(cursor, "orders", "legacy")
    if idx is indexes and db.tables is tables:
        cursor.execute(idx.by("orders", "state"))


MIGRATIONS = [("create", create), ("change", change)]
