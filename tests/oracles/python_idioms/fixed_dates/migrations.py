"""Dates that are written down are computed with."""

from datetime import date, datetime, timedelta

FIRST = date(2024, 1, 31)


def create(cursor, conn):
    for offset in range(2):
        day = FIRST + timedelta(days=offset)
        cursor.execute(f"CREATE TABLE measurements_{day.strftime('%Y_%m_%d')} (id INTEGER)")
    cursor.execute(f"CREATE TABLE since (day TEXT DEFAULT '{FIRST.isoformat()}', year INTEGER DEFAULT {FIRST.year})")


def parsed(cursor, conn):
    at = datetime.strptime("2024-02-29 12:30", "%Y-%m-%d %H:%M")
    if at > datetime(2024, 2, 1) and datetime.fromisoformat("2024-02-29T12:30:00") == at:
        cursor.execute(f"CREATE TABLE at_{at:%H%M} (id INTEGER)")
    days = (date(2024, 3, 1) - FIRST).days
    cursor.execute(f"CREATE TABLE after_{days} (id INTEGER)")


MIGRATIONS = [("create", create), ("parsed", parsed)]
