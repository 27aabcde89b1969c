from constants import DEFAULTS, USERS

ADD_COLUMN = "ALTER TABLE {table} ADD COLUMN {column} NUMERIC DEFAULT {default}"
INDEXES = [f"CREATE INDEX idx_{USERS}_{column} ON {USERS}({column})" for column in DEFAULTS]


def create(table, body):
    return f"CREATE TABLE IF NOT EXISTS {table} ({body})"
