//! What the new migrations send, as `parity-check sql` prints it.

use crate::common::{BASELINE, MIGRATIONS, Repo, answer, program};

const SCHEMA: &str = include_str!("../../schemas/sql-v1.schema.json");

fn run(repo: &Repo, arguments: &[&str]) -> (Option<i32>, String, String) {
    answer(program(&repo.path()).args(["sql", "--base", "HEAD"]).args(arguments))
}

/// The small project with a new entry and a new revision in the work tree.
fn changed(entry: &str, revision: &str) -> Repo {
    let repo = Repo::with_project();
    let list = std::fs::read_to_string(repo.path().join(MIGRATIONS)).unwrap();
    let functions = format!("import os\n\n\ndef _nick(conn):\n{entry}\n\n");
    repo.write(MIGRATIONS, format!("{functions}{list}MIGRATIONS += [(\"nick\", _nick)]\n"));
    repo.write(
        "alembic/versions/0002_nick.py",
        format!(
            "import os\nfrom alembic import op\nimport sqlalchemy as sa\n\nrevision = \"0002_nick\"\n\
             down_revision = \"0001_baseline\"\n\n\ndef upgrade():\n{revision}\n"
        ),
    );
    repo
}

const ENTRY: &str = r#"    conn.execute("ALTER TABLE users ADD COLUMN nick TEXT")
    conn.execute("PRAGMA foreign_keys = ON")
    conn.execute("UPDATE users SET nick = ? WHERE id = ?", ("it's", 3))
    conn.executemany("INSERT INTO users (id, nick) VALUES (:i, :n)", [{"i": 1, "n": "a"}, {"i": 2, "n": None}])
    conn.executescript("CREATE TABLE notes (id INTEGER); CREATE INDEX of_notes ON notes (id) -- by number")
    conn.execute("INSERT INTO users (id, nick) VALUES (?, ?)", (7, os.environ["NICK"]))"#;

const REVISION: &str = r#"    notes = op.create_table("notes", sa.Column("id", sa.Integer, primary_key=True), sa.Column("body", sa.Text), sa.Column("done", sa.Boolean))
    op.add_column("users", sa.Column("nick", sa.String(40), server_default="it's"))
    with op.get_context().autocommit_block():
        op.create_index("ix_nick", "users", ["nick"], postgresql_concurrently=True)
    op.bulk_insert(notes, [{"id": 1, "body": "a'b", "done": True}, {"id": 2, "body": None, "done": False}])
    conn = op.get_bind()
    conn.execute(sa.text("DELETE FROM notes WHERE body = :b"), {"b": "x'y"})
    conn.execute(notes.insert().values(id=3, body="q"))
    conn.execute(notes.update().where(notes.c.id == 3).values(body="z"))
    op.execute(f"UPDATE users SET nick = '{os.environ['NICK']}'")
    if os.environ.get("BIG"):
        op.execute("DELETE FROM notes")
    op.alter_column("users", "id", type_=sa.BigInteger())"#;

#[test]
fn every_statement_of_both_tracks_is_printed_with_its_place() {
    let repo = changed(ENTRY, REVISION);
    let (code, out, err) = run(&repo, &[]);
    assert_eq!((code, err.as_str()), (Some(0), ""));
    insta::assert_snapshot!(out);
}

#[test]
fn one_track_or_one_database_is_chosen() {
    let repo = changed(ENTRY, REVISION);
    for arguments in [["--track", "sqlite"], ["--dialect", "sqlite"]] {
        let (code, out, _) = run(&repo, &arguments);
        assert_eq!(code, Some(0));
        assert!(out.contains("-- track sqlite (") && !out.contains("-- track postgres ("), "{out}");
    }
    for (arguments, message) in [
        (["--track", "mysql"], "there is no track `mysql`; there are `sqlite`, `postgres`"),
        (["--dialect", "oracle"], "`oracle` is no database that is known; there are `sqlite`, `postgres`, `mysql`"),
    ] {
        let (code, out, err) = run(&repo, &arguments);
        assert_eq!((code, out.as_str()), (Some(2), ""));
        assert!(err.contains(message), "{err}");
    }
}

#[test]
fn the_list_for_programs_is_as_its_schema_says() {
    let repo = changed(ENTRY, REVISION);
    let (code, out, _) = run(&repo, &["--format", "json"]);
    assert_eq!(code, Some(0));
    let listing: serde_json::Value = serde_json::from_str(&out).unwrap();
    let validator = jsonschema::validator_for(&serde_json::from_str(SCHEMA).unwrap()).unwrap();
    let wrong: Vec<String> = validator.iter_errors(&listing).map(|error| error.to_string()).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
    let expected = serde_json::json!({
        "track": "sqlite", "dialect": "sqlite", "migration": "nick", "path": MIGRATIONS, "line": 7,
        "sql": "UPDATE users SET nick = 'it''s' WHERE id = 3", "unknown": null
    });
    assert_eq!(listing["statements"][2], expected);
    let unknown = listing["statements"].as_array().unwrap().iter().find(|one| !one["unknown"].is_null()).unwrap();
    assert_eq!(unknown["sql"], "INSERT INTO users (id, nick) VALUES (7, …)");
}

#[test]
fn where_no_migration_is_new_a_comment_says_so() {
    let repo = Repo::with_project();
    repo.write(BASELINE, std::fs::read_to_string(repo.path().join(BASELINE)).unwrap() + "\n# a comment\n");
    assert_eq!(run(&repo, &[]), (Some(0), "-- no migration is new\n".to_owned(), String::new()));
}

#[test]
fn a_migration_that_is_refused_is_printed_whole_with_what_the_database_says() {
    let repo = changed(
        "    pass",
        "    op.add_column(\"people\", sa.Column(\"nick\", sa.Text))\n    op.execute(\"DROP TABLE users\")",
    );
    let (code, out, _) = run(&repo, &["--track", "postgres"]);
    assert_eq!(code, Some(0));
    let expected = "-- track postgres (alembic, PostgreSQL)\n\n-- revision 0002_nick\n\
                    -- PostgreSQL refuses it: relation \"people\" does not exist\n\
                    -- alembic/versions/0002_nick.py:10\nALTER TABLE people ADD COLUMN nick TEXT;\n\
                    -- alembic/versions/0002_nick.py:11\nDROP TABLE users;\n";
    assert_eq!(out, expected);
}

/// A list in SQL files for PostgreSQL alone, with one old file.
fn files() -> Repo {
    let repo = Repo::new();
    repo.write("parity.toml", "[track.postgres]\nkind = \"sql-files\"\ndialect = \"postgres\"\nmigrations = \"sql\"\n");
    repo.write("sql/0001_users.up.sql", "CREATE TABLE users (id int);\n");
    repo.commit("base");
    repo
}

#[test]
fn files_are_printed_as_they_are() {
    let repo = files();
    let text = "-- why: it is asked for\nALTER TABLE users\n\tADD COLUMN nick text DEFAULT 'a\tb'; INSERT INTO users VALUES (1); -- done\n\
                CREATE FUNCTION f() RETURNS int AS $$ BEGIN RETURN 1; END $$ LANGUAGE plpgsql;\nSELECT ${x};\n";
    repo.write("sql/0002_nick.up.sql", text);
    let (code, out, _) = run(&repo, &[]);
    assert_eq!(code, Some(0));
    let expected = "-- track postgres (sql-files, PostgreSQL)\n\n-- migration 0002_nick\n-- sql/0002_nick.up.sql:2\n\
                    -- why: it is asked for\nALTER TABLE users\n\tADD COLUMN nick text DEFAULT 'a\tb';\n\
                    -- sql/0002_nick.up.sql:3\nINSERT INTO users VALUES (1);\n-- sql/0002_nick.up.sql:4\n-- done\n\
                    CREATE FUNCTION f() RETURNS int AS $$ BEGIN RETURN 1; END $$ LANGUAGE plpgsql;\n\
                    -- sql/0002_nick.up.sql:5: not known: has a placeholder, which the text does not fill\n--   SELECT ${x}\n";
    assert_eq!(out, expected);
}

/// Where a repository wants to be read as something else: in names, in quotes that are left open, by characters that act.
#[test]
#[cfg(unix)]
fn nothing_of_a_repository_forges_a_statement() {
    let repo = files();
    repo.write("sql/0002_a\nDROP TABLE users; --.up.sql", "SELECT 1;\n");
    repo.write("sql/0003_open.up.sql", "SELECT 'never closed;\n::error::x\nDROP TABLE users;\n");
    repo.write("sql/0004_acts.up.sql", "SELECT '\u{1b}[2J\u{202e}';\n");
    repo.write("sql/0005_comment.up.sql", "SELECT 2 /* open\n;DROP TABLE users;\n");
    let (code, out, _) = run(&repo, &[]);
    assert_eq!(code, Some(0), "{out}");
    let statements: Vec<&str> = out.lines().filter(|line| !line.starts_with("--") && !line.is_empty()).collect();
    assert_eq!(statements, ["SELECT 1;", r"SELECT '\u{1b}[2J\u{202e}';"], "{out}");
    assert!(out.contains("-- characters in it that would act rather than show are written as escapes\n"), "{out}");
    assert!(out.contains("does not end, so that what follows would be part of it"), "{out}");
}

#[test]
fn the_values_of_go_are_in_the_statements() {
    let repo = Repo::new();
    let list = |more: &str| {
        format!(
            "package db\n\nimport \"database/sql\"\n\ntype migration struct {{\n\tid int\n\tup func(*sql.Tx) error\n}}\n\n\
             func users(tx *sql.Tx) error {{\n\t_, err := tx.Exec(\"CREATE TABLE users (id INTEGER, ok BOOLEAN)\")\n\treturn err\n}}\n\n\
             func fill(tx *sql.Tx) error {{\n\t_, err := tx.Exec(\"INSERT INTO users VALUES (?, ?)\", 5, true)\n\treturn err\n}}\n\n\
             var migrations = []migration{{\n\t{{id: 1, up: users}},\n{more}}}\n"
        )
    };
    repo.write(
        "parity.toml",
        "[track.sqlite]\nkind = \"go-slice\"\ndialect = \"sqlite\"\nmigrations = \"db/migrations.go\"\n",
    );
    repo.write("db/migrations.go", list(""));
    repo.commit("base");
    repo.write("db/migrations.go", list("\t{id: 2, up: fill},\n"));
    let (code, out, err) = run(&repo, &[]);
    assert_eq!(code, Some(0), "{err}");
    assert!(out.ends_with("-- db/migrations.go:16\nINSERT INTO users VALUES (5, 1);\n"), "{out}");
}
