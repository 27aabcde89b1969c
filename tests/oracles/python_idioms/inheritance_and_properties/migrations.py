"""super(), @property, @staticmethod, @classmethod, class attributes and an abstract base."""

from abc import ABC, abstractmethod


class Definition(ABC):
    prefix = "app"
    count = 0

    def __init__(self, name):
        self._name = name
        Definition.count += 1

    @property
    def name(self):
        return f"{self.prefix}_{self._name}"

    @name.setter
    def name(self, value):
        self._name = value.lower()

    @staticmethod
    def quote(text):
        return "'" + text.replace("'", "''") + "'"

    @classmethod
    def simple(cls, name):
        return cls(name)

    @abstractmethod
    def columns(self):
        ...

    def create(self, cursor):
        cursor.execute(f"CREATE TABLE {self.name} ({', '.join(self.columns())})")


class Keyed(Definition):
    def columns(self):
        return ["id INTEGER PRIMARY KEY"]


class Stamped:
    def columns(self):
        return super().columns() + ["created_at TEXT DEFAULT " + Definition.quote("it's")]


class Document(Stamped, Keyed):
    prefix = "doc"

    def __init__(self, name, size=10):
        super().__init__(name)
        self.size = size

    def columns(self):
        return [*super().columns(), f"body VARCHAR({self.size})"]


def create(cursor, conn):
    Keyed.simple("users").create(cursor)
    Document.simple("pages").create(cursor)
    Document("drafts", size=99).create(cursor)


def properties(cursor, conn):
    keyed = Keyed("x")
    keyed.name = "RENAMED"
    keyed.create(cursor)
    keyed.prefix = "own"
    keyed.create(cursor)
    cursor.execute(f"CREATE TABLE made_{Definition.count} (id INTEGER)")


def relations(cursor, conn):
    if issubclass(Document, Keyed) and isinstance(Document("y"), Stamped) and not issubclass(Keyed, Stamped):
        order = [cls.__name__ for cls in Document.__mro__ if cls not in (object, ABC)]
        cursor.execute(f"CREATE TABLE lookup_order ({', '.join(order)})")
    try:
        Definition("abstract")
    except TypeError:
        cursor.execute("CREATE TABLE abstract (id INTEGER)")


MIGRATIONS = [("create", create), ("properties", properties), ("relations", relations)]
