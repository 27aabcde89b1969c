def by(table, column):
    return f"CREATE INDEX idx_{table}_{column} ON {table}({column})"
