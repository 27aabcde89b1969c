//! Tables as SQLAlchemy's compilers write them: read from what was declared or from a database, changed by a batch of
//! Alembic's, and written in the words of one database. A database is a folder here and a line in `of`. PostgreSQL's are
//! written where they are read, beside this folder.

mod check;
mod default;
pub(in super::super) mod mysql;
mod read;
pub(in super::super) mod sqlite;

use std::rc::Rc;

pub(in super::super) use self::default::DefaultText;
pub(in super::super) use self::read::{column, constraints_of_type, declared, foreign_suffix, index, table};
use super::super::super::interpreter::{Eval, Interpreter};
use super::super::super::operators::Known;
use super::super::super::value::{Instance, Value};
use super::ddl::{self, TableName};
use crate::schema::dialect::Dialect;

/// What the compilers of one database write in their own way.
pub(in super::super) trait Compiler {
    fn dialect(&self) -> Dialect;

    /// By what name options are meant for it: `mysql_engine`.
    fn name(&self) -> &'static str {
        self.dialect().sqlalchemy_name()
    }

    /// A name as a statement writes it.
    fn identifier(&self, name: &str) -> String;

    /// A text as a statement writes it.
    fn literal(&self, text: &str) -> String {
        ddl::literal(text)
    }

    /// What a constant or a function of SQLAlchemy's is called there, where that is something else.
    fn word(&self, _sql: &str) -> Option<&'static str> {
        None
    }

    /// Whether a name may have that of a schema in front.
    fn has_schemas(&self) -> bool;

    /// Whether an enum is a type, and needs no check.
    fn has_enums(&self) -> bool;

    /// A type as SQL; else what the compiler says that can't write it.
    fn type_sql<'a>(&self, vm: &mut Interpreter<'a>, value: &Value<'a>) -> Eval<'a, Result<String, String>>;

    /// `name TYPE DEFAULT … NOT NULL` in a table with this key; else what the compiler says that can't write it.
    fn specification(&self, column: &Column, key: &[String], options: Options) -> Result<String, String>;

    /// A type by the name of its class; `None` where it is written as everywhere.
    fn written(&self, _vm: &Interpreter<'_>, _name: &str, _record: &Rc<Instance<'_>>) -> Option<String> {
        None
    }

    /// An enum, where that is a type.
    fn enumeration(&self, labels: &[String]) -> String {
        let labels: Vec<String> = labels.iter().map(|label| self.literal(label)).collect();
        format!("ENUM({})", labels.join(","))
    }

    /// Whether a text has to say how long it may be.
    fn demands_lengths(&self) -> bool {
        false
    }

    /// Whether it writes what is declared. Else that may be written by what is not seen here.
    fn writes_declared(&self) -> bool {
        true
    }

    /// Whether a column is stated anew where it is altered, with all that it was.
    fn states_columns_anew(&self) -> bool {
        false
    }

    /// A name as `dialect.identifier_preparer` writes it; `None` where it writes it as everywhere.
    fn prepared(&self, _name: &str) -> Option<String> {
        None
    }

    /// The statement that makes an index on a table, which is written as it is.
    fn index(&self, index: &Index, table: &str, guard: &str) -> String;

    /// What an index is given besides, and how an expression stands in it.
    fn index_options<'a>(&self, _option: Given<'_, 'a>, _columns: &[Value<'a>]) -> IndexOptions {
        IndexOptions::default()
    }

    /// An expression of an index; `is_text` where it is one of a project's own.
    fn index_part(&self, sql: String, _is_text: bool) -> String {
        sql
    }

    /// What stands behind a table, as far as it is told by options.
    fn words(&self, _option: Given<'_, '_>) -> String {
        String::new()
    }

    /// The statement that makes a table; else what the compiler says that can't write it.
    fn create(&self, table: &Table, guard: &str) -> Result<String, String>;

    fn list(&self, names: &[String]) -> String {
        names.iter().map(|name| self.identifier(name)).collect::<Vec<_>>().join(", ")
    }

    /// A table as a statement writes it.
    fn quoted(&self, table: &TableName) -> String {
        match &table.schema {
            Some(schema) => format!("{}.{}", self.identifier(schema), self.identifier(&table.name)),
            None => self.identifier(&table.name),
        }
    }

    /// `CONSTRAINT name `, where it has one.
    fn label(&self, name: Option<&String>) -> String {
        name.map(|name| format!("CONSTRAINT {} ", self.identifier(name))).unwrap_or_default()
    }

    /// A column's own checks, as they stand behind it.
    fn checks(&self, column: &Column) -> String {
        let check = |(name, check): &(Option<String>, String)| format!(" {}CHECK ({check})", self.label(name.as_ref()));
        column.checks.iter().map(check).collect::<Vec<_>>().concat()
    }

    /// A constraint as a table's definition writes it.
    fn constraint(&self, constraint: &Constraint) -> String {
        let rule = match &constraint.rule {
            Rule::Primary(columns) => format!("PRIMARY KEY ({})", self.list(columns)),
            Rule::Unique(columns) => format!("UNIQUE ({})", self.list(columns)),
            Rule::Foreign { columns, table, references, suffix } => {
                let table: Vec<String> = table.split('.').map(|part| self.identifier(part)).collect();
                let (columns, references) = (self.list(columns), self.list(references));
                format!("FOREIGN KEY({columns}) REFERENCES {} ({references}){suffix}", table.join("."))
            }
            Rule::Check(condition) => format!("CHECK ({condition})"),
        };
        let conflict = constraint.conflict.as_ref().map(|resolution| format!(" ON CONFLICT {resolution}"));
        format!("{}{rule}{}", self.label(constraint.name.as_ref()), conflict.unwrap_or_default())
    }

    /// The lines of a table's definition behind its columns; `counts` where its key stands with one of them.
    fn lines(&self, table: &Table, counts: bool) -> Vec<String> {
        let is_key = |constraint: &&Constraint| matches!(constraint.rule, Rule::Primary(_));
        let mut lines = Vec::new();
        let key = table.key();
        if !key.is_empty() && !counts {
            let own = table.constraints.iter().rev();
            let own = own.clone().find(|constraint| is_key(constraint) && !constraint.columns().is_empty());
            lines.push(match own {
                Some(own) => self.constraint(own),
                None => self.constraint(&Constraint::new(None, Rule::Primary(key))),
            });
        }
        let others = table.constraints.iter().filter(|constraint| !is_key(constraint) && !constraint.later);
        lines.extend(others.map(|constraint| self.constraint(constraint)));
        for column in &table.columns {
            if let Some((name, check)) = &column.data_type.check {
                let check = check.replace('?', &self.identifier(&column.name));
                lines.push(format!("{}CHECK ({check})", self.label(name.as_ref())));
            }
        }
        lines
    }

    /// The keys of a table that are made when all tables are there.
    fn later(&self, table: &Table) -> Vec<String> {
        let later = table.constraints.iter().filter(|constraint| constraint.later);
        let name = TableName { name: table.name.clone(), schema: table.schema.clone(), ..TableName::default() };
        later.map(|key| format!("ALTER TABLE {} ADD {}", self.quoted(&name), self.constraint(key))).collect()
    }
}

/// What is given by name.
pub(in super::super) type Given<'o, 'a> = &'o dyn Fn(&str) -> Option<Value<'a>>;

/// The compilers of a database whose tables are read before they are written.
pub(in super::super) fn of(dialect: Dialect) -> Option<&'static dyn Compiler> {
    let all: [&'static dyn Compiler; 2] = [&sqlite::Sqlite, &mysql::Mysql];
    all.into_iter().find(|own| own.dialect() == dialect)
}

/// Whether tables of a database are written where they are read, as PostgreSQL's compilers write them.
pub(in super::super) fn is_general(dialect: Dialect) -> bool {
    of(dialect).is_none()
}

/// Types of PostgreSQL's own, for which other compilers have no words.
const OF_POSTGRES: &[&str] = &[
    "ARRAY",
    "BIT VARYING",
    "BYTEA",
    "CIDR",
    "CITEXT",
    "DATEMULTIRANGE",
    "DATERANGE",
    "DOMAIN",
    "HSTORE",
    "INET",
    "INT4MULTIRANGE",
    "INT4RANGE",
    "INT8MULTIRANGE",
    "INT8RANGE",
    "INTERVAL",
    "JSONB",
    "JSONPATH",
    "MACADDR",
    "MACADDR8",
    "MONEY",
    "NUMMULTIRANGE",
    "NUMRANGE",
    "OID",
    "REGCLASS",
    "REGCONFIG",
    "TSMULTIRANGE",
    "TSQUERY",
    "TSRANGE",
    "TSTZMULTIRANGE",
    "TSTZRANGE",
    "TSVECTOR",
];

/// What the compilers say of a column that has no type.
const NO_TYPE: &str = "Can't generate DDL for NullType(); did you forget to specify a type on this Column?";

/// The name of a type that a compiler can't write. A type of a project's own that says its SQL is written so.
fn foreign(value: &Value<'_>, sql: &str, known: impl Fn(&str) -> bool) -> Option<String> {
    let class = match value {
        Value::Class(class) => class.clone(),
        Value::Instance(record) => record.class.clone(),
        _ => return None,
    };
    if class.find("get_col_spec").is_some() {
        return None;
    }
    if sql.ends_with("[]") {
        return Some("ARRAY".to_owned());
    }
    let base = sql.split('(').next().unwrap_or(sql).trim();
    (OF_POSTGRES.contains(&base) || known(base)).then(|| base.to_owned())
}

fn is_no_type(value: &Value<'_>) -> bool {
    let class = match value {
        Value::Class(class) => class,
        Value::Instance(record) => &record.class,
        _ => return false,
    };
    class.location.is_none() && class.name == "NullType"
}

/// The type of a column, with the check that it makes.
pub(in super::super) fn data_type<'a>(
    vm: &mut Interpreter<'a>,
    value: &Value<'a>,
    table: &TableName,
    compiler: &dyn Compiler,
) -> Eval<'a, Known<DataType>> {
    let sql = compiler.type_sql(vm, value)?;
    Ok(check::check(vm, value, table, compiler)?.map(|check| DataType { sql, check }))
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

/// Whether a key counts by itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in super::super) enum Autoincrement {
    /// Where it is the only column of its key, a whole number and no foreign key.
    #[default]
    Auto,
    /// The same, whether it is a foreign key or not.
    IgnoreForeign,
    Yes,
    No,
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
    pub autoincrement: Autoincrement,
    /// Python gives it a value.
    pub filled: bool,
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
    /// It is left out where its table is made.
    pub later: bool,
}

/// An index of a table.
#[derive(Clone, Debug, Default)]
pub(in super::super) struct Index {
    pub name: String,
    pub unique: bool,
    /// Columns by their names; anything else as SQL.
    pub parts: Vec<Result<String, String>>,
    pub predicate: Option<String>,
    pub options: IndexOptions,
}

/// What only some databases have of an index.
#[derive(Clone, Debug, Default)]
pub(in super::super) struct IndexOptions {
    /// `FULLTEXT`, `SPATIAL`
    pub kind: Option<String>,
    /// How much of each part is in it; as many as there are parts, or none.
    pub lengths: Vec<Option<i64>>,
    pub parser: Option<String>,
    pub method: Option<String>,
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
    /// What stands behind it.
    pub words: String,
}

/// `sqlite_autoincrement=True` and its like.
#[derive(Clone, Copy, Debug, Default)]
pub(in super::super) struct Options {
    pub autoincrement: bool,
    pub without_rowid: bool,
    pub strict: bool,
}

/// Whether a type is one of whole numbers, so that a key of it can count.
fn is_integer(sql: &Result<String, String>) -> bool {
    let Ok(sql) = sql else { return false };
    let base = sql.split(['(', ' ']).next().unwrap_or(sql);
    matches!(base, "INTEGER" | "BIGINT" | "SMALLINT" | "MEDIUMINT" | "TINYINT")
}

impl Constraint {
    /// A constraint of a table, which is no type's.
    pub fn new(name: Option<String>, rule: Rule) -> Self {
        Self { name, rule, of_type: None, conflict: None, later: false }
    }

    /// The columns that it is on; of a check they are not known, unless its type makes it.
    pub fn columns(&self) -> Vec<String> {
        match &self.rule {
            Rule::Primary(columns) | Rule::Unique(columns) | Rule::Foreign { columns, .. } => columns.clone(),
            Rule::Check(_) => self.of_type.iter().cloned().collect(),
        }
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
}
