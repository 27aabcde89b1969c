# How psycopg puts statements together (https://www.psycopg.org/psycopg3/docs/api/sql.html); psycopg2.sql is alike.


class Composable:
    def __add__(self, other):
        return Composed([self, other])

    def __mul__(self, times):
        return Composed([self] * times)


class Composed(Composable):
    def __init__(self, seq):
        self.seq = []
        for part in seq:
            self.seq.append(part if isinstance(part, Composable) else Literal(part))

    def as_string(self, context=None):
        text = ""
        for part in self.seq:
            text += part.as_string(context)
        return text

    def join(self, joiner):
        return (SQL(joiner) if isinstance(joiner, str) else joiner).join(self.seq)


class SQL(Composable):
    def __init__(self, obj):
        self.string = obj

    def as_string(self, context=None):
        return self.string

    def format(self, *args, **kwargs):
        parts = []
        for part in args:
            parts.append((part if isinstance(part, Composable) else Literal(part)).as_string(None))
        named = {}
        for name, part in kwargs.items():
            named[name] = (part if isinstance(part, Composable) else Literal(part)).as_string(None)
        return SQL(self.string.format(*parts, **named))

    def join(self, seq):
        texts = []
        for part in seq:
            texts.append((part if isinstance(part, Composable) else Literal(part)).as_string(None))
        return SQL(self.string.join(texts))


class Identifier(Composable):
    def __init__(self, *strings):
        self.strings = strings

    def as_string(self, context=None):
        quoted = []
        for name in self.strings:
            quoted.append('"' + name.replace('"', '""') + '"')
        return ".".join(quoted)


class Literal(Composable):
    def __init__(self, obj):
        self.obj = obj

    def as_string(self, context=None):
        if self.obj is None:
            return "NULL"
        if isinstance(self.obj, bool):
            return "true" if self.obj else "false"
        if isinstance(self.obj, (int, float)):
            return str(self.obj)
        return "'" + str(self.obj).replace("'", "''") + "'"


NULL = SQL("NULL")
DEFAULT = SQL("DEFAULT")
