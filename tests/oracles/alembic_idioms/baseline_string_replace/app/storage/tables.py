from typing import List, NamedTuple


class TableDef(NamedTuple):
    name: str
    columns: List[str]
    extra: str = ""

    def ddl(self) -> str:
        parts = list(self.columns)
        if self.extra:
            parts.append(self.extra)
        return "CREATE TABLE IF NOT EXISTS %s (%s)" % (self.name, ", ".join(parts))


ALL_TABLES = [
    TableDef("queues", ["id INTEGER PRIMARY KEY AUTOINCREMENT", "name TEXT NOT NULL", "paused INTEGER DEFAULT 0"]),
    TableDef(
        "entries",
        ["id INTEGER PRIMARY KEY AUTOINCREMENT", "queue_id INTEGER REFERENCES queues(id)", "at DATETIME", "body TEXT"],
        "UNIQUE(queue_id, at)",
    ),
]
