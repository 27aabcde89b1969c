//! Tables as SQLAlchemy's compilers write them for SQLite (<https://docs.sqlalchemy.org/en/20/dialects/sqlite.html>): read
//! from what was declared or from a database, and changed by a batch of Alembic's.

mod default;
mod read;
mod reflect;
mod types;

pub(in super::super) use self::default::DefaultText;
pub(in super::super) use self::read::{column, constraints_of_type, declared, foreign_suffix, table};
pub(in super::super) use self::reflect::{missing_target, primary_key_name, reflect};
pub(in super::super) use self::types::data_type;
use super::ddl::{self, TableName};

/// Words that SQLAlchemy quotes for SQLite, besides those that it quotes for PostgreSQL.
const RESERVED: &[&str] = &[
    "add",
    "after",
    "alter",
    "attach",
    "autoincrement",
    "before",
    "begin",
    "by",
    "cascade",
    "commit",
    "conflict",
    "cross",
    "database",
    "delete",
    "detach",
    "drop",
    "each",
    "escape",
    "exclusive",
    "exists",
    "explain",
    "fail",
    "glob",
    "if",
    "ignore",
    "immediate",
    "indexed",
    "insert",
    "instead",
    "isnull",
    "of",
    "offset",
    "plan",
    "pragma",
    "query",
    "raise",
    "reindex",
    "rename",
    "replace",
    "restrict",
    "row",
    "rollback",
    "savepoint",
    "set",
    "temp",
    "temporary",
    "transaction",
    "trigger",
    "unique",
    "update",
    "vacuum",
    "view",
    "virtual",
    "abort",
    "action",
    "release",
    "returning",
    "nothing",
    "over",
    "window",
];

/// A name as a statement for SQLite writes it.
pub(in super::super) fn identifier(name: &str) -> String {
    if RESERVED.contains(&name) { format!("\"{name}\"") } else { ddl::identifier(name) }
}

pub(in super::super) fn list<'n>(names: impl IntoIterator<Item = &'n String>) -> String {
    names.into_iter().map(|name| identifier(name)).collect::<Vec<_>>().join(", ")
}

/// A type, and what it brings along.
#[derive(Clone, Debug)]
pub(in super::super) struct DataType {
    /// As SQL; else what the compiler says that can't write it.
    pub sql: Result<String, String>,
    /// The check that it makes: its name, and its condition with `?` for the column.
    pub check: Option<(Option<String>, String)>,
}

/// A column that is computed.
#[derive(Clone, Debug)]
pub(in super::super) struct Computed {
    pub expression: String,
    pub persisted: Option<bool>,
}

/// A column of a table.
#[allow(clippy::struct_excessive_bools, reason = "each is told by itself")]
#[derive(Clone, Debug)]
pub(in super::super) struct Column {
    pub name: String,
    pub data_type: DataType,
    pub nullable: bool,
    pub default: Option<DefaultText>,
    pub primary_key: bool,
    pub computed: Option<Computed>,
    /// Its own checks, each with its name.
    pub checks: Vec<(Option<String>, String)>,
    /// It is on a foreign key.
    pub refers: bool,
    /// `autoincrement=True`
    pub autoincrement: bool,
    /// `unique=True` and `index=True`.
    pub unique: bool,
    pub index: bool,
    /// What a row does that breaks it: not null, the primary key, unique.
    pub conflicts: [Option<String>; 3],
}

/// What a constraint says.
#[derive(Clone, Debug, PartialEq)]
pub(in super::super) enum Rule {
    Primary(Vec<String>),
    Unique(Vec<String>),
    Foreign { columns: Vec<String>, table: String, references: Vec<String>, suffix: String },
    Check(String),
}

/// A constraint of a table.
#[derive(Clone, Debug)]
pub(in super::super) struct Constraint {
    pub name: Option<String>,
    pub rule: Rule,
    /// The column whose type makes it.
    pub of_type: Option<String>,
    /// `ON CONFLICT …`
    pub conflict: Option<String>,
}

/// An index of a table.
#[derive(Clone, Debug)]
pub(in super::super) struct Index {
    pub name: String,
    pub unique: bool,
    /// Columns by their names; anything else as SQL.
    pub parts: Vec<Result<String, String>>,
    pub predicate: Option<String>,
}

/// A table with all that belongs to it.
#[derive(Clone, Debug, Default)]
pub(in super::super) struct Table {
    pub name: String,
    pub schema: Option<String>,
    pub columns: Vec<Column>,
    pub constraints: Vec<Constraint>,
    pub indexes: Vec<Index>,
    pub options: Options,
}

/// `sqlite_autoincrement=True` and its like.
#[derive(Clone, Copy, Debug, Default)]
pub(in super::super) struct Options {
    pub autoincrement: bool,
    pub without_rowid: bool,
    pub strict: bool,
}

/// `CONSTRAINT name `, where it has one.
fn label(name: Option<&String>) -> String {
    name.map(|name| format!("CONSTRAINT {} ", identifier(name))).unwrap_or_default()
}

fn on_conflict(resolution: Option<&String>) -> String {
    resolution.map(|resolution| format!(" ON CONFLICT {resolution}")).unwrap_or_default()
}

/// Whether a type is one of whole numbers, so that a key of it can count.
fn is_integer(sql: &Result<String, String>) -> bool {
    matches!(sql.as_deref(), Ok("INTEGER" | "BIGINT" | "SMALLINT"))
}

impl Column {
    /// Whether the key stands with the column, because it counts there.
    fn counts(&self, key: &[String], options: Options) -> bool {
        options.autoincrement && key == [self.name.clone()] && is_integer(&self.data_type.sql) && !self.refers
    }

    /// `name TYPE DEFAULT … NOT NULL`; else what the compiler says that can't write it.
    pub fn specification(&self, key: &[String], options: Options) -> Result<String, String> {
        let data_type = self.data_type.sql.as_ref().map_err(Clone::clone)?;
        let mut text = format!("{} {data_type}", identifier(&self.name));
        if let Some(default) = &self.default {
            text += &default.clause();
        }
        let [not_null, primary_key, _] = &self.conflicts;
        if !self.nullable {
            text += &format!(" NOT NULL{}", on_conflict(not_null.as_ref()));
        }
        if self.primary_key && self.autoincrement && key.len() > 1 {
            return Err("SQLite does not support autoincrement for composite primary keys".to_owned());
        }
        if self.counts(key, options) {
            text += &format!(" PRIMARY KEY{} AUTOINCREMENT", on_conflict(primary_key.as_ref()));
        }
        if let Some(computed) = &self.computed {
            text += &format!(" GENERATED ALWAYS AS ({})", computed.expression);
            text += match computed.persisted {
                Some(true) => " STORED",
                Some(false) => " VIRTUAL",
                None => "",
            };
        }
        Ok(text)
    }

    /// Its own checks, as they stand behind it.
    pub fn checks(&self) -> String {
        let check = |(name, check): &(Option<String>, String)| format!(" {}CHECK ({check})", label(name.as_ref()));
        self.checks.iter().map(check).collect::<Vec<_>>().concat()
    }
}

impl Constraint {
    /// A constraint of a table, which is no type's.
    pub fn new(name: Option<String>, rule: Rule) -> Self {
        Self { name, rule, of_type: None, conflict: None }
    }

    /// The columns that it is on; of a check they are not known, unless its type makes it.
    pub fn columns(&self) -> Vec<String> {
        match &self.rule {
            Rule::Primary(columns) | Rule::Unique(columns) | Rule::Foreign { columns, .. } => columns.clone(),
            Rule::Check(_) => self.of_type.iter().cloned().collect(),
        }
    }

    /// As a table's definition writes it.
    pub fn text(&self) -> String {
        let rule = match &self.rule {
            Rule::Primary(columns) => format!("PRIMARY KEY ({})", list(columns)),
            Rule::Unique(columns) => format!("UNIQUE ({})", list(columns)),
            Rule::Foreign { columns, table, references, suffix } => {
                format!(
                    "FOREIGN KEY({}) REFERENCES {} ({}){suffix}",
                    list(columns),
                    identifier(table),
                    list(references)
                )
            }
            Rule::Check(condition) => format!("CHECK ({condition})"),
        };
        format!("{}{rule}{}", label(self.name.as_ref()), on_conflict(self.conflict.as_ref()))
    }
}

impl Index {
    /// The statement that makes it on a table, which is written as it is.
    pub fn create(&self, table: &str, guard: &str) -> String {
        let unique = if self.unique { "UNIQUE " } else { "" };
        let part = |part: &Result<String, String>| match part {
            Ok(column) => identifier(column),
            Err(sql) => sql.clone(),
        };
        let parts: Vec<String> = self.parts.iter().map(part).collect();
        let mut text =
            format!("CREATE {unique}INDEX {guard}{} ON {table} ({})", identifier(&self.name), parts.join(", "));
        if let Some(predicate) = &self.predicate {
            text += &format!(" WHERE {predicate}");
        }
        text
    }
}

impl Table {
    /// The columns of its primary key.
    pub fn key(&self) -> Vec<String> {
        let own = self.constraints.iter().rev().find_map(|constraint| match &constraint.rule {
            Rule::Primary(columns) if !columns.is_empty() => Some(columns.clone()),
            _ => None,
        });
        own.unwrap_or_else(|| {
            let flagged = self.columns.iter().filter(|column| column.primary_key);
            flagged.map(|column| column.name.clone()).collect()
        })
    }

    /// The statement that makes it; else what the compiler says that can't write it.
    pub fn create(&self, guard: &str) -> Result<String, String> {
        let key = self.key();
        let mut lines = Vec::new();
        let mut counts = false;
        for column in &self.columns {
            counts |= column.counts(&key, self.options);
            let of_table = |said: String| format!("(in table '{}', column '{}'): {said}", self.name, column.name);
            lines.push(column.specification(&key, self.options).map_err(of_table)? + &column.checks());
        }
        let is_key = |constraint: &&Constraint| matches!(constraint.rule, Rule::Primary(_));
        if !key.is_empty() && !counts {
            let own =
                self.constraints.iter().rev().find(|constraint| is_key(constraint) && !constraint.columns().is_empty());
            lines.push(match own {
                Some(own) => own.text(),
                None => Constraint::new(None, Rule::Primary(key)).text(),
            });
        }
        lines.extend(self.constraints.iter().filter(|constraint| !is_key(constraint)).map(Constraint::text));
        for column in &self.columns {
            if let Some((name, check)) = &column.data_type.check {
                lines.push(format!(
                    "{}CHECK ({})",
                    label(name.as_ref()),
                    check.replace('?', &identifier(&column.name))
                ));
            }
        }
        let mut options = Vec::new();
        if self.options.without_rowid {
            options.push("WITHOUT ROWID");
        }
        if self.options.strict {
            options.push("STRICT");
        }
        let options = if options.is_empty() { String::new() } else { format!(" {}", options.join(", ")) };
        let schema = self.schema.as_ref().map(|schema| format!("{}.", identifier(schema))).unwrap_or_default();
        let name = identifier(&self.name);
        Ok(format!("CREATE TABLE {guard}{schema}{name} (\n    {}\n){options}", lines.join(",\n    ")))
    }
}

/// A table as a statement writes it.
pub(in super::super) fn quoted(table: &TableName) -> String {
    match &table.schema {
        Some(schema) => format!("{}.{}", identifier(schema), identifier(&table.name)),
        None => identifier(&table.name),
    }
}
