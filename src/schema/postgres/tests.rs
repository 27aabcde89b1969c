use super::*;

fn run(statements: &[&str]) -> Result<Database, PgError> {
    let mut database = Database::default();
    statements.iter().try_for_each(|sql| database.execute(sql))?;
    Ok(database)
}

fn refused(statements: &[&str]) -> String {
    run(statements).map_or_else(|error| error.message, |_| String::new())
}

#[test]
fn a_table_has_what_its_statement_says() {
    let database = run(&["CREATE TABLE t (id SERIAL PRIMARY KEY, a VARCHAR(3) NOT NULL DEFAULT 'x' UNIQUE, b INT REFERENCES t(id), CHECK (b > 0))"]).unwrap();
    let table = &database.state().tables["t"];
    let names: Vec<&str> = table.constraints.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(names, ["t_pkey", "t_a_key", "t_b_check", "t_b_fkey"]);
    assert_eq!(table.columns[0].default.as_deref(), Some("nextval('t_id_seq'::regclass)"));
    assert_eq!(table.columns[1].data_type, "character varying(3)");
}

#[test]
fn what_postgresql_refuses_is_refused_in_its_words() {
    let t = "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT)";
    for (statement, message) in [
        ("ALTER TABLE t ADD COLUMN a TEXT", "column \"a\" of relation \"t\" already exists"),
        ("ALTER TABLE u ADD COLUMN a TEXT", "relation \"u\" does not exist"),
        ("CREATE TABLE t (x INT)", "relation \"t\" already exists"),
        ("DROP TABLE u", "table \"u\" does not exist"),
        ("DROP INDEX i", "index \"i\" does not exist"),
        ("CREATE INDEX i ON t (b)", "column \"b\" does not exist"),
        ("ALTER TABLE t DROP COLUMN b", "column \"b\" of relation \"t\" does not exist"),
        ("ALTER TABLE t ADD COLUMN b DATETIME", "type \"datetime\" does not exist"),
        ("ALTER TABLE t ADD COLUMN b INT REFERENCES u(id)", "relation \"u\" does not exist"),
        (
            "ALTER TABLE t ADD COLUMN b BOOLEAN DEFAULT 0",
            "column \"b\" is of type boolean but default expression is of type integer",
        ),
        ("ALTER TABLE t ADD COLUMN b TEXT DEFAULT (datetime('now'))", "function datetime(unknown) does not exist"),
        ("ALTER TABLE t ALTER COLUMN a TYPE INTEGER", "column \"a\" cannot be cast automatically to type integer"),
        ("ALTER TABLE t DROP CONSTRAINT k", "constraint \"k\" of relation \"t\" does not exist"),
        ("DROP INDEX t_pkey", "cannot drop index t_pkey because constraint t_pkey on table t requires it"),
        ("CREATE TABLE u (id INTEGER PRIMARY KEY AUTOINCREMENT)", "syntax error at or near \"AUTOINCREMENT\""),
        (
            "CREATE TABLE u (a TEXT REFERENCES t(a))",
            "there is no unique constraint matching given keys for referenced table \"t\"",
        ),
    ] {
        assert_eq!(refused(&[t, statement]), message, "{statement}");
    }
}

#[test]
fn a_statement_that_fails_leaves_nothing() {
    let mut database = run(&["CREATE TABLE t (id INT)"]).unwrap();
    assert!(database.execute("ALTER TABLE t ADD COLUMN a INT, ADD COLUMN id INT").is_err());
    assert_eq!(database.state().tables["t"].columns.len(), 1);
}

#[test]
fn texts_are_split_where_statements_end() {
    let sql = "CREATE FUNCTION f() RETURNS trigger AS $$ BEGIN a; END; $$ LANGUAGE plpgsql; -- x;\nSELECT ';'; SELECT E'\\';'";
    let texts: Vec<&str> = pieces(sql).iter().map(|piece| piece.text).collect();
    assert_eq!(texts.len(), 3, "{texts:?}");
    assert!(texts[1].starts_with("SELECT ';'"));
}

#[test]
fn a_block_that_may_fail_is_followed() {
    let block = "DO $$ BEGIN CREATE TYPE mood AS ENUM ('a'); EXCEPTION WHEN duplicate_object THEN NULL; END $$";
    let database = run(&[block, block]).unwrap();
    assert!(database.state().types.contains_key("mood"));
    let endless = "DO $$ BEGIN WHILE true LOOP CREATE TABLE t (); END LOOP; END $$";
    assert_eq!(refused(&[endless]), "has a PL/pgSQL block, which is not followed");
}

#[test]
fn a_block_that_costs_too_much_is_not_followed() {
    for block in [
        "DO $$ BEGIN FOR i IN 1..1000000 LOOP EXECUTE 'CREATE TABLE t' || i || ' (id INT)'; END LOOP; END $$",
        "DO $$ DECLARE v text := 'CREATE TABLE a (id INT)'; BEGIN FOR i IN 1..400 LOOP v := v || v; END LOOP; EXECUTE v; END $$",
        "DO $$ BEGIN FOR i IN 1..400 LOOP FOR j IN 1..400 LOOP CREATE TABLE IF NOT EXISTS t (id INT); END LOOP; END LOOP; END $$",
    ] {
        let mut database = Database::default();
        let error = database.execute(block).unwrap_err();
        assert_eq!(error.message, "has a PL/pgSQL block, which is not followed", "{block}");
        assert!(database.state().tables.is_empty());
    }
}

#[test]
fn what_depends_on_rows_or_on_the_clock_is_not_followed() {
    for block in [
        "DO $$ BEGIN IF EXISTS (SELECT 1 FROM people) THEN CREATE TABLE t (id INT); END IF; END $$",
        "DO $$ BEGIN EXECUTE 'CREATE TABLE t_' || to_char(now(), 'YYYY') || ' (id INT)'; END $$",
        "DO $$ DECLARE n INT; BEGIN SELECT count(*) INTO n FROM people; IF n > 0 THEN DROP TABLE people; END IF; END $$",
    ] {
        assert_eq!(refused(&["CREATE TABLE people (id INT)", block]), "has a PL/pgSQL block, which is not followed");
    }
    let harmless = "DO $$ DECLARE r RECORD; BEGIN FOR r IN SELECT * FROM people LOOP UPDATE people SET id = r.id + 1; END LOOP; END $$";
    run(&["CREATE TABLE people (id INT)", harmless]).unwrap();
}

#[test]
fn a_dropped_column_takes_its_indexes_and_constraints_along() {
    let database = run(&[
        "CREATE TABLE t (id INT PRIMARY KEY, a INT UNIQUE, b INT)",
        "CREATE INDEX i ON t (a, b)",
        "ALTER TABLE t DROP COLUMN a",
        "CREATE TABLE i (x INT)",
    ])
    .unwrap();
    assert_eq!(database.state().tables["t"].constraints.len(), 1);
}
