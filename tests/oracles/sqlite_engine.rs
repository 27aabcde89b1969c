//! The engine beside CPython's `sqlite3`: the same statements, the same results, errors and schemas.

use std::fmt::Write as _;
use std::io::Write as _;
use std::process::{Command, Stdio};

use parity_check::schema::model::{Column, IndexTerm, Name, Schema, Table};
use parity_check::schema::sqlite::{Database, Limits, Outcome, Params, SqlError, Value};
use parity_check::schema::token;
use serde_json::{Value as Json, json};

const CASES: &str = include_str!("sqlite_engine/idioms.txt");

/// Runs every case and writes a list with one result for each step, then the dump.
const PYTHON: &str = r#"
import json, sqlite3, sys

def plain(value):
    return {"blob": value.hex()} if isinstance(value, bytes) else value

def step(conn, cursor, how, sql, params):
    try:
        if how == "commit":
            conn.commit()
        elif how == "rollback":
            conn.rollback()
        elif how == "script":
            cursor.executescript(sql)
        elif how == "many":
            cursor.executemany(sql, params)
        else:
            cursor.execute(sql, params)
    except Exception as error:
        return {"error": [type(error).__name__, str(error)], "in_transaction": conn.in_transaction}
    result = {"in_transaction": conn.in_transaction}
    if how in ("many", "execute"):
        result["rowcount"] = cursor.rowcount
    if how == "execute":
        result["columns"] = [column[0] for column in cursor.description or ()]
        result["rows"] = [[plain(value) for value in row] for row in cursor.fetchall()]
    return result

def dump(conn, queries):
    return [[[plain(value) for value in row] for row in conn.execute(query)] for query in queries]

cases, queries = json.load(sys.stdin)
results = []
for case in cases:
    conn = sqlite3.connect(":memory:")
    cursor = conn.cursor()
    steps = [step(conn, cursor, *each) for each in case]
    results.append([steps, dump(conn, queries)])
json.dump([sqlite3.sqlite_version, results], sys.stdout)
"#;

/// What a database says about itself. Tables behind virtual ones differ between releases.
const DUMP: &[&str] = &[
    "SELECT type, name, tbl_name, sql FROM sqlite_master WHERE sql IS NOT NULL AND tbl_name NOT IN \
     (SELECT name FROM pragma_table_list WHERE type = 'shadow') ORDER BY type, name",
    "SELECT m.name, x.* FROM sqlite_master m, pragma_table_xinfo(m.name) x WHERE m.type = 'table' AND m.rootpage > 0 \
     AND m.name NOT IN (SELECT name FROM pragma_table_list WHERE type = 'shadow') ORDER BY m.name, x.cid",
    "SELECT m.name, i.name, i.\"unique\", i.origin, i.partial, x.seqno, x.name, x.\"desc\", x.coll, x.\"key\" \
     FROM sqlite_master m, pragma_index_list(m.name) i, pragma_index_xinfo(i.name) x WHERE m.type = 'table' \
     AND m.rootpage > 0 AND m.name NOT IN (SELECT name FROM pragma_table_list WHERE type = 'shadow') \
     ORDER BY m.name, i.name, x.seqno",
    "SELECT m.name, f.* FROM sqlite_master m, pragma_foreign_key_list(m.name) f WHERE m.type = 'table' \
     AND m.rootpage > 0 ORDER BY m.name, f.id, f.seq",
];

struct Case {
    name: String,
    /// How, the SQL, the parameters.
    steps: Vec<(String, String, Json)>,
}

fn cases() -> Vec<Case> {
    let (_, text) = CASES.split_once("\n\n").unwrap();
    text.split("=== ")
        .skip(1)
        .map(|case| {
            let (name, body) = case.split_once('\n').unwrap();
            let steps = body.split("\n\n").map(str::trim).filter(|block| !block.is_empty()).map(step).collect();
            Case { name: name.to_owned(), steps }
        })
        .collect()
}

fn step(block: &str) -> (String, String, Json) {
    let Some(rest) = block.strip_prefix('@') else { return ("execute".into(), block.into(), json!([])) };
    let (directive, sql) = rest.split_once('\n').unwrap_or((rest, ""));
    let (how, params) = directive.split_once(' ').unwrap_or((directive, "[]"));
    let how = if how == "params" { "execute" } else { how };
    (how.into(), sql.into(), serde_json::from_str(params).unwrap())
}

fn python(cases: &[Case]) -> (String, Vec<(Vec<Json>, Json)>) {
    let steps: Vec<&Vec<_>> = cases.iter().map(|case| &case.steps).collect();
    let mut child = Command::new("python3")
        .args(["-c", PYTHON])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("this test needs python3 on the PATH");
    child.stdin.take().unwrap().write_all(json!([steps, DUMP]).to_string().as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success());
    serde_json::from_slice(&output.stdout).unwrap()
}

fn to_value(json: &Json) -> Value {
    match json {
        Json::Null => Value::Null,
        Json::Number(number) => number.as_i64().map_or_else(|| Value::Real(number.as_f64().unwrap()), Value::Integer),
        Json::String(text) => Value::Text(text.clone()),
        other => panic!("{other}"),
    }
}

fn to_json(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Integer(value) => json!(value),
        Value::Real(value) => json!(value),
        Value::Text(value) => json!(value),
        Value::Blob(bytes) => json!({ "blob": hex(bytes) }),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn rows(outcome: &Outcome) -> Json {
    outcome.rows.iter().map(|row| row.iter().map(to_json).collect::<Vec<_>>()).collect()
}

/// Runs one step as the Python code above does.
fn run(db: &mut Database, (how, sql, params): &(String, String, Json)) -> Json {
    let positional = |params: &Json| params.as_array().unwrap().iter().map(to_value).collect::<Vec<_>>();
    let outcome: Result<Outcome, SqlError> = match how.as_str() {
        "commit" => db.commit().map(|()| Outcome::default()),
        "rollback" => db.rollback().map(|()| Outcome::default()),
        "script" => db.execute_script(sql).map(|()| Outcome::default()),
        "many" => {
            let sets: Vec<Vec<Value>> = params.as_array().unwrap().iter().map(positional).collect();
            db.execute_many(sql, sets.iter().map(|set| Params::Positional(set)))
        }
        _ => match params {
            Json::Object(named) => {
                let named: Vec<_> = named.iter().map(|(name, value)| (name.clone(), to_value(value))).collect();
                db.execute(sql, Params::Named(&named))
            }
            params => db.execute(sql, Params::Positional(&positional(params))),
        },
    };
    let in_transaction = db.in_transaction();
    match outcome {
        Err(error) => {
            let class = error.class.python_name().expect("no limit is reached");
            json!({ "error": [class, error.message], "in_transaction": in_transaction })
        }
        Ok(outcome) => {
            let mut result = json!({ "in_transaction": in_transaction });
            if how == "many" || how == "execute" {
                result["rowcount"] = json!(outcome.rowcount);
            }
            if how == "execute" {
                result["columns"] = json!(outcome.columns);
                result["rows"] = rows(&outcome);
            }
            result
        }
    }
}

/// SQL is compared by its tokens: releases differ in the quotes that they write.
fn normalised(mut dump: Json) -> Json {
    for row in dump[0].as_array_mut().unwrap() {
        row[3] = json!(token::normal(row[3].as_str().unwrap()));
    }
    dump
}

#[test]
fn every_idiom_does_what_it_does_in_python() {
    let cases = cases();
    assert!(cases.len() >= 40, "{}", cases.len());
    let (theirs, expected) = python(&cases);
    let mut ours = Database::new(Limits::default()).unwrap();
    let version = ours.execute("SELECT sqlite_version()", Params::NONE).unwrap();
    println!("SQLite {theirs} in Python, {:?} in the engine", version.rows[0][0]);
    let mut failures = Vec::new();
    for (case, (steps, dump)) in cases.iter().zip(expected) {
        let mut db = Database::new(Limits::default()).unwrap();
        for (step, expected) in case.steps.iter().zip(steps) {
            let found = run(&mut db, step);
            if found != expected {
                failures.push(format!("{}: {}\n  Python {expected}\n  engine {found}", case.name, step.1));
            }
        }
        let found: Json = DUMP.iter().map(|query| rows(&db.execute(query, Params::NONE).unwrap())).collect();
        let (found, expected) = (normalised(found), normalised(dump));
        if found != expected {
            failures.push(format!("{}: schema\n  Python {expected}\n  engine {found}", case.name));
        }
    }
    assert!(failures.is_empty(), "{} differences\n{}", failures.len(), failures.join("\n"));
}

/// The schema value is read from the text of statements in part; SQLite's own pragmas have to agree with all of it.
#[test]
fn the_schema_value_says_what_the_pragmas_say() {
    for case in cases() {
        let mut db = Database::new(Limits::default()).unwrap();
        for step in &case.steps {
            run(&mut db, step);
        }
        let schema = db.snapshot().unwrap();
        let dump: Vec<Vec<Vec<Value>>> =
            DUMP.iter().map(|query| db.execute(query, Params::NONE).unwrap().rows).collect();
        check_columns(&case.name, &schema, &dump[1]);
        check_indexes(&case.name, &schema, &dump[2]);
        check_foreign_keys(&case.name, &schema, &dump[3]);
    }
}

fn text(value: &Value) -> &str {
    match value {
        Value::Text(text) => text,
        other => panic!("{other:?}"),
    }
}

fn integer(value: &Value) -> i64 {
    match value {
        Value::Integer(value) => *value,
        other => panic!("{other:?}"),
    }
}

fn table<'a>(schema: &'a Schema, name: &Value) -> Option<&'a Table> {
    schema.table(text(name))
}

fn check_columns(case: &str, schema: &Schema, rows: &[Vec<Value>]) {
    for row in rows.iter().filter(|row| !text(&row[0]).starts_with("sqlite_")) {
        let table = table(schema, &row[0]).unwrap_or_else(|| panic!("{case}: {row:?}"));
        let column: &Column = table.column(&Name::from(text(&row[2]))).unwrap();
        // 2 is a virtual, 3 a stored generated column.
        let hidden = match &column.generated {
            None => 0,
            Some(generated) => 2 + i64::from(generated.stored),
        };
        assert_eq!(integer(&row[7]), hidden, "{case}: {row:?}");
        let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        assert_eq!(column.data_type, words(text(&row[3])), "{case}: {row:?}");
        assert_eq!(integer(&row[4]) == 0, column.nullable, "{case}: {row:?}");
        assert_eq!(integer(&row[6]), column.primary_key.map_or(0, i64::from), "{case}: {row:?}");
    }
}

fn check_indexes(case: &str, schema: &Schema, rows: &[Vec<Value>]) {
    for group in rows.chunk_by(|left, right| left[1] == right[1]) {
        let Some(table) = table(schema, &group[0][0]) else { continue };
        let keys: Vec<&Vec<Value>> = group.iter().filter(|row| integer(&row[9]) == 1).collect();
        match text(&group[0][3]) {
            "c" => {
                let index = &table.indexes[&Name::from(text(&group[0][1]))];
                assert_eq!(integer(&group[0][2]) == 1, index.unique, "{case}: {group:?}");
                assert_eq!(integer(&group[0][4]) == 1, index.predicate.is_some(), "{case}: {group:?}");
                assert_eq!(keys.len(), index.parts.len(), "{case}: {group:?}");
                for (row, part) in keys.iter().zip(&index.parts) {
                    assert_eq!(integer(&row[7]) == 1, part.descending, "{case}: {row:?}");
                    let own = match &part.term {
                        IndexTerm::Column(name) => {
                            assert_eq!(*name, Name::from(text(&row[6])), "{case}: {row:?}");
                            table.column(name).unwrap().collation.clone()
                        }
                        IndexTerm::Expression(_) => {
                            assert_eq!(row[6], Value::Null, "{case}: {row:?}");
                            None
                        }
                    };
                    let collation = part.collation.clone().or(own).unwrap_or_else(|| "BINARY".into());
                    assert_eq!(collation, Name::from(text(&row[8])), "{case}: {row:?}");
                }
            }
            origin => {
                let columns: Vec<Name> = keys.iter().map(|row| Name::from(text(&row[6]))).collect();
                let known = if origin == "pk" {
                    table.primary_key().into_iter().eq(&columns)
                } else {
                    table.uniques.iter().any(|unique| unique.columns == columns)
                };
                assert!(known, "{case}: {group:?}");
            }
        }
    }
}

fn check_foreign_keys(case: &str, schema: &Schema, rows: &[Vec<Value>]) {
    for table in schema.tables.values() {
        let of_table: Vec<&Vec<Value>> = rows.iter().filter(|row| Name::from(text(&row[0])) == table.name).collect();
        let keys: Vec<_> = of_table.chunk_by(|left, right| left[1] == right[1]).collect();
        assert_eq!(keys.len(), table.foreign_keys.len(), "{case}: {}", table.name);
        for key in keys {
            let columns: Vec<Name> = key.iter().map(|row| Name::from(text(&row[4]))).collect();
            let action = |action: &Option<String>| action.clone().unwrap_or_else(|| "NO ACTION".to_owned());
            let known = table.foreign_keys.iter().any(|known| {
                known.columns == columns
                    && known.table == Name::from(text(&key[0][3]))
                    && action(&known.on_update) == text(&key[0][6])
                    && action(&known.on_delete) == text(&key[0][7])
                    && key.iter().enumerate().all(|(at, row)| match &row[5] {
                        Value::Null => known.references.is_empty(),
                        name => known.references[at] == Name::from(text(name)),
                    })
            });
            assert!(known, "{case}: {key:?}");
        }
    }
}
