//! `fix`: what it writes makes the check pass, fits the project, and harms nothing.

use crate::common::{self, Repo, answer, program};

/// The fixtures for which nothing can be written, and what the user is told.
const BY_HAND: &[(&str, &str)] = &[
    ("a_table_like_another_that_lacks_a_column_drifts", "left to do on `mysql`: column `old_shelves.room`"),
    ("a_table_that_one_schema_takes_away_is_told", "left to do on `postgres`: table `loans`"),
    (
        "a_key_over_lower_letters_that_mysql_needs_not_is_a_warning",
        "left to do on `mysql`: index `person_nick` on `person`",
    ),
    ("a_unique_key_is_told_where_it_is_added_among_several", "left to do on `mysql`: unique constraint on `shelf`"),
    ("an_empty_file_of_the_same_name_is_where_something_is_missing", "left to do on `sqlite`: index `shelf_names`"),
    (
        "an_index_of_a_foreign_key_that_is_dropped_after_it_is_gone",
        "left to do on `mysql`: index `book_shelf` on `book` is to be added",
    ),
    (
        "a_table_that_is_renamed_takes_the_references_to_it_along",
        "left to do on `postgres`: the foreign key of `parcels` to `senders_before`",
    ),
    ("a_table_of_the_files_under_another_name_is_a_new_one", "left to do on `mysql`: table `racks` is to be added"),
    ("sql_a_counting_column_is_the_key_on_sqlite_by_force", "left to do on `sqlite`: list of columns of primary key"),
    (
        "sql_a_counting_column_without_any_key_on_the_other_side_drifts",
        "left to do on `sqlite`: list of columns of primary key",
    ),
    ("sql_a_key_to_a_table_that_is_gone_says_where_it_leads", "add a migration to `migrations/mysql` by hand"),
    ("sql_a_named_statement_on_one_database_alone_drifts", "add a migration to `migrate/mysql/files` by hand"),
    ("sql_a_view_that_is_missing_on_one_side_is_told", "left to do on `sqlite`: view `v` is to be added"),
    (
        "schemas_that_read_another_file_of_which_one_is_forgotten_drift",
        "say the same in `db/sqlite/schema.sql` by hand",
    ),
    (
        "sql_files_of_upgrades_that_grow_by_something_else_lack_a_migration",
        "add a migration to `schema/mysql-upgrades` by hand",
    ),
    // A key of a table that deployed databases have is not made anew.
    ("sql_files_with_a_primary_key_over_one_column_less_drift", "primary key of `votes` is to be `user_id, poll_id`"),
    ("a_list_of_asyncpg_that_forgets_a_key_drifts", "foreign key of `tags` (room_id) is to be added"),
    ("a_list_of_psycopg_that_forgets_a_column_drifts", "column `rooms.floor` is to be added"),
    ("a_list_of_pymysql_with_another_sort_of_value_drifts", "type of column `rooms.floor` is to be `blob`"),
    ("a_number_on_sqlite_beside_a_text_on_mysql_drifts", "add a revision to `migrations/mysql/versions` by hand"),
    ("an_empty_revision_on_mysql_forgets_a_table", "add a revision to `migrations/mysql/versions` by hand"),
    // What a new revision of such a chain does, it does on all of its databases.
    ("one_chain_for_two_databases_that_one_of_them_refuses_fails", "add a revision to `migrations/versions` by hand"),
    ("one_chain_for_two_databases_whose_branch_forgets_one_drifts", "add a revision to `migrations/versions` by hand"),
    (
        "a_revision_in_the_folder_of_one_dialect_is_missing_in_the_other",
        "add a revision to `alembic/versions/sqlite` by hand",
    ),
    ("two_lists_of_which_one_has_another_default_drift", "add a migration to `phone/migrations.py` by hand"),
    // SQLite is behind, and lists are not written.
    (
        "a_column_that_comes_back_on_the_chain_alone_drifts",
        "left to do on `sqlite`: column `users.nick` is to be added",
    ),
    ("a_column_in_a_revision_alone_drifts_from_the_list", "left to do on `sqlite`: column `users.age` is to be added"),
    ("a_go_list_beside_those_for_other_databases_lacks_a_column", "add a migration to `pg/pg.go` by hand"),
    // The chain has two files with one id: nothing can follow it.
    ("a_copied_revision_is_not_new", "what `age` does, or what `postgres` has, is not known"),
    // The runner's own class, a dict of versions and scripts are not evaluated.
    ("a_migration_object_counts", NOTHING),
    ("a_new_version_needs_a_revision", "what `3` does, or what `postgres` has, is not known"),
    ("a_script_with_ddl_needs_a_revision", "what `3` does, or what `postgres` has, is not known"),
    // The entries do nothing: what these declare is not SQLite's schema.
    ("a_check_constraint_of_sqlalchemy_is_ddl", NOTHING),
    ("a_column_of_sqlalchemy_is_ddl", NOTHING),
    ("a_foreign_key_constraint_of_sqlalchemy_is_ddl", NOTHING),
    ("a_foreign_key_of_sqlalchemy_is_ddl", NOTHING),
    ("a_mapped_column_of_sqlalchemy_is_ddl", NOTHING),
    ("a_primary_key_constraint_of_sqlalchemy_is_ddl", NOTHING),
    ("a_table_of_sqlalchemy_is_ddl", NOTHING),
    ("an_index_of_sqlalchemy_is_ddl", NOTHING),
    ("an_unique_constraint_of_sqlalchemy_is_ddl", NOTHING),
    // Virtual tables and triggers are SQLite's own, and a view's text is left to a person.
    ("an_exemption_of_another_object_exempts_nothing", NOTHING),
    ("an_exemption_past_its_date_exempts_nothing", NOTHING),
    ("create_trigger_is_ddl", NOTHING),
    ("create_virtual_table_is_ddl", NOTHING),
    ("drop_trigger_is_ddl", NOTHING),
    ("create_view_is_ddl", "left to do on `postgres`: view `v` is to be added"),
    // Files for MySQL are not written.
    ("sql_files_beside_snapshots_that_forget_a_database_lack_a_migration", "to `store/migration/mysql` by hand"),
    ("sql_files_named_by_database_and_versions_that_forget_one_lack_a_migration", "to `priv/migrations` by hand"),
    ("sql_files_of_a_version_folder_that_forget_a_database_lack_a_migration", "to `src/database/upgrade` by hand"),
    (
        "sql_files_of_flyway_that_forget_a_database_lack_a_migration",
        "to `src/main/resources/db/migration/mysql` by hand",
    ),
    ("sql_files_that_forget_the_third_database_lack_a_migration", "to `migrations/mysql` by hand"),
    ("sql_files_of_three_of_which_one_lacks_a_column_differ", "to `db/migrations/mysql` by hand"),
    ("a_column_that_mysql_files_forget_drifts", "to `migrations/mysql` by hand"),
    ("an_index_that_mysql_files_forget_drifts", "to `migrations/mysql` by hand"),
    // A schema is edited, and has no files beside it.
    ("schema_files_in_folders_of_databases_of_which_one_is_forgotten_lack_the_change", "`sql/mysql/init.sql` by hand"),
    ("schema_files_of_which_one_gets_another_table_differ", "`db/schema_sqlite.sql` by hand"),
    ("schema_files_of_which_one_is_forgotten_lack_the_change", "`db/schema_postgres.sql` by hand"),
    ("schema_files_that_are_made_once_are_compared_where_they_are_configured", "`db/schema_postgres.sql` by hand"),
    ("schema_files_that_move_keep_their_history", "`sql/schema_postgres.sql` by hand"),
    // What the table had before the chain is not known.
    ("a_column_that_an_untouched_chain_lacks_of_a_table_that_was_there_before_it_is_missing", NOTHING),
    // The primary key is an index already.
    ("create_index_is_ddl", NOTHING),
    // PostgreSQL never had what goes, or has the key already: the primary key is one.
    ("drop_view_is_ddl", NOTHING),
    ("drop_column_is_ddl", NOTHING),
    ("drop_index_is_ddl", NOTHING),
    ("create_unique_index_is_ddl", NOTHING),
];

/// Nothing has to be done, as far as it is known.
const NOTHING: &str = "what is new on `sqlite` asks for no table, column or key";

fn run(repo: &Repo, arguments: &[&str]) -> (Option<i32>, String, String) {
    answer(program(&repo.path()).args(arguments))
}

/// The fixtures in which one of these rules finds something.
fn cases(rules: &[&str]) -> Vec<String> {
    let asks = |fixture: &&common::Fixture| {
        let text = std::fs::read_to_string(fixture.folder.join("expect.toml")).unwrap_or_default();
        let found = |line: &str| rules.iter().any(|rule| line.contains(&format!("\"{rule}\"")));
        text.lines().any(|line| line.starts_with("findings") && found(line))
    };
    let is_lacking = |fixture: &&common::Fixture| !OTHERWISE.contains(&fixture.name.as_str());
    common::fixtures().iter().filter(asks).filter(is_lacking).map(|fixture| fixture.name.clone()).collect()
}

/// What is wrong is what is new, so that nothing is to be written beside it.
const OTHERWISE: &[&str] = &[
    "a_column_that_comes_late_as_another_type_drifts_where_it_comes",
    "a_new_database_that_lacks_what_the_others_have_is_told",
];

/// What is written is a half: the list lacks something, too, or a type has a value that nothing takes out of it. What is left
/// is told.
const HALF: &[(&str, &str)] = &[
    ("another_column_of_a_table_that_was_there_before_the_chain_drifts", "left to do on `sqlite`"),
    ("a_column_that_one_side_renames_otherwise_drifts", "left to do on `sqlite`"),
    ("a_misspelt_column_drifts", "left to do on `sqlite`"),
    ("a_go_migration_that_asks_the_table_first_is_followed", "left to do on `sqlite`"),
    ("a_helper_in_another_file_of_a_go_package_is_followed", "left to do on `sqlite`"),
    ("a_value_of_an_enum_in_one_of_two_chains_drifts", "left to do on `two`: definition of type `mood` is to be"),
];

/// The two trees of a fixture as two commits.
fn repository(case: &str) -> Repo {
    let fixture = common::fixture(case);
    let repo = Repo::new();
    let (base, head) = (fixture.end("base"), fixture.end("head"));
    for (path, text) in &base {
        repo.write(path, text);
    }
    repo.commit("base");
    for path in base.keys().filter(|path| !head.contains_key(*path)) {
        repo.remove(path);
    }
    for (path, text) in &head {
        repo.write(path, text);
    }
    repo.commit("head");
    repo
}

/// What is written leaves something that a person has to decide: the copy of a directory, another sort of number, a condition
/// or an expression that only one side has, a file that was refused before, a name that a key over other columns has, a moment
/// that never was, a table that this change itself makes, a part that MySQL lacks, an empty list beside an empty object, bits.
const DECIDED: &[&str] = &[
    "a_bit_of_mysql_beside_another_truth_value_drifts",
    "a_list_beside_two_folders_of_sql_that_get_nothing_is_told",
    "a_second_column_of_the_models_beside_a_forgotten_revision_is_a_finding_of_its_own",
    "a_new_table_that_shares_few_columns_with_another_is_no_place_for_them",
    "an_empty_list_beside_an_empty_object_drifts",
    "columns_in_a_table_of_their_own_on_one_side_are_one_warning",
    "sql_a_column_of_other_words_is_missing",
    "sql_a_number_of_sqlite_is_no_text",
    "sql_ten_digits_are_no_text_on_sqlite",
    "sql_twenty_digits_are_a_text_on_sqlite_by_force",
    "a_moment_that_never_was_on_mysql_is_a_warning",
    "a_unique_key_over_other_columns_drifts",
    "an_index_with_a_condition_beside_one_without_drifts_where_both_could",
    "sql_files_that_differ_in_the_second_of_two_are_told_where_it_is",
    "sql_files_beside_a_table_that_was_refused_before_are_still_compared",
    "sql_files_with_a_key_over_lower_letters_beside_sqlite_differ",
    "sql_files_that_are_copied_into_a_package_are_one_track",
    "sql_files_that_let_numbers_have_fractions_where_sqlite_keeps_them_are_a_warning",
    "sql_files_with_a_unique_index_over_some_rows_on_one_side_differ",
];

fn is_clean(case: &str) -> Result<(), String> {
    let repo = repository(case);
    let (_, said, _) = run(&repo, &["--base", "HEAD~1", "--format", "json"]);
    let names_fix = said.contains("`parity-check fix`");
    let (code, out, err) = run(&repo, &["fix", "--base", "HEAD~1"]);
    let status = repo.git(&["status", "--porcelain", "--untracked-files=all"]);
    if let Some((_, why)) = BY_HAND.iter().find(|(name, _)| *name == case) {
        if names_fix {
            return Err(format!("help names `fix`, which writes nothing\n{said}"));
        }
        let told = code != Some(0) && (out.contains(why) || err.contains(why)) && status.is_empty();
        return if told { Ok(()) } else { Err(format!("is not told {why:?}: {code:?}\n{out}{err}{status}")) };
    }
    if let Some((_, why)) = HALF.iter().find(|(name, _)| *name == case) {
        let told = code == Some(1) && out.contains(why) && status.lines().count() == 1;
        return if told { Ok(()) } else { Err(format!("does not tell the rest: {code:?}\n{out}{err}{status}")) };
    }
    let written: Vec<&str> = status.lines().collect();
    // The way back lies beside a file of SQL.
    let written: Vec<&str> = written.into_iter().filter(|file| !file.ends_with("down.sql")).collect();
    // Two directories may each lack what the other has.
    let are_sql = written.iter().all(|file| file.rsplit_once('.').is_some_and(|(_, end)| end == "sql"));
    let Some(file) = written.first().filter(|_| written.len() == 1 || are_sql) else {
        return Err(format!("writes {written:?}: {code:?}\n{out}{err}"));
    };
    let text = std::fs::read_to_string(repo.path().join(file.trim_start_matches("?? "))).unwrap();
    let (_, checked, err) = run(&repo, &["--base", "HEAD~1", "--worktree", "--format", "json"]);
    let again = ["\"missing-revision\"", "\"track-drift\"", "\"failing-migration\"", "\"revision-id-too-long\""];
    let again = again.iter().find(|rule| {
        checked.contains(**rule) && !(case.starts_with("a_copied_revision_with") && **rule == "\"failing-migration\"")
    });
    match again {
        Some(_) if DECIDED.contains(&case) => Ok(()),
        None if DECIDED.contains(&case) => Err(format!("leaves nothing to decide by now\n{text}\n{err}")),
        Some(rule) => Err(format!("{rule} is found after\n{text}\n{checked}{err}")),
        None if checked.is_empty() => Err(format!("cannot be checked after\n{text}\n{err}")),
        // Where a file is no revision yet it is that which is to be mended.
        None if !names_fix && said.contains("\"missing-revision\"") && !said.contains("would not be loaded") => {
            let help = said.lines().filter(|line| line.contains("\"help\"")).collect::<Vec<_>>();
            Err(format!("help does not name `fix`: {help:?}"))
        }
        None => Ok(()),
    }
}

/// Whether `fix` writes what help says that it does of models, so that none of those findings is left.
fn is_clean_of_models(case: &str) -> Result<(), String> {
    const NAMED: &str = "`parity-check fix`";
    const FAILS: &str = "\"failing-migration\"";
    let repo = repository(case);
    let (_, said, _) = run(&repo, &["--base", "HEAD~1", "--format", "json"]);
    if !said.contains(NAMED) {
        return Ok(());
    }
    let (code, out, err) = run(&repo, &["fix", "--base", "HEAD~1"]);
    let status = repo.git(&["status", "--porcelain", "--untracked-files=all"]);
    let written = status.lines().map(|line| line.trim_start_matches("?? "));
    let texts: Vec<String> =
        written.map(|file| std::fs::read_to_string(repo.path().join(file)).unwrap_or_default()).collect();
    if texts.is_empty() {
        return Err(format!("help names `fix`, which writes nothing: {code:?}\n{out}{err}"));
    }
    let (_, checked, err) = run(&repo, &["--base", "HEAD~1", "--worktree", "--format", "json"]);
    // What failed at the merge base fails on.
    let fails = checked.contains(FAILS) && !said.contains(FAILS) && !checked.contains("\"pre_existing\": true");
    let is_left = checked.is_empty() || checked.contains(NAMED) || fails;
    if is_left { Err(format!("is not mended by\n{}\n{checked}{err}", texts.concat())) } else { Ok(()) }
}

/// What is wrong with these fixtures, judged side by side.
fn failures(cases: &[String], judge: fn(&str) -> Result<(), String>) -> Vec<String> {
    let workers = std::thread::available_parallelism().map_or(2, std::num::NonZero::get);
    std::thread::scope(|scope| {
        let judge = |part: &[String]| -> Vec<String> {
            part.iter().filter_map(|case| Some(format!("{case}: {}", judge(case).err()?))).collect()
        };
        let runs: Vec<_> =
            cases.chunks(cases.len().div_ceil(workers)).map(|part| scope.spawn(move || judge(part))).collect();
        runs.into_iter().flat_map(|run| run.join().unwrap()).collect()
    })
}

#[test]
fn what_is_written_makes_the_check_pass() {
    let cases = cases(&["missing-revision", "track-drift"]);
    let failures = failures(&cases, is_clean);
    assert!(failures.is_empty(), "{} of {} cases:\n{}", failures.len(), cases.len(), failures.join("\n\n"));
}

#[test]
fn what_is_written_for_models_is_what_help_promises() {
    let cases = cases(&["model-drift"]);
    let failures = failures(&cases, is_clean_of_models);
    assert!(failures.is_empty(), "{} of {} cases:\n{}", failures.len(), cases.len(), failures.join("\n\n"));
}

/// A list of migrations of SQL, beside a chain whose baseline executes SQL.
fn project(steps: &[(&str, &str)], baseline: &str) -> Vec<(&'static str, String)> {
    let entry = |(name, sql): &(&str, &str)| format!("    ({}, {}),\n", literal(name), literal(sql));
    let entries = steps.iter().map(entry).collect::<Vec<_>>().concat();
    let list = format!("MIGRATIONS = [\n{entries}]\n");
    let chain = format!(
        "from alembic import op\nimport sqlalchemy as sa\n\nrevision = \"0001_baseline\"\ndown_revision = None\n\n\n\
         def upgrade():\n{baseline}"
    );
    vec![
        (common::MIGRATIONS, list),
        ("alembic/env.py", "from alembic import context\n".to_owned()),
        (common::BASELINE, chain),
    ]
}

/// A string as Python reads it.
fn literal(text: &str) -> String {
    serde_json::to_string(text).unwrap()
}

const USERS: &str = "CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT NOT NULL, seen DATETIME, old TEXT, \
    team_id INTEGER, score INTEGER DEFAULT 1, UNIQUE (email));\n\
    CREATE TABLE teams (id INTEGER PRIMARY KEY, name TEXT);\n\
    CREATE TABLE gone (id INTEGER PRIMARY KEY, name VARCHAR(20) DEFAULT 'x');\n\
    CREATE INDEX by_old ON users (old);\nCREATE INDEX by_name ON teams (name);\nCREATE INDEX by_gone ON gone (name);";

const CHANGES: &[(&str, &str)] = &[
    (
        "0002_notes",
        "CREATE TABLE notes (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users ON DELETE CASCADE, \
         tag_id INTEGER REFERENCES tags (id), body TEXT DEFAULT 'it''s :x', pinned BOOLEAN NOT NULL DEFAULT 0, \
         made TIMESTAMP DEFAULT CURRENT_TIMESTAMP, price DECIMAL(10, 2), title VARCHAR(80) NOT NULL, data JSON, \
         size BIGINT, photo BLOB, anything, day DATE, UNIQUE (user_id, title));\n\
         CREATE TABLE tags (id INTEGER PRIMARY KEY, name TEXT, UNIQUE (name));\n\
         CREATE TABLE links (a INTEGER, b INTEGER, PRIMARY KEY (a, b));\n\
         CREATE INDEX by_title ON notes (title DESC, user_id) WHERE pinned;\n\
         CREATE UNIQUE INDEX by_lower ON tags (lower(name));",
    ),
    (
        "0003_users",
        "ALTER TABLE users ADD COLUMN left_at DATETIME;\nALTER TABLE users ADD COLUMN nick TEXT NOT NULL DEFAULT '';\n\
         ALTER TABLE users ADD COLUMN boss_id INTEGER REFERENCES users (id);\n\
         CREATE UNIQUE INDEX by_nick ON users (nick);\nDROP INDEX by_old;\nALTER TABLE users DROP COLUMN old;\n\
         ALTER TABLE teams RENAME COLUMN name TO title;\nDROP TABLE gone;",
    ),
];

const POSTGRES: &str = "    op.execute(\"CREATE TABLE users (id SERIAL PRIMARY KEY, email TEXT NOT NULL UNIQUE, seen TEXT, \
    old TEXT, team_id INTEGER, score INTEGER DEFAULT 1)\")\n    \
    op.execute(\"CREATE TABLE teams (id SERIAL PRIMARY KEY, name TEXT)\")\n    \
    op.execute(\"CREATE TABLE gone (id SERIAL PRIMARY KEY, name VARCHAR(20) DEFAULT 'x')\")\n    \
    op.execute(\"CREATE INDEX by_old ON users (old)\")\n    op.execute(\"CREATE INDEX by_name ON teams (name)\")\n    \
    op.execute(\"CREATE INDEX by_gone ON gone (name)\")\n";

/// A repository whose last commit changes SQLite alone, in every way.
fn changed(baseline: &str) -> Repo {
    let repo = Repo::new();
    repo.write_all(&project(&[("0001_users", USERS)], baseline));
    repo.commit("base");
    let steps: Vec<(&str, &str)> = [("0001_users", USERS)].into_iter().chain(CHANGES.iter().copied()).collect();
    repo.write_all(&project(&steps, baseline));
    repo.commit("head");
    repo
}

fn read(repo: &Repo, path: &str) -> String {
    std::fs::read_to_string(repo.path().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Whether two commits make the same of PostgreSQL.
fn is_same(repo: &Repo, one: &str, other: &str) -> bool {
    let (code, out, err) = run(repo, &["schema", "--track", "postgres", "--diff", one, other]);
    assert!(matches!(code, Some(0 | 1)) && err.is_empty() && !out.contains("--"), "{out}{err}");
    code == Some(0)
}

/// That the check passes with what was written, and that `downgrade()` takes all of it back.
fn assert_there_and_back(repo: &Repo, written: &str) {
    let (code, out, err) = run(repo, &["--base", "HEAD~1", "--worktree", "--strict"]);
    let text = read(repo, written);
    assert_eq!(code, Some(0), "{out}{err}\n{text}");
    repo.commit("fixed");
    assert!(!is_same(repo, "HEAD~1", "HEAD"));
    let (head, downgrade) = text.split_once("def downgrade():").unwrap();
    let (head, rest) = head.split_once("revision = ").unwrap();
    let id = rest.lines().next().unwrap();
    let back = format!("{head}revision = \"9999_back\"\ndown_revision = {id}\n\n\ndef upgrade():{downgrade}");
    repo.write("alembic/versions/9999_back.py", &back);
    repo.commit("back");
    assert!(is_same(repo, "HEAD~2", "HEAD"), "{back}");
}

const WRITTEN: &str = "alembic/versions/0002_notes.py";

#[test]
fn every_sort_of_change_is_made_and_taken_back_with_operations() {
    let repo = changed(&format!("{POSTGRES}    op.add_column(\"users\", sa.Column(\"x\", sa.Text()))\n"));
    let (code, out, err) = run(&repo, &["fix", "--base", "HEAD~1"]);
    assert_eq!((code, err.as_str()), (Some(0), ""), "{out}");
    let text = read(&repo, WRITTEN);
    insta::assert_snapshot!(shown(&format!("{out}\n{text}")));
    assert_there_and_back(&repo, WRITTEN);
}

#[test]
fn every_sort_of_change_is_made_and_taken_back_with_sql() {
    let baseline = format!("{POSTGRES}    op.execute(\"ALTER TABLE users ADD COLUMN IF NOT EXISTS x TEXT\")\n");
    let repo = changed(&baseline);
    let (code, out, err) = run(&repo, &["fix", "--base", "HEAD~1"]);
    assert_eq!((code, err.as_str()), (Some(0), ""), "{out}");
    insta::assert_snapshot!(shown(&read(&repo, WRITTEN)));
    assert_there_and_back(&repo, WRITTEN);
}

/// A text without the time of day.
fn shown(text: &str) -> String {
    let line =
        |line: &str| if line.starts_with("Create Date: ") { "Create Date: <now>" } else { line }.to_owned() + "\n";
    text.lines().map(line).collect()
}

/// A repository in which the last commit adds these steps to SQLite alone.
fn with(before: &str, baseline: &str, steps: &[(&str, &str)]) -> Repo {
    let repo = Repo::new();
    let baseline = format!("    op.execute({baseline:?})\n");
    repo.write_all(&project(&[("users", before)], &baseline));
    repo.commit("base");
    let steps: Vec<(&str, &str)> = [("users", before)].into_iter().chain(steps.iter().copied()).collect();
    repo.write_all(&project(&steps, &baseline));
    repo.commit("head");
    repo
}

const TABLE: &str = "CREATE TABLE users (id INTEGER PRIMARY KEY, a TEXT)";
const SERIAL: &str = "CREATE TABLE users (id SERIAL PRIMARY KEY, a TEXT)";

#[test]
fn a_column_that_changes_is_changed_and_changed_back() {
    let repo = with(
        "CREATE TABLE users (id INTEGER PRIMARY KEY, a TEXT, b TEXT NOT NULL DEFAULT 'x', c BOOLEAN DEFAULT 0)",
        "CREATE TABLE users (id SERIAL PRIMARY KEY, a TEXT, b TEXT NOT NULL DEFAULT 'x', c BOOLEAN DEFAULT false)",
        &[(
            "rebuild",
            "CREATE TABLE new (id INTEGER PRIMARY KEY, a TEXT NOT NULL, b INTEGER DEFAULT 7, c BOOLEAN DEFAULT 1); \
             INSERT INTO new SELECT * FROM users; DROP TABLE users; ALTER TABLE new RENAME TO users",
        )],
    );
    let (code, out, err) = run(&repo, &["fix", "--base", "HEAD~1"]);
    assert_eq!((code, err.as_str()), (Some(0), ""), "{out}");
    let written = "alembic/versions/0002_rebuild.py";
    let text = read(&repo, written);
    for line in [
        "op.alter_column(\"users\", \"a\", nullable=False)",
        "op.alter_column(\"users\", \"b\", server_default=None)",
        "op.alter_column(\"users\", \"b\", type_=sa.Integer(), postgresql_using=\"b::INTEGER\")",
        "op.alter_column(\"users\", \"b\", server_default=sa.text(\"7\"))",
        "op.alter_column(\"users\", \"b\", nullable=True)",
        "op.alter_column(\"users\", \"c\", server_default=sa.text(\"true\"))",
        "op.alter_column(\"users\", \"b\", type_=sa.Text(), postgresql_using=\"b::TEXT\")",
    ] {
        assert!(text.contains(line), "{line}\n{text}");
    }
    assert!(out.contains("`users.a` becomes NOT NULL"), "{out}");
    assert_there_and_back(&repo, written);
}

#[test]
fn a_dry_run_prints_and_writes_nothing() {
    let repo = with(TABLE, SERIAL, &[("age", "ALTER TABLE users ADD COLUMN age INTEGER")]);
    let (code, out, err) = run(&repo, &["fix", "--base", "HEAD~1", "--dry-run"]);
    assert_eq!((code, err.as_str()), (Some(0), ""));
    assert!(out.starts_with("would write alembic/versions/0002_age.py\n\"\"\"age\n"), "{out}");
    assert!(out.contains("op.add_column(\"users\", sa.Column(\"age\", sa.Integer()))"), "{out}");
    assert_eq!(repo.git(&["status", "--porcelain"]), "");
}

#[test]
fn what_is_not_committed_is_judged() {
    let repo = with(TABLE, SERIAL, &[]);
    let nothing = (Some(0), "nothing to write: no track lacks what another one does\n");
    let (code, out, _) = run(&repo, &["fix"]);
    assert_eq!((code, out.as_str()), nothing);
    repo.write_all(
        &project(&[("users", TABLE), ("age", "ALTER TABLE users ADD COLUMN age REAL")], "    op.execute(\"\")\n")[..1],
    );
    let (code, out, err) = run(&repo, &["fix"]);
    assert_eq!((code, err.as_str()), (Some(0), ""), "{out}");
    assert!(read(&repo, "alembic/versions/0002_age.py").contains("sa.Column(\"age\", sa.Float())"));
    let (code, out, _) = run(&repo, &["fix"]);
    assert_eq!((code, out.as_str()), nothing);
}

#[test]
fn the_projects_template_and_names_are_followed() {
    let repo = with(TABLE, SERIAL, &[]);
    repo.write(
        "alembic/script.py.mako",
        "\"\"\"${message} (ours)\n\n${up_revision} after ${down_revision | comma,n}, ${create_date}\n\"\"\"\n\
         from alembic import op\nimport sqlalchemy as sa\n${imports if imports else \"\"}\n\
         revision: str = ${repr(up_revision)}\ndown_revision: str | None = ${repr(down_revision)}\n\n\n\
         def upgrade() -> None:\n    ${upgrades if upgrades else \"pass\"}\n\n\n\
         def downgrade() -> None:\n    ${downgrades if downgrades else \"pass\"}\n",
    );
    for (id, parent) in [("1f0c9d8e7a6b", "0001_baseline"), ("2f0c9d8e7a6b", "1f0c9d8e7a6b")] {
        let text = format!(
            "from alembic import op\nrevision = {id:?}\ndown_revision = {parent:?}\n\n\ndef upgrade():\n    pass\n"
        );
        repo.write(&format!("alembic/versions/2024_01_05_1201-{id}_x.py"), text);
    }
    repo.commit("more");
    let steps = [("users", TABLE), ("010_big_thing", "ALTER TABLE users ADD COLUMN data JSONB")];
    repo.write_all(&project(&steps, "")[..1]);
    let (code, out, err) = run(&repo, &["fix"]);
    assert_eq!((code, err.as_str()), (Some(0), ""), "{out}");
    let path = out.split_whitespace().nth(1).unwrap().trim_end_matches(',').to_owned();
    let text = read(&repo, &path);
    let name = path.strip_prefix("alembic/versions/").unwrap();
    assert!(name.starts_with("20") && name.ends_with("_big_thing.py"), "{name}");
    assert_eq!(name.split(['-', '_', '.']).nth(4).map(str::len), Some(12), "{name}");
    assert!(text.starts_with("\"\"\"010 big thing (ours)\n"), "{text}");
    assert!(text.contains("down_revision: str | None = \"2f0c9d8e7a6b\"\n"), "{text}");
    assert!(text.contains("from sqlalchemy.dialects import postgresql\n"), "{text}");
    assert!(
        text.contains(
            "def upgrade() -> None:\n    op.add_column(\"users\", sa.Column(\"data\", postgresql.JSONB()))\n"
        ),
        "{text}"
    );
    assert_eq!(run(&repo, &["--base", "HEAD", "--worktree", "--strict"]).0, Some(0));
}

#[test]
fn several_heads_are_named_and_nothing_is_guessed() {
    let repo = with(TABLE, SERIAL, &[]);
    for id in ["0002_a", "0002_b"] {
        repo.write(
            &format!("alembic/versions/{id}.py"),
            format!("revision = {id:?}\ndown_revision = \"0001_baseline\"\n"),
        );
    }
    repo.commit("fork");
    repo.write_all(&project(&[("users", TABLE), ("age", "ALTER TABLE users ADD COLUMN age INTEGER")], "")[..1]);
    let (code, out, err) = run(&repo, &["fix"]);
    assert_eq!(code, Some(2), "{out}");
    assert!(err.contains("its chain has 2 heads to merge first: `0002_a`, `0002_b`"), "{err}");
    assert_eq!(repo.git(&["status", "--porcelain"]), " M db/migrations.py");
}

#[test]
fn hostile_names_stay_names() {
    let name = "\"); import os #\\";
    let column = name.replace('"', "\"\"");
    let sql = format!(
        "ALTER TABLE users ADD COLUMN \"{column}\" TEXT DEFAULT '\"\"\"); import os'; \
         CREATE TABLE \"/{column}\" (\"{column}\" INTEGER PRIMARY KEY)"
    );
    for baseline in [SERIAL, "CREATE TABLE IF NOT EXISTS users (id SERIAL PRIMARY KEY, a TEXT)"] {
        let repo = with(TABLE, baseline, &[("../../../etc/\u{9b}31m\"\"\"\nimport os", &sql)]);
        let (code, out, err) = run(&repo, &["fix", "--base", "HEAD~1"]);
        assert_eq!((code, err.as_str()), (Some(0), ""), "{out}");
        assert!(!out.contains('\u{9b}'), "{out}");
        let status = repo.git(&["status", "--porcelain", "--untracked-files=all"]);
        assert_eq!(status, "?? alembic/versions/0002_etc_31m_import_os.py");
        let text = read(&repo, "alembic/versions/0002_etc_31m_import_os.py");
        let code: Vec<&str> = text.lines().filter(|line| line.trim_start().starts_with("import")).collect();
        assert_eq!(code, ["import sqlalchemy as sa"], "{text}");
        let (code, out, err) = run(&repo, &["--base", "HEAD~1", "--worktree"]);
        assert_eq!(code, Some(0), "{out}{err}\n{text}");
    }
}

#[cfg(unix)]
#[test]
fn no_link_leads_out_of_the_repository() {
    let repo = with(TABLE, SERIAL, &[("age", "ALTER TABLE users ADD COLUMN age INTEGER")]);
    let outside = repo.beside("outside");
    std::fs::rename(repo.path().join("alembic/versions"), &outside).unwrap();
    std::os::unix::fs::symlink(&outside, repo.path().join("alembic/versions")).unwrap();
    let (code, _, err) = run(&repo, &["fix", "--base", "HEAD~1", "--head", "HEAD"]);
    assert_eq!(code, Some(2), "{err}");
    assert!(err.contains("a link or a file is on the way to it"), "{err}");
    assert_eq!(std::fs::read_dir(&outside).unwrap().count(), 1);
}

#[test]
fn what_is_allowed_or_exempt_is_left_alone() {
    let repo = with(TABLE, SERIAL, &[]);
    let allowed = "    # parity: allow(missing-revision) a cache of SQLite's\n    (\"age\", \"ALTER TABLE users ADD COLUMN age INTEGER\"),\n]";
    let text = read(&repo, common::MIGRATIONS).replace(']', allowed);
    repo.write(common::MIGRATIONS, text);
    assert!(run(&repo, &["fix"]).1.starts_with("nothing to write"));
    repo.write(
        "parity.toml",
        "[track.sqlite]\nkind = \"python-list\"\nmigrations = \"db/migrations.py\"\n[track.postgres]\nkind = \"alembic\"\n\
         migrations = \"alembic/versions\"\n[[exempt]]\ntrack = \"sqlite\"\nobject = \"cache*\"\nreason = \"SQLite's own\"\n",
    );
    let steps =
        [("users", TABLE), ("age", "ALTER TABLE users ADD COLUMN age INTEGER; CREATE TABLE cache_a (id INTEGER)")];
    repo.write_all(&project(&steps, "")[..1]);
    let (code, out, err) = run(&repo, &["fix"]);
    assert_eq!((code, err.as_str()), (Some(0), ""), "{out}");
    let text = read(&repo, "alembic/versions/0002_age.py");
    assert!(text.contains("\"age\"") && !text.contains("cache"), "{text}");
}

#[test]
fn what_cannot_be_said_is_left_to_do() {
    let repo = with(
        TABLE,
        SERIAL,
        &[(
            "more",
            "CREATE TABLE t (id INTEGER PRIMARY KEY, token TEXT DEFAULT (lower(hex(randomblob(8)))), \
                    u INTEGER REFERENCES nowhere (id)); CREATE VIEW v AS SELECT 1",
        )],
    );
    let (code, out, err) = run(&repo, &["fix", "--base", "HEAD~1"]);
    assert_eq!((code, err.as_str()), (Some(1), ""), "{out}");
    for left in [
        "left to do on `postgres`: the default of `t.token`: `lower(hex(randomblob(8)))` is not PostgreSQL's",
        "left to do on `postgres`: the foreign key of `t` to `nowhere`: PostgreSQL has no such table",
        "left to do on `postgres`: view `v` is to be added",
    ] {
        assert!(out.contains(left), "{left}\n{out}");
    }
    assert!(read(&repo, "alembic/versions/0002_more.py").contains("\"token\", sa.Text()"));
}

#[test]
fn a_text_in_double_quotes_is_a_text_and_a_check_is_said_to_be_left_out() {
    let repo =
        with(TABLE, SERIAL, &[("note", "ALTER TABLE users ADD COLUMN note TEXT DEFAULT \"\" CHECK (note <> 'x')")]);
    let (code, out, err) = run(&repo, &["fix", "--base", "HEAD~1"]);
    assert_eq!((code, err.as_str()), (Some(0), ""), "{out}");
    assert!(out.contains("the check of `users` is left out: `note <> 'x'`"), "{out}");
    assert!(read(&repo, "alembic/versions/0002_note.py").contains("server_default=sa.text(\"''\")"));
    repo.commit("fixed");
    let report = repo.check("HEAD~2", "HEAD").unwrap();
    assert!(common::rules(&report).is_empty(), "{:?}", report.findings);
}

#[test]
fn types_are_the_same_where_a_pair_asks_for_it() {
    let repo = with(TABLE, SERIAL, &[]);
    repo.write(
        "parity.toml",
        "[track.sqlite]\nkind = \"python-list\"\nmigrations = \"db/migrations.py\"\n[track.postgres]\nkind = \"alembic\"\n\
         migrations = \"alembic/versions\"\n[[parity]]\ntracks = [\"sqlite\", \"postgres\"]\ntypes = \"exact\"\n",
    );
    repo.commit("exact");
    let columns = ["REAL", "SMALLINT", "VARCHAR(9)", "DATETIME", "TEXT", "BLOB", "NUMERIC(4, 1)", "BOOLEAN", "JSON"];
    let columns: Vec<String> = columns
        .iter()
        .enumerate()
        .map(|(at, declared)| format!("ALTER TABLE users ADD COLUMN c{at} {declared}"))
        .collect();
    repo.write_all(&project(&[("users", TABLE), ("more", &columns.join(";"))], "")[..1]);
    let (code, out, err) = run(&repo, &["fix", "--base", "HEAD"]);
    assert_eq!((code, err.as_str()), (Some(0), ""), "{out}");
    let (code, out, err) = run(&repo, &["--base", "HEAD", "--worktree", "--strict"]);
    assert_eq!(code, Some(0), "{out}{err}");
}

#[test]
fn a_chain_follows_another_chain() {
    let repo = Repo::new();
    let baseline = |text: &str| {
        format!(
            "from alembic import op\nrevision = \"0001_a\"\ndown_revision = None\n\n\ndef upgrade():\n    op.execute({text:?})\n"
        )
    };
    let table = "CREATE TABLE users (id SERIAL PRIMARY KEY); CREATE TYPE mood AS ENUM ('a', 'b')";
    for chain in ["one", "two"] {
        repo.write(&format!("{chain}/env.py"), "from alembic import context\n");
        repo.write(&format!("{chain}/versions/0001_a.py"), baseline(table));
    }
    repo.write(
        "parity.toml",
        "[track.one]\nkind = \"alembic\"\nmigrations = \"one/versions\"\n[track.two]\nkind = \"alembic\"\n\
         migrations = \"two/versions\"\n[[parity]]\ntracks = [\"one\", \"two\"]\n",
    );
    repo.commit("base");
    let sql = "ALTER TABLE users ADD COLUMN m mood DEFAULT 'a'::mood, ADD COLUMN tags TEXT[] NOT NULL DEFAULT '{}', \
               ADD COLUMN at TIMESTAMPTZ DEFAULT now(), ADD CHECK (id > 0)";
    let text = baseline(sql).replace("None", "\"0001_a\"").replacen("0001_a", "0002_mood", 1);
    repo.write("one/versions/0002_mood.py", text);
    repo.commit("head");
    let (code, out, err) = run(&repo, &["fix", "--base", "HEAD~1"]);
    assert_eq!((code, err.as_str()), (Some(0), ""), "{out}");
    let text = read(&repo, "two/versions/0002_mood.py");
    assert!(
        text.contains("postgresql.ENUM(name=\"mood\", create_type=False), server_default=sa.text(\"'a'\")"),
        "{text}"
    );
    assert!(text.contains("postgresql.ARRAY(sa.Text())"), "{text}");
    assert!(text.contains("sa.DateTime(timezone=True), server_default=sa.text(\"now()\")"), "{text}");
    let (code, out, err) = run(&repo, &["--base", "HEAD~1", "--worktree", "--strict"]);
    assert_eq!(code, Some(0), "{out}{err}\n{text}");
}

#[test]
fn tables_that_refer_to_each_other_come_and_go_in_order() {
    let tables = |key: &str| {
        format!(
            "CREATE TABLE users (id {key} PRIMARY KEY, a TEXT); CREATE TABLE b (id {key} PRIMARY KEY, x INTEGER UNIQUE); \
             CREATE TABLE a (id {key} PRIMARY KEY, b_id INTEGER REFERENCES b (id)); \
             CREATE TABLE kept (id {key} PRIMARY KEY, b_id INTEGER REFERENCES b (id))"
        )
    };
    let repo = with(
        &tables("INTEGER"),
        &tables("SERIAL"),
        &[(
            "2 move",
            "CREATE TABLE new (id INTEGER PRIMARY KEY, b_id INTEGER); DROP TABLE kept; ALTER TABLE new RENAME TO kept; \
             DROP TABLE a; DROP TABLE b; \
             CREATE TABLE c (id INTEGER PRIMARY KEY, d_id INTEGER REFERENCES d (id)); \
             CREATE TABLE d (id INTEGER PRIMARY KEY, c_id INTEGER REFERENCES c (id))",
        )],
    );
    let (code, out, err) = run(&repo, &["fix", "--base", "HEAD~1"]);
    assert_eq!((code, err.as_str()), (Some(0), ""), "{out}");
    let written = "alembic/versions/0002_move.py";
    let text = read(&repo, written);
    let upgrade = text.split("def downgrade").next().unwrap();
    let at = |what: &str| upgrade.find(what).unwrap_or_else(|| panic!("{what}\n{text}"));
    assert!(at("op.drop_constraint(\"kept_b_id_fkey\"") < at("op.drop_table(\"b\")"));
    assert!(at("op.drop_table(\"a\")") < at("op.drop_table(\"b\")"));
    assert!(at("op.create_foreign_key(\"c_d_id_fkey\"") > at("\"d\","));
    assert_there_and_back(&repo, written);
}

#[test]
fn a_revision_follows_what_the_base_has_by_now() {
    let repo = with(TABLE, SERIAL, &[]);
    repo.git(&["switch", "--quiet", "--create", "feature"]);
    repo.write_all(
        &project(&[("users", TABLE), ("age", "ALTER TABLE users ADD COLUMN age INTEGER")], "    op.execute(\"\")\n")
            [..1],
    );
    repo.commit("feature");
    repo.git(&["switch", "--quiet", "main"]);
    repo.write("alembic/versions/0002_age.py", "revision = \"0002_age\"\ndown_revision = \"0001_baseline\"\n");
    repo.commit("meanwhile");
    repo.git(&["switch", "--quiet", "feature"]);
    let (code, out, err) = run(&repo, &["fix", "--base", "main"]);
    assert_eq!((code, err.as_str()), (Some(0), ""), "{out}");
    assert!(read(&repo, "alembic/versions/0003_age.py").contains("down_revision = \"0002_age\"\n"));
    let (code, out, err) = run(&repo, &["--base", "main", "--worktree", "--strict"]);
    assert_eq!(code, Some(0), "{out}{err}");
}

#[test]
fn one_chain_gets_one_revision_for_two_lists() {
    let repo = Repo::new();
    let list = |more: &str| format!("MIGRATIONS = [\n    (\"users\", {}),\n{more}]\n", literal(TABLE));
    repo.write_all(&project(
        &[("users", TABLE)],
        &format!("    op.execute({:?})\n", SERIAL.replace("SERIAL", "BIGSERIAL")),
    ));
    repo.write("other/migrations.py", list(""));
    repo.write(
        "parity.toml",
        "[track.one]\nkind = \"python-list\"\nmigrations = \"db/migrations.py\"\n[track.two]\nkind = \"python-list\"\n\
         migrations = \"other/migrations.py\"\n[track.postgres]\nkind = \"alembic\"\nmigrations = \"alembic/versions\"\n\
         [[parity]]\ntracks = [\"one\", \"postgres\"]\n[[parity]]\ntracks = [\"two\", \"postgres\"]\n",
    );
    repo.commit("base");
    let age = "ALTER TABLE users ADD COLUMN age INTEGER";
    let note = "CREATE TABLE notes (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users)";
    for path in [common::MIGRATIONS, "other/migrations.py"] {
        repo.write(path, list(&format!("    (\"age\", {}),\n    (\"note\", {}),\n", literal(age), literal(note))));
    }
    let (code, out, err) = run(&repo, &["fix"]);
    assert_eq!((code, err.as_str()), (Some(0), ""), "{out}");
    let text = read(&repo, "alembic/versions/0002_age.py");
    assert_eq!(text.matches("op.add_column(").count(), 1, "{text}");
    assert!(text.contains("sa.Column(\"id\", sa.BigInteger(), nullable=False)"), "{text}");
    assert!(text.contains("sa.Column(\"user_id\", sa.BigInteger())"), "{text}");
    let (code, out, err) = run(&repo, &["--worktree", "--strict"]);
    assert_eq!(code, Some(0), "{out}{err}");
}

#[test]
fn where_nothing_is_written_it_is_said_why() {
    let told = |repo: &Repo| {
        let (code, out, err) = run(repo, &["fix", "--base", "HEAD~1"]);
        assert_eq!(err, "", "{out}");
        (code, out)
    };
    let suppressed = repository("a_comment_above_the_entry_allows_it");
    let (code, out) = told(&suppressed);
    assert_eq!(code, Some(0), "{out}");
    assert!(out.starts_with("nothing to write: `missing-revision` at db/migrations.py:"), "{out}");
    assert!(out.contains(" is suppressed: "), "{out}");
    let alone = repository("a_list_alone_is_a_note");
    let (code, out) = told(&alone);
    assert_eq!(code, Some(0), "{out}");
    assert!(out.starts_with("nothing to write: only one track was found, `"), "{out}");
    let off = repository("a_rule_that_is_off_is_silent");
    assert_eq!(told(&off), (Some(0), "nothing to write: `missing-revision` is off in the configuration\n".to_owned()));
    let exempt = repository("an_exempt_object_needs_no_revision");
    assert!(told(&exempt).1.contains(" is exempt: "));
    let broken = repository("a_revision_that_loses_its_id_is_reported");
    let (code, out) = told(&broken);
    assert_eq!(code, Some(1), "{out}");
    assert!(out.starts_with("nothing is written: `invalid-revision` at alembic/versions/"), "{out}");
    let in_step = repository("a_new_entry_with_its_revision_passes");
    assert_eq!(told(&in_step), (Some(0), "nothing to write: no track lacks what another one does\n".to_owned()));
}
