//! Hostile migrations: each ends soon, in a finding or in nothing, and touches nothing outside the process.

use std::path::Path;
use std::process::Command;

use crate::common;
use crate::common::Files;

/// The body of a migration, after imports and before the list; `cursor` and `conn` are its own.
const BODIES: &[(&str, &str)] = &[
    ("recursion", "def f(n):\n        return f(n + 1)\n    f(0)"),
    ("mutual_recursion", "def f():\n        g()\n    def g():\n        f()\n    f()"),
    ("while_true", "while True:\n        pass"),
    ("while_true_with_a_statement", "while True:\n        cursor.execute('SELECT 1')"),
    ("long_text", "cursor.execute('CREATE TABLE t (a TEXT DEFAULT \"' + 'x' * 10**9 + '\")')"),
    ("doubling_text", "s = 'x'\n    for _ in range(100):\n        s = s + s"),
    ("doubling_f_string", "s = 'x'\n    for _ in range(100):\n        s = f'{s}{s}'"),
    ("doubling_list", "s = [1]\n    for _ in range(100):\n        s = s + s"),
    ("doubling_in_place", "s = [1]\n    while s:\n        s += s"),
    (
        "list_in_itself",
        "s = []\n    s.append(s)\n    repr(s)\n    s == s\n    s == [s]\n    sorted(s)\n    str({'a': s})",
    ),
    (
        "dict_in_itself",
        "import json\n    import copy\n    d = {}\n    d['d'] = d\n    copy.deepcopy(d)\n    json.dumps(d)",
    ),
    (
        "tuples_that_double",
        "t = u = (1,)\n    for _ in range(60):\n        t, u = (t, t), (u, u)\n    t == u\n    {t}\n    hash(t)\n    repr(t)\n    t < u",
    ),
    (
        "lists_that_double",
        "t = u = [1]\n    for _ in range(60):\n        t, u = [t, t], [u, u]\n    t == u\n    t in [u]\n    repr(t)\n    t < u",
    ),
    ("deep_list", "t = []\n    for _ in range(300000):\n        t = [t]\n    repr(t)\n    t == [t]"),
    ("deep_tuple", "t = ()\n    for _ in range(300000):\n        t = (t,)\n    {t: 1}\n    t == (t,)"),
    ("deep_dict", "t = {}\n    for _ in range(200000):\n        t = {'a': t}\n    str(t)"),
    (
        "deep_closures",
        "def make(before):\n        return lambda: before\n    f = None\n    for _ in range(200000):\n        f = make(f)",
    ),
    (
        "deep_instances",
        "class C:\n        pass\n    c = None\n    for _ in range(200000):\n        d = C()\n        d.c = c\n        c = d",
    ),
    ("deep_generators", "g = iter([1])\n    for _ in range(100000):\n        g = (x for x in [g])"),
    ("generator_without_end", "def g():\n        while True:\n            yield 1\n    for x in g():\n        break"),
    ("long_range", "for i in range(10**12):\n        pass"),
    ("list_of_a_long_range", "list(range(10**12))"),
    ("sum_of_a_long_range", "sum(range(10**12))"),
    (
        "ends_of_a_range",
        "r = range(-2**62, 2**62, 2**61)\n    len(r)\n    r[-1]\n    r[10**18:-10**18:-1]\n    list(range(2**62, 2**62 + 5))\n    2**62 in range(-2**63 + 1, 2**62)",
    ),
    (
        "extreme_numbers",
        "x = 2**62\n    x * 2\n    -x - x - 1\n    abs(-x - x)\n    1 << 10**6\n    10**10**10\n    x // -1\n    (-x - x) // -1\n    (-x - x) % -1\n    divmod(5, -3)\n    round(1e308, 400)\n    int('9' * 5000)\n    x >> 70\n    ~x",
    ),
    (
        "extreme_slices",
        "s = 'añb' * 3\n    s[-2**62:2**62:-2**62]\n    s[2**62:]\n    s[::-1]\n    s[1:-1:2]\n    [1, 2][5:1:-1]\n    l = [1, 2, 3]\n    l[5:1] = [9]\n    del l[10:2]\n    l.insert(-2**62, 0)\n    l.pop(-2**62)",
    ),
    ("wide_formats", "'x'.zfill(10**9)\n    '{:1000000000}'.format(1)\n    f'{1:>{10**9}}'\n    '%1000000000d' % 1"),
    (
        "odd_formats",
        "for f in ('{', '}', '{0', '{!r', '{0.}', '{0[}', '{:{', '{a.b.c}', '%(', '%(a', '%', '%z', '{:é^9}', '{0[é]}', '{:.{}f}'):\n        for a in ((), (1,), ('é',)):\n            try:\n                f.format(*a)\n            except Exception:\n                pass\n            try:\n                f % a\n            except Exception:\n                pass",
    ),
    (
        "odd_texts",
        "s = 'éß😀'\n    s.find('😀')\n    s.index('ß', 1)\n    s.split('ß')\n    s.partition('é')\n    s.center(9, 'é')\n    s[1:2]\n    s.title()\n    s.swapcase()\n    s.encode().decode()\n    s.replace('', 'é')\n    s.rsplit(None, 1)\n    ''.join([])\n    s.count('')",
    ),
    (
        "backtracking",
        "import re\n    re.match('(a+)+$', 'a' * 40 + 'b')\n    re.sub('(x+x+)+y', '', 'x' * 60)\n    re.findall('(a|aa)+$', 'a' * 60 + 'b')",
    ),
    (
        "backtracking_in_a_loop",
        "import re\n    for _ in range(100000):\n        re.match(r'(a|aa)+$(?=b)\\1', 'a' * 40 + 'b')",
    ),
    (
        "long_texts_compared",
        "s, t = 'x' * 10**6, 'x' * 10**6\n    for _ in range(10**6):\n        s == t\n        s < t",
    ),
    ("long_texts_as_keys", "s = 'x' * 10**6\n    d = {s: 1}\n    for _ in range(10**6):\n        d[s]\n        s in d"),
    (
        "long_texts_stripped",
        "s = ' ' * 10**6\n    for _ in range(10**6):\n        s.strip()\n        s.splitlines()\n        len(s)",
    ),
    (
        "long_lists_compared",
        "s, t = list(range(10**5)), list(range(10**5))\n    for _ in range(10**6):\n        s == t\n        s < t",
    ),
    ("wide_tuples_as_keys", "t = ('x' * 1000,) * 5000\n    d = {t: 1}\n    for _ in range(10**6):\n        d[t]"),
    (
        "large_pattern",
        "import re\n    re.compile('(a{1000}){1000}').search('a')\n    re.match('(' * 2000, '')\n    re.match('a' * 100000, 'a')",
    ),
    (
        "odd_patterns",
        "import re\n    for p in ('[]]', '[^]a]', '(?P<n>é)|(x)', '\\\\Z', '[[a]', '(?i)A', 'a&&b', '(?<=é)a', '\\\\', '['):\n        try:\n            re.sub(p, r'\\1\\g<n>\\9', 'xéa]')\n            re.split(p, 'xéa]')\n        except Exception:\n            pass",
    ),
    (
        "sort_without_order",
        "import functools\n    class C:\n        def __lt__(self, other):\n            return True\n    sorted([C() for _ in range(300)])\n    [C() for _ in range(100)].sort(key=lambda c: c, reverse=True)",
    ),
    (
        "sort_that_changes_its_list",
        "l = [3, 1, 2]\n    def key(x):\n        l.append(x)\n        return x\n    l.sort(key=key)",
    ),
    (
        "methods_that_recurse",
        "class C:\n        def __eq__(self, other):\n            return self == other\n        def __repr__(self):\n            return repr(self)\n        def __getattr__(self, name):\n            return getattr(self, name)\n        def __iter__(self):\n            return iter(self)\n        def __len__(self):\n            return len(self)\n        def __bool__(self):\n            return bool(self)\n    c = C()\n    for f in (lambda: c == c, lambda: repr(c), lambda: c.x, lambda: list(c), lambda: len(c), lambda: not c):\n        try:\n            f()\n        except Exception:\n            pass",
    ),
    (
        "next_without_end",
        "class C:\n        def __iter__(self):\n            return self\n        def __next__(self):\n            return 1\n    for x in C():\n        pass",
    ),
    (
        "changed_while_iterated",
        "l = [1]\n    for x in l:\n        l.append(x)\n        if len(l) > 10:\n            break\n    d = {1: 1}\n    for k in d:\n        d[k + len(d)] = 1\n    s = {1}\n    for k in s:\n        s.add(k + len(s))",
    ),
    (
        "exceptions_all_over",
        "try:\n        try:\n            raise ValueError\n        finally:\n            raise KeyError\n    except KeyError:\n        pass\n    try:\n        raise 1\n    except TypeError:\n        pass\n    for _ in range(3):\n        try:\n            continue\n        finally:\n            pass\n    raise RuntimeError('end')",
    ),
    ("bare_raise", "raise"),
    ("system_exit", "import sys\n    sys.exit(0)"),
    ("os_exit", "import os\n    os._exit(0)"),
    (
        "reads_and_writes",
        "open('/etc/passwd').read()\n    open('written', 'w').write('x')\n    import os\n    os.system('touch written')\n    import subprocess\n    subprocess.run(['touch', 'written'])\n    eval('1')\n    exec('x = 1')\n    __import__('os').remove('x')\n    import pathlib\n    pathlib.Path('written').write_text('x')\n    pathlib.Path('../../../../etc/passwd').read_text()",
    ),
    ("attach", "cursor.execute(\"ATTACH 'written.db' AS w\")\n    cursor.execute('CREATE TABLE w.t (a)')"),
    ("vacuum_into", "cursor.execute(\"VACUUM INTO 'written.db'\")"),
    (
        "writable_schema",
        "cursor.execute('PRAGMA writable_schema = ON')\n    cursor.execute(\"UPDATE sqlite_master SET sql = 'x'\")",
    ),
    (
        "load_extension",
        "conn.enable_load_extension(True)\n    conn.load_extension('./x')\n    cursor.execute(\"SELECT load_extension('./x')\")",
    ),
    (
        "recursive_cte",
        "cursor.execute('WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT count(*) FROM c')",
    ),
    (
        "wide_join",
        "cursor.execute('CREATE TABLE t (a)')\n    cursor.executemany('INSERT INTO t VALUES (?)', [(i,) for i in range(1000)])\n    cursor.execute('SELECT count(*) FROM t a, t b, t c, t d')",
    ),
    ("large_values", "cursor.execute('SELECT zeroblob(1000000000)')"),
    (
        "temp_files",
        "cursor.execute(\"PRAGMA temp_store_directory = '/tmp'\")\n    cursor.execute('PRAGMA temp_store = FILE')\n    cursor.execute('PRAGMA journal_mode = WAL')",
    ),
    ("many_tables", "for i in range(100000):\n        cursor.execute(f'CREATE TABLE t{i} (a)')"),
    ("many_statements", "cursor.executescript('CREATE TABLE t (a);' + 'INSERT INTO t VALUES (1);' * 40000)"),
    ("null_bytes", "cursor.execute('CREATE TABLE t\\0 (a)')"),
    ("surrogates", "cursor.execute('CREATE TABLE t (a TEXT DEFAULT \"\\ud800\")')\n    chr(0xd800)"),
    (
        "star_arguments",
        "def f(*a, **k):\n        return len(a)\n    f(*range(10**9))\n    f(**{i: i for i in 'abc'})\n    a, *b = range(10**9)",
    ),
    (
        "hostile_classes",
        "class Meta(type):\n        def __call__(cls):\n            return cls()\n    class C(metaclass=Meta):\n        pass\n    C()\n    class D(D0 if False else object):\n        x: int = 1\n    for _ in range(1000):\n        D = type('D', (D,), {})\n    D().x",
    ),
    (
        "hostile_enum",
        "from enum import Enum\n    class E(Enum):\n        A = []\n        B = A\n    E([])\n    E['A']\n    list(E)\n    E.A.value.append(E)\n    repr(E.A)",
    ),
    (
        "hostile_dataclass",
        "from dataclasses import dataclass, field\n    @dataclass\n    class C:\n        a: 'C'\n        b: list = field(default_factory=lambda: C(1))\n    C(1)",
    ),
    (
        "context_manager_twice",
        "from contextlib import contextmanager\n    @contextmanager\n    def m():\n        yield 1\n        yield 2\n    with m():\n        pass",
    ),
    (
        "context_manager_never",
        "from contextlib import contextmanager\n    @contextmanager\n    def m():\n        if False:\n            yield\n    with m():\n        pass",
    ),
    ("odd_names", "\u{3b1} = 1\n    cursor.execute(f'CREATE TABLE \"{\u{3b1}}\u{3b1}\\n\\t\\x07\" (\"a\\'b\" TEXT)')"),
    (
        "odd_scopes",
        "global nowhere\n    nowhere = 1\n    del nowhere\n    def f():\n        nonlocal_ = 1\n        class C:\n            nonlocal_ = nonlocal_\n        return C\n    f()\n    [x for x in [y for y in (z for z in 'abc')] if (w := x)]",
    ),
];

fn list(body: &str) -> String {
    format!("import sqlite3\n\n\ndef one(cursor, conn):\n    {body}\n\n\nMIGRATIONS = [(\"one\", one)]\n")
}

/// Whole files, where the text of a migration alone says too little.
fn files() -> Vec<(&'static str, Vec<(String, String)>)> {
    let migrations = |text: &str| vec![("db/migrations.py".to_owned(), text.to_owned())];
    let nested = |open: &str, close: &str, count: usize| open.repeat(count) + "1" + &close.repeat(count);
    let chain = (0..3_000).map(|index| (format!("db/m{index}.py"), format!("from . import m{}\n", index + 1)));
    let mut chained: Vec<(String, String)> = chain.collect();
    chained.extend(migrations(&format!("from . import m0\n{}", list("pass"))));
    vec![
        ("deep_brackets", migrations(&format!("X = {}\n{}", nested("[", "]", 2_900), list("pass")))),
        ("deep_calls", migrations(&format!("def f(x): return x\nX = {}\n{}", nested("f(", ")", 1_400), list("pass")))),
        ("deep_f_strings", migrations(&list(&format!("x = 1\n    y = {}", nested("f'{", "}'", 60))))),
        ("deep_operators", migrations(&format!("X = {}1\n{}", "1 + ".repeat(1_400), list("pass")))),
        (
            "deep_blocks",
            migrations(&list(
                &((0..90).fold(String::new(), |text, level| text + "if True:\n" + &" ".repeat(level + 5)) + "pass"),
            )),
        ),
        ("large_file", migrations(&format!("X = '''{}'''\n{}", "x".repeat(9 << 20), list("pass")))),
        ("lambdas_in_lambdas", migrations(&format!("X = {}1\n{}", "lambda a, b=".repeat(100_000), list("pass")))),
        ("brackets_after_commas", migrations(&format!("X = {}\n{}", nested("[0, ", "]", 300_000), list("pass")))),
        ("many_signs", migrations(&format!("X = {}1\n{}", "-".repeat(1_000_000), list("pass")))),
        ("f_strings_without_end", migrations(&format!("X = {}\n{}", nested("f\"{", "}\"", 100_000), list("pass")))),
        (
            "classes_of_classes",
            migrations(&format!(
                "class C0: pass\n{}C9999().x\n{}",
                (1..10_000).fold(String::new(), |text, at| text + &format!("class C{at}(C{}): pass\n", at - 1)),
                list("pass")
            )),
        ),
        (
            "entries_on_one_line",
            migrations(&list("pass").replace(
                "(\"one\", one)",
                &(0..1_500).map(|at| format!("('n{at}', one)")).collect::<Vec<_>>().join(", "),
            )),
        ),
        (
            "entries_of_one_name",
            migrations(&list("cursor.execute('CREATE TABLE t (a)')").replace("(\"one\", one)", &"('n', one),\n".repeat(3_000))),
        ),
        (
            "large_files",
            (0..6)
                .map(|at| (format!("db/large{at}.py"), "x = 1\n".repeat(200_000)))
                .chain(migrations(&format!(
                    "{}{}",
                    (0..6).fold(String::new(), |text, at| text + &format!("from . import large{at}\n")),
                    list("pass")
                )))
                .collect(),
        ),
        ("many_functions", migrations(&("def f():\n    pass\n".repeat(50_000) + &list("pass")))),
        (
            "import_cycle",
            vec![
                ("db/migrations.py".to_owned(), format!("from . import a\n{}", list("a.f(cursor)"))),
                ("db/a.py".to_owned(), "from .b import g\ndef f(c):\n    g(c)\n".to_owned()),
                ("db/b.py".to_owned(), "from .a import f\ndef g(c):\n    f(c)\n".to_owned()),
                ("db/__init__.py".to_owned(), "from .migrations import MIGRATIONS\n".to_owned()),
            ],
        ),
        ("import_chain", chained),
        (
            "shadows",
            vec![
                ("db/migrations.py".to_owned(), format!("import os, sys, json, re\n{}", list("os.system('x')"))),
                ("db/os.py".to_owned(), "raise SystemExit\n".to_owned()),
                ("db/sqlite3.py".to_owned(), "while True: pass\n".to_owned()),
                ("os.py".to_owned(), "while True: pass\n".to_owned()),
                ("sys/__init__.py".to_owned(), "while True: pass\n".to_owned()),
            ],
        ),
        ("list_without_end", migrations("MIGRATIONS = [('a', lambda c: None)]\nwhile True:\n    MIGRATIONS += MIGRATIONS\n")),
        ("list_of_itself", migrations("MIGRATIONS = []\nMIGRATIONS.append(MIGRATIONS)\nMIGRATIONS.append(('a', MIGRATIONS))\n")),
        ("entries_of_all_sorts", migrations("class C:\n    up = None\n    def __getattr__(self, n):\n        raise ValueError\nMIGRATIONS = [None, 1, (), [], {}, C(), C, 'x', ('a', C()), ('b', 'SELECT'), ('c', ['CREATE TABLE t (a)', 5]), ..., len]\n")),
        (
            "hostile_declared",
            vec![
                ("db/migrations.py".to_owned(), list("cursor.execute('CREATE TABLE t (a)')")),
                (
                    "db/schema.py".to_owned(),
                    "def init_schema(cursor, conn):\n    while True:\n        init_schema(cursor, conn)\n".to_owned(),
                ),
            ],
        ),
        (
            "hostile_tables",
            vec![
                ("db/migrations.py".to_owned(), list("cursor.execute('CREATE TABLE t (a)')")),
                (
                    "db/tables.py".to_owned(),
                    "from sqlalchemy import *\nfrom sqlalchemy.orm import *\nclass T(TypeDecorator):\n    impl = None\nT.impl = T\nm = MetaData()\nt = Table('t', m, Column('a', T), Column(), Column(1, 2, 3), t0 if False else Column('b'))\nTable()\nTable(1)\nclass B(DeclarativeBase):\n    __tablename__ = 5\nclass D(B):\n    __tablename__ = 'd'\n    x: Mapped[\n        'y'] = mapped_column()\n    z: Mapped[] = 1\n".replace("    z: Mapped[] = 1\n", ""),
                ),
            ],
        ),
    ]
}

/// The program with so much of a processor and of memory as it may take, in a build without optimization: what wants more
/// is ended by the system.
fn limited() -> Command {
    const SECONDS: u32 = 50;
    const KIB: u32 = 6 << 20;
    let program = env!("CARGO_BIN_EXE_parity-check");
    if cfg!(not(target_os = "linux")) {
        return Command::new(program);
    }
    let mut command = Command::new("sh");
    command.args(["-c", &format!("ulimit -t {SECONDS} -v {KIB} && exec \"$0\" \"$@\""), program]);
    command
}

/// What a run leaves behind, and how it ended.
fn judge(name: &str, repository: &Path, arguments: &[&str]) {
    let (work, temporary) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let mut command = limited();
    common::isolate(&mut command);
    command.current_dir(work.path()).env("TMPDIR", temporary.path()).arg(arguments[0]);
    let output = command.args(&arguments[1..]).arg("--repo").arg(repository).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(matches!(output.status.code(), Some(0..=2)), "{name}: {} {said}", output.status);
    assert!(!said.contains("panicked"), "{name}: {said}");
    assert!(!said.contains("no answer after"), "{name}: {said}");
    for folder in [&work, &temporary] {
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "{name} leaves files behind");
    }
}

#[test]
fn hostile_migrations_end_in_a_finding_or_in_nothing() {
    let safe: Files = [("db/migrations.py".to_owned(), b"MIGRATIONS = []\n".to_vec())].into_iter().collect();
    let schema = "def init_schema(cursor, conn):\n    cursor.execute('CREATE TABLE IF NOT EXISTS s (a)')\n";
    let mut trees: Vec<(&str, Files, Files)> = BODIES
        .iter()
        .map(|(name, body)| {
            let files = [("db/migrations.py", list(body)), ("db/schema.py", schema.to_owned())];
            let files = files.into_iter().map(|(path, text)| (path.to_owned(), text.into_bytes()));
            (*name, safe.clone(), files.collect())
        })
        .collect();
    for (name, texts) in files() {
        let mut files: Files = texts.into_iter().map(|(path, text)| (path, text.into_bytes())).collect();
        files.entry("db/schema.py".to_owned()).or_insert_with(|| schema.as_bytes().to_vec());
        trees.push((name, safe.clone(), files));
    }
    let repository = common::import(&trees);
    let names: Vec<&str> = trees.iter().map(|(name, ..)| *name).collect();
    let workers = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
    std::thread::scope(|scope| {
        for part in names.chunks(names.len().div_ceil(workers)) {
            let repository = repository.path();
            scope.spawn(move || {
                for name in part {
                    let (base, head) = (format!("{name}/base"), format!("{name}/head"));
                    judge(name, repository, &["--base", &base, "--head", &head]);
                    judge(name, repository, &["schema", "--at", &head]);
                }
            });
        }
    });
}

/// The body of `upgrade()`, for what only PostgreSQL's statements can do; `conn` is the connection.
const UPGRADES: &[(&str, &str)] = &[
    ("brackets_in_a_check", "op.execute('CREATE TABLE t (a INT CHECK (' + '(' * 30000 + '1' + ')' * 30000 + '))')"),
    ("a_long_sum", "op.execute('CREATE TABLE t (a INT DEFAULT ' + '1+' * 30000 + '1)')"),
    ("a_statement_of_megabytes", "op.execute('CREATE TABLE t (a TEXT DEFAULT \\'' + 'x' * 5_000_000 + '\\')')"),
    ("many_statements", "op.execute(';'.join(f'CREATE TABLE t{i} (a INT)' for i in range(20000)))"),
    ("many_columns", "op.execute('CREATE TABLE t (' + ', '.join(f'c{i} INT' for i in range(3000)) + ')')"),
    (
        "many_unnamed_keys",
        "op.execute('CREATE TABLE t (a INT)')\n    for i in range(3000):\n        op.execute('ALTER TABLE t ADD CHECK (a > 0)')",
    ),
    (
        "views_of_views",
        "op.execute('CREATE TABLE v0 (a INT)')\n    for i in range(2000):\n        op.execute(f'CREATE VIEW v{i + 1} AS SELECT a FROM v{i}')\n    op.execute('DROP TABLE v0 CASCADE')",
    ),
    ("comments_in_comments", "op.execute('/*' * 200000)"),
    ("a_dollar_quote_without_end", "op.execute('CREATE FUNCTION f() RETURNS INT AS $$ ' + ';' * 100000)"),
    ("a_block_in_blocks", "op.execute('DO $$ BEGIN ' + 'IF EXISTS (SELECT 1) THEN ' * 5000 + 'NULL; END $$')"),
    ("quotes_without_end", "op.execute('CREATE TABLE \"' + 'é' * 200)\n    op.execute(\"SELECT E'\\\\\")"),
    ("names_of_many_bytes", "op.create_table('é' * 200, sa.Column('ü' * 200, sa.Integer(), primary_key=True))"),
    (
        "a_catalog_of_many_tables",
        "for i in range(500):\n        op.execute(f'CREATE TABLE t{i} (a INT)')\n        conn.execute(sa.text('SELECT 1 FROM information_schema.columns')).fetchall()",
    ),
    (
        "a_catalog_query_without_end",
        "conn.execute(sa.text('WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r) SELECT n FROM r, pg_class')).fetchall()",
    ),
    (
        "a_catalog_query_that_writes",
        "conn.execute(sa.text(\"ATTACH 'x.db' AS pg_class\"))\n    conn.execute(sa.text(\"SELECT 1 FROM pg_class; VACUUM INTO 'x.db'\"))",
    ),
    (
        "types_of_types",
        "t = sa.Integer()\n    for i in range(100000):\n        t = sa.ARRAY(t)\n    op.create_table('t', sa.Column('a', t))",
    ),
    (
        "a_type_of_itself",
        "class T(sa.types.TypeDecorator):\n        impl = None\n    T.impl = T()\n    op.create_table('t', sa.Column('a', T()))",
    ),
    (
        "columns_that_are_no_columns",
        "op.create_table('t', sa.Column(), sa.Column(1, 2), sa.Index(), sa.ForeignKeyConstraint(), 5, None)\n    op.add_column('t', 5)\n    op.create_index(None, None, None)\n    op.drop_constraint()\n    op.batch_alter_table()",
    ),
    ("a_migration_in_a_migration", "op.run_async(upgrade)\n    upgrade()"),
];

/// A revision whose `upgrade()` has this body.
fn revision(body: &str) -> String {
    format!(
        "from alembic import op\nimport sqlalchemy as sa\n\nrevision = '0002'\ndown_revision = '0001'\n\n\n\
         def upgrade(*args):\n    conn = cursor = op.get_bind()\n    {body}\n"
    )
}

#[test]
fn hostile_revisions_end_in_a_finding_or_in_nothing() {
    let first = "revision = '0001'\ndown_revision = None\n\n\ndef upgrade():\n    pass\n";
    let base: Files = [("alembic/versions/0001.py", first), ("alembic/env.py", "from alembic import context\n")]
        .into_iter()
        .map(|(path, text)| (path.to_owned(), text.as_bytes().to_vec()))
        .collect();
    let bodies = BODIES.iter().chain(UPGRADES);
    let trees: Vec<(&str, Files, Files)> = bodies
        .map(|(name, body)| {
            let mut head = base.clone();
            head.insert("alembic/versions/0002.py".to_owned(), revision(body).into_bytes());
            (*name, base.clone(), head)
        })
        .collect();
    let repository = common::import(&trees);
    let names: Vec<&str> = trees.iter().map(|(name, ..)| *name).collect();
    let workers = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
    std::thread::scope(|scope| {
        for part in names.chunks(names.len().div_ceil(workers)) {
            let repository = repository.path();
            scope.spawn(move || {
                for name in part {
                    let (base, head) = (format!("{name}/base"), format!("{name}/head"));
                    judge(name, repository, &["--base", &base, "--head", &head]);
                }
            });
        }
    });
}

#[test]
fn what_is_given_up_is_said() {
    let pairs = [
        ("while_true", "takes more steps than a check allows"),
        ("recursion", "calls itself deeper than a check allows"),
        ("long_text", "needs more memory than a check allows"),
        ("attach", "it attaches another database"),
        ("vacuum_into", "it writes a copy of the database to a file"),
        ("recursive_cte", "runs longer than a check may take"),
    ];
    let safe: Files = [("db/migrations.py".to_owned(), b"MIGRATIONS = []\n".to_vec())].into_iter().collect();
    let body = |name: &str| BODIES.iter().find(|(known, _)| *known == name).unwrap().1;
    let trees: Vec<(&str, Files, Files)> = pairs
        .iter()
        .map(|(name, _)| {
            let files =
                [("db/migrations.py", list(body(name))), ("db/schema.py", "T = 'CREATE TABLE t (a)'\n".to_owned())];
            (*name, safe.clone(), files.into_iter().map(|(path, text)| (path.to_owned(), text.into_bytes())).collect())
        })
        .collect();
    let repository = common::import(&trees);
    for (name, reason) in pairs {
        let (base, head) = (format!("{name}/base"), format!("{name}/head"));
        let choice = parity_check::git::HeadChoice::Committed(Some(&head));
        let environment = parity_check::git::Environment::default();
        // The evaluation nests as deeply as its fuel allows, and needs the stack that the program gives it.
        let check = || common::check(repository.path(), Some(&base), choice, &environment).unwrap();
        let report = std::thread::scope(|scope| {
            let thread = std::thread::Builder::new().stack_size(256 << 20).spawn_scoped(scope, check).unwrap();
            thread.join().unwrap()
        });
        let said = report
            .findings
            .iter()
            .any(|one| one.finding.rule.name == "unevaluated" && one.finding.message.contains(reason));
        let messages: Vec<&str> = report.findings.iter().map(|one| one.finding.message.as_str()).collect();
        assert!(said, "{name}: {messages:?}");
    }
}
