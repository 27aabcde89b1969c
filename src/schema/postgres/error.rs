//! What PostgreSQL refuses, in its words.

use crate::schema::database::{RefusalKind, Sort, Thing};

/// The class of an error, by the exception that a driver raises for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorClass {
    /// Something is not there, is there already, or does not fit: `ProgrammingError`.
    Programming,
    /// Other objects need it: `InternalError` or `OperationalError`, by driver.
    Dependency,
    /// What the catalog itself holds must be unique: `IntegrityError`.
    Integrity,
    /// PostgreSQL does not do that (yet): `NotSupportedError`.
    NotSupported,
    /// A value does not fit: `DataError`.
    Data,
    /// The state of the database or of the transaction does not allow it: `OperationalError`.
    Operational,
    /// The model does not carry this out.
    Unsupported,
}

impl ErrorClass {
    /// The exception that psycopg2 raises.
    pub fn python_name(self) -> &'static str {
        match self {
            Self::Programming | Self::Unsupported => "ProgrammingError",
            Self::Dependency => "InternalError",
            Self::Integrity => "IntegrityError",
            Self::NotSupported => "NotSupportedError",
            Self::Data => "DataError",
            Self::Operational => "OperationalError",
        }
    }
}

/// What a message calls so.
fn sort_of(what: &str) -> Sort {
    match what {
        "type" => Sort::Type,
        "constraint" => Sort::Constraint,
        "extension" => Sort::Extension,
        _ => Sort::Other,
    }
}

/// A statement that did not change the schema.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct PgError {
    pub class: ErrorClass,
    /// PostgreSQL's message without "ERROR: "; for what is not supported, a clause in a user's words.
    pub message: String,
    /// The name of the condition (<https://www.postgresql.org/docs/current/errcodes-appendix.html>); empty where none.
    pub condition: &'static str,
    pub kind: RefusalKind,
    /// The extension without which it is refused; somebody else may have made that.
    pub extension: Option<&'static str>,
}

impl PgError {
    fn new(class: ErrorClass, condition: &'static str, message: String) -> Self {
        Self { class, message, condition, kind: RefusalKind::Other, extension: None }
    }

    pub fn unsupported(what: impl Into<String>) -> Self {
        Self::new(ErrorClass::Unsupported, "", what.into())
    }

    fn programming(condition: &'static str, message: String) -> Self {
        Self::new(ErrorClass::Programming, condition, message)
    }

    /// The same, because something is missing.
    fn missing(self, sort: Sort, name: &str) -> Self {
        Self { kind: RefusalKind::missing(sort, name), ..self }
    }

    /// The same, because a part of a table is missing.
    fn missing_of(self, sort: Sort, name: &str, table: &str) -> Self {
        let thing = Thing { sort, name: name.to_owned(), of: Some(table.into()) };
        Self { kind: RefusalKind::Missing(thing), ..self }
    }

    /// The same, because something is there already.
    pub(super) fn exists(self, sort: Sort, name: &str, of: Option<&str>) -> Self {
        let thing = Thing { sort, name: name.to_owned(), of: of.map(Box::from) };
        Self { kind: RefusalKind::Exists(thing), ..self }
    }

    /// The same, because an extension is missing.
    #[must_use]
    pub fn of_extension(self, name: &'static str) -> Self {
        Self { extension: Some(name), ..self }
    }

    pub fn undefined_class(class: &str, method: &str) -> Self {
        let message = format!("operator class \"{class}\" does not exist for access method \"{method}\"");
        Self::programming("UndefinedObject", message).missing(Sort::Other, class)
    }

    pub fn invalid_object(message: String) -> Self {
        Self::programming("InvalidObjectDefinition", message)
    }

    /// Something is not as it has to be for that.
    pub fn not_ready(message: String) -> Self {
        Self::programming("ObjectNotInPrerequisiteState", message)
    }

    pub fn duplicate_relation(name: &str) -> Self {
        Self::programming("DuplicateTable", format!("relation \"{name}\" already exists")).exists(
            Sort::Table,
            name,
            None,
        )
    }

    pub fn duplicate_column(table: &str, column: &str) -> Self {
        let message = format!("column \"{column}\" of relation \"{table}\" already exists");
        Self::programming("DuplicateColumn", message).exists(Sort::Column, column, Some(table))
    }

    pub fn duplicate(what: &str, name: &str) -> Self {
        Self::programming("DuplicateObject", format!("{what} \"{name}\" already exists")).exists(
            sort_of(what),
            name,
            None,
        )
    }

    pub fn duplicate_on(what: &str, name: &str, table: &str) -> Self {
        let condition = "DuplicateObject";
        Self::programming(condition, format!("{what} \"{name}\" for relation \"{table}\" already exists")).exists(
            sort_of(what),
            name,
            Some(table),
        )
    }

    /// `kind` is `relation`, `table`, `index`, `view`, …
    pub fn undefined(kind: &str, name: &str) -> Self {
        let (condition, sort) = match kind {
            "relation" | "table" => ("UndefinedTable", Sort::Table),
            "view" | "materialized view" | "sequence" => ("UndefinedTable", Sort::Dropped),
            "schema" => ("InvalidSchemaName", Sort::Schema),
            "index" => ("UndefinedObject", Sort::Index),
            other => ("UndefinedObject", sort_of(other)),
        };
        Self::programming(condition, format!("{kind} \"{name}\" does not exist")).missing(sort, name)
    }

    pub fn undefined_column(table: &str, column: &str) -> Self {
        let message = format!("column \"{column}\" of relation \"{table}\" does not exist");
        Self::programming("UndefinedColumn", message).missing_of(Sort::Column, column, table)
    }

    /// A column in an expression or an index.
    pub fn unknown_column(column: &str) -> Self {
        let message = format!("column \"{column}\" does not exist");
        Self::programming("UndefinedColumn", message).missing(Sort::Column, column)
    }

    /// A column of a table that a query names.
    pub fn unknown_column_of(relation: &str, column: &str) -> Self {
        let message = format!("column {relation}.{column} does not exist");
        Self::programming("UndefinedColumn", message).missing_of(Sort::Column, column, relation)
    }

    /// A name in front of a dot that no `FROM` gives; `renamed` where that gives it another name.
    pub fn no_such_entry(name: &str, renamed: bool) -> Self {
        let what = if renamed { "invalid reference to" } else { "missing" };
        Self::programming("UndefinedTable", format!("{what} FROM-clause entry for table \"{name}\""))
    }

    /// A text that a type can't read.
    pub fn invalid_text(message: String) -> Self {
        Self::new(ErrorClass::Data, "InvalidTextRepresentation", message)
    }

    pub fn undefined_on(what: &str, name: &str, table: &str) -> Self {
        let message = format!("{what} \"{name}\" of relation \"{table}\" does not exist");
        Self::programming("UndefinedObject", message).missing_of(sort_of(what), name, table)
    }

    /// A column that is written twice.
    pub fn twice(column: &str) -> Self {
        Self::programming("DuplicateColumn", format!("column \"{column}\" specified more than once"))
    }

    /// A value for a column that makes its own.
    pub fn not_default(column: &str) -> Self {
        Self::programming("GeneratedAlways", format!("cannot insert a non-DEFAULT value into column \"{column}\""))
    }

    /// No key is what `ON CONFLICT` names.
    pub fn no_such_key(message: &str) -> Self {
        Self::programming("InvalidColumnReference", message.to_owned())
    }

    pub fn undefined_constraint(name: &str, table: &str) -> Self {
        let message = format!("constraint \"{name}\" for table \"{table}\" does not exist");
        Self::programming("UndefinedObject", message).missing_of(Sort::Constraint, name, table)
    }

    pub fn undefined_key_column(column: &str) -> Self {
        let message = format!("column \"{column}\" named in key does not exist");
        Self::programming("UndefinedColumn", message).missing(Sort::Column, column)
    }

    /// `what` is `unique` or `primary key`.
    pub fn twice_in_key(column: &str, what: &str) -> Self {
        Self::programming("DuplicateColumn", format!("column \"{column}\" appears twice in {what} constraint"))
    }

    pub fn undefined_foreign_column(column: &str) -> Self {
        let message = format!("column \"{column}\" referenced in foreign key constraint does not exist");
        Self::programming("UndefinedColumn", message).missing(Sort::Column, column)
    }

    /// The same of a name that the statement has, and not for the part in which it stands.
    #[must_use]
    pub fn out_of_reach(self) -> Self {
        let message = self.message.replace("missing FROM-clause", "invalid reference to FROM-clause");
        Self { message, ..self }
    }

    pub fn no_unique_constraint(table: &str) -> Self {
        let message = format!("there is no unique constraint matching given keys for referenced table \"{table}\"");
        Self::programming("InvalidForeignKey", message)
    }

    pub fn grouping(message: String) -> Self {
        Self::programming("GroupingError", message)
    }

    pub fn mismatch(message: String) -> Self {
        Self::programming("DatatypeMismatch", message)
    }

    pub fn invalid_table(message: String) -> Self {
        Self::programming("InvalidTableDefinition", message)
    }

    pub fn second_primary_key(table: &str) -> Self {
        Self::invalid_table(format!("multiple primary keys for table \"{table}\" are not allowed")).exists(
            Sort::Constraint,
            table,
            Some(table),
        )
    }

    pub fn wrong_type(message: String) -> Self {
        Self::programming("WrongObjectType", message)
    }

    pub fn identity_type() -> Self {
        let message = "identity column type must be smallint, integer, or bigint".to_owned();
        Self::programming("InvalidParameterValue", message)
    }

    pub fn no_label(label: &str) -> Self {
        Self::programming("InvalidParameterValue", format!("\"{label}\" is not an existing enum label"))
    }

    pub fn duplicate_schema(name: &str) -> Self {
        Self::programming("DuplicateSchema", format!("schema \"{name}\" already exists")).exists(
            Sort::Schema,
            name,
            None,
        )
    }

    /// `RAISE EXCEPTION`.
    pub fn raised(message: String) -> Self {
        Self::new(ErrorClass::Dependency, "RaiseException", message)
    }

    pub fn not_supported(message: String) -> Self {
        Self::new(ErrorClass::NotSupported, "FeatureNotSupported", message)
    }

    pub fn undefined_function(message: String) -> Self {
        Self::programming("UndefinedFunction", message).missing(Sort::Other, "")
    }

    pub fn syntax(near: &str) -> Self {
        let error = Self::programming("SyntaxError", format!("syntax error at or near \"{near}\""));
        // No statement of PostgreSQL's has this mark, and MySQL's names are in it.
        let kind = if near == "`" { RefusalKind::Foreign } else { RefusalKind::Syntax };
        Self { kind, ..error }
    }

    /// What is begun and not ended.
    pub fn left_open(what: &str, near: &str) -> Self {
        let error = Self::malformed(format!("unterminated {what} at or near \"{near}\""));
        Self { kind: RefusalKind::Syntax, ..error }
    }

    /// A statement that is not finished.
    pub fn cut_short() -> Self {
        Self { kind: RefusalKind::Syntax, ..Self::malformed("syntax error at end of input") }
    }

    /// A unique index of the catalog refuses it.
    pub fn not_unique(index: &str) -> Self {
        let message = format!("duplicate key value violates unique constraint \"{index}\"");
        Self::new(ErrorClass::Integrity, "UniqueViolation", message)
    }

    pub fn check_violation(table: &str, constraint: &str) -> Self {
        let message = format!("new row for relation \"{table}\" violates check constraint \"{constraint}\"");
        Self::new(ErrorClass::Integrity, "CheckViolation", message)
    }

    /// A column that must not be null gets no value.
    pub fn null_value(table: &str, column: &str) -> Self {
        let message = format!("null value in column \"{column}\" of relation \"{table}\" violates not-null constraint");
        Self::new(ErrorClass::Integrity, "NotNullViolation", message)
    }

    /// A column must not be null from now on, and is in a row that is there.
    pub fn contains_null(table: &str, column: &str) -> Self {
        let message = format!("column \"{column}\" of relation \"{table}\" contains null values");
        Self { kind: RefusalKind::Rows, ..Self::new(ErrorClass::Integrity, "NotNullViolation", message) }
    }

    /// A label that the open transaction added to its type.
    pub fn unsafe_label(label: &str, of: &str) -> Self {
        let message = format!("unsafe use of new value \"{label}\" of enum type {}", shown(of));
        Self::new(ErrorClass::Operational, "UnsafeNewEnumValueUsage", message)
    }

    pub fn is_unsafe_label(&self) -> bool {
        self.condition == "UnsafeNewEnumValueUsage"
    }

    /// A statement that only runs on its own.
    pub fn in_transaction(what: &str) -> Self {
        let message = format!("{what} cannot run inside a transaction block");
        Self::new(ErrorClass::Dependency, "ActiveSqlTransaction", message)
    }

    /// A statement that has too many of something, or too few.
    pub fn malformed(message: impl Into<String>) -> Self {
        Self::programming("SyntaxError", message.into())
    }

    pub fn out_of_range(data_type: &str) -> Self {
        Self::new(ErrorClass::Data, "NumericValueOutOfRange", format!("{data_type} out of range"))
    }

    pub fn too_long(data_type: &str) -> Self {
        let message = format!("value too long for type {data_type}");
        Self::new(ErrorClass::Data, "StringDataRightTruncation", message)
    }

    pub fn depended_on(what: &str) -> Self {
        let message = format!("cannot drop {what} because other objects depend on it");
        Self::new(ErrorClass::Dependency, "DependentObjectsStillExist", message)
    }

    /// `whole` is the index of the whole table.
    pub fn required_by_index(index: &str, whole: &str) -> Self {
        let message = format!("cannot drop index {} because index {} requires it", shown(index), shown(whole));
        Self::new(ErrorClass::Dependency, "DependentObjectsStillExist", message)
    }

    pub fn required_by(index: &str, constraint: &str, table: &str) -> Self {
        let (index, table) = (shown(index), shown(table));
        let message = format!("cannot drop index {index} because constraint {constraint} on table {table} requires it");
        Self::new(ErrorClass::Dependency, "DependentObjectsStillExist", message)
    }
}

/// The words that are no names without quotes: all keywords but the unreserved ones
/// (<https://www.postgresql.org/docs/current/sql-keywords-appendix.html>).
const KEYWORDS: &str = "all analyse analyze and any array as asc asymmetric authorization between bigint binary bit \
    boolean both case cast char character check coalesce collate collation column concurrently constraint create cross \
    current_catalog current_date current_role current_schema current_time current_timestamp current_user dec decimal \
    default deferrable desc distinct do else end except exists extract false fetch float for foreign freeze from full \
    grant greatest group grouping having ilike in initially inner inout int integer intersect interval into is isnull \
    join lateral leading least left like limit localtime localtimestamp national natural nchar none normalize not \
    notnull null nullif numeric offset on only or order out outer overlaps overlay placing position precision primary \
    real references returning right row select session_user setof similar smallint some substring symmetric table \
    tablesample then time timestamp to trailing treat trim true union unique user using values varchar variadic verbose \
    when where window with xmlattributes xmlconcat xmlelement xmlexists xmlforest xmlnamespaces xmlparse xmlpi xmlroot \
    xmlserialize xmltable";

/// The name of an object as messages about dependencies say it: in quotes where it needs them.
pub fn shown(name: &str) -> String {
    let part = |part: &str| {
        let plain = part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
            && !part.starts_with(|first: char| first.is_ascii_digit());
        if plain && !KEYWORDS.split_whitespace().any(|keyword| keyword == part) {
            part.to_owned()
        } else {
            format!("\"{}\"", part.replace('"', "\"\""))
        }
    };
    name.split('.').map(part).collect::<Vec<_>>().join(".")
}

/// Those of them that can name a column or a table all the same.
const COLUMN_NAMES: &str = "between bigint bit boolean char character coalesce dec decimal exists extract float greatest \
    grouping inout int integer interval least national nchar none normalize nullif numeric out overlay position precision \
    real row setof smallint substring time timestamp treat trim values varchar xmlattributes xmlconcat xmlelement \
    xmlexists xmlforest xmlnamespaces xmlparse xmlpi xmlroot xmlserialize xmltable";

/// Whether a bare word is neither the name of a table nor that of a column.
pub fn is_reserved(word: &str) -> bool {
    let has = |words: &str| words.split_whitespace().any(|known| known.eq_ignore_ascii_case(word));
    has(KEYWORDS) && !has(COLUMN_NAMES)
}
