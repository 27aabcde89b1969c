"""What is said on the way has no effect, whatever is said."""

import logging
import sys
import warnings
from logging import getLogger

logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
logger = logging.getLogger(__name__)
other = getLogger("migrations").getChild("child")
logger.addHandler(logging.NullHandler())


def create(cursor, conn):
    logger.info("creating %s with %d columns", "logs", 2)
    print("creating", "logs", sep=": ", end="\n\n", flush=True)
    cursor.execute("CREATE TABLE logs (id INTEGER PRIMARY KEY, message TEXT)")
    logger.debug(f"created {cursor.rowcount!r}")
    if logger.isEnabledFor(logging.DEBUG):
        logger.debug("details")
    print(f"{'done':>10}", file=sys.stderr)


def failing(cursor, conn):
    try:
        cursor.execute("CREATE TABLE logs (id INTEGER)")
    except Exception as error:
        logger.warning("skipped: %s", error)
        other.exception("with a traceback")
        logger.error("failed", exc_info=True, extra={"table": "logs"})
        logger.log(logging.CRITICAL, "worse")
    cursor.execute("ALTER TABLE logs ADD COLUMN level TEXT")
    sys.stdout.write("written\n")
    sys.stdout.flush()
    warnings.warn("deprecated", DeprecationWarning, stacklevel=2)


def returns_what_print_returns(cursor, conn):
    if print() is None and logger.info("nothing") is None:
        cursor.execute("CREATE INDEX idx_logs_level ON logs(level)")


MIGRATIONS = [
    ("create", create),
    ("failing", failing),
    ("returns_what_print_returns", returns_what_print_returns),
]
