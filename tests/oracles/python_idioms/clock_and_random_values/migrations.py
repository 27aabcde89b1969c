"""Times, random values and identifiers go into rows and never into the schema."""

import datetime as dt
import os
import random
import secrets
import time
import uuid
from datetime import datetime, timedelta, timezone


def _now():
    return datetime.now(timezone.utc).isoformat()


def create(cursor, conn):
    started = time.perf_counter()
    cursor.execute("CREATE TABLE visits (id TEXT PRIMARY KEY, at TEXT, day TEXT, token TEXT, number INTEGER)")
    elapsed = time.perf_counter() - started
    print(f"took {elapsed:.3f}s, {round(elapsed * 1000)} ms")


def fill(cursor, conn):
    cursor.execute(
        "INSERT INTO visits VALUES (?, ?, ?, ?, ?)",
        (str(uuid.uuid4()), _now(), dt.date.today().strftime("%Y-%m-%d"), secrets.token_hex(8), random.randint(1, 6)),
    )
    cursor.execute(
        "INSERT INTO visits (id, at, number) VALUES (?, ?, ?)",
        (uuid.uuid4().hex, (datetime.utcnow() - timedelta(days=1)).strftime("%Y-%m-%d %H:%M:%S"), int(time.time())),
    )
    cursor.execute("INSERT INTO visits (id, token) VALUES (?, ?)", (f"{time.time_ns()}", os.urandom(4)))


def add(cursor, conn):
    (count,) = cursor.execute("SELECT COUNT(*) FROM visits").fetchone()
    cursor.execute(f"CREATE TABLE visits_{count} (id INTEGER)")
    timestamp = datetime.now().timestamp()
    if timestamp > 0:
        cursor.execute("UPDATE visits SET at = COALESCE(at, ?)", (timestamp,))
    cursor.execute("ALTER TABLE visits ADD COLUMN seen_at TEXT DEFAULT NULL")


MIGRATIONS = [("create", create), ("fill", fill), ("add", add)]
