#!/usr/bin/env python3
"""Run the statements of files on PostgreSQL, each by itself, and print what it says of each.

    oracle.py FILE [FILE...]

A file is JSON, a list of statements. Every FILE gets a database of its own on a throw-away server; one JSON list per FILE is printed, in order:
`ok`, or the name of the condition and the message.
"""

import json
import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "alembic_idioms"))

import oracle  # noqa: E402
import psycopg  # noqa: E402


def said(connection, statement):
    try:
        connection.execute(statement.encode())
    except psycopg.Error as error:
        return f"{type(error).__name__}: {error.diag.message_primary}"
    return "ok"


def main():
    server = oracle.Server()
    try:
        address = {"host": server.directory, "user": "postgres", "autocommit": True}
        for index, path in enumerate(sys.argv[1:]):
            with open(path) as file:
                statements = json.load(file)
            name = f"ddl_{index}"
            with psycopg.connect(dbname="postgres", **address) as connection:
                connection.execute(f"CREATE DATABASE {name}")
            with psycopg.connect(dbname=name, **address) as connection:
                print(json.dumps([said(connection, statement) for statement in statements]))
    finally:
        server.stop()


main()
