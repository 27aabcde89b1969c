//! The difference of two schemas: what would turn the one into the other, whatever either is spelled like.

mod compare;
#[cfg(test)]
mod tests;

use std::fmt::{self, Write as _};

use similar::TextDiff;

pub use self::compare::{diff, equivalent};
use super::model::Name;
use super::{render, token};

/// How closely two schemas are compared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Tables and the names of their columns.
    Names,
    /// And the sort of value that a column stores.
    Coarse,
    /// Everything that the database keeps.
    #[default]
    Full,
}

impl Level {
    pub const ALL: [Self; 3] = [Self::Names, Self::Coarse, Self::Full];

    /// The name that the configuration uses.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Names => "names",
            Self::Coarse => "coarse",
            Self::Full => "full",
        }
    }
}

/// One thing in which two schemas differ.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    pub object: Object,
    pub kind: Kind,
}

/// What a change is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Object {
    /// A whole table with its columns, constraints and indexes.
    Table(Name),
    VirtualTable(Name),
    View(Name),
    /// A type that lists its values.
    Type(Name),
    Trigger {
        name: Name,
        table: Name,
    },
    Column {
        table: Name,
        name: Name,
    },
    PrimaryKey {
        table: Name,
    },
    Index {
        table: Name,
        name: Name,
    },
    Unique {
        table: Name,
        columns: Vec<Name>,
    },
    ForeignKey {
        table: Name,
        columns: Vec<Name>,
    },
    Check {
        table: Name,
        expression: String,
    },
}

/// What happens to it. A definition is SQL: what follows the object's name, or the whole statement of a view or trigger.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Kind {
    Added { definition: String },
    Removed { definition: String },
    Changed { attribute: Attribute, before: String, after: String },
}

/// What of an object changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Attribute {
    Type,
    Nullability,
    Default,
    Generated,
    Collation,
    /// The columns of an index or of the primary key.
    Columns,
    Unique,
    Predicate,
    OnConflict,
    Autoincrement,
    WithoutRowid,
    Strict,
    /// The text as a whole.
    Definition,
}

impl Attribute {
    /// As it is called in a sentence.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Type => "type",
            Self::Nullability => "nullability",
            Self::Default => "default",
            Self::Generated => "generated value",
            Self::Collation => "collation",
            Self::Columns => "list of columns",
            Self::Unique => "uniqueness",
            Self::Predicate => "condition",
            Self::OnConflict => "conflict clause",
            Self::Autoincrement => "AUTOINCREMENT",
            Self::WithoutRowid => "WITHOUT ROWID",
            Self::Strict => "STRICT",
            Self::Definition => "definition",
        }
    }
}

impl Object {
    /// Its own name, where it has one.
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::Table(name)
            | Self::VirtualTable(name)
            | Self::View(name)
            | Self::Type(name)
            | Self::Trigger { name, .. }
            | Self::Column { name, .. }
            | Self::Index { name, .. } => Some(name.as_str()),
            Self::PrimaryKey { .. } | Self::Unique { .. } | Self::ForeignKey { .. } | Self::Check { .. } => None,
        }
    }
}

impl Change {
    /// The object, and in brackets what it is where that is short: "column `agent_loops.max_cost` (REAL)".
    pub fn subject(&self) -> String {
        let definition = match &self.kind {
            Kind::Added { definition } | Kind::Removed { definition } => definition.as_str(),
            Kind::Changed { .. } => "",
        };
        match &self.object {
            Object::Column { .. } | Object::PrimaryKey { .. } if !definition.is_empty() => {
                format!("{} ({definition})", self.object)
            }
            Object::Index { .. } if !definition.is_empty() => format!("{} {definition}", self.object),
            object => object.to_string(),
        }
    }

    /// A line diff of a text that changed: a trigger, a view, a check, a generated value. `None` for anything else.
    pub fn text_diff(&self) -> Option<String> {
        let Kind::Changed { attribute: Attribute::Definition | Attribute::Generated, before, after } = &self.kind
        else {
            return None;
        };
        let (before, after) = (token::pretty(before) + "\n", token::pretty(after) + "\n");
        let diff = TextDiff::from_lines(&before, &after);
        let mut text = String::new();
        for line in diff.iter_all_changes() {
            let _ = write!(text, "{} {line}", line.tag());
        }
        Some(text)
    }
}

impl fmt::Display for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Table(name) => write!(f, "table `{name}`"),
            Self::VirtualTable(name) => write!(f, "virtual table `{name}`"),
            Self::View(name) => write!(f, "view `{name}`"),
            Self::Type(name) => write!(f, "type `{name}`"),
            Self::Trigger { name, table } => write!(f, "trigger `{name}` on `{table}`"),
            Self::Column { table, name } => write!(f, "column `{table}.{name}`"),
            Self::PrimaryKey { table } => write!(f, "primary key of `{table}`"),
            Self::Index { table, name } => write!(f, "index `{name}` on `{table}`"),
            Self::Unique { table, columns } => write!(f, "unique constraint on `{table}` ({})", render::names(columns)),
            Self::ForeignKey { table, columns } => write!(f, "foreign key of `{table}` ({})", render::names(columns)),
            Self::Check { table, expression } => write!(f, "check of `{table}` ({expression})"),
        }
    }
}

/// The whole change as a clause: "type of column `t.c` changes from `TEXT` to `INTEGER`".
impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            Kind::Added { .. } => write!(f, "{} is added", self.subject()),
            Kind::Removed { .. } => write!(f, "{} is removed", self.subject()),
            Kind::Changed { attribute: Attribute::Definition, .. } => write!(f, "{} changes", self.object),
            Kind::Changed { attribute, before, after } => {
                write!(f, "{} of {} changes from `{before}` to `{after}`", attribute.as_str(), self.object)
            }
        }
    }
}
