#!/usr/bin/env python3
"""Run Alembic revisions on SQLite and print what they leave.

    oracle.py            (one directory per line of standard input)

Each directory holds `versions/*.py`, and may hold an `env.py` of which the
imports and `target_metadata` are taken. For each a JSON object is printed, in
order: the statements that make its database again, and what was refused.
"""

import ast
import glob
import importlib
import json
import os
import signal
import sqlite3
import sys
import tempfile
import traceback
import warnings

sys.dont_write_bytecode = True

import alembic.command  # noqa: E402
import alembic.config  # noqa: E402
import alembic.script  # noqa: E402
import sqlalchemy  # noqa: E402
import sqlalchemy.orm  # noqa: E402,F401

TIME_LIMIT = 60

ENV = """
import sqlalchemy as sa
from alembic import context
from sqlalchemy import pool

engine = sa.create_engine(context.config.get_main_option("sqlalchemy.url"), poolclass=pool.NullPool)
with engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=context.config.attributes["target_metadata"],
        render_as_batch=True,
    )
    with context.begin_transaction():
        context.run_migrations()
"""


def target_metadata(directory):
    """What a project's own env.py compares with: its imports are run, and nothing else."""
    try:
        with open(os.path.join(directory, "env.py")) as env:
            tree = ast.parse(env.read())
    except FileNotFoundError:
        return None
    names = {}
    for statement in tree.body:
        target = ast.unparse(statement).startswith("target_metadata =")
        if target or isinstance(statement, (ast.Import, ast.ImportFrom)):
            exec(compile(ast.Module([statement], []), "env.py", "exec"), names)
    return names.get("target_metadata")


def upgrade(directory, url, temporary):
    directory = os.path.abspath(directory)
    os.chdir(directory)
    projects = glob.glob(os.path.join(directory, "**", "pyproject.toml"), recursive=True)
    for project in sorted(os.path.dirname(path) for path in projects):
        sys.path[:0] = [os.path.join(project, "src"), os.path.join(project, "lib"), project]
    sys.path.insert(0, directory)
    importlib.invalidate_caches()
    with open(os.path.join(temporary, "env.py"), "w") as env:
        env.write(ENV)
    config = alembic.config.Config()
    config.set_main_option("script_location", temporary)
    config.set_main_option("version_locations", os.path.join(directory, "versions").replace("%", "%%"))
    config.set_main_option("path_separator", "newline")
    config.set_main_option("sqlalchemy.url", url)
    os.environ["DATABASE_URL"] = url
    config.attributes["target_metadata"] = target_metadata(directory)

    def late(*_):
        raise TimeoutError(f"no end after {TIME_LIMIT} seconds")

    signal.signal(signal.SIGALRM, late)
    signal.alarm(TIME_LIMIT)
    try:
        alembic.command.upgrade(config, "heads")
    except (Exception, SystemExit) as error:
        if os.environ.get("ORACLE_TRACE"):
            traceback.print_exc()
        cause = getattr(error, "orig", None) or error
        said = cause.args[1] if len(cause.args) == 2 and isinstance(cause.args[0], int) else cause
        lines = str(said).strip().splitlines()
        return {"message": lines[0] if lines else "", "python": type(error).__name__}
    finally:
        signal.alarm(0)
    return None


def left_on_sqlite(directory):
    """What a project leaves on a SQLite database, and what was refused."""
    with tempfile.TemporaryDirectory(prefix="oracle-env-") as temporary:
        path = os.path.join(temporary, "oracle.db")
        error = upgrade(directory, f"sqlite:///{path}", temporary)
        with sqlite3.connect(path) as connection:
            rows = connection.execute(
                "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL"
                " AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name <> 'alembic_version' ORDER BY rowid"
            )
            return {"dir": directory, "error": error, "sql": [row[0] for row in rows]}


def run(directory, left):
    """What a project leaves, as JSON; each in a process of its own, so that none sees the modules of another."""
    reader, writer = os.pipe()
    sys.stdout.flush()
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            os.close(reader)
            os.dup2(2, 1)  # what a revision prints is not a result
            text = json.dumps(left(directory)).encode()
            with os.fdopen(writer, "wb") as pipe:
                pipe.write(text)
            status = 0
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stderr.flush()
            os._exit(status)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        text = pipe.read().decode()
    _, status = os.waitpid(pid, 0)
    if status or not text:
        sys.exit(f"oracle.py: {directory}: the run itself failed")
    return text


def main(left):
    warnings.simplefilter("ignore")
    for line in sys.stdin:
        if line.strip():
            print(run(line.strip(), left), flush=True)


if __name__ == "__main__":
    main(left_on_sqlite)
