use super::*;

fn database() -> Database {
    Database::new(Limits::default()).unwrap()
}

fn run(db: &mut Database, sql: &str) -> Result<Outcome, SqlError> {
    db.execute(sql, Params::NONE)
}

fn class(db: &mut Database, sql: &str) -> ErrorClass {
    let started = std::time::Instant::now();
    let shown = &sql[..sql.len().min(80)];
    let error = run(db, sql).expect_err(shown);
    assert!(started.elapsed().as_secs() < 20, "{shown}");
    error.class
}

#[test]
fn a_transaction_begins_before_a_change_of_rows_and_before_nothing_else() {
    let mut db = database();
    run(&mut db, "CREATE TABLE t (a)").unwrap();
    assert!(!db.in_transaction());
    run(&mut db, "WITH x AS (SELECT 1) INSERT INTO t SELECT 1 FROM x").unwrap();
    assert!(!db.in_transaction());
    run(&mut db, "-- first\n /* then */ iNSERT INTO t VALUES (2)").unwrap();
    assert!(db.in_transaction());
    run(&mut db, "ALTER TABLE t ADD COLUMN b").unwrap();
    db.rollback().unwrap();
    assert_eq!(db.snapshot().unwrap().table("T").unwrap().columns.len(), 1);
    assert_eq!(run(&mut db, "SELECT count(*) FROM t").unwrap().rows, [[Value::Integer(1)]]);
    db.set_implicit_begin(false);
    run(&mut db, "DELETE FROM t").unwrap();
    assert!(!db.in_transaction());
}

#[test]
fn a_script_commits_first_and_stops_at_its_first_error() {
    let mut db = database();
    run(&mut db, "CREATE TABLE t (a)").unwrap();
    run(&mut db, "INSERT INTO t VALUES (1)").unwrap();
    let error = db.execute_script("CREATE TABLE u (a); SELECT * FROM nope; CREATE TABLE w (a);").unwrap_err();
    assert_eq!((error.class, error.message.as_str()), (ErrorClass::Operational, "no such table: nope"));
    assert!(!db.in_transaction());
    let schema = db.snapshot().unwrap();
    assert!(schema.table("u").is_some() && schema.table("w").is_none());
}

#[test]
fn one_execute_is_one_statement() {
    let mut db = database();
    for sql in ["SELECT 1; SELECT 2", "SELECT 1;;", "SELECT 1; nonsense"] {
        assert_eq!(run(&mut db, sql).unwrap_err().message, "You can only execute one statement at a time.", "{sql}");
    }
    assert_eq!(class(&mut db, "ATTACH 'x' AS y; SELECT 1"), ErrorClass::Denied);
    for sql in ["SELECT 1; -- that is all", "; SELECT 1", "SELECT 1;\n/* open"] {
        assert_eq!(run(&mut db, sql).unwrap().rows, [[Value::Integer(1)]], "{sql}");
    }
    for sql in ["", ";", "-- nothing"] {
        assert_eq!(run(&mut db, sql).unwrap(), Outcome { rowcount: -1, ..Outcome::default() });
    }
}

#[test]
fn parameters_are_bound_by_position_and_by_name() {
    let mut db = database();
    let named = [("a".to_owned(), Value::Integer(1)), ("b".to_owned(), Value::Text("x".into()))];
    let row = db.execute("SELECT :a, $b, @a", Params::Named(&named)).unwrap().rows;
    assert_eq!(row, [[Value::Integer(1), Value::Text("x".into()), Value::Integer(1)]]);
    let values = [Value::Null, Value::Real(0.5), Value::Blob(vec![0, 1])];
    assert_eq!(db.execute("SELECT ?, :x, ?", Params::Positional(&values)).unwrap().rows, [values.to_vec()]);
    for (params, message) in [
        (
            Params::Positional(&values[..1]),
            "Incorrect number of bindings supplied. The current statement uses 2, and there are 1 supplied.",
        ),
        (Params::Named(&named[1..]), "You did not supply a value for binding parameter :a."),
        (Params::Named(&named), "Binding 2 has no name, but you supplied a dictionary (which has only names)."),
    ] {
        let error = db.execute("SELECT :a, ?", params).unwrap_err();
        assert_eq!((error.class, error.message.as_str()), (ErrorClass::Programming, message));
    }
}

#[test]
fn a_fork_has_the_same_content_and_goes_its_own_way() {
    let mut db = database();
    db.execute_script("CREATE TABLE t (a); CREATE VIRTUAL TABLE f USING fts5(a); INSERT INTO f VALUES ('x');").unwrap();
    let mut fork = db.fork().unwrap();
    assert_eq!(fork.snapshot().unwrap(), db.snapshot().unwrap());
    assert_eq!(run(&mut fork, "SELECT * FROM f WHERE f MATCH 'x'").unwrap().rows.len(), 1);
    run(&mut fork, "DROP TABLE t").unwrap();
    assert!(db.snapshot().unwrap().table("t").is_some());
    run(&mut db, "INSERT INTO t VALUES (1)").unwrap();
    assert!(db.fork().is_err());
}

#[test]
fn foreign_keys_are_off_as_they_are_in_python() {
    let mut db = database();
    assert_eq!(run(&mut db, "PRAGMA foreign_keys").unwrap().rows, [[Value::Integer(0)]]);
    run(&mut db, "PRAGMA foreign_keys = ON").unwrap();
    run(&mut db, "CREATE TABLE c (p REFERENCES q (id))").unwrap();
    assert_eq!(class(&mut db, "INSERT INTO c VALUES (1)"), ErrorClass::Operational);
}

#[test]
fn every_way_out_is_denied_and_nothing_can_catch_that() {
    for sql in [
        "ATTACH 'x.db' AS x",
        "ATTACH ':memory:' AS x",
        "ATTACH '' AS x",
        "DETACH main",
        "VACUUM INTO 'x.db'",
        "VACUUM main INTO 'x.db'",
        "; vacuum /* c */ into 'x.db'",
        "SELECT load_extension('x')",
        "SELECT fts3_tokenizer('simple')",
        "PRAGMA writable_schema = ON",
        "PRAGMA writable_schema(1)",
        "PRAGMA main.writable_schema = RESET",
        "PRAGMA temp_store_directory = '.'",
        "PRAGMA data_store_directory = '.'",
        "PRAGMA hard_heap_limit = 0",
        "PRAGMA schema_version = 7",
    ] {
        assert_eq!(class(&mut database(), sql), ErrorClass::Denied, "{sql}");
        assert_eq!(database().execute_script(sql).expect_err(sql).class, ErrorClass::Denied, "script: {sql}");
    }
    assert_eq!(ErrorClass::Denied.python_name(), None);
    let mut db = database();
    let script = "CREATE TABLE t (a); CREATE TRIGGER g AFTER INSERT ON t BEGIN SELECT load_extension('x'); END; \
                  INSERT INTO t VALUES (1)";
    assert_eq!(db.execute_script(script).unwrap_err().class, ErrorClass::Denied);
}

#[test]
fn what_would_lift_a_limit_has_no_effect() {
    let mut db = database();
    for (set, get) in [
        ("PRAGMA temp_store = FILE", "PRAGMA temp_store"),
        ("PRAGMA max_page_count = 4294967294", "PRAGMA max_page_count"),
        ("PRAGMA encoding = 'UTF-16'", "PRAGMA encoding"),
        ("PRAGMA page_size = 65536", "PRAGMA page_size"),
        ("PRAGMA no_such_pragma = 1", "PRAGMA no_such_pragma"),
    ] {
        let before = run(&mut db, get).unwrap().rows;
        assert!(run(&mut db, set).unwrap().rows.is_empty(), "{set}");
        assert_eq!(run(&mut db, get).unwrap().rows, before, "{set}");
    }
}

#[test]
fn harmless_pragmas_and_vacuum_work() {
    let mut db = database();
    assert_eq!(run(&mut db, "PRAGMA journal_mode = WAL").unwrap().rows, [[Value::Text("memory".into())]]);
    run(&mut db, "CREATE TABLE t (a, b)").unwrap();
    assert_eq!(run(&mut db, "PRAGMA table_info(t)").unwrap().rows.len(), 2);
    assert_eq!(run(&mut db, "SELECT name FROM pragma_table_info('t')").unwrap().rows.len(), 2);
    run(&mut db, "PRAGMA user_version = 7").unwrap();
    assert_eq!(run(&mut db, "PRAGMA user_version").unwrap().rows, [[Value::Integer(7)]]);
    run(&mut db, "VACUUM").unwrap();
    run(&mut db, "ANALYZE").unwrap();
    run(&mut db, "INSERT INTO t VALUES (1, 2)").unwrap();
    assert_eq!(run(&mut db, "VACUUM").unwrap_err().message, "cannot VACUUM from within a transaction");
}

#[test]
fn runaway_statements_end() {
    const FOREVER: &str = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c)";
    for sql in [
        &format!("{FOREVER} SELECT count(*) FROM c"),
        &format!("{FOREVER} SELECT x FROM c"),
        &format!("{FOREVER} SELECT zeroblob(1000000) FROM c"),
        &format!("CREATE TABLE u AS {FOREVER} SELECT x FROM c"),
        "SELECT zeroblob(1000000000)",
        "SELECT printf('%.*c', 1000000000, 'x')",
    ] {
        let mut db = database();
        assert_eq!(class(&mut db, sql), ErrorClass::Exhausted, "{sql}");
        assert_eq!(class(&mut db, "SELECT 1"), ErrorClass::Exhausted, "after {sql}");
    }
    assert_eq!(ErrorClass::Exhausted.python_name(), None);
}

#[test]
fn a_trigger_that_calls_itself_ends() {
    let mut db = database();
    db.execute_script(
        "PRAGMA recursive_triggers = ON; CREATE TABLE t (a); \
         CREATE TRIGGER g AFTER INSERT ON t BEGIN INSERT INTO t SELECT a + 1 FROM t; END;",
    )
    .unwrap();
    let error = run(&mut db, "INSERT INTO t VALUES (1)").unwrap_err();
    assert!(error.class == ErrorClass::Exhausted || error.message.contains("trigger"), "{error}");
}

#[test]
fn views_that_double_and_deep_expressions_end() {
    let mut db = database();
    run(&mut db, "CREATE TABLE t (a)").unwrap();
    run(&mut db, "CREATE VIEW v0 AS SELECT a FROM t").unwrap();
    for n in 1..40 {
        run(&mut db, &format!("CREATE VIEW v{n} AS SELECT x.a FROM v{m} x, v{m} y", m = n - 1)).unwrap();
    }
    class(&mut db, "SELECT * FROM v39");
    let mut db = database();
    class(&mut db, &format!("SELECT {}1{}", "(".repeat(100_000), ")".repeat(100_000)));
    class(&mut db, &format!("SELECT 1{}", " + 1".repeat(100_000)));
    class(&mut db, &format!("SELECT {}1", "SELECT ".repeat(100_000)));
    class(&mut db, &format!("SELECT 1{}", " UNION SELECT 1".repeat(10_000)));
    class(&mut db, &"x".repeat(10 << 20));
}

#[test]
fn a_long_script_takes_linear_time() {
    let mut db = database();
    let script = "CREATE TABLE IF NOT EXISTS t (a);\n".repeat(20_000);
    let started = std::time::Instant::now();
    db.execute_script(&script).unwrap();
    assert!(started.elapsed().as_secs() < 5, "{:?}", started.elapsed());
}

#[test]
fn text_that_is_not_unicode_is_an_error() {
    let error = run(&mut database(), "SELECT CAST(x'ff41' AS TEXT) AS q").unwrap_err();
    assert_eq!(error.message, "Could not decode to UTF-8 column 'q' with text '\u{fffd}A'");
}

#[test]
fn the_tables_behind_virtual_ones_and_sqlites_own_are_hidden() {
    let mut db = database();
    db.execute_script(
        "CREATE TABLE t (a INTEGER PRIMARY KEY AUTOINCREMENT, b UNIQUE); CREATE INDEX i ON t (b); ANALYZE; \
         CREATE VIRTUAL TABLE f USING fts5(a); CREATE VIRTUAL TABLE g USING fts4(a); \
         CREATE VIRTUAL TABLE r USING rtree(id, a, b); CREATE TEMP TABLE gone (a); CREATE TABLE f_own (a);",
    )
    .unwrap();
    let schema = db.snapshot().unwrap();
    let names = |names: Vec<&crate::schema::model::Name>| names.iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(names(schema.tables.keys().collect()), ["f_own", "t"]);
    assert_eq!(names(schema.virtual_tables.keys().collect()), ["f", "g", "r"]);
    assert_eq!(schema.table("t").unwrap().indexes.len(), 1);
}
