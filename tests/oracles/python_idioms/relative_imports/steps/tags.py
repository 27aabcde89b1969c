from . import common

TABLE = "tags"


def create(cursor, conn):
    common.create(cursor, TABLE, "name TEXT UNIQUE")
