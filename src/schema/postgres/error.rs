//! What PostgreSQL refuses, in its words.

/// The class of an error, by the exception that a driver raises for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ErrorClass {
    /// Something is not there, is there already, or does not fit: `ProgrammingError`.
    Programming,
    /// Other objects need it: `InternalError` or `OperationalError`, by driver.
    Dependency,
    /// The model does not carry this out.
    Unsupported,
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
}

impl PgError {
    pub fn unsupported(what: impl Into<String>) -> Self {
        Self { class: ErrorClass::Unsupported, message: what.into(), condition: "" }
    }

    fn programming(condition: &'static str, message: String) -> Self {
        Self { class: ErrorClass::Programming, message, condition }
    }

    pub fn duplicate_relation(name: &str) -> Self {
        Self::programming("DuplicateTable", format!("relation \"{name}\" already exists"))
    }

    pub fn duplicate_column(table: &str, column: &str) -> Self {
        Self::programming("DuplicateColumn", format!("column \"{column}\" of relation \"{table}\" already exists"))
    }

    pub fn duplicate(what: &str, name: &str) -> Self {
        Self::programming("DuplicateObject", format!("{what} \"{name}\" already exists"))
    }

    pub fn duplicate_on(what: &str, name: &str, table: &str) -> Self {
        let condition = "DuplicateObject";
        Self::programming(condition, format!("{what} \"{name}\" for relation \"{table}\" already exists"))
    }

    /// `kind` is `relation`, `table`, `index`, `view`, …
    pub fn undefined(kind: &str, name: &str) -> Self {
        let condition = if matches!(kind, "relation" | "table" | "view" | "materialized view" | "sequence") {
            "UndefinedTable"
        } else {
            "UndefinedObject"
        };
        Self::programming(condition, format!("{kind} \"{name}\" does not exist"))
    }

    pub fn undefined_column(table: &str, column: &str) -> Self {
        let message = format!("column \"{column}\" of relation \"{table}\" does not exist");
        Self::programming("UndefinedColumn", message)
    }

    /// A column in an expression or an index.
    pub fn unknown_column(column: &str) -> Self {
        Self::programming("UndefinedColumn", format!("column \"{column}\" does not exist"))
    }

    pub fn undefined_on(what: &str, name: &str, table: &str) -> Self {
        Self::programming("UndefinedObject", format!("{what} \"{name}\" of relation \"{table}\" does not exist"))
    }

    pub fn undefined_key_column(column: &str) -> Self {
        Self::programming("UndefinedColumn", format!("column \"{column}\" named in key does not exist"))
    }

    pub fn undefined_foreign_column(column: &str) -> Self {
        let message = format!("column \"{column}\" referenced in foreign key constraint does not exist");
        Self::programming("UndefinedColumn", message)
    }

    pub fn no_unique_constraint(table: &str) -> Self {
        let message = format!("there is no unique constraint matching given keys for referenced table \"{table}\"");
        Self::programming("InvalidForeignKey", message)
    }

    pub fn mismatch(message: String) -> Self {
        Self::programming("DatatypeMismatch", message)
    }

    pub fn invalid_table(message: String) -> Self {
        Self::programming("InvalidTableDefinition", message)
    }

    pub fn wrong_type(message: String) -> Self {
        Self::programming("WrongObjectType", message)
    }

    pub fn undefined_function(message: String) -> Self {
        Self::programming("UndefinedFunction", message)
    }

    pub fn syntax(near: &str) -> Self {
        Self::programming("SyntaxError", format!("syntax error at or near \"{near}\""))
    }

    pub fn depended_on(what: &str) -> Self {
        Self {
            class: ErrorClass::Dependency,
            message: format!("cannot drop {what} because other objects depend on it"),
            condition: "DependentObjectsStillExist",
        }
    }

    pub fn required_by(index: &str, constraint: &str, table: &str) -> Self {
        Self {
            class: ErrorClass::Dependency,
            message: format!("cannot drop index {index} because constraint {constraint} on table {table} requires it"),
            condition: "DependentObjectsStillExist",
        }
    }
}
