"""Dataclasses: defaults, default factories, frozen ones, __post_init__, fields and replace."""

from dataclasses import asdict, dataclass, field, fields, replace


@dataclass(frozen=True)
class Column:
    name: str
    kind: str = "TEXT"
    not_null: bool = False
    default: str | None = None

    @property
    def sql(self) -> str:
        text = f"{self.name} {self.kind}"
        if self.not_null:
            text += " NOT NULL"
        return text if self.default is None else f"{text} DEFAULT {self.default}"


@dataclass
class Table:
    name: str
    columns: list[Column] = field(default_factory=list)
    indexes: dict[str, tuple[str, ...]] = field(default_factory=dict)
    prefix: str = field(default="idx", repr=False)

    def __post_init__(self):
        self.columns.insert(0, Column("id", "INTEGER PRIMARY KEY"))

    def create(self, cursor):
        cursor.execute(f"CREATE TABLE {self.name} ({', '.join(column.sql for column in self.columns)})")
        for suffix, names in self.indexes.items():
            cursor.execute(f"CREATE INDEX {self.prefix}_{self.name}_{suffix} ON {self.name}({', '.join(names)})")


@dataclass(order=True)
class Step:
    number: int
    sql: str = field(compare=False, default="")


TABLES = [
    Table("teams", [Column("title", not_null=True), Column("size", "INTEGER", default="0")], {"title": ("title", "size")}),
    Table(name="leagues", prefix="ix"),
    Table("matches", columns=[Column("played_at")], indexes={"at": ("played_at",)}, prefix="ix"),
]


def create(cursor, conn):
    for table in TABLES:
        table.create(cursor)


def derived(cursor, conn):
    column = replace(Column("rank", "INTEGER"), not_null=True, default="1")
    cursor.execute(f"ALTER TABLE teams ADD COLUMN {column.sql}")
    if column == Column("rank", "INTEGER", True, "1") and column != Column("rank"):
        cursor.execute(f"CREATE TABLE column_parts ({', '.join(each.name.upper() + '_' for each in fields(column))})")
    for key, value in asdict(column).items():
        cursor.execute(f"CREATE TABLE part_{key} (value TEXT DEFAULT '{value}')")
    try:
        column.name = "other"
    except AttributeError:
        cursor.execute("CREATE TABLE frozen (id INTEGER)")


def ordered(cursor, conn):
    steps = [Step(2, "ALTER TABLE ordered ADD COLUMN second TEXT"), Step(1, "CREATE TABLE ordered (first TEXT)")]
    for step in sorted(steps):
        cursor.execute(step.sql)
    shown = str(Step(3)).replace("'", "''")
    cursor.execute(f"CREATE TABLE shown (text TEXT DEFAULT '{shown}')")


MIGRATIONS = [("create", create), ("derived", derived), ("ordered", ordered)]
