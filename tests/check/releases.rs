//! What counts as released, by the tags of a repository.

use crate::common::{Repo, answer, git_command, program};

fn run(repo: &Repo, arguments: &[&str]) -> (Option<i32>, String, String) {
    answer(program(&repo.path()).args(arguments))
}

/// A project with a pair of directories of SQL files, one file in each.
fn pair_of_sql(repo: &Repo, version: &str, sql: &str) {
    for database in ["sqlite", "postgres"] {
        repo.write(&format!("migrations/{database}/{version}.up.sql"), sql);
    }
}

const USERS: &str = "CREATE TABLE users (id INTEGER PRIMARY KEY);\n";

#[test]
fn tags_that_are_no_releases_of_the_project_release_nothing() {
    let repo = Repo::new();
    pair_of_sql(&repo, "0001_users", USERS);
    repo.commit("users");
    repo.git(&["tag", "images-ci-v0.1.15"]);
    repo.git(&["tag", "v1.0.0-alpha.1"]);
    pair_of_sql(&repo, "0001_users", "CREATE TABLE users (id INTEGER PRIMARY KEY, age INTEGER);\n");
    repo.commit("an edit");
    let judge = || run(&repo, &["--base", "HEAD~1", "--head", "HEAD"]);
    let (code, out, _) = judge();
    assert!(code == Some(0) && out.contains("no release tag has it"), "{out}");
    repo.git(&["tag", "v0.9", "HEAD~1"]);
    let (code, out, _) = judge();
    assert!(code == Some(1) && !out.contains("no release tag has it"), "{out}");
}

/// A revision that adds a column after another one.
fn adds(id: &str, parent: &str, column: &str) -> String {
    format!(
        "from alembic import op\nimport sqlalchemy as sa\n\nrevision = {id:?}\ndown_revision = {parent:?}\n\n\n\
         def upgrade():\n    op.add_column(\"users\", sa.Column({column}))\n"
    )
}

#[test]
fn a_revision_before_its_model_is_a_warning_where_that_is_how_a_project_works() {
    let repo = Repo::new();
    let models = |columns: &str| {
        format!(
            "from sqlalchemy import Column, Integer, String\nfrom sqlalchemy.orm import declarative_base\n\n\
             Base = declarative_base()\n\n\nclass User(Base):\n    __tablename__ = \"users\"\n    \
             id = Column(Integer, primary_key=True)\n{columns}"
        )
    };
    repo.write("alembic.ini", "[alembic]\nscript_location = alembic\nsqlalchemy.url = postgresql://localhost/x\n");
    let environment = "from alembic import context\n\nfrom app.models import Base\n\ntarget_metadata = Base.metadata\n\
                       context.configure(target_metadata=target_metadata)\ncontext.run_migrations()\n";
    repo.write("alembic/env.py", environment);
    repo.write("app/__init__.py", "");
    repo.write("app/models.py", models(""));
    let first = "from alembic import op\nimport sqlalchemy as sa\n\nrevision = \"0\"\ndown_revision = None\n\n\n\
                 def upgrade():\n    op.create_table(\"users\", sa.Column(\"id\", sa.Integer(), primary_key=True))\n";
    repo.write("alembic/versions/0.py", first);
    repo.commit("users");
    let mut columns = String::new();
    let judge = || run(&repo, &["--base", "HEAD~1", "--head", "HEAD"]);
    for number in 1..=4 {
        let text = adds(&number.to_string(), &(number - 1).to_string(), &format!("\"c{number}\", sa.String()"));
        repo.write(&format!("alembic/versions/{number}.py"), text);
        repo.commit("a revision");
        let (code, out, _) = judge();
        assert!(out.contains("model-drift"), "{out}");
        assert_eq!(code, Some(i32::from(number < 4)), "{out}");
        assert_eq!(out.contains("revisions come before their models here"), number == 4, "{out}");
        columns += &format!("    c{number} = Column(String)\n");
        repo.write("app/models.py", models(&columns));
        repo.commit("its model");
    }
    let text = adds("5", "4", "\"c5\", sa.String(), nullable=False");
    repo.write("alembic/versions/5.py", text);
    repo.commit("a column that every insert of the old code lacks");
    let (code, out, _) = judge();
    assert!(code == Some(1) && out.contains("model-drift"), "{out}");
}

#[test]
fn a_project_without_any_tag_deploys_its_branch() {
    let repo = Repo::new();
    pair_of_sql(&repo, "0001_users", USERS);
    repo.commit("users");
    repo.git(&["tag", "before-the-rewrite"]);
    pair_of_sql(&repo, "0001_users", "CREATE TABLE users (id INTEGER PRIMARY KEY, age INTEGER);\n");
    repo.commit("an edit");
    let (code, out, _) = run(&repo, &["--base", "HEAD~1", "--head", "HEAD"]);
    assert!(code == Some(1) && out.contains("error[edited-history]"), "{out}");
}

#[test]
fn a_file_that_no_release_has_may_be_split_in_two() {
    let repo = Repo::new();
    pair_of_sql(&repo, "0001_users", USERS);
    repo.commit("users");
    repo.git(&["tag", "v1.0"]);
    let (age, size) = ("ALTER TABLE users ADD COLUMN age INTEGER;\n", "ALTER TABLE users ADD COLUMN size INTEGER;\n");
    pair_of_sql(&repo, "0002_more", &format!("{age}{size}"));
    repo.commit("two columns");
    pair_of_sql(&repo, "0002_more", age);
    pair_of_sql(&repo, "0003_size", size);
    repo.commit("one in each file");
    let judge = || run(&repo, &["--base", "HEAD~1", "--head", "HEAD"]);
    let (code, out, _) = judge();
    assert!(code == Some(0) && out.contains("warning[failing-migration]"), "{out}");
    repo.git(&["tag", "v1.1", "HEAD~1"]);
    let (code, out, _) = judge();
    assert!(code == Some(1) && out.contains("error[failing-migration]"), "{out}");
}

#[test]
fn what_a_new_file_needs_is_there_where_the_released_text_is_put_back() {
    let repo = Repo::new();
    pair_of_sql(&repo, "0001_users", "CREATE TABLE users (id INTEGER PRIMARY KEY, age INTEGER);\n");
    repo.commit("users");
    repo.git(&["tag", "v1.0"]);
    pair_of_sql(&repo, "0001_users", "CREATE TABLE users (id INTEGER PRIMARY KEY, size INTEGER);\n");
    repo.commit("an edit that no release has");
    pair_of_sql(&repo, "0001_users", "CREATE TABLE users (id INTEGER PRIMARY KEY, age INTEGER);\n");
    pair_of_sql(&repo, "0002_size", "ALTER TABLE users RENAME COLUMN age TO size;\n");
    repo.commit("it is put back");
    let (code, out, _) = run(&repo, &["--base", "HEAD~1", "--head", "HEAD"]);
    assert!(code == Some(0) && !out.contains("failing-migration"), "{out}");
}

#[test]
fn files_that_no_release_has_may_not_part_by_an_edit() {
    let repo = Repo::new();
    pair_of_sql(&repo, "0001_users", USERS);
    repo.commit("users");
    repo.git(&["tag", "v1.0"]);
    pair_of_sql(&repo, "0002_more", "ALTER TABLE users ADD COLUMN age INTEGER;\n");
    repo.commit("a column");
    let more = |database: &str, column: &str| {
        let sql =
            format!("ALTER TABLE users ADD COLUMN age INTEGER;\nALTER TABLE users ADD COLUMN {column} INTEGER;\n");
        repo.write(&format!("migrations/{database}/0002_more.up.sql"), sql);
    };
    more("sqlite", "all_layers");
    more("postgres", "app_layers");
    repo.commit("another one, spelled in two ways");
    let (code, out, _) = run(&repo, &["--base", "HEAD~1", "--head", "HEAD"]);
    assert!(code == Some(1) && out.contains("error[track-drift]"), "{out}");
    more("sqlite", "app_layers");
    repo.commit("spelled in one");
    let (code, out, _) = run(&repo, &["--base", "HEAD~2", "--head", "HEAD"]);
    assert!(code == Some(0) && !out.contains("track-drift"), "{out}");
}

#[test]
fn an_edit_of_what_no_release_has_is_compared_beside_a_file_that_fails() {
    let repo = Repo::new();
    let write = |database: &str, file: &str, sql: &str| repo.write(&format!("migrations/{database}/{file}.sql"), sql);
    for database in ["mysql", "postgres"] {
        write(database, "0001_users", "CREATE TABLE users (id INT PRIMARY KEY);\n");
    }
    repo.commit("users");
    repo.git(&["tag", "v1.0"]);
    let age = "ALTER TABLE users ADD COLUMN age INT;\n";
    for database in ["mysql", "postgres"] {
        write(database, "0002_age", age);
    }
    write("mysql", "0003_size", "ALTER TABLE users ADD COLUMN size INT;\n");
    write("postgres", "0003_size", "ALTER TABLE users ADD COLUMN size;\n");
    repo.commit("a file that fails");
    let rooms = "CREATE TABLE rooms (id INT PRIMARY KEY);\n";
    write("mysql", "0002_age", &format!("{age}{rooms}"));
    write("postgres", "0002_age", &format!("{age}{rooms}"));
    repo.commit("a table on both");
    let judge = || run(&repo, &["--base", "HEAD~1", "--head", "HEAD"]);
    let (code, out, _) = judge();
    assert!(code == Some(0) && !out.contains("track-drift"), "{out}");
    write("postgres", "0002_age", &format!("{age}-- no rooms yet\n"));
    repo.git(&["commit", "--quiet", "--amend", "--all", "--message", "a table on one"]);
    let (code, out, _) = judge();
    assert!(code == Some(1) && out.contains("error[track-drift]: table `rooms`"), "{out}");
    write("postgres", "0002_age", &format!("{age}CREATE TABLE rooms (id INT PRIMARY KEY,);\n"));
    repo.git(&["commit", "--quiet", "--amend", "--all", "--message", "one of which fails"]);
    let (code, out, _) = judge();
    assert!(code == Some(1) && out.contains("error[failing-migration]") && !out.contains("track-drift"), "{out}");
}

#[test]
fn an_edit_of_what_no_release_has_tells_what_is_not_known_of_it() {
    let repo = Repo::new();
    pair_of_sql(&repo, "0001_users", USERS);
    repo.commit("users");
    repo.git(&["tag", "v1.0"]);
    let age = "ALTER TABLE users ADD COLUMN age INTEGER;\n";
    pair_of_sql(&repo, "0002_age", age);
    repo.commit("a column");
    repo.write("migrations/postgres/0002_age.up.sql", format!("{age}CALL make_rooms();\n"));
    repo.commit("and what a procedure does");
    let (code, out, _) = run(&repo, &["--base", "HEAD~1", "--head", "HEAD"]);
    assert!(code == Some(0) && out.contains("warning[unevaluated]"), "{out}");
}

#[test]
fn a_file_below_one_that_no_release_has_is_a_warning() {
    let repo = Repo::new();
    repo.write("go.mod", "module app\n\nrequire github.com/golang-migrate/migrate/v4 v4.17.0\n");
    pair_of_sql(&repo, "0001_users", USERS);
    repo.commit("users");
    repo.git(&["tag", "v1.0"]);
    pair_of_sql(&repo, "0003_age", "ALTER TABLE users ADD COLUMN age INTEGER;\n");
    repo.commit("a column");
    pair_of_sql(&repo, "0002_size", "ALTER TABLE users ADD COLUMN size INTEGER;\n");
    repo.commit("one below");
    let judge = || run(&repo, &["--base", "HEAD~1", "--head", "HEAD"]);
    let (code, out, _) = judge();
    assert!(code == Some(0) && out.contains("warning[ignored-migration]"), "{out}");
    repo.git(&["tag", "v1.1", "HEAD~1"]);
    let (code, out, _) = judge();
    assert!(code == Some(1) && out.contains("error[ignored-migration]"), "{out}");
}

/// Commits the work tree at a day of its own.
fn commit_at(repo: &Repo, day: &str) {
    repo.git(&["add", "--all"]);
    let moment = format!("{day}T00:00:00Z");
    let mut command = git_command(&repo.path());
    command.env("GIT_AUTHOR_DATE", &moment).env("GIT_COMMITTER_DATE", &moment);
    let status = command.args(["commit", "--quiet", "--allow-empty", "--no-gpg-sign", "-m", day]).status();
    assert!(status.unwrap().success());
}

#[test]
fn tags_of_days_are_releases() {
    let repo = Repo::new();
    pair_of_sql(&repo, "0001_users", USERS);
    repo.commit("users");
    repo.git(&["tag", "251231-1a2b3c4d5"]);
    pair_of_sql(&repo, "0002_more", "ALTER TABLE users ADD COLUMN age INTEGER;\n");
    repo.commit("a column");
    pair_of_sql(&repo, "0002_more", "ALTER TABLE users ADD COLUMN size INTEGER;\n");
    repo.commit("another one");
    let judge = || run(&repo, &["--base", "HEAD~1", "--head", "HEAD"]);
    let (code, out, _) = judge();
    assert!(code == Some(0) && out.contains("no release tag has it"), "{out}");
    repo.git(&["tag", "260101-6f7a8b9c0", "HEAD~1"]);
    let (code, out, _) = judge();
    assert!(code == Some(1) && !out.contains("no release tag has it"), "{out}");
}

#[test]
fn candidates_of_the_next_version_are_releases_where_the_last_one_is_old() {
    let repo = Repo::new();
    pair_of_sql(&repo, "0001_users", USERS);
    commit_at(&repo, "2022-01-01");
    repo.git(&["tag", "v1.0.0"]);
    commit_at(&repo, "2023-10-01");
    repo.git(&["tag", "v2.0.0-alpha.1"]);
    pair_of_sql(&repo, "0002_more", "ALTER TABLE users ADD COLUMN age INTEGER;\n");
    commit_at(&repo, "2024-02-01");
    pair_of_sql(&repo, "0002_more", "ALTER TABLE users ADD COLUMN size INTEGER;\n");
    commit_at(&repo, "2024-02-02");
    let judge = || run(&repo, &["--base", "HEAD~1", "--head", "HEAD"]);
    let (code, out, _) = judge();
    assert!(code == Some(0) && out.contains("no release tag has it"), "{out}");
    // Whoever runs a candidate has it, too.
    repo.git(&["tag", "v2.0.0-alpha.2", "HEAD~1"]);
    let (code, out, _) = judge();
    assert!(code == Some(1) && !out.contains("no release tag has it"), "{out}");
    for tag in ["v2.0.0-alpha.1", "v2.0.0-alpha.2"] {
        repo.git(&["tag", "--delete", tag]);
    }
    // Nothing young is left: what is on the branch is given out.
    let (code, out, _) = judge();
    assert!(code == Some(1) && !out.contains("no release tag has it"), "{out}");
}

#[test]
fn what_no_release_has_may_be_taken_back_beside_a_snapshot() {
    let repo = Repo::new();
    let key = "ALTER TABLE tool ADD CONSTRAINT tool_box FOREIGN KEY (box) REFERENCES box (id);\n";
    let schema = "CREATE TABLE box (id INT NOT NULL, PRIMARY KEY (id));\n\
                  CREATE TABLE tool (id INT NOT NULL, box INT, age INT, PRIMARY KEY (id));\n";
    let write = |database: &str, more: &str| repo.write(&format!("schema/{database}.sql"), format!("{schema}{more}"));
    for database in ["mysql", "pgsql"] {
        write(database, "");
        repo.write(&format!("schema/{database}-migrations/upgrade_1.sql"), "ALTER TABLE tool ADD COLUMN age INT;\n");
    }
    repo.commit("tools");
    repo.git(&["tag", "v1.0"]);
    for database in ["mysql", "pgsql"] {
        write(database, key);
        repo.write(&format!("schema/{database}-migrations/upgrade_2.sql"), key);
    }
    repo.commit("a key");
    for database in ["mysql", "pgsql"] {
        write(database, "");
        repo.remove(&format!("schema/{database}-migrations/upgrade_2.sql"));
    }
    repo.commit("it is taken back");
    let judge = || run(&repo, &["--base", "HEAD~1", "--head", "HEAD"]);
    let (code, out, _) = judge();
    assert!(code == Some(0) && out.contains("warning[schema-drift]"), "{out}");
    repo.git(&["tag", "v1.1", "HEAD~1"]);
    let (code, out, _) = judge();
    assert!(code == Some(1) && out.contains("error[schema-drift]"), "{out}");
}
