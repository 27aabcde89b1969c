"""Migrations are subclasses of one class, and the list holds them or what they are called."""


class Migration:
    name = None
    table = "tickets"

    def up(self, cursor):
        raise NotImplementedError

    def has(self, cursor, column):
        return column in [row[1] for row in cursor.execute(f"PRAGMA table_info({self.table})")]


class CreateTickets(Migration):
    name = "create_tickets"

    def up(self, cursor):
        cursor.execute(f"CREATE TABLE {self.table} (id INTEGER PRIMARY KEY, subject TEXT)")


class AddColumns(Migration):
    columns = ()

    def up(self, cursor):
        for column in self.columns:
            if not self.has(cursor, column):
                cursor.execute(f"ALTER TABLE {self.table} ADD COLUMN {column} TEXT")
        self.finish(cursor)

    def finish(self, cursor):
        pass


class AddAssignee(AddColumns):
    name = "add_assignee"
    columns = ("assignee", "subject")


class AddState(AddColumns):
    name = "add_state"
    columns = ("state",)

    def finish(self, cursor):
        super().finish(cursor)
        cursor.execute(f"CREATE INDEX idx_{self.table}_{self.columns[0]} ON {self.table}({self.columns[0]})")


MIGRATIONS = [(cls.name, cls().up) for cls in (CreateTickets, AddAssignee, AddState)]
