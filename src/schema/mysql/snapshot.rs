//! The catalog as the schema value that all engines share.

use super::state::{Column, Key, KeyKind, State, Table, Term};
use crate::schema::model::{self, Name, Schema};

/// `whole` where the indexes that InnoDB makes for foreign keys are part of it.
pub(super) fn schema(state: &State, whole: bool) -> Schema {
    let mut schema = Schema::default();
    for (name, table) in state.tables.iter().filter(|(_, table)| !table.temporary) {
        let name = Name::new(name.as_str());
        schema.tables.insert(name.clone(), self::table(&name, table, whole));
    }
    for (name, view) in &state.views {
        let name = Name::new(name.as_str());
        schema.views.insert(name.clone(), model::View { name, sql: view.sql.clone() });
    }
    for (name, trigger) in &state.triggers {
        let name = Name::new(name.as_str());
        let table = Name::new(trigger.table.as_str());
        schema.triggers.insert(name.clone(), model::Trigger { name, table, sql: trigger.sql.clone() });
    }
    schema
}

fn names(columns: &[String]) -> Vec<Name> {
    columns.iter().map(|column| Name::new(column.as_str())).collect()
}

fn table(name: &Name, table: &Table, whole: bool) -> model::Table {
    let key: Vec<&str> = table.primary_key().map(|key| key.columns().collect()).unwrap_or_default();
    let columns = table.columns.iter().map(|column| self::column(column, &key));
    let foreign_keys = table.foreign.iter().map(|foreign| model::ForeignKey {
        name: Some(Name::new(foreign.name.as_str())),
        columns: names(&foreign.columns),
        table: Name::new(foreign.table.as_str()),
        references: names(&foreign.references),
        on_delete: foreign.on_delete.clone(),
        on_update: foreign.on_update.clone(),
        ..model::ForeignKey::default()
    });
    let checks = table
        .checks
        .iter()
        .map(|check| model::Check { name: Some(Name::new(check.name.as_str())), expression: check.expression.clone() });
    // What InnoDB makes for a foreign key is nobody's change; it stays when that one goes.
    let is_used = |key: &Key| table.foreign.iter().any(|foreign| key.serves(&foreign.columns));
    let is_shown = |key: &&Key| key.kind != KeyKind::Primary && (whole || !key.implicit || !is_used(key));
    let indexes = table.keys.iter().filter(is_shown).map(index);
    model::Table {
        name: name.clone(),
        columns: columns.collect(),
        indexes: indexes.map(|index| (index.name.clone(), index)).collect(),
        foreign_keys: foreign_keys.collect(),
        checks: checks.collect(),
        autoincrement: table.columns.iter().any(|column| column.auto_increment),
        ..model::Table::default()
    }
}

fn column(column: &Column, key: &[&str]) -> model::Column {
    let position = key.iter().position(|part| super::state::same(part, &column.name));
    let default = column.default.as_ref().map(|default| default.text().to_owned());
    let default = match &column.on_update {
        Some(clock) => Some(format!("{} ON UPDATE {clock}", default.as_deref().unwrap_or("NULL"))),
        None => default,
    };
    model::Column {
        name: Name::new(column.name.as_str()),
        data_type: column.data_type.to_string(),
        nullable: column.nullable,
        default,
        primary_key: position.and_then(|position| u32::try_from(position + 1).ok()),
        generated: column
            .generated
            .as_ref()
            .map(|generated| model::Generated { expression: generated.expression.clone(), stored: generated.stored }),
        collation: None,
    }
}

/// A unique key is an index that is unique: MySQL has one thing for both.
fn index(key: &Key) -> model::Index {
    let parts = key.parts.iter().map(|part| model::IndexPart {
        term: match &part.term {
            Term::Column { name, .. } => model::IndexTerm::Column(Name::new(name.as_str())),
            Term::Expression { text, .. } => model::IndexTerm::Expression(text.clone()),
        },
        collation: None,
        descending: part.descending,
    });
    // How much of a column is in it stands where another engine has a class.
    let lengths = key.parts.iter().map(|part| match &part.term {
        Term::Column { length, .. } => length.map(|length| format!("({length})")),
        Term::Expression { .. } => None,
    });
    let method = match key.kind {
        KeyKind::Fulltext => Some("fulltext".to_owned()),
        KeyKind::Spatial => Some("spatial".to_owned()),
        _ => None,
    };
    model::Index {
        name: Name::new(key.name.as_str()),
        unique: key.kind == KeyKind::Unique,
        parts: parts.collect(),
        predicate: None,
        options: model::IndexOptions { method, classes: lengths.collect(), ..model::IndexOptions::default() },
        by_itself: key.implicit,
    }
}
