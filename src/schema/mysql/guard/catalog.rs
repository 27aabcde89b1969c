//! The tables of `information_schema` that migrations ask.

use super::values::Value;
use crate::schema::mysql::state::{KeyKind, State, Table, Term};

/// The columns of one row by their names, in small letters.
pub(super) type Row = Vec<(&'static str, Value)>;

/// The rows of a table of `information_schema`; `None` where it is not known here.
pub(super) fn rows(state: &State, name: &str) -> Option<Vec<Row>> {
    let tables = || state.tables.values().filter(|table| !table.temporary);
    Some(match name {
        "tables" => {
            let own = tables().map(|table| relation(&table.name, "BASE TABLE"));
            own.chain(state.views.keys().map(|name| relation(name, "VIEW"))).collect()
        }
        "views" => state.views.keys().map(|name| relation(name, "VIEW")).collect(),
        "columns" => tables().flat_map(|table| columns(table)).collect(),
        "statistics" => tables().flat_map(|table| statistics(table)).collect(),
        "table_constraints" => tables().flat_map(|table| constraints(table)).collect(),
        "key_column_usage" => tables().flat_map(|table| usage(table)).collect(),
        "referential_constraints" => tables().flat_map(|table| referential(table)).collect(),
        "check_constraints" => tables().flat_map(|table| checks(table)).collect(),
        "triggers" => {
            let row = |(name, trigger): (&String, &crate::schema::mysql::state::Trigger)| {
                vec![
                    ("trigger_schema", Value::Database),
                    ("event_object_schema", Value::Database),
                    ("trigger_name", text(name)),
                    ("event_object_table", text(&trigger.table)),
                ]
            };
            state.triggers.iter().map(row).collect()
        }
        "routines" => {
            let row = |(kind, name): (&str, &str)| {
                vec![("routine_schema", Value::Database), ("routine_type", text(kind)), ("routine_name", text(name))]
            };
            let split = state.routines.keys().filter_map(|key| key.split_once(' '));
            split.filter(|(kind, _)| matches!(*kind, "PROCEDURE" | "FUNCTION")).map(row).collect()
        }
        _ => return None,
    })
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

fn number(number: usize) -> Value {
    i64::try_from(number).map_or(Value::Null, Value::Number)
}

fn relation(name: &str, kind: &str) -> Row {
    vec![("table_schema", Value::Database), ("table_name", text(name)), ("table_type", text(kind))]
}

fn columns(table: &Table) -> Vec<Row> {
    let row = |(index, column): (usize, &crate::schema::mysql::state::Column)| {
        let length = column.data_type.arguments.first().filter(|_| column.data_type.is_text());
        let mut row = relation(&table.name, "");
        row.extend([
            ("column_name", text(&column.name)),
            ("ordinal_position", number(index + 1)),
            ("is_nullable", text(if column.nullable { "YES" } else { "NO" })),
            ("data_type", text(&column.data_type.name)),
            ("column_type", text(&column.data_type.to_string())),
            ("extra", text(if column.auto_increment { "auto_increment" } else { "" })),
            (
                "character_maximum_length",
                length.map_or(Value::Null, |length| i64::try_from(*length).map_or(Value::Null, Value::Number)),
            ),
        ]);
        row
    };
    table.columns.iter().enumerate().map(row).collect()
}

fn statistics(table: &Table) -> Vec<Row> {
    let mut rows = Vec::new();
    for key in &table.keys {
        for (index, part) in key.parts.iter().enumerate() {
            let column = match &part.term {
                Term::Column { name, .. } => text(name),
                Term::Expression { .. } => Value::Null,
            };
            let unique = matches!(key.kind, KeyKind::Primary | KeyKind::Unique);
            let mut row = relation(&table.name, "");
            row.extend([
                ("index_schema", Value::Database),
                ("index_name", text(&key.name)),
                ("column_name", column),
                ("seq_in_index", number(index + 1)),
                ("non_unique", Value::Number(i64::from(!unique))),
            ]);
            rows.push(row);
        }
    }
    rows
}

fn constraint(table: &Table, name: &str, kind: &str) -> Row {
    let mut row = relation(&table.name, "");
    row.extend([
        ("constraint_schema", Value::Database),
        ("constraint_name", text(name)),
        ("constraint_type", text(kind)),
    ]);
    row
}

fn constraints(table: &Table) -> Vec<Row> {
    let keys = table.keys.iter().filter_map(|key| match key.kind {
        KeyKind::Primary => Some(constraint(table, "PRIMARY", "PRIMARY KEY")),
        KeyKind::Unique => Some(constraint(table, &key.name, "UNIQUE")),
        _ => None,
    });
    let foreign = table.foreign.iter().map(|foreign| constraint(table, &foreign.name, "FOREIGN KEY"));
    let checks = table.checks.iter().map(|check| constraint(table, &check.name, "CHECK"));
    keys.chain(foreign).chain(checks).collect()
}

fn usage(table: &Table) -> Vec<Row> {
    let mut rows = Vec::new();
    for key in table.keys.iter().filter(|key| matches!(key.kind, KeyKind::Primary | KeyKind::Unique)) {
        for (index, column) in key.columns().enumerate() {
            let mut row = constraint(table, &key.name, "");
            row.extend([
                ("column_name", text(column)),
                ("ordinal_position", number(index + 1)),
                ("referenced_table_schema", Value::Null),
                ("referenced_table_name", Value::Null),
                ("referenced_column_name", Value::Null),
            ]);
            rows.push(row);
        }
    }
    for foreign in &table.foreign {
        for (index, (column, referenced)) in foreign.columns.iter().zip(&foreign.references).enumerate() {
            let mut row = constraint(table, &foreign.name, "");
            row.extend([
                ("column_name", text(column)),
                ("ordinal_position", number(index + 1)),
                ("referenced_table_schema", Value::Database),
                ("referenced_table_name", text(&foreign.table)),
                ("referenced_column_name", text(referenced)),
            ]);
            rows.push(row);
        }
    }
    rows
}

fn referential(table: &Table) -> Vec<Row> {
    let rule = |action: &Option<String>| text(action.as_deref().unwrap_or("NO ACTION"));
    let row = |foreign: &crate::schema::mysql::state::Foreign| {
        let mut row = constraint(table, &foreign.name, "");
        row.extend([
            ("referenced_table_name", text(&foreign.table)),
            ("delete_rule", rule(&foreign.on_delete)),
            ("update_rule", rule(&foreign.on_update)),
        ]);
        row
    };
    table.foreign.iter().map(row).collect()
}

fn checks(table: &Table) -> Vec<Row> {
    table.checks.iter().map(|check| constraint(table, &check.name, "CHECK")).collect()
}
