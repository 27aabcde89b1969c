//! One thing that a revision does, and what takes it back.

use std::fmt;

use crate::schema::model::{Check, Column, ForeignKey, Index, Name, Schema, Table, Unique};

/// One change to a PostgreSQL database. Types and defaults are PostgreSQL's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    RenameTable {
        from: Name,
        to: Name,
    },
    RenameColumn {
        table: Name,
        from: Name,
        to: Name,
    },
    /// With its constraints and indexes.
    CreateTable(Table),
    DropTable(Table),
    AddColumn {
        table: Name,
        column: Column,
    },
    DropColumn {
        table: Name,
        column: Column,
    },
    /// Another type, nullability or default.
    AlterColumn {
        table: Name,
        from: Column,
        to: Column,
    },
    CreateIndex {
        table: Name,
        index: Index,
    },
    DropIndex {
        table: Name,
        index: Index,
    },
    AddUnique {
        table: Name,
        name: Name,
        unique: Unique,
    },
    DropUnique {
        table: Name,
        name: Name,
        unique: Unique,
    },
    AddForeignKey {
        table: Name,
        name: Name,
        key: ForeignKey,
    },
    DropForeignKey {
        table: Name,
        name: Name,
        key: ForeignKey,
    },
    AddCheck {
        table: Name,
        name: Name,
        check: Check,
    },
    DropCheck {
        table: Name,
        name: Name,
        check: Check,
    },
    /// An enum type.
    CreateType {
        name: Name,
        values: Vec<String>,
    },
    DropType {
        name: Name,
        values: Vec<String>,
    },
    /// A value of an enum type, before another one, or behind all that there are.
    AddValue {
        of: Name,
        value: String,
        before: Option<String>,
    },
    /// Nothing takes a value out of a type.
    KeepValue {
        of: Name,
        value: String,
    },
}

impl Step {
    /// What takes it back.
    pub fn inverse(&self) -> Self {
        match self.clone() {
            Self::RenameTable { from, to } => Self::RenameTable { from: to, to: from },
            Self::RenameColumn { table, from, to } => Self::RenameColumn { table, from: to, to: from },
            Self::CreateTable(table) => Self::DropTable(table),
            Self::DropTable(table) => Self::CreateTable(table),
            Self::AddColumn { table, column } => Self::DropColumn { table, column },
            Self::DropColumn { table, column } => Self::AddColumn { table, column },
            Self::AlterColumn { table, from, to } => Self::AlterColumn { table, from: to, to: from },
            Self::CreateIndex { table, index } => Self::DropIndex { table, index },
            Self::DropIndex { table, index } => Self::CreateIndex { table, index },
            Self::AddUnique { table, name, unique } => Self::DropUnique { table, name, unique },
            Self::DropUnique { table, name, unique } => Self::AddUnique { table, name, unique },
            Self::AddForeignKey { table, name, key } => Self::DropForeignKey { table, name, key },
            Self::DropForeignKey { table, name, key } => Self::AddForeignKey { table, name, key },
            Self::AddCheck { table, name, check } => Self::DropCheck { table, name, check },
            Self::DropCheck { table, name, check } => Self::AddCheck { table, name, check },
            Self::CreateType { name, values } => Self::DropType { name, values },
            Self::DropType { name, values } => Self::CreateType { name, values },
            Self::AddValue { of, value, .. } => Self::KeepValue { of, value },
            Self::KeepValue { of, value } => Self::AddValue { of, value, before: None },
        }
    }

    /// Words for a file's name, where no migration gives any.
    pub fn words(&self) -> String {
        match self {
            Self::RenameTable { to, .. } => format!("rename {to}"),
            Self::RenameColumn { table, to, .. } => format!("rename {table} {to}"),
            Self::CreateTable(table) => format!("add {}", table.name),
            Self::DropTable(table) => format!("drop {}", table.name),
            Self::AddColumn { table, column } => format!("add {table} {}", column.name),
            Self::DropColumn { table, column } => format!("drop {table} {}", column.name),
            Self::AlterColumn { table, to, .. } => format!("change {table} {}", to.name),
            Self::CreateIndex { index, .. } => format!("add {}", index.name),
            Self::DropIndex { index, .. } => format!("drop {}", index.name),
            Self::AddUnique { name, .. } | Self::AddForeignKey { name, .. } | Self::AddCheck { name, .. } => {
                format!("add {name}")
            }
            Self::DropUnique { name, .. } | Self::DropForeignKey { name, .. } | Self::DropCheck { name, .. } => {
                format!("drop {name}")
            }
            Self::CreateType { name, .. } => format!("add {name}"),
            Self::DropType { name, .. } => format!("drop {name}"),
            Self::AddValue { of, value, .. } => format!("add {value} to {of}"),
            Self::KeepValue { of, value } => format!("keep {value} in {of}"),
        }
    }

    /// What a reader is asked where it is only likely.
    pub fn question(&self) -> Option<String> {
        let (what, from, to) = match self {
            Self::RenameTable { from, to } => ("table", from, to),
            Self::RenameColumn { from, to, .. } => ("column", from, to),
            _ => return None,
        };
        Some(format!(
            "Is {to:?} the {what} {from:?} under another name? If it is not, drop the one and add the other in place of this.",
            to = to.as_str(),
            from = from.as_str()
        ))
    }

    /// Whether it takes away what stands where another step makes something of the same name.
    pub fn makes_room_for(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::DropForeignKey { table, name, .. }, Self::AddForeignKey { table: own, name: new, .. })
            | (Self::DropUnique { table, name, .. }, Self::AddUnique { table: own, name: new, .. })
            | (Self::DropCheck { table, name, .. }, Self::AddCheck { table: own, name: new, .. }) => {
                table == own && name == new
            }
            (Self::DropIndex { table, index }, Self::CreateIndex { table: own, index: new }) => {
                table == own && index.name == new.name
            }
            _ => false,
        }
    }

    /// Whether a database is already as it leaves it.
    pub fn is_done(&self, schema: &Schema) -> bool {
        let column =
            |table: &Name, name: &Name| schema.tables.get(table).is_some_and(|table| table.column(name).is_some());
        let index =
            |table: &Name, name: &Name| schema.tables.get(table).is_some_and(|table| table.indexes.contains_key(name));
        let unique = |table: &Name, name: &Name| {
            let named = |table: &Table| table.uniques.iter().any(|unique| unique.name.as_ref() == Some(name));
            schema.tables.get(table).is_some_and(named)
        };
        let key = |table: &Name, name: &Name| {
            let named = |table: &Table| table.foreign_keys.iter().any(|key| key.name.as_ref() == Some(name));
            schema.tables.get(table).is_some_and(named)
        };
        let check = |table: &Name, name: &Name| {
            let named = |table: &Table| table.checks.iter().any(|check| check.name.as_ref() == Some(name));
            schema.tables.get(table).is_some_and(named)
        };
        match self {
            Self::RenameTable { from, to } => schema.tables.contains_key(to) && !schema.tables.contains_key(from),
            Self::RenameColumn { table, from, to } => column(table, to) && !column(table, from),
            Self::CreateTable(table) => schema.tables.contains_key(&table.name),
            Self::DropTable(table) => !schema.tables.contains_key(&table.name),
            Self::AddColumn { table, column: added } => column(table, &added.name),
            Self::DropColumn { table, column: gone } => !column(table, &gone.name),
            // Once more does no harm.
            Self::AlterColumn { .. } => false,
            Self::CreateIndex { table, index: made } => index(table, &made.name),
            Self::DropIndex { table, index: gone } => !index(table, &gone.name),
            Self::AddUnique { table, name, .. } => unique(table, name),
            Self::DropUnique { table, name, .. } => !unique(table, name),
            Self::AddForeignKey { table, name, .. } => key(table, name),
            Self::DropForeignKey { table, name, .. } => !key(table, name),
            Self::AddCheck { table, name, .. } => check(table, name),
            Self::DropCheck { table, name, .. } => !check(table, name),
            Self::CreateType { name, .. } => schema.enums.contains_key(name),
            Self::DropType { name, .. } => !schema.enums.contains_key(name),
            Self::AddValue { of, value, .. } => schema.enums.get(of).is_some_and(|known| known.contains(value)),
            Self::KeepValue { .. } => true,
        }
    }
}

/// As a clause for a reader: "adds column `t.c` (integer)".
impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::RenameTable { from, to } => write!(f, "renames table `{from}` to `{to}`"),
            Self::RenameColumn { table, from, to } => write!(f, "renames column `{table}.{from}` to `{to}`"),
            Self::CreateTable(table) => write!(f, "creates table `{}`", table.name),
            Self::DropTable(table) => write!(f, "drops table `{}` with its rows", table.name),
            Self::AddColumn { table, column } => {
                write!(f, "adds column `{table}.{}` ({})", column.name, column.data_type)
            }
            Self::DropColumn { table, column } => {
                write!(f, "drops column `{table}.{}` with what it holds", column.name)
            }
            Self::AlterColumn { table, to, .. } => write!(f, "changes column `{table}.{}`", to.name),
            Self::CreateIndex { table, index } => write!(f, "creates index `{}` on `{table}`", index.name),
            Self::DropIndex { table, index } => write!(f, "drops index `{}` of `{table}`", index.name),
            Self::AddUnique { table, name, .. } => write!(f, "adds unique constraint `{name}` to `{table}`"),
            Self::DropUnique { table, name, .. } => write!(f, "drops unique constraint `{name}` of `{table}`"),
            Self::AddForeignKey { table, name, .. } => write!(f, "adds foreign key `{name}` to `{table}`"),
            Self::DropForeignKey { table, name, .. } => write!(f, "drops foreign key `{name}` of `{table}`"),
            Self::AddCheck { table, name, .. } => write!(f, "adds check `{name}` to `{table}`"),
            Self::DropCheck { table, name, .. } => write!(f, "drops check `{name}` of `{table}`"),
            Self::CreateType { name, .. } => write!(f, "creates type `{name}`"),
            Self::DropType { name, .. } => write!(f, "drops type `{name}`"),
            Self::AddValue { of, value, .. } => write!(f, "adds value `{value}` to type `{of}`"),
            Self::KeepValue { of, value } => write!(f, "keeps value `{value}` of type `{of}`"),
        }
    }
}
