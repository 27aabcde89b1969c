"""Class attributes declare the columns; the table is read from the class."""


class Column:
    def __init__(self, kind, *, default=None, primary_key=False, nullable=True):
        self.kind = kind
        self.default = default
        self.primary_key = primary_key
        self.nullable = nullable
        self.name = None

    def __set_name__(self, owner, name):
        self.name = name

    def __str__(self):
        words = [self.name, self.kind]
        if self.primary_key:
            words.append("PRIMARY KEY")
        if not self.nullable:
            words.append("NOT NULL")
        if self.default is not None:
            words += ["DEFAULT", str(self.default)]
        return " ".join(words)


class Model:
    id = Column("INTEGER", primary_key=True)

    @classmethod
    def columns(cls):
        found = {}
        for base in reversed(cls.__mro__):
            found.update({name: value for name, value in vars(base).items() if isinstance(value, Column)})
        return list(found.values())

    @classmethod
    def table(cls):
        return getattr(cls, "__table__", cls.__name__.lower() + "s")

    @classmethod
    def create(cls, cursor):
        body = ", ".join(str(column) for column in cls.columns())
        cursor.execute(f"CREATE TABLE IF NOT EXISTS {cls.table()} ({body})")


class Stamped(Model):
    created_at = Column("TEXT", default="CURRENT_TIMESTAMP")


class Book(Stamped):
    title = Column("TEXT", nullable=False)
    pages = Column("INTEGER", default=0)


class Person(Model):
    __table__ = "people"
    id = Column("TEXT", primary_key=True)
    name = Column("TEXT")


def create(cursor, conn):
    for model in (Book, Person):
        model.create(cursor)


def sync(cursor, conn):
    Book.isbn = Column("TEXT")
    Book.isbn.name = "isbn"
    for model in Stamped.__subclasses__() + [Person]:
        there = {row[1] for row in cursor.execute(f"PRAGMA table_info({model.table()})")}
        for column in model.columns():
            if column.name not in there:
                cursor.execute(f"ALTER TABLE {model.table()} ADD COLUMN {column}")


MIGRATIONS = [("create", create), ("sync", sync)]
