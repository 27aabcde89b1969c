#!/usr/bin/env python3
"""Run Alembic revisions on PostgreSQL and print the schema that they leave.

    oracle.py DIR [DIR...]
    oracle.py --stdin            (one directory per line)

Each DIR holds `versions/*.py`, and may hold modules that the revisions import.
Every DIR gets a database of its own, on the server that DATABASE_URL names or,
without it, on a throw-away one.  One JSON object per DIR is printed, in order.
"""

import ast
import glob
import importlib
import json
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import traceback

sys.dont_write_bytecode = True

import alembic.command  # noqa: E402
import alembic.config  # noqa: E402
import alembic.op  # noqa: E402,F401
import alembic.script  # noqa: E402
import psycopg  # noqa: E402
import sqlalchemy  # noqa: E402
import sqlalchemy.orm  # noqa: E402,F401
from sqlalchemy.dialects.postgresql import psycopg as _dialect  # noqa: E402,F401

TIME_LIMIT = 60

ENV = """
import os

import sqlalchemy as sa
from alembic import context
from sqlalchemy import pool

engine = sa.create_engine(context.config.attributes["url"], poolclass=pool.NullPool)
with engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=context.config.attributes["target_metadata"],
        transaction_per_migration=context.config.attributes["commits_each"],
    )
    with context.begin_transaction():
        context.run_migrations()
"""

MAKO = "revision = ${repr(up_revision)}\n"

ACTIONS = {
    "a": "NO ACTION",
    "r": "RESTRICT",
    "c": "CASCADE",
    "n": "SET NULL",
    "d": "SET DEFAULT",
}


# ---------------------------------------------------------------- the server


def find_binary(name):
    found = shutil.which(name)
    places = [os.path.dirname(os.path.realpath(found))] if found else []
    try:
        output = subprocess.run(
            ["pg_config", "--bindir"], capture_output=True, text=True, check=True
        )
        places.append(output.stdout.strip())
    except (OSError, subprocess.CalledProcessError):
        pass

    def version(path):
        try:
            return float(path.split(os.sep)[-2])
        except ValueError:
            return 0.0

    installed = glob.glob("/usr/lib/postgresql/*/bin")
    places.extend(sorted(installed, key=version, reverse=True))
    for place in places:
        path = os.path.join(place, name)
        if os.access(path, os.X_OK):
            return path
    sys.exit(f"oracle.py: no {name} found; install PostgreSQL or set DATABASE_URL")


class Server:
    """A PostgreSQL that lives as long as this process."""

    def __init__(self):
        self.owner = None
        if os.geteuid() == 0:
            for name in ("postgres", "nobody"):
                try:
                    self.owner = pwd.getpwnam(name)
                    break
                except KeyError:
                    continue
            else:
                sys.exit("oracle.py: no unprivileged user to run PostgreSQL as")
        self.directory = tempfile.mkdtemp(prefix="oracle-pg-", dir="/tmp")
        if self.owner:
            os.chown(self.directory, self.owner.pw_uid, self.owner.pw_gid)
        os.chmod(self.directory, 0o700)
        self.data = os.path.join(self.directory, "data")
        self.pg_ctl = find_binary("pg_ctl")
        try:
            self.run(
                find_binary("initdb"), "-D", self.data, "-U", "postgres",
                "-A", "trust", "--no-locale", "--encoding=UTF8", "--no-sync",
            )
            settings = [
                "listen_addresses=''",
                f"unix_socket_directories='{self.directory}'",
                "fsync=off",
                "synchronous_commit=off",
                "full_page_writes=off",
                "autovacuum=off",
                "timezone='UTC'",
                "max_connections=20",
            ]
            with open(os.path.join(self.data, "postgresql.conf"), "a") as conf:
                conf.write("\n".join(settings) + "\n")
            log = os.path.join(self.directory, "log")
            self.run(self.pg_ctl, "-D", self.data, "-l", log, "-w", "start")
        except BaseException:
            shutil.rmtree(self.directory, ignore_errors=True)
            raise

    def run(self, *command):
        command = list(command)
        if self.owner:
            name = self.owner.pw_name
            if shutil.which("setpriv"):
                command = [
                    "setpriv", f"--reuid={self.owner.pw_uid}",
                    f"--regid={self.owner.pw_gid}", "--clear-groups",
                ] + command
            elif shutil.which("runuser"):
                command = ["runuser", "-u", name, "--"] + command
            else:
                words = " ".join("'" + word + "'" for word in command)
                command = ["su", "-s", "/bin/sh", name, "-c", words]
        # pg_ctl's server keeps the descriptors that it is given, so no pipes.
        with tempfile.TemporaryFile() as output:
            status = subprocess.call(
                command, stdin=subprocess.DEVNULL, stdout=output, stderr=output,
                cwd=self.directory,
            )
            if status:
                output.seek(0)
                sys.stderr.write(output.read().decode(errors="replace"))
                sys.exit(f"oracle.py: {os.path.basename(command[0])} failed")

    def url(self):
        return sqlalchemy.URL.create(
            "postgresql+psycopg", username="postgres", database="postgres",
            query={"host": self.directory},
        )

    def stop(self):
        try:
            self.run(self.pg_ctl, "-D", self.data, "-m", "immediate", "-w", "stop")
        finally:
            shutil.rmtree(self.directory, ignore_errors=True)


def connect(url):
    arguments = dict(url.query)
    if url.host:
        arguments["host"] = url.host
    if url.port:
        arguments["port"] = url.port
    if url.username:
        arguments["user"] = url.username
    if url.password:
        arguments["password"] = url.password
    return psycopg.connect(dbname=url.database, autocommit=True, **arguments)


# ------------------------------------------------------------- the revisions


class Timeout(Exception):
    pass


def commits_each(directory):
    """Whether each migration is a transaction of its own: as a project's own env.py says."""
    try:
        with open(os.path.join(directory, "env.py")) as env:
            return "transaction_per_migration=True" in env.read()
    except FileNotFoundError:
        return True


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


def installed(directory):
    """The folders that are on sys.path once a project's own packages are installed."""
    projects = glob.glob(os.path.join(directory, "**", "pyproject.toml"), recursive=True)
    for project in sorted(os.path.dirname(path) for path in projects):
        yield from (os.path.join(project, "src"), os.path.join(project, "lib"), project)


def upgrade(directory, url, temporary):
    """Run `alembic upgrade heads`; returns the error, or None."""
    directory = os.path.abspath(directory)
    os.chdir(directory)
    sys.path[:0] = [directory, *installed(directory)]
    importlib.invalidate_caches()
    with open(os.path.join(temporary, "env.py"), "w") as env:
        env.write(ENV)
    with open(os.path.join(temporary, "script.py.mako"), "w") as mako:
        mako.write(MAKO)

    config = alembic.config.Config()
    # Alembic interpolates `%`.
    config.set_main_option("script_location", temporary.replace("%", "%%"))
    versions = os.path.join(directory, "versions").replace("%", "%%")
    config.set_main_option("version_locations", versions)
    config.set_main_option("path_separator", "newline")
    config.attributes["url"] = url
    config.attributes["commits_each"] = commits_each(directory)
    text = url.render_as_string(hide_password=False)
    config.set_main_option("sqlalchemy.url", text.replace("%", "%%"))
    os.environ["DATABASE_URL"] = text
    config.attributes["target_metadata"] = target_metadata(directory)

    current = {"revision": None}

    def watch(step):
        function, revision = step.migration_fn, step.revision.revision

        def run(*arguments, **keywords):
            current["revision"] = revision
            return function(*arguments, **keywords)

        step.migration_fn = run
        return step

    original = alembic.script.ScriptDirectory._upgrade_revs
    alembic.script.ScriptDirectory._upgrade_revs = lambda *a, **k: [
        watch(step) for step in original(*a, **k)
    ]

    def late(*_):
        raise Timeout(f"no end after {TIME_LIMIT} seconds")

    signal.signal(signal.SIGALRM, late)
    signal.alarm(TIME_LIMIT)
    try:
        alembic.command.upgrade(config, "heads")
    except (Exception, SystemExit) as error:
        if os.environ.get("ORACLE_TRACE"):
            traceback.print_exc()
        cause = getattr(error, "orig", None) or error
        message = None
        sqlstate = None
        if isinstance(cause, psycopg.Error):
            message = cause.diag.message_primary
            sqlstate = cause.sqlstate
        lines = (message or str(cause)).strip().splitlines()
        return {
            "revision": current["revision"],
            "message": lines[0] if lines else "",
            "python": type(error).__name__,
            "sqlstate": sqlstate,
        }
    finally:
        signal.alarm(0)
    return None


# --------------------------------------------------------------- the catalog

USER_SCHEMA = """
    n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
"""

NOT_OF_AN_EXTENSION = """
    NOT EXISTS (SELECT 1 FROM pg_depend d
                WHERE d.classid = '{0}'::regclass AND d.objid = {1}
                  AND d.deptype = 'e')
"""


def full(schema, name):
    return name if schema == "public" else f"{schema}.{name}"


def dump(connection):
    def rows(query, *parameters):
        return connection.execute(query, parameters or None).fetchall()

    tables = {}
    by_oid = {}
    for oid, schema, name in rows(
        f"""SELECT c.oid, n.nspname, c.relname
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relkind IN ('r', 'p') AND {USER_SCHEMA}
              AND NOT (n.nspname = 'public' AND c.relname = 'alembic_version')
              AND {NOT_OF_AN_EXTENSION.format('pg_class', 'c.oid')}
            ORDER BY 2, 3"""
    ):
        by_oid[oid] = tables[full(schema, name)] = {
            "columns": [],
            "primary_key": None,
            "uniques": [],
            "foreign_keys": [],
            "checks": [],
            "exclusions": [],
            "indexes": [],
        }
    names = {
        oid: full(schema, name)
        for oid, schema, name in rows(
            """SELECT c.oid, n.nspname, c.relname
               FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"""
        )
    }
    attributes = {}

    for oid, number, name, kind, nullable, default, identity, generated, coll in rows(
        """SELECT a.attrelid, a.attnum, a.attname,
                  format_type(a.atttypid, a.atttypmod), NOT a.attnotnull,
                  pg_get_expr(d.adbin, d.adrelid),
                  CAST(a.attidentity AS text), CAST(a.attgenerated AS text),
                  CASE WHEN a.attcollation <> t.typcollation
                       THEN l.collname END
           FROM pg_attribute a
           JOIN pg_type t ON t.oid = a.atttypid
           LEFT JOIN pg_attrdef d
             ON d.adrelid = a.attrelid AND d.adnum = a.attnum
           LEFT JOIN pg_collation l ON l.oid = a.attcollation
           WHERE a.attnum > 0 AND NOT a.attisdropped
             AND a.attrelid = ANY(%s)
           ORDER BY a.attrelid, a.attnum""",
        list(by_oid),
    ):
        attributes[oid, number] = name
        by_oid[oid]["columns"].append(
            {
                "name": name,
                "type": kind,
                "nullable": nullable,
                "default": None if generated else default,
                "identity": {"a": "ALWAYS", "d": "BY DEFAULT"}.get(identity),
                "generated": default if generated else None,
                "collation": coll,
            }
        )

    for row in rows(
        """SELECT conrelid, conname, CAST(contype AS text), conkey,
                  confrelid, confkey, CAST(confdeltype AS text),
                  CAST(confupdtype AS text), condeferrable, condeferred,
                  pg_get_constraintdef(oid)
           FROM pg_constraint WHERE conrelid = ANY(%s)
           ORDER BY conname COLLATE "C" """,
        list(by_oid),
    ):
        (oid, name, kind, keys, other, other_keys,
         on_delete, on_update, deferrable, deferred, definition) = row
        table = by_oid[oid]
        columns = [attributes[oid, key] for key in keys or []]
        if kind == "p":
            table["primary_key"] = {"name": name, "columns": columns}
        elif kind == "u":
            table["uniques"].append({"name": name, "columns": columns})
        elif kind == "f":
            table["foreign_keys"].append(
                {
                    "name": name,
                    "columns": columns,
                    "table": names[other],
                    "references": [attributes[other, key] for key in other_keys],
                    "on_delete": ACTIONS[on_delete],
                    "on_update": ACTIONS[on_update],
                    "deferred": deferred,
                    "deferrable": deferrable,
                }
            )
        elif kind == "c":
            table["checks"].append({"name": name, "definition": definition})
        elif kind == "x":
            table["exclusions"].append({"name": name, "definition": definition})

    for oid, name, unique, method, columns, predicate, definition in rows(
        """SELECT i.indrelid, c.relname, i.indisunique, m.amname,
                  ARRAY(SELECT COALESCE(CAST(a.attname AS text),
                                        pg_get_indexdef(i.indexrelid, k, true))
                        FROM generate_series(1, i.indnkeyatts) AS k
                        LEFT JOIN pg_attribute a
                          ON a.attrelid = i.indrelid
                         AND a.attnum = i.indkey[k - 1] AND a.attnum > 0
                        ORDER BY k),
                  pg_get_expr(i.indpred, i.indrelid),
                  pg_get_indexdef(i.indexrelid)
           FROM pg_index i
           JOIN pg_class c ON c.oid = i.indexrelid
           JOIN pg_am m ON m.oid = c.relam
           WHERE i.indrelid = ANY(%s)
             AND NOT EXISTS (SELECT 1 FROM pg_constraint o
                             WHERE o.conindid = i.indexrelid
                               AND o.contype IN ('p', 'u', 'x'))
           ORDER BY c.relname COLLATE "C" """,
        list(by_oid),
    ):
        by_oid[oid]["indexes"].append(
            {
                "name": name,
                "unique": unique,
                "method": method,
                "columns": columns,
                "predicate": predicate,
                "definition": definition,
            }
        )

    enums = {
        full(schema, name): labels
        for schema, name, labels in rows(
            f"""SELECT n.nspname, t.typname,
                       array_agg(CAST(e.enumlabel AS text) ORDER BY e.enumsortorder)
                FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace
                JOIN pg_enum e ON e.enumtypid = t.oid
                WHERE {USER_SCHEMA}
                  AND {NOT_OF_AN_EXTENSION.format('pg_type', 't.oid')}
                GROUP BY 1, 2 ORDER BY 1, 2"""
        )
    }

    def listed(query):
        return sorted(full(schema, name) for schema, name in rows(query))

    sequences = listed(
        f"""SELECT n.nspname, c.relname
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relkind = 'S' AND {USER_SCHEMA}
              AND NOT EXISTS (SELECT 1 FROM pg_depend d
                              WHERE d.classid = 'pg_class'::regclass
                                AND d.objid = c.oid
                                AND d.deptype IN ('a', 'i', 'e'))"""
    )
    views = listed(
        f"""SELECT n.nspname, c.relname
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE c.relkind IN ('v', 'm') AND {USER_SCHEMA}
              AND {NOT_OF_AN_EXTENSION.format('pg_class', 'c.oid')}"""
    )
    functions = listed(
        f"""SELECT n.nspname, p.proname
            FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
            WHERE {USER_SCHEMA}
              AND {NOT_OF_AN_EXTENSION.format('pg_proc', 'p.oid')}"""
    )
    triggers = sorted(
        (
            {"name": name, "table": names[oid]}
            for name, oid in rows(
                """SELECT tgname, tgrelid FROM pg_trigger WHERE NOT tgisinternal"""
            )
        ),
        key=lambda trigger: (trigger["name"], trigger["table"]),
    )
    return {
        "tables": dict(sorted(tables.items())),
        "enums": dict(sorted(enums.items())),
        "sequences": sequences,
        "views": views,
        "triggers": triggers,
        "functions": functions,
    }


# -------------------------------------------------------------------- driver


def child(directory, url):
    temporary = tempfile.mkdtemp(prefix="oracle-env-")
    try:
        result = {"dir": directory, "error": upgrade(directory, url, temporary)}
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    with connect(url) as connection:
        result["schema"] = dump(connection)
    return json.dumps(result)


def run(directory, url, admin):
    name = f"alembic_oracle_{os.getpid()}"
    admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    admin.execute(f"CREATE DATABASE {name}")
    reader, writer = os.pipe()
    sys.stdout.flush()
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            os.close(reader)
            os.dup2(2, 1)  # what a revision prints is not a result
            text = child(directory, url.set(database=name)).encode()
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
    admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    if status or not text:
        sys.exit(f"oracle.py: {directory}: the run itself failed")
    return text


def main(arguments):
    if not arguments or arguments[0] in ("-h", "--help"):
        sys.exit(__doc__)
    if arguments == ["--stdin"]:
        directories = (line.strip() for line in sys.stdin)
    else:
        directories = iter(arguments)

    server = None
    given = os.environ.get("DATABASE_URL")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    if given:
        url = sqlalchemy.make_url(given).set(drivername="postgresql+psycopg")
    else:
        server = Server()
        url = server.url()
    try:
        with connect(url) as admin:
            for directory in directories:
                if directory:
                    print(run(directory, url, admin), flush=True)
    finally:
        if server:
            server.stop()


if __name__ == "__main__":
    main(sys.argv[1:])
