import json
import logging
from datetime import datetime, timezone

logger = logging.getLogger(__name__)

def one(cursor, conn):
    logger.info("creating %s", "t")
    print("creating", "t", sep=": ")
    cursor.execute("CREATE TABLE t (at TEXT, data TEXT)")
    cursor.execute("INSERT INTO t VALUES (?, ?)", (datetime.now(timezone.utc).isoformat(), json.dumps({"a": [1, None]})))
    options = json.loads('{"columns": ["x", "y"], "strict": false}')
    if not options["strict"]:
        cursor.execute(f"CREATE TABLE u ({', '.join(options['columns'])})")
    logger.debug("done")

MIGRATIONS = [("one", one)]
