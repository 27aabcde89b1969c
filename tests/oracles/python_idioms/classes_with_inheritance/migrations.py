class Migration:
    name = ""
    tables = ()

    def __init__(self, name=None):
        self.name = name or type(self).__name__

    def up(self, cursor):
        for table in self.tables:
            cursor.execute(self.create(table))

    @staticmethod
    def create(table):
        return f"CREATE TABLE {table} (id INTEGER PRIMARY KEY)"

    @classmethod
    def build(cls):
        return cls()

    def __call__(self, cursor):
        self.up(cursor)

class First(Migration):
    tables = ("a", "b")

class Second(First):
    tables = ("c",)

    def up(self, cursor):
        super().up(cursor)
        cursor.execute(f"ALTER TABLE a ADD COLUMN by_{self.name.lower()} TEXT")

MIGRATIONS = [("first", First()), ("second", Second.build())]
