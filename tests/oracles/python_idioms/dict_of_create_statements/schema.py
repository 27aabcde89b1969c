from tables import TABLES, create_table


def init_schema(cursor, conn):
    for name in TABLES:
        create_table(cursor, name)
