//! What the fields of a migration are for, told by their names.

use crate::schema::dialect::Dialect;

/// What a field of a migration is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Id,
    Name,
    Description,
    Up,
    Down,
    Other,
}

const IDS: [&str; 22] = [
    "id",
    "version",
    "number",
    "num",
    "seq",
    "sequence",
    "v",
    "ver",
    "n",
    "index",
    "order",
    "revision",
    "migrationid",
    "versionid",
    "to",
    "toversion",
    "idnumber",
    "no",
    "migrationnumber",
    "migrationversion",
    "schemaversion",
    "versionnumber",
];
const NAMES: [&str; 6] = ["name", "title", "label", "slug", "key", "filename"];
const DESCRIPTIONS: [&str; 7] = ["description", "desc", "comment", "summary", "note", "notes", "message"];
const UPS: [&str; 40] = [
    "up",
    "uptx",
    "migratesession",
    "migratetx",
    "migratefn",
    "migratefunc",
    "upgrade",
    "migrate",
    "apply",
    "run",
    "fn",
    "func",
    "f",
    "do",
    "exec",
    "execute",
    "forward",
    "migration",
    "action",
    "handler",
    "step",
    "steps",
    "sql",
    "sqls",
    "stmt",
    "stmts",
    "statement",
    "statements",
    "query",
    "queries",
    "ddl",
    "script",
    "schema",
    "code",
    "upsql",
    "sqlup",
    "upfn",
    "upfunc",
    "upstatements",
    "body",
];
const DOWNS: [&str; 16] = [
    "down",
    "downgrade",
    "rollback",
    "rollbacksession",
    "rollbacktx",
    "downtx",
    "validate",
    "revert",
    "backward",
    "undo",
    "downsql",
    "sqldown",
    "downfn",
    "downfunc",
    "check",
    "downstatements",
];

/// Whether a field of this name says what a migration is called or is about.
pub fn is_label(field: &str) -> bool {
    matches!(role(field, ""), Role::Name | Role::Description)
}

/// Whether a field of this name says for which databases a migration is.
pub(super) fn picks_databases(field: &str) -> bool {
    const SIGNS: [&str; 6] = ["flavor", "dialect", "driver", "dbtype", "engine", "backend"];
    let name: String = field.chars().filter(|part| *part != '_').flat_map(char::to_lowercase).collect();
    SIGNS.iter().any(|sign| name.starts_with(sign))
}

/// What a field is for, by its name. One that names a database is for that database alone.
pub(super) fn role(field: &str, dialect: &str) -> Role {
    let mut name: String = field.chars().filter(|part| *part != '_').flat_map(char::to_lowercase).collect();
    if let Some((of, word)) = Dialect::named_inside(&name) {
        if of.as_str() != dialect {
            return Role::Other;
        }
        name = name.replacen(word, "", 1);
        if name.is_empty() {
            return Role::Up;
        }
    }
    let is = |words: &[&str]| words.contains(&name.as_str());
    match () {
        () if is(&IDS) => Role::Id,
        () if is(&NAMES) => Role::Name,
        () if is(&DESCRIPTIONS) => Role::Description,
        () if is(&UPS) => Role::Up,
        () if is(&DOWNS) => Role::Down,
        () => Role::Other,
    }
}
