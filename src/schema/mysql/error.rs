//! What MySQL and MariaDB refuse, in their words and with their codes
//! (<https://dev.mysql.com/doc/mysql-errors/8.4/en/server-error-reference.html>, <https://mariadb.com/kb/en/mariadb-error-codes/>).

use super::Flavour;
use crate::schema::database::{RefusalKind, Sort};

/// The class of an error, by the exception that PyMySQL raises for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorClass {
    /// It is no SQL, or a table is not there: `ProgrammingError`.
    Programming,
    /// Most of what is refused: `OperationalError`.
    Operational,
    /// A key does not hold: `IntegrityError`.
    Integrity,
    /// A value does not fit: `DataError`.
    Data,
    /// The server does not do that: `NotSupportedError`.
    NotSupported,
    /// The model does not carry this out.
    Unsupported,
}

impl ErrorClass {
    /// The exception that PyMySQL raises.
    pub fn python_name(self) -> &'static str {
        match self {
            Self::Programming | Self::Unsupported => "ProgrammingError",
            Self::Operational => "OperationalError",
            Self::Integrity => "IntegrityError",
            Self::Data => "DataError",
            Self::NotSupported => "NotSupportedError",
        }
    }

    fn of(code: u16) -> Self {
        match code {
            1007 | 1064 | 1102 | 1103 | 1110 | 1111 | 1113 | 1146 | 1149 => Self::Programming,
            1048 | 1062 | 1215..=1217 | 1451 | 1452 => Self::Integrity,
            1171 | 1230 | 1263..=1265 | 1366 | 1367 | 1406 | 1441 => Self::Data,
            1235 | 1286 | 1289 => Self::NotSupported,
            _ => Self::Operational,
        }
    }
}

/// The code of what is no statement.
const SYNTAX: u16 = 1064;

/// A statement that did not change the schema.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Error {
    pub class: ErrorClass,
    /// The server's number; 0 where the model does not carry it out.
    pub code: u16,
    /// The server's message; for what is not carried out, a clause in a user's words.
    pub message: String,
    pub kind: RefusalKind,
    /// The table that is not there and that others may have made.
    pub of_others: Option<String>,
}

impl Error {
    pub(super) fn new(code: u16, message: String) -> Self {
        let kind = if code == SYNTAX { RefusalKind::Syntax } else { RefusalKind::Other };
        Self { class: ErrorClass::of(code), code, message, kind, of_others: None }
    }

    /// The same, because something is missing.
    pub(super) fn missing(self, sort: Sort, name: &str) -> Self {
        Self { kind: RefusalKind::missing(sort, name), ..self }
    }

    /// The same, because something is there already.
    fn exists(self, sort: Sort, name: &str) -> Self {
        Self { kind: RefusalKind::exists(sort, name), ..self }
    }

    pub fn unsupported(what: impl Into<String>) -> Self {
        Self { class: ErrorClass::Unsupported, ..Self::new(0, what.into()) }
    }

    /// A savepoint is gone, as every one is after a definition.
    pub fn no_such_savepoint(name: &str) -> Self {
        Self::new(1305, format!("SAVEPOINT {name} does not exist"))
    }

    /// What a driver says of a text with several statements: the second begins where a statement should end.
    pub fn several(second: &str) -> Self {
        Self::syntax(second, 1)
    }

    pub fn is_unsupported(&self) -> bool {
        self.class == ErrorClass::Unsupported
    }

    /// `rest` is the text from the word on that is not understood.
    pub(super) fn syntax(rest: &str, line: usize) -> Self {
        let near: String = rest.chars().take(80).collect();
        Self::new(
            SYNTAX,
            format!(
                "You have an error in your SQL syntax; check the manual that corresponds to your MySQL server version for \
                 the right syntax to use near '{near}' at line {line}"
            ),
        )
    }

    /// A check that asks what is another thing each time.
    pub(super) fn changes_in_check(called: &str, check: Option<&str>, flavour: Flavour) -> Self {
        match flavour {
            Flavour::MariaDb => {
                let clause = format!("the CHECK clause of `{}`", check.unwrap_or("CONSTRAINT_1"));
                Self::new(1901, format!("Function or expression '{called}()' cannot be used in {clause}"))
            }
            _ => {
                let name = check.map(|check| format!(" '{check}'")).unwrap_or_default();
                let message =
                    format!("An expression of a check constraint{name} contains disallowed function: {called}.");
                Self::new(3814, message)
            }
        }
    }

    /// A column that is stored, and computed of what is another thing each time.
    pub(super) fn changes_in_column(called: &str, column: &str, flavour: Flavour) -> Self {
        match flavour {
            Flavour::MariaDb => {
                let clause = format!("the GENERATED ALWAYS AS clause of `{column}`");
                Self::new(1901, format!("Function or expression '{called}()' cannot be used in {clause}"))
            }
            _ => Self::new(
                3763,
                format!("Expression of generated column '{column}' contains a disallowed function: {called}."),
            ),
        }
    }

    pub(super) fn unknown_collation(name: &str) -> Self {
        Self::new(1273, format!("Unknown collation: '{name}'"))
    }

    pub(super) fn unknown_type(name: &str, rest: &str, line: usize, flavour: Flavour) -> Self {
        match flavour {
            Flavour::MariaDb => Self::new(4161, format!("Unknown data type: '{name}'")),
            _ => Self::syntax(rest, line),
        }
    }

    pub(super) fn table_exists(table: &str) -> Self {
        Self::new(1050, format!("Table '{table}' already exists")).exists(Sort::Table, table)
    }

    pub(super) fn unknown_table(table: &str) -> Self {
        Self::new(1051, format!("Unknown table '{table}'")).missing(Sort::Table, table)
    }

    pub(super) fn no_such_table(table: &str) -> Self {
        Self::new(1146, format!("Table '{table}' doesn't exist")).missing(Sort::Table, table)
    }

    /// `clause` is the part of a statement in which it stands, or the table.
    pub(super) fn unknown_column(column: &str, clause: &str) -> Self {
        Self::new(1054, format!("Unknown column '{column}' in '{clause}'")).missing(Sort::Column, column)
    }

    pub(super) fn duplicate_column(column: &str) -> Self {
        Self::new(1060, format!("Duplicate column name '{column}'")).exists(Sort::Column, column)
    }

    pub(super) fn duplicate_key(key: &str) -> Self {
        Self::new(1061, format!("Duplicate key name '{key}'")).exists(Sort::Index, key)
    }

    pub(super) fn key_column(column: &str) -> Self {
        Self::new(1072, format!("Key column '{column}' doesn't exist in table")).missing(Sort::Column, column)
    }

    pub(super) fn invalid_default(column: &str) -> Self {
        Self::new(1067, format!("Invalid default value for '{column}'"))
    }

    pub(super) fn multiple_primary_keys() -> Self {
        Self::new(1068, "Multiple primary key defined".to_owned()).exists(Sort::Constraint, "")
    }

    pub(super) fn auto_column() -> Self {
        let message = "Incorrect table definition; there can be only one auto column and it must be defined as a key";
        Self::new(1075, message.to_owned())
    }

    pub(super) fn column_specifier(column: &str) -> Self {
        Self::new(1063, format!("Incorrect column specifier for column '{column}'"))
    }

    pub(super) fn on_update(column: &str) -> Self {
        Self::new(1294, format!("Invalid ON UPDATE clause for '{column}' column"))
    }

    pub(super) fn key_without_length(column: &str) -> Self {
        let message = format!("BLOB/TEXT column '{column}' used in key specification without a key length");
        Self::new(1170, message)
    }

    pub(super) fn incorrect_prefix() -> Self {
        let message = "Incorrect prefix key; the used key part isn't a string, the used length is longer than the key part, \
                       or the storage engine doesn't support unique prefix keys";
        Self::new(1089, message.to_owned())
    }

    pub(super) fn key_too_long(most: u64) -> Self {
        Self::new(1071, format!("Specified key was too long; max key length is {most} bytes"))
    }

    pub(super) fn incorrect_table_name(name: &str) -> Self {
        Self::new(1103, format!("Incorrect table name '{name}'"))
    }

    pub(super) fn name_too_long(name: &str) -> Self {
        Self::new(1059, format!("Identifier name '{name}' is too long"))
    }

    /// `what` is `COLUMN`, `INDEX`, `FOREIGN KEY`, `CONSTRAINT`.
    pub(super) fn cannot_drop(what: &str, name: &str, flavour: Flavour) -> Self {
        let message = match flavour {
            Flavour::MariaDb => format!("Can't DROP {what} `{name}`; check that it exists"),
            _ => format!("Can't DROP '{name}'; check that column/key exists"),
        };
        let sort = if what == "COLUMN" { Sort::Column } else { Sort::Constraint };
        Self::new(1091, message).missing(sort, name)
    }

    pub(super) fn no_such_key(key: &str, table: &str) -> Self {
        Self::new(1176, format!("Key '{key}' doesn't exist in table '{table}'")).missing(Sort::Index, key)
    }

    pub(super) fn no_columns_left() -> Self {
        Self::new(1090, "You can't delete all columns with ALTER TABLE; use DROP TABLE instead".to_owned())
    }

    pub(super) fn without_columns(flavour: Flavour) -> Self {
        match flavour {
            Flavour::MariaDb => Self::new(1113, "A table must have at least 1 column".to_owned()),
            _ => Self::new(4028, "A table must have at least one visible column.".to_owned()),
        }
    }

    pub(super) fn needed_index(key: &str) -> Self {
        Self::new(1553, format!("Cannot drop index '{key}': needed in a foreign key constraint"))
    }

    /// MariaDB has no better words for a primary key that a foreign key needs.
    pub(super) fn needed_primary(table: &str) -> Self {
        let why = "errno: 150 \"Foreign key constraint is incorrectly formed\"";
        Self::new(1025, format!("Error on rename of './{table}' ({why})"))
    }

    pub(super) fn needed_column(column: &str, constraint: &str, child: Option<&str>, flavour: Flavour) -> Self {
        match (flavour, child) {
            (Flavour::MariaDb, None) => Self::needed_index(column),
            (_, None) => Self::new(
                1828,
                format!("Cannot drop column '{column}': needed in a foreign key constraint '{constraint}'"),
            ),
            (_, Some(child)) => Self::new(
                1829,
                format!(
                    "Cannot drop column '{column}': needed in a foreign key constraint '{constraint}' of table '{child}'"
                ),
            ),
        }
    }

    pub(super) fn used_column(column: &str, constraint: &str, child: Option<&str>) -> Self {
        let message = format!("Cannot change column '{column}': used in a foreign key constraint '{constraint}'");
        match child {
            None => Self::new(1832, message),
            Some(child) => Self::new(1833, format!("{message} of table '{child}'")),
        }
    }

    pub(super) fn referenced(table: &str, constraint: &str, child: &str, flavour: Flavour) -> Self {
        match flavour {
            Flavour::MariaDb => {
                let message = "Cannot delete or update a parent row: a foreign key constraint fails";
                Self::new(1451, message.to_owned())
            }
            _ => Self::new(
                3730,
                format!(
                    "Cannot drop table '{table}' referenced by a foreign key constraint '{constraint}' on table '{child}'."
                ),
            ),
        }
    }

    /// A foreign key that is not taken: MariaDB says no more than that, MySQL what `code` and `message` are.
    pub(super) fn foreign(table: &str, code: u16, message: String, flavour: Flavour) -> Self {
        match flavour {
            Flavour::MariaDb => {
                let why = "errno: 150 \"Foreign key constraint is incorrectly formed\"";
                Self::new(1005, format!("Can't create table `{table}` ({why})"))
            }
            _ => Self::new(code, message),
        }
    }

    pub(super) fn no_referenced_table(table: &str, parent: &str, flavour: Flavour) -> Self {
        let error = Self::foreign(table, 1824, format!("Failed to open the referenced table '{parent}'"), flavour);
        // MariaDB does not say which it is.
        if error.code == 1824 { error.missing(Sort::Table, parent) } else { error }
    }

    pub(super) fn json_path() -> Self {
        Self::new(3143, "Invalid JSON path expression. The error is around character position 1.".to_owned())
    }

    pub(super) fn duplicate_foreign(table: &str, constraint: &str, flavour: Flavour) -> Self {
        match flavour {
            Flavour::MariaDb => {
                let why = "errno: 121 \"Duplicate key on write or update\"";
                Self::new(1005, format!("Can't create table `{table}` ({why})"))
            }
            _ => Self::new(1826, format!("Duplicate foreign key constraint name '{constraint}'")),
        }
    }

    pub(super) fn duplicate_check(constraint: &str, flavour: Flavour) -> Self {
        match flavour {
            Flavour::MariaDb => Self::new(1826, format!("Duplicate CHECK constraint name '{constraint}'")),
            _ => Self::new(3822, format!("Duplicate check constraint name '{constraint}'.")),
        }
    }

    pub(super) fn not_a_table(name: &str, flavour: Flavour) -> Self {
        let word = if flavour == Flavour::MariaDb { "of type 'BASE TABLE'" } else { "BASE TABLE" };
        Self::new(1347, format!("'{name}' is not {word}"))
    }

    pub(super) fn unknown_view(name: &str, flavour: Flavour) -> Self {
        match flavour {
            Flavour::MariaDb => Self::new(4092, format!("Unknown VIEW: '{name}'")),
            _ => Self::unknown_table(name),
        }
    }

    pub(super) fn trigger_exists(name: &str, flavour: Flavour) -> Self {
        let error = match flavour {
            Flavour::MariaDb => Self::new(1359, format!("Trigger '{name}' already exists")),
            _ => Self::new(1359, "Trigger already exists".to_owned()),
        };
        error.exists(Sort::Other, name)
    }

    pub(super) fn no_such_trigger() -> Self {
        Self::new(1360, "Trigger does not exist".to_owned())
    }

    /// `kind` is `PROCEDURE` or `FUNCTION`.
    pub(super) fn routine_exists(kind: &str, name: &str) -> Self {
        Self::new(1304, format!("{kind} {name} already exists")).exists(Sort::Other, name)
    }

    pub(super) fn no_such_routine(kind: &str, name: &str) -> Self {
        Self::new(1305, format!("{kind} {name} does not exist"))
    }

    pub(super) fn column_count(row: usize) -> Self {
        Self::new(1136, format!("Column count doesn't match value count at row {row}"))
    }
}
