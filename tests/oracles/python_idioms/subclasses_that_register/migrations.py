"""__init_subclass__ puts every subclass into the list when its class is made."""

MIGRATIONS = []


class Migration:
    table = "units"

    def __init_subclass__(cls, /, order=None, **options):
        super().__init_subclass__(**options)
        if order is not None:
            MIGRATIONS.append((f"{order:03d}_{cls.__name__.lower()}", cls().up))

    def up(self, cursor):
        for statement in self.statements():
            cursor.execute(statement.format(table=self.table))

    def statements(self):
        return ()


class AddColumn(Migration):
    column = None

    def statements(self):
        yield f"ALTER TABLE {{table}} ADD COLUMN {self.column}"


class Create(Migration, order=1):
    def statements(self):
        return ["CREATE TABLE {table} (id INTEGER PRIMARY KEY)"]


class AddName(AddColumn, order=2):
    column = "name TEXT"


class AddFactor(AddColumn, order=3):
    column = "factor REAL DEFAULT 1.0"


class Names(Migration, order=4):
    def statements(self):
        return [f'CREATE TABLE "{name}" (id INTEGER)' for name, _ in MIGRATIONS if name.endswith("s")]
