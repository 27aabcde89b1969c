#!/usr/bin/env python3
"""Write pairs of (models, chain) and print what Alembic's own comparison says of each.

    oracle.py SEED COUNT OUT

Each pair is a project in OUT/NAME/{base,head}. At `base` models and chain agree. At `head` some operations are done in the
models, in a new revision, or in both. The chain at `head` is run on PostgreSQL, and `compare_metadata` is asked how the models
differ from that database. One JSON object per pair is printed: its name and the differences.
"""

import copy
import importlib.util
import json
import os
import random
import sys

sys.dont_write_bytecode = True
HERE = os.path.dirname(os.path.abspath(__file__))
spec = importlib.util.spec_from_file_location("oracle_of_chains", os.path.join(HERE, "../alembic_idioms/oracle.py"))
chains = importlib.util.module_from_spec(spec)
spec.loader.exec_module(chains)

import sqlalchemy as sa  # noqa: E402
from alembic.autogenerate import compare_metadata  # noqa: E402
from alembic.migration import MigrationContext  # noqa: E402
from alembic.operations import Operations  # noqa: E402

TYPES = ["Integer()", "BigInteger()", "String(20)", "String(40)", "Boolean()", "DateTime()", "Numeric(8, 2)", "Date()"]
ENV = '''from alembic import context
from sqlalchemy import engine_from_config, pool

from app.models import Base

config = context.config
target_metadata = Base.metadata
connectable = engine_from_config(config.get_section(config.config_ini_section, {}), prefix="sqlalchemy.")
with connectable.connect() as connection:
    context.configure(connection=connection, target_metadata=target_metadata)
    with context.begin_transaction():
        context.run_migrations()
'''
INI = "[alembic]\nscript_location = migrations\nsqlalchemy.url = postgresql+psycopg://localhost/shop\n"


def table(rng, names):
    columns = {}
    for name in rng.sample(["name", "code", "size", "state", "note", "price", "born"], rng.randint(2, 4)):
        columns[name] = [rng.choice(TYPES), rng.random() < 0.5]
    return {"columns": columns, "indexes": {}, "uniques": {}, "keys": {}}


def start(rng):
    tables = {}
    for name in rng.sample(["users", "teams", "tags"], rng.randint(2, 3)):
        tables[name] = table(rng, tables)
    return tables


def operations(rng, tables):
    """Operations that keep what both sides began with apart from each other."""
    found, touched = [], set()
    for number in range(rng.randint(1, 4)):
        name = rng.choice(sorted(tables))
        column = rng.choice(sorted(tables[name]["columns"]))
        kind = rng.choice(["add", "drop", "null", "type", "table", "index", "unique", "key", "add"])
        if (name, column) in touched or len(tables[name]["columns"]) < 2:
            continue
        touched.add((name, column))
        if kind == "add":
            found.append(("add", name, f"new{number}", rng.choice(TYPES)))
        elif kind == "drop":
            found.append(("drop", name, column))
        elif kind == "null":
            found.append(("null", name, column))
        elif kind == "type":
            old = tables[name]["columns"][column][0]
            others = [one for one in TYPES if one.split("(")[0] != old.split("(")[0] or "String" in one and one != old]
            found.append(("type", name, column, rng.choice(others)))
        elif kind == "table":
            found.append(("table", f"extra{number}"))
        elif kind == "index":
            found.append(("index", name, f"ix_{name}_{column}", column))
        elif kind == "unique":
            found.append(("unique", name, f"uq_{name}_{column}", column))
        else:
            other = rng.choice(sorted(tables))
            found.append(("key", name, f"{other}_id{number}", other))
    return found


def done(tables, operation):
    kind = operation[0]
    if kind == "table":
        tables[operation[1]] = {"columns": {"title": ["String(20)", False]}, "indexes": {}, "uniques": {}, "keys": {}}
        return
    own = tables[operation[1]]
    if kind == "add":
        own["columns"][operation[2]] = [operation[3], True]
    elif kind == "drop":
        del own["columns"][operation[2]]
    elif kind == "null":
        own["columns"][operation[2]][1] = not own["columns"][operation[2]][1]
    elif kind == "type":
        own["columns"][operation[2]][0] = operation[3]
    elif kind == "index":
        own["indexes"][operation[2]] = operation[3]
    elif kind == "unique":
        own["uniques"][operation[2]] = operation[3]
    elif kind == "key":
        own["columns"][operation[2]] = ["Integer()", True]
        own["keys"][operation[2]] = operation[3]


def models(tables):
    lines = ["import sqlalchemy as sa", "from sqlalchemy.orm import declarative_base", "", "Base = declarative_base()"]
    for name, own in tables.items():
        lines += ["", "", f"class {name.capitalize()}(Base):", f'    __tablename__ = "{name}"']
        parts = [f'sa.Index("{index}", "{column}")' for index, column in own["indexes"].items()]
        parts += [f'sa.UniqueConstraint("{column}", name="{unique}")' for unique, column in own["uniques"].items()]
        if parts:
            lines.append(f"    __table_args__ = ({', '.join(parts)},)")
        lines.append("    id = sa.Column(sa.Integer(), primary_key=True)")
        for column, (data_type, nullable) in own["columns"].items():
            key = f', sa.ForeignKey("{own["keys"][column]}.id")' if column in own["keys"] else ""
            lines.append(f"    {column} = sa.Column(sa.{data_type}{key}, nullable={nullable})")
    return "\n".join(lines) + "\n"


def revision(number, parent, body):
    return (
        f'import sqlalchemy as sa\nfrom alembic import op\n\nrevision = "{number}"\ndown_revision = {parent!r}\n\n\n'
        "def upgrade():\n" + "".join(f"    {line}\n" for line in body or ["pass"]) + "\n\ndef downgrade():\n    pass\n"
    )


def creates(tables):
    lines = []
    for name, own in tables.items():
        columns = [f'sa.Column("{c}", sa.{t}, nullable={n})' for c, (t, n) in own["columns"].items()]
        lines.append(f'op.create_table("{name}", sa.Column("id", sa.Integer(), primary_key=True), {", ".join(columns)})')
    return lines


def steps(tables, operation):
    kind = operation[0]
    if kind == "table":
        return ['op.create_table("%s", sa.Column("id", sa.Integer(), primary_key=True), '
                'sa.Column("title", sa.String(20), nullable=False))' % operation[1]]
    name = operation[1]
    own = tables[name]["columns"]
    if kind == "add":
        return [f'op.add_column("{name}", sa.Column("{operation[2]}", sa.{operation[3]}, nullable=True))']
    if kind == "drop":
        return [f'op.drop_column("{name}", "{operation[2]}")']
    if kind == "null":
        return [f'op.alter_column("{name}", "{operation[2]}", nullable={not own[operation[2]][1]})']
    if kind == "type":
        sql = f'"{operation[2]}::text::" + sa.{operation[3]}.compile(dialect=op.get_bind().dialect)'
        return [f'op.alter_column("{name}", "{operation[2]}", type_=sa.{operation[3]}, postgresql_using={sql})']
    if kind == "index":
        return [f'op.create_index("{operation[2]}", "{name}", ["{operation[3]}"])']
    if kind == "unique":
        return [f'op.create_unique_constraint("{operation[2]}", "{name}", ["{operation[3]}"])']
    return [
        f'op.add_column("{name}", sa.Column("{operation[2]}", sa.Integer(), nullable=True))',
        f'op.create_foreign_key(None, "{name}", "{operation[3]}", ["{operation[2]}"], ["id"])',
    ]


def write(folder, files):
    for path, text in files.items():
        path = os.path.join(folder, path)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as out:
            out.write(text)


def said(differences):
    """Each difference in one line, consequences of one that is told aside."""
    found, flat = [], []
    for difference in differences:
        flat += difference if isinstance(difference, list) else [difference]
    tables = {d[1].name for d in flat if d[0] in ("add_table", "remove_table")}
    columns = {(d[2], d[3].name) for d in flat if d[0] in ("add_column", "remove_column")}
    words = {"add": "missing", "remove": "without a model"}
    for d in flat:
        verb, _, what = d[0].partition("_")
        if what == "table":
            found.append(f"table `{d[1].name}` {words[verb]}")
        elif what == "column":
            found.append(f"column `{d[2]}.{d[3].name}` {words[verb]}")
        elif d[0] == "modify_nullable":
            found.append(f"column `{d[2]}.{d[3]}` nullability")
        elif d[0] == "modify_type":
            found.append(f"column `{d[2]}.{d[3]}` type")
        else:
            own = d[1]
            names = [column.name for column in own.columns]
            if own.table.name in tables or any((own.table.name, name) in columns for name in names):
                continue
            if what == "index":
                found.append(f"index `{own.name}` on `{own.table.name}` {words[verb]}")
            elif what == "constraint":
                found.append(f"unique constraint on `{own.table.name}` ({', '.join(names)}) {words[verb]}")
            elif what == "fk":
                found.append(f"foreign key of `{own.table.name}` ({', '.join(names)}) {words[verb]}")
            else:
                found.append(f"{d[0]}")
    return sorted(found)


def run(url, name, text, body):
    """What Alembic says of models beside a database that these statements have made."""
    engine = sa.create_engine(url, poolclass=sa.pool.NullPool)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        scope = {"sa": sa, "op": Operations(context)}
        exec("\n".join(body), scope)
        connection.commit()
        space = {}
        exec(compile(text, name, "exec"), space)
        return said(compare_metadata(context, space["Base"].metadata))


def main():
    seed, count, out = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    server = chains.Server()
    try:
        for number in range(count):
            rng = random.Random(seed * 100_000 + number)
            name = f"pair{number:04}"
            base = start(rng)
            in_models, in_chain, body = copy.deepcopy(base), copy.deepcopy(base), []
            for operation in operations(rng, base):
                side = rng.choice(["both", "both", "models", "chain"])
                if side != "chain":
                    done(in_models, operation)
                if side != "models":
                    body += steps(in_chain, operation)
                    done(in_chain, operation)
            common = {"alembic.ini": INI, "migrations/env.py": ENV, "app/__init__.py": "",
                      "migrations/versions/0001.py": revision("0001", None, creates(base)), "app/models.py": models(base)}
            head = dict(common)
            head["app/models.py"] = models(in_models)
            if body:
                head["migrations/versions/0002.py"] = revision("0002", "0001", body)
            write(os.path.join(out, name, "base"), common)
            write(os.path.join(out, name, "head"), head)
            with chains.connect(server.url()) as connection:
                connection.execute(f"CREATE DATABASE {name}")
            found = run(server.url().set(database=name), name, models(in_models), creates(base) + body)
            print(json.dumps({"name": name, "differences": found}), flush=True)
    finally:
        server.stop()


main()
