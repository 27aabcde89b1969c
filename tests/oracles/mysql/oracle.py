#!/usr/bin/env python3
"""Run the statements of files on MariaDB, each by itself, and print what it says of each and what it has at the end.

    oracle.py FILE

FILE is JSON, a list of lists of statements. Every list gets a database of its own on a throw-away server, and one line of JSON: `said`, of which
each is `ok` or the code and the message, and `catalog`, lines that say what the database has.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time

import pymysql

WIDTH = re.compile(r"\b(smallint|mediumint|int|bigint|year|tinyint)\((?!1\)(?! unsigned))\d+\)")


class Server:
    def __init__(self):
        self.directory = tempfile.mkdtemp(prefix="mariadb-")
        data, self.socket = os.path.join(self.directory, "data"), os.path.join(self.directory, "s")
        user = ["--user=root"] if os.geteuid() == 0 else []
        subprocess.run(
            ["mariadb-install-db", "--no-defaults", f"--datadir={data}", "--auth-root-authentication-method=normal", "--skip-test-db", *user],
            check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
        path = shutil.which("mariadbd") or "/usr/sbin/mariadbd"
        self.process = subprocess.Popen(
            [path, "--no-defaults", f"--datadir={data}", f"--socket={self.socket}", "--skip-networking", "--character-set-server=utf8mb4",
             "--innodb-flush-log-at-trx-commit=0", "--skip-log-bin", *user],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )
        self.user = "root"
        for _ in range(1200):
            try:
                self.connect().close()
                return
            except pymysql.MySQLError:
                time.sleep(0.1)
        raise SystemExit("the server does not answer")

    def connect(self):
        return pymysql.connect(unix_socket=self.socket, user=self.user, autocommit=True, charset="utf8mb4")

    def stop(self):
        self.process.terminate()
        self.process.wait()
        shutil.rmtree(self.directory, ignore_errors=True)


def said(cursor, name, statement):
    try:
        cursor.execute(statement)
        cursor.fetchall()
    except pymysql.MySQLError as error:
        code, message = error.args[0], str(error.args[1])
        return f"{code}: " + message.replace(f"`{name}`.", "").replace(f"{name}.", "").replace(f"{name}/", "")
    return "ok"


def default(text):
    if text is None or text == "NULL":
        return ""
    return text


def catalog(cursor, name):
    lines = []

    def rows(sql):
        cursor.execute(sql, (name,))
        return cursor.fetchall()

    tables = [row[0] for row in rows("SELECT table_name FROM information_schema.tables WHERE table_schema = %s AND table_type = 'BASE TABLE'")]
    lines += [f"table {table}" for table in tables]
    views = rows("SELECT table_name FROM information_schema.views WHERE table_schema = %s")
    lines += [f"view {row[0]}" for row in views]
    lines += [f"trigger {row[0]} on {row[1]}" for row in rows(
        "SELECT trigger_name, event_object_table FROM information_schema.triggers WHERE trigger_schema = %s")]
    lines += [f"{row[0].lower()} {row[1].lower()}" for row in rows(
        "SELECT routine_type, routine_name FROM information_schema.routines WHERE routine_schema = %s")]
    for table, column, at, kind, nullable, value, extra, generated in rows(
        "SELECT table_name, column_name, ordinal_position, column_type, is_nullable, column_default, extra, generation_expression "
        "FROM information_schema.columns WHERE table_schema = %s"
    ):
        if table not in tables:
            continue
        kind = WIDTH.sub(r"\1", kind)
        extra = extra.lower()
        parts = [f"column {table} {at:03} {column} {kind}", "null" if nullable == "YES" else "not null"]
        if default(value):
            parts.append(f"default {default(value)}")
        if "auto_increment" in extra:
            parts.append("auto_increment")
        if "on update" in extra:
            parts.append("on update")
        if generated:
            parts.append("stored" if "stored" in extra else "virtual")
        lines.append(" ".join(parts))
    keys = {}
    for table, key, column, unique, prefix, kind, order in rows(
        "SELECT table_name, index_name, column_name, non_unique = 0, sub_part, index_type, collation FROM information_schema.statistics "
        "WHERE table_schema = %s ORDER BY table_name, index_name, seq_in_index"
    ):
        word = "primary" if key == "PRIMARY" else kind.lower() if kind in ("FULLTEXT", "SPATIAL") else "unique" if unique else "plain"
        part = column + (f"({prefix})" if prefix and kind != "SPATIAL" else "") + (" desc" if order == "D" else "")
        keys.setdefault((table, key, word), []).append(part)
    lines += [f"key {table} {key} {word} {','.join(parts)}" for (table, key, word), parts in keys.items()]
    foreign = {}
    for table, key, column, parent, referenced in rows(
        "SELECT table_name, constraint_name, column_name, referenced_table_name, referenced_column_name FROM information_schema.key_column_usage "
        "WHERE constraint_schema = %s AND referenced_table_name IS NOT NULL ORDER BY constraint_name, ordinal_position"
    ):
        own, theirs, _ = foreign.setdefault((table, key), ([], [], parent))
        own.append(column)
        theirs.append(referenced)
    actions = {(row[0], row[1]): row[2:] for row in rows(
        "SELECT table_name, constraint_name, delete_rule, update_rule FROM information_schema.referential_constraints WHERE constraint_schema = %s")}
    for (table, key), (own, theirs, parent) in foreign.items():
        delete, update = ("" if rule in ("RESTRICT", "NO ACTION") else rule for rule in actions[table, key])
        lines.append(f"foreign {table} {key} {','.join(own)} to {parent} {','.join(theirs)} [{delete}] [{update}]")
    for table, key, clause in rows(
        "SELECT table_name, constraint_name, check_clause FROM information_schema.check_constraints WHERE constraint_schema = %s"
    ):
        if "json_valid" not in clause:
            lines.append(f"check {table} {key}")
    return sorted(lines)


def main():
    server = Server()
    try:
        with open(sys.argv[1]) as file:
            lists = json.load(file)
        for index, statements in enumerate(lists):
            name = f"ddl{index}"
            connection = server.connect()
            cursor = connection.cursor()
            cursor.execute(f"CREATE DATABASE {name}")
            cursor.execute(f"USE {name}")
            answers = [said(cursor, name, statement) for statement in statements]
            print(json.dumps({"said": answers, "catalog": catalog(cursor, name)}), flush=True)
            cursor.execute("SET foreign_key_checks = 0")
            cursor.execute(f"DROP DATABASE {name}")
            connection.close()
    finally:
        server.stop()


if __name__ == "__main__":
    main()
