"""Numbers of both kinds, bits, rounding and comparison of versions."""

VERSIONS = ["1.10.0", "1.9.3", "1.9.12"]


def integers(cursor, conn):
    numbers = [7 // 2, -7 // 2, 7 % 3, -7 % 3, 2**10, 0x1F, 0b101, 0o17, 1_000]
    numbers += [~5, 6 & 3, 6 | 3, 6 ^ 3, 1 << 4, 256 >> 2]
    columns = [f"n{index} INTEGER DEFAULT {number}" for index, number in enumerate(numbers)]
    cursor.execute(f"CREATE TABLE integers ({', '.join(columns)})")
    big = 2**70 % 1000
    cursor.execute(f"CREATE TABLE big_{big} (id INTEGER)")
    quotients = [7 / 2, 6 / 3, 7.5 // 2, -1 / 4, 2**-1]
    cursor.execute(f"CREATE TABLE divided ({', '.join(f'q{n} REAL DEFAULT {q}' for n, q in enumerate(quotients))})")


def floats(cursor, conn):
    values = [0.1 + 0.2, 1e3, 1e16, 1.0e-5, 2.50, float("2e2"), 3.0 * 2]
    values += [round(2.675, 2), round(1234.5678, -2), round(3.5)]
    cursor.execute(f"CREATE TABLE floats ({', '.join(f'f{n} REAL DEFAULT {value}' for n, value in enumerate(values))})")


def versions(cursor, conn):
    latest = max(VERSIONS, key=lambda text: tuple(map(int, text.split("."))))
    by_text = max(VERSIONS)
    cursor.execute(f"CREATE TABLE latest_{latest.replace('.', '_')} (by_text_{by_text.replace('.', '_')} TEXT)")
    if (1, 9, 12) < (1, 10) and "1.10" < "1.9" and [1, 2] < [1, 2, 0] and not (2,) < (1, 9):
        cursor.execute("CREATE TABLE compared (id INTEGER)")


def flags(cursor, conn):
    READ, WRITE, ADMIN = (1 << bit for bit in range(3))
    granted = READ | ADMIN
    names = [name for name, bit in (("read", READ), ("write", WRITE), ("admin", ADMIN)) if granted & bit]
    cursor.execute(f"CREATE TABLE flags_{granted} ({', '.join(names)})")
    try:
        granted / 0
    except ZeroDivisionError:
        cursor.execute("CREATE TABLE divided_by_zero (id INTEGER)")


MIGRATIONS = [("integers", integers), ("floats", floats), ("versions", versions), ("flags", flags)]
