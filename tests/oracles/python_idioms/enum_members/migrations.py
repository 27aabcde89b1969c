"""Enums give names and values to CHECK constraints and columns."""

from enum import Enum, IntEnum, StrEnum, auto


class Status(str, Enum):
    DRAFT = "draft"
    SENT = "sent"
    PAID = "paid"


class Priority(IntEnum):
    LOW = 1
    HIGH = 5


class Kind(Enum):
    TEXT = "TEXT"
    NUMBER = "REAL"

    @property
    def column(self):
        return f"{self.name.lower()}_value {self.value}"


class Unit(StrEnum):
    METER = auto()
    LITER = auto()


def create(cursor, conn):
    allowed = ", ".join(f"'{status.value}'" for status in Status)
    cursor.execute(
        f"CREATE TABLE invoices (id INTEGER PRIMARY KEY, status TEXT NOT NULL DEFAULT '{Status.DRAFT.value}' "
        f"CHECK (status IN ({allowed})), priority INTEGER DEFAULT {Priority.HIGH.value})"
    )


def columns(cursor, conn):
    for kind in Kind:
        cursor.execute(f"ALTER TABLE invoices ADD COLUMN {kind.column}")
    for unit in Unit:
        cursor.execute(f"ALTER TABLE invoices ADD COLUMN {unit} INTEGER")


def lookups(cursor, conn):
    if Status("paid") is Status.PAID and Status["SENT"] == "sent" and Priority.LOW < Priority.HIGH:
        cursor.execute(f"CREATE TABLE {Status.PAID.name.lower()}_{Priority.LOW + 1} (id INTEGER)")
    try:
        Status("lost")
    except ValueError:
        cursor.execute(f"CREATE TABLE not_a_status ({', '.join(Status.__members__)})")
    if "draft" in [status.value for status in Status] and len(Status) == 3 and Kind.TEXT in Kind:
        cursor.execute(f"CREATE TABLE kinds ({', '.join(kind.name for kind in list(Kind)[::-1])})")


MIGRATIONS = [("create", create), ("columns", columns), ("lookups", lookups)]
