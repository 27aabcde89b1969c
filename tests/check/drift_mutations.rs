//! Every operation of a revision in turn is left out or altered: each such revision is found, on the one side or the
//! other.

use crate::common;
use crate::common::Files;
use parity_check::git::{Environment, HeadChoice};

const OLD_MIGRATIONS: &str = r#"
def _users(conn):
    conn.execute("CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL, nick TEXT, fax TEXT)")

MIGRATIONS = [("users", _users)]
"#;

const NEW_MIGRATIONS: &str = r#"
def _teams(conn):
    conn.execute("""
        CREATE TABLE teams (
            id INTEGER PRIMARY KEY,
            title TEXT NOT NULL,
            budget REAL DEFAULT 0.5,
            size INTEGER NOT NULL DEFAULT 3,
            state TEXT DEFAULT 'new',
            is_open BOOLEAN DEFAULT 1,
            logo BLOB
        )
    """)
    conn.execute("CREATE UNIQUE INDEX teams_title ON teams (title)")
    conn.execute("CREATE INDEX teams_state ON teams (state, size)")
    conn.execute("CREATE INDEX teams_open ON teams (size) WHERE is_open")

def _members(conn):
    conn.execute("""
        CREATE TABLE members (
            id INTEGER PRIMARY KEY,
            team INTEGER NOT NULL REFERENCES teams (id),
            user INTEGER,
            joined TIMESTAMP,
            UNIQUE (team, user)
        )
    """)
    conn.execute("CREATE INDEX members_user ON members (user)")

def _more_of_users(conn):
    conn.execute("ALTER TABLE users ADD COLUMN age INTEGER")
    conn.execute("ALTER TABLE users ADD COLUMN mail TEXT NOT NULL DEFAULT ''")
    conn.execute("ALTER TABLE users DROP COLUMN fax")
    conn.execute("ALTER TABLE users RENAME COLUMN nick TO alias")
    conn.execute("CREATE UNIQUE INDEX users_alias ON users (alias)")

MIGRATIONS += [("teams", _teams), ("members", _members), ("more_of_users", _more_of_users)]
"#;

const BASELINE: &str = r#"
from alembic import op

revision = "0001_baseline"
down_revision = None

def upgrade():
    op.execute("CREATE TABLE users (id SERIAL PRIMARY KEY, name TEXT NOT NULL, nick TEXT, fax TEXT)")
"#;

/// Each operation stands on a line of its own.
const REVISION: &str = r#"
from alembic import op
import sqlalchemy as sa

revision = "0002_teams"
down_revision = "0001_baseline"

def upgrade():
    op.create_table(
        "teams",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("budget", sa.Float(), server_default="0.5"),
        sa.Column("size", sa.Integer(), nullable=False, server_default="3"),
        sa.Column("state", sa.String(20), server_default="new"),
        sa.Column("is_open", sa.Boolean(), server_default=sa.true()),
        sa.Column("logo", sa.LargeBinary()),
    )
    op.create_index("teams_title", "teams", ["title"], unique=True)
    op.create_index("teams_state", "teams", ["state", "size"])
    op.create_index("teams_open", "teams", ["size"], postgresql_where=sa.text("is_open"))
    op.create_table(
        "members",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("team", sa.Integer(), nullable=False),
        sa.Column("user", sa.Integer()),
        sa.Column("joined", sa.DateTime()),
        sa.UniqueConstraint("team", "user"),
    )
    op.create_foreign_key("members_team", "members", "teams", ["team"], ["id"])
    op.create_index("members_user", "members", ["user"])
    op.add_column("users", sa.Column("age", sa.Integer()))
    op.add_column("users", sa.Column("mail", sa.Text(), nullable=False, server_default=""))
    op.drop_column("users", "fax")
    op.alter_column("users", "nick", new_column_name="alias")
    op.create_index("users_alias", "users", ["alias"], unique=True)
"#;

/// A statement to leave out, by its only or its first line.
const STATEMENTS: &[(&str, &str)] = &[
    ("column_title", r#"        sa.Column("title""#),
    ("column_budget", r#"        sa.Column("budget""#),
    ("column_size", r#"        sa.Column("size""#),
    ("column_state", r#"        sa.Column("state""#),
    ("column_is_open", r#"        sa.Column("is_open""#),
    ("column_logo", r#"        sa.Column("logo""#),
    ("column_team", r#"        sa.Column("team""#),
    ("column_user", r#"        sa.Column("user""#),
    ("column_joined", r#"        sa.Column("joined""#),
    ("unique_members", "        sa.UniqueConstraint"),
    ("key_members", "    op.create_foreign_key"),
    ("index_title", r#"    op.create_index("teams_title""#),
    ("index_state", r#"    op.create_index("teams_state""#),
    ("index_open", r#"    op.create_index("teams_open""#),
    ("index_user", r#"    op.create_index("members_user""#),
    ("index_alias", r#"    op.create_index("users_alias""#),
    ("column_age", r#"    op.add_column("users", sa.Column("age""#),
    ("column_mail", r#"    op.add_column("users", sa.Column("mail""#),
    ("drop_of_fax", "    op.drop_column"),
    ("rename_of_nick", "    op.alter_column"),
];

/// A name, what stands in the revision, and what stands there instead.
const CHANGES: &[(&str, &str, &str)] = &[
    ("misspelt_title", r#"Column("title""#, r#"Column("titel""#),
    ("misspelt_budget", r#"Column("budget""#, r#"Column("budgets""#),
    ("misspelt_logo", r#"Column("logo""#, r#"Column("Logo_""#),
    ("misspelt_joined", r#"Column("joined""#, r#"Column("joint""#),
    ("misspelt_age", r#"Column("age""#, r#"Column("ages""#),
    ("misspelt_fax", r#""users", "fax""#, r#""users", "faks""#),
    ("misspelt_nick", r#""users", "nick""#, r#""users", "nik""#),
    ("misspelt_alias", r#"new_column_name="alias""#, r#"new_column_name="aliases""#),
    ("misspelt_teams", "        \"teams\",", "        \"team\","),
    ("misspelt_members", "        \"members\",", "        \"member\","),
    ("type_of_title", r#""title", sa.Text()"#, r#""title", sa.LargeBinary()"#),
    ("type_of_budget", r#""budget", sa.Float()"#, r#""budget", sa.Integer()"#),
    ("type_of_size", r#""size", sa.Integer()"#, r#""size", sa.Text()"#),
    (
        "type_of_state",
        r#""state", sa.String(20), server_default="new""#,
        r#""state", sa.Integer(), server_default="0""#,
    ),
    (
        "type_of_is_open",
        r#""is_open", sa.Boolean(), server_default=sa.true()"#,
        r#""is_open", sa.Text(), server_default="1""#,
    ),
    ("type_of_logo", r#""logo", sa.LargeBinary()"#, r#""logo", sa.Text()"#),
    ("type_of_joined", r#""joined", sa.DateTime()"#, r#""joined", sa.LargeBinary()"#),
    ("type_of_age", r#""age", sa.Integer()"#, r#""age", sa.Text()"#),
    ("type_of_team", r#""team", sa.Integer()"#, r#""team", sa.Text()"#),
    ("type_that_postgresql_lacks", r#""logo", sa.LargeBinary()"#, r#""logo", sa.dialects.mysql.LONGBLOB()"#),
    ("nullable_title", r#""title", sa.Text(), nullable=False"#, r#""title", sa.Text()"#),
    ("nullable_size", r#""size", sa.Integer(), nullable=False"#, r#""size", sa.Integer()"#),
    ("nullable_team", r#""team", sa.Integer(), nullable=False"#, r#""team", sa.Integer()"#),
    ("nullable_mail", r#""mail", sa.Text(), nullable=False"#, r#""mail", sa.Text()"#),
    ("not_null_age", r#""age", sa.Integer()"#, r#""age", sa.Integer(), nullable=False"#),
    ("default_of_budget", r#"server_default="0.5""#, r#"server_default="0.05""#),
    ("default_of_size", r#"server_default="3""#, r#"server_default="4""#),
    ("default_of_state", r#"server_default="new""#, r#"server_default="old""#),
    ("default_of_is_open", "sa.true()", "sa.false()"),
    ("default_of_mail", r#"server_default="""#, r#"server_default="none""#),
    ("default_of_a_sort_that_does_not_fit", r#"server_default="3""#, r#"server_default=sa.text("true")"#),
    ("no_default_of_budget", r#", server_default="0.5""#, ""),
    ("no_default_of_state", r#", server_default="new""#, ""),
    ("a_default_of_age", r#""age", sa.Integer()"#, r#""age", sa.Integer(), server_default="1""#),
    ("index_title_is_not_unique", r#"["title"], unique=True"#, r#"["title"]"#),
    ("index_alias_is_not_unique", r#"["alias"], unique=True"#, r#"["alias"]"#),
    ("index_user_is_unique", r#""members", ["user"]"#, r#""members", ["user"], unique=True"#),
    ("index_state_is_unique", r#"["state", "size"]"#, r#"["state", "size"], unique=True"#),
    ("index_state_in_another_order", r#"["state", "size"]"#, r#"["size", "state"]"#),
    ("index_state_of_one_column", r#"["state", "size"]"#, r#"["state"]"#),
    ("index_title_of_another_column", r#""teams", ["title"]"#, r#""teams", ["state"]"#),
    ("index_of_a_missing_column", r#""members", ["user"]"#, r#""members", ["users"]"#),
    ("index_of_another_table", r#""members_user", "members""#, r#""members_user", "users""#),
    ("index_open_without_its_condition", r#", postgresql_where=sa.text("is_open")"#, ""),
    ("index_open_with_a_missing_column", r#"sa.text("is_open")"#, r#"sa.text("open")"#),
    ("unique_of_one_column", r#"UniqueConstraint("team", "user")"#, r#"UniqueConstraint("team")"#),
    ("key_to_another_table", r#""members", "teams", ["team"]"#, r#""members", "users", ["team"]"#),
    ("key_of_another_column", r#""teams", ["team"], ["id"]"#, r#""teams", ["user"], ["id"]"#),
    ("key_to_a_column_that_is_no_key", r#"["team"], ["id"]"#, r#"["team"], ["size"]"#),
    ("key_to_a_missing_table", r#""members", "teams""#, r#""members", "groups""#),
    ("age_on_another_table", r#"op.add_column("users", sa.Column("age""#, r#"op.add_column("teams", sa.Column("age""#),
    ("age_on_a_missing_table", r#"op.add_column("users", sa.Column("age""#, r#"op.add_column("user", sa.Column("age""#),
    ("a_drop_of_another_column", r#""users", "fax""#, r#""users", "name""#),
    ("a_rename_to_a_column_that_is_there", r#"new_column_name="alias""#, r#"new_column_name="name""#),
    ("mail_twice", r#"Column("mail""#, r#"Column("age""#),
];

/// Each mutant with a name for it.
fn mutants() -> Vec<(String, String)> {
    let mut mutants = Vec::new();
    for (name, start) in STATEMENTS {
        let mut lines = REVISION.lines().filter(|line| line.starts_with(start));
        let line = lines.next().unwrap_or_else(|| panic!("{name}: nothing begins with {start}"));
        assert_eq!(lines.next(), None, "{name}");
        mutants.push((format!("no_{name}"), REVISION.replace(&format!("{line}\n"), "")));
    }
    for (name, old, new) in CHANGES {
        assert_eq!(REVISION.matches(old).count(), 1, "{name}: {old}");
        mutants.push(((*name).to_owned(), REVISION.replace(old, new)));
    }
    let body = REVISION.split_once("    op.").unwrap().0;
    mutants.push(("nothing_at_all".to_owned(), format!("{body}    pass\n")));
    mutants
}

fn base() -> Files {
    tree(OLD_MIGRATIONS, &[("0001_baseline", BASELINE)])
}

fn head(revision: &str) -> Files {
    tree(&format!("{OLD_MIGRATIONS}{NEW_MIGRATIONS}"), &[("0001_baseline", BASELINE), ("0002_teams", revision)])
}

fn tree(migrations: &str, revisions: &[(&str, &str)]) -> Files {
    let mut files = Files::new();
    files.insert("db/migrations.py".to_owned(), migrations.into());
    files.insert("alembic/env.py".to_owned(), "from alembic import context\n".into());
    for (name, text) in revisions {
        files.insert(format!("alembic/versions/{name}.py"), (*text).into());
    }
    files
}

#[test]
fn every_mutant_of_a_revision_is_found() {
    let mutants = mutants();
    assert!(mutants.len() >= 30, "there are {} mutants", mutants.len());
    let mut trees: Vec<(&str, Files, Files)> =
        mutants.iter().map(|(name, revision)| (name.as_str(), base(), head(revision))).collect();
    trees.push(("unmutated", base(), head(REVISION)));
    let repository = common::import(&trees);
    let judge = |name: &str| {
        let (base, head) = (format!("{name}/base"), format!("{name}/head"));
        let choice = HeadChoice::Committed(Some(&head));
        let report = common::check(repository.path(), Some(&base), choice, &Environment::default()).unwrap();
        let said = report.findings.iter().map(|reported| reported.finding.message.clone()).collect::<Vec<_>>();
        (!report.passes(false), common::rules(&report), said)
    };
    let (_, rules, said) = judge("unmutated");
    assert!(rules.is_empty(), "the unmutated revision is not silent: {said:#?}");
    let mut missed = Vec::new();
    for (name, _) in &mutants {
        let (blocks, rules, said) = judge(name);
        // A column that SQLite cannot add otherwise is told as a warning.
        let blocks = blocks || *name == "not_null_age" && !said.is_empty();
        if !blocks || !rules.iter().all(|rule| ["track-drift", "failing-migration"].contains(rule)) {
            missed.push(format!("{name}: {rules:?} {said:?}"));
        }
    }
    assert!(missed.is_empty(), "{} of {} mutants pass:\n{}", missed.len(), mutants.len(), missed.join("\n"));
}
