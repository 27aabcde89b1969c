from collections import namedtuple
from dataclasses import dataclass, field
from enum import Enum
from typing import Callable, ClassVar, NamedTuple, Optional

class Kind(str, Enum):
    TEXT = "TEXT"
    NUMBER = "INTEGER"

@dataclass(frozen=True)
class Column:
    name: str
    kind: Kind = Kind.TEXT
    options: list = field(default_factory=list)
    count: ClassVar[int] = 0

    @property
    def sql(self) -> str:
        return " ".join([self.name, self.kind.value, *self.options])

class Index(NamedTuple):
    name: str
    columns: tuple
    unique: bool = False

    def sql(self, table):
        return f"CREATE {'UNIQUE ' if self.unique else ''}INDEX {self.name} ON {table} ({', '.join(self.columns)})"

Step = namedtuple("Step", "table columns")

def one(cursor, conn):
    step = Step("t", [Column("a"), Column("b", Kind.NUMBER, ["NOT NULL", "DEFAULT 0"])])
    table, columns = step
    cursor.execute(f"CREATE TABLE {step.table} ({', '.join(column.sql for column in columns)})")
    for index in [Index("i", ("a",)), Index(name="j", columns=("a", "b"), unique=True)]:
        cursor.execute(index.sql(table))
    if Column("a") == Column("a") and Kind("TEXT") is Kind.TEXT and [kind.name for kind in Kind] == ["TEXT", "NUMBER"]:
        cursor.execute("CREATE TABLE equal (x)")

MIGRATIONS = [("one", one)]
