#!/usr/bin/env python3
"""Run Alembic revisions on a throw-away MariaDB and print what they leave.

    oracle.py            (one directory per line of standard input)

As `tests/alembic_sqlite/oracle.py`, with the catalog in the lines of `tests/mysql/oracle.py`.
"""

import importlib.util
import os
import sys
import tempfile

TESTS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def load(name, path):
    spec = importlib.util.spec_from_file_location(name, os.path.join(TESTS, path))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


alembic = load("alembic_oracle", "alembic_sqlite/oracle.py")
mariadb = load("mariadb_oracle", "mysql/oracle.py")


def main():
    server = mariadb.Server()

    def left(directory):
        name = "chain"
        connection = server.connect()
        cursor = connection.cursor()
        cursor.execute("SET foreign_key_checks = 0")
        cursor.execute(f"DROP DATABASE IF EXISTS {name}")
        cursor.execute(f"CREATE DATABASE {name}")
        url = f"mysql+pymysql://{server.user}@localhost/{name}?unix_socket={server.socket}&charset=utf8mb4"
        with tempfile.TemporaryDirectory(prefix="oracle-env-") as temporary:
            error = alembic.upgrade(directory, url, temporary)
        if error:
            for word in (f"`{name}`.", f"{name}.", f"{name}/"):
                error["message"] = error["message"].replace(word, "")
        lines = [line for line in mariadb.catalog(cursor, name) if " alembic_version" not in line]
        connection.close()
        return {"dir": directory, "error": error, "catalog": lines}

    try:
        alembic.main(left)
    finally:
        server.stop()


main()
