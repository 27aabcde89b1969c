use super::*;
use crate::track::Declared;

const GOOD: &str = r#"
base = "origin/dev"

[track.sqlite]
kind = "python-list"
dialect = "sqlite"
migrations = "src/db/migrations.py"
declared = ["src/db/schema.py", "./src/db/tables.py"]

[track.postgres]
kind = "alembic"
migrations = "src/migrations/versions/"

[[parity]]
tracks = ["sqlite", "postgres"]

[rules]
missing-revision = "warn"
unevaluated = "off"

[[exempt]]
track = "sqlite"
object = "notes_fts*"
reason = "FTS5 is SQLite only"
until = 2027-01-31
"#;

fn error(text: &str) -> (String, usize) {
    let error = Config::parse(&Source::new(FILE_NAME, text)).unwrap_err();
    let help = error.help.unwrap_or_default();
    (format!("{} {help}", error.message), error.location.start().line)
}

#[test]
fn every_key_is_read() {
    let config = Config::parse(&Source::new(FILE_NAME, GOOD)).unwrap();
    assert_eq!(config.base.as_deref(), Some("origin/dev"));
    assert_eq!(config.pairs, [(0, 1)]);
    assert_eq!(config.tracks[0].track.declared, [Declared::new("src/db/schema.py"), Declared::new("src/db/tables.py")]);
    assert_eq!(config.tracks[0].track.list.as_deref(), Some("MIGRATIONS"));
    assert_eq!(config.tracks[1].track.path, "src/migrations/versions");
    assert_eq!(config.severities["missing-revision"], Some(Severity::Warning));
    assert_eq!(config.severities["unevaluated"], None);
    assert!(config.exemptions[0].pattern.matches("NOTES_fts_data"));
    assert_eq!(config.exemptions[0].until, Some(Date::constant(2027, 1, 31)));
}

#[test]
fn the_same_tables_in_pyproject_are_read_and_other_tools_are_let_be() {
    let text = "[project]\nname = 'x'\n[tool.ruff]\nline-length = 9\n[tool.parity-check]\nbase = 'main'\n";
    let config = Config::parse_pyproject(&Source::new(PYPROJECT, text)).unwrap().unwrap();
    assert_eq!(config.base.as_deref(), Some("main"));
    assert!(Config::parse_pyproject(&Source::new(PYPROJECT, "[project]\nname = 'x'\n")).unwrap().is_none());
}

#[test]
fn errors_point_into_the_file_and_name_the_way_out() {
    for (text, line, words) in [
        ("bsae = 'x'", 1, "unknown field `bsae`"),
        ("base = 1", 1, "invalid type"),
        ("\nbase = ''", 2, "`base` is empty"),
        ("[track.a]\nkind = 'alembik'\nmigrations = 'x'", 2, "did you mean `alembic`?"),
        ("[track.a]\nkind = 'alembic'", 1, "missing field `migrations`"),
        ("[track.a]\nkind = 'alembic'\nmigrations = 3", 3, "expected a path or a list of paths"),
        ("[track.a]\nkind = 'alembic'\nmigrations = '../x'", 3, "is no path in the repository"),
        ("[track.a]\nkind = 'alembic'\nmigrations = 'x'\nlist = 'L'", 4, "`list` means nothing"),
        ("[track.a]\nkind = 'alembic'\nmigrations = 'x'\nversion = 'V'", 4, "`version` means nothing"),
        ("[track.a]\nkind = 'version-scripts'\nmigrations = 'x'\nversion = 'a.py'", 4, "is no name in Python"),
        ("[track.a]\nkind = 'version-scripts'\nmigrations = 'x'\nversion = '/a.py:V'", 4, "is no path"),
        ("[track.a]\nkind = 'version-scripts'\nmigrations = ['x', 'y']", 3, "has one directory"),
        ("[track.a]\nkind = 'alembic'\nmigrations = 'x'\n[[parity]]\ntracks = ['a', 'b']", 5, "known are `a`"),
        ("[track.a]\nkind = 'alembic'\nmigrations = 'x'\n[[parity]]\ntracks = ['a']", 5, "two different tracks"),
        ("[track.a]\nkind = 'go-slice'\nmigrations = 'x'\ndeclared = ['schema.go']", 4, "`schema.go:schema`"),
        ("[rules]\nmissing-revison = 'error'", 2, "did you mean `missing-revision`?"),
        ("[rules]\nmissing-revision = 'fatal'", 2, "unknown variant `fatal`"),
        ("[[exempt]]\ntrack = 'a'\nobject = '[x'\nreason = 'y'", 3, "pattern cannot be read"),
        ("[[exempt]]\ntrack = 'a'\nobject = 'x'", 1, "missing field `reason`"),
        ("[[exempt]]\ntrack = 'a'\nobject = 'x'\nreason = ' '", 4, "`reason` is empty"),
        ("base = [", 1, ""),
    ] {
        let (message, at) = error(text);
        assert!(message.contains(words), "{text}: {message}");
        assert_eq!(at, line, "{text}: {message}");
    }
}
