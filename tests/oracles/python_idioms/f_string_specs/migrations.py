"""Format specifications, conversions, nested fields and `=`."""


class Version:
    def __init__(self, major, minor):
        self.major, self.minor = major, minor

    def __format__(self, spec):
        return f"{self.major}{spec or '_'}{self.minor}"

    def __str__(self):
        return "text"


def numbers(cursor, conn):
    number, ratio = 42, 2 / 3
    cursor.execute(f"CREATE TABLE n_{number:05d}_{number:x}_{number:b}_{number:o}_{number:X} (id INTEGER)")
    cursor.execute(
        f"CREATE TABLE r (a REAL DEFAULT {ratio:.3f}, b TEXT DEFAULT '{ratio:.1%}', c TEXT DEFAULT '{1234567:,}', "
        f"d TEXT DEFAULT '{number:+d}', e TEXT DEFAULT '{1e10:g}', f TEXT DEFAULT '{1234567:_}', g REAL DEFAULT {ratio:.2e})"
    )


def texts(cursor, conn):
    name, width = "ab", 6
    cursor.execute(
        f"CREATE TABLE t (a TEXT DEFAULT '{name:>5}', b TEXT DEFAULT '{name:*^{width}}', c TEXT DEFAULT '{name:<{width - 2}}|', "
        f"d TEXT DEFAULT {name!r}, e TEXT DEFAULT '{name!s:.1}', f TEXT DEFAULT {name!a})"
    )


def others(cursor, conn):
    version, count, items = Version(1, 2), 3, {"key": ["x", "y"]}
    cursor.execute(f"CREATE TABLE v{version}_{version:x}_{version!s} (id INTEGER)")
    cursor.execute(f"CREATE TABLE debug (a TEXT DEFAULT '{count=}', b TEXT DEFAULT '{count + 1 = }')")
    cursor.execute(f"CREATE TABLE {items['key'][0]}_{items['key'][-1]}_{'even' if count % 2 == 0 else 'odd'} (id INTEGER)")
    cursor.execute(f"CREATE TABLE values_ (a TEXT DEFAULT '{None}', b TEXT DEFAULT '{True}', c TEXT DEFAULT '{[1, 2.0]}', d TEXT DEFAULT '{{}}')")
    cursor.execute(
        f"""
        CREATE TABLE {'multi'}_{
            'line'
        } (id INTEGER)
        """
    )
    cursor.execute(rf"CREATE TABLE raw (pattern TEXT DEFAULT '\d{count}\n')")


MIGRATIONS = [("numbers", numbers), ("texts", texts), ("others", others)]
