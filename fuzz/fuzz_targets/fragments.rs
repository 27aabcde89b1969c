//! Python made of fragments that migrations are made of: random bytes seldom parse.

const FRAGMENTS: &[&str] = &[
    "x = 1", "y = [x, x]", "z = {x: y}", "x += 1", "y += y", "y.append(y)", "z = (z, z)", "s = f'{x}{y!r:>9}'", "s = s + s",
    "s = '%s' % (x,)", "s = '{0} {x}'.format(x, x=y)", "for i in range(9):", "while x:", "if x:", "else:", "elif y:", "try:",
    "except Exception as e:", "finally:", "with conn:", "def f(a, *b, c=1, **d):", "return x", "yield x", "raise", "break",
    "continue", "pass", "class C:", "class D(C):", "lambda: x", "x = [i for i in y if i]", "x = {i: i for i in y}",
    "x = (i for i in y)", "x = next(iter(y), None)", "x = sorted(y, key=len)", "x = y[::-1]", "x = s[1:-1]", "del y[0]",
    "f(x, *y, **z)", "x = f", "x = C()", "x.a = y", "x = x.a", "global x", "import re", "x = re.sub('a+', 'b', s)",
    "import os", "x = os.environ.get('X')", "cursor.execute('CREATE TABLE t (a, b)')", "cursor.execute('ALTER TABLE t ADD c')",
    "cursor.execute(f'CREATE TABLE {s} (a)')", "cursor.execute('INSERT INTO t VALUES (?, ?)', (x, y))", "x = cursor.fetchone()",
    "x = cursor.fetchall()", "cursor.execute('PRAGMA table_info(t)')", "conn.commit()", "conn.rollback()", "match x:",
    "case [a, *b]:", "case {'k': v, **r}:", "case _:", "x = x == y", "x = x < y", "x = x in y", "x = not x", "x = x and y or z",
    "x = 2 ** 62", "x = -x", "x = x << 70", "assert x", "x = str(y)", "x = repr(z)", "x = hash(z)", "x = {y}", "x = 'é' * 9",
    "@f", "@property", "x = (w := y)", "async def g():", "await x", "x = *y, 1", "a, *b = y", "x: int = 1", "nonlocal x",
];

/// A module with a migration whose body the bytes choose: two for each line, its depth and its fragment.
pub fn module(data: &[u8]) -> String {
    let mut body = String::new();
    for pair in data.chunks_exact(2).take(400) {
        let depth = usize::from(pair[0] % 6) + 1;
        let fragment = FRAGMENTS[usize::from(pair[1]) % FRAGMENTS.len()];
        body.push_str(&" ".repeat(4 * depth));
        body.push_str(fragment);
        body.push('\n');
        if fragment.ends_with(':') {
            body.push_str(&" ".repeat(4 * depth + 4));
            body.push_str("x = 1\n");
        }
    }
    format!("import sqlite3\nx = y = z = s = None\n\n\ndef one(cursor, conn):\n    global x, y, z, s\n{body}    pass\n\n\nMIGRATIONS = [(\"one\", one)]\n")
}
