//! Steps as SQL of PostgreSQL's (<https://www.postgresql.org/docs/current/sql-commands.html>).

use super::step::Step;
use super::types::{self, identifier, of_schema};
use crate::schema::literals::quoted;
use crate::schema::model::{Column, ForeignKey, Index, IndexPart, IndexTerm, Name, Table};

/// A statement in the pieces in which it is laid out.
pub type Statement = Vec<String>;

/// The statements of a step. Those that are guarded do nothing where it is done already.
pub fn of(step: &Step, guarded: bool) -> Vec<Statement> {
    let if_not = if guarded { "IF NOT EXISTS " } else { "" };
    let if_there = if guarded { "IF EXISTS " } else { "" };
    let one = |sql: String| vec![vec![sql]];
    match step {
        Step::RenameTable { from, to } => {
            one(format!("ALTER TABLE {} RENAME TO {}", table_id(from), identifier(of_schema(to).1)))
        }
        Step::RenameColumn { table, from, to } => {
            one(format!("ALTER TABLE {} RENAME COLUMN {} TO {}", table_id(table), id(from), id(to)))
        }
        Step::CreateTable(table) => create_table(table, if_not),
        Step::DropTable(table) => one(format!("DROP TABLE {if_there}{}", table_id(&table.name))),
        Step::AddColumn { table, column } => {
            one(format!("ALTER TABLE {} ADD COLUMN {if_not}{}", table_id(table), column_definition(column)))
        }
        Step::DropColumn { table, column } => {
            one(format!("ALTER TABLE {} DROP COLUMN {if_there}{}", table_id(table), id(&column.name)))
        }
        Step::AlterColumn { table, from, to } => alter(table, from, to).into_iter().map(|sql| vec![sql]).collect(),
        Step::CreateIndex { table, index } => one(create_index(table, index, if_not)),
        Step::DropIndex { table, index } => one(format!("DROP INDEX {if_there}{}", index_id(table, &index.name))),
        Step::AddUnique { table, name, unique } => {
            add_constraint(table, name, &format!("UNIQUE ({})", ids(&unique.columns)), guarded)
        }
        Step::AddForeignKey { table, name, key } => add_constraint(table, name, &foreign_key(key), guarded),
        Step::AddCheck { table, name, check } => {
            add_constraint(table, name, &format!("CHECK ({})", check.expression), guarded)
        }
        Step::DropUnique { table, name, .. }
        | Step::DropForeignKey { table, name, .. }
        | Step::DropCheck { table, name, .. } => {
            one(format!("ALTER TABLE {} DROP CONSTRAINT {if_there}{}", table_id(table), id(name)))
        }
        Step::CreateType { name, values } => {
            let values: Vec<String> = values.iter().map(|value| quoted(value)).collect();
            one(format!("CREATE TYPE {} AS ENUM ({})", table_id(name), values.join(", ")))
        }
        Step::DropType { name, .. } => one(format!("DROP TYPE {if_there}{}", table_id(name))),
        Step::AddValue { of, value, before } => {
            let place = before.as_deref().map(|other| format!(" BEFORE {}", quoted(other))).unwrap_or_default();
            one(format!("ALTER TYPE {} ADD VALUE {if_not}{}{place}", table_id(of), quoted(value)))
        }
        Step::KeepValue { .. } => Vec::new(),
    }
}

fn id(name: &Name) -> String {
    identifier(name.as_str())
}

/// A table's name, behind that of its schema where it says one: `shop.orders`.
fn table_id(name: &Name) -> String {
    in_schema_of(name, of_schema(name).1)
}

/// The name of an index to drop: it lies in the schema of its table.
fn index_id(table: &Name, index: &Name) -> String {
    in_schema_of(table, index.as_str())
}

fn in_schema_of(table: &Name, own: &str) -> String {
    let (schema, _) = of_schema(table);
    schema.map(|schema| identifier(schema) + ".").unwrap_or_default() + &identifier(own)
}

fn ids(names: &[Name]) -> String {
    names.iter().map(id).collect::<Vec<_>>().join(", ")
}

/// PostgreSQL has no `ADD CONSTRAINT IF NOT EXISTS`.
fn add_constraint(table: &Name, name: &Name, definition: &str, guarded: bool) -> Vec<Statement> {
    let mut statements = Vec::new();
    if guarded {
        statements.push(vec![format!("ALTER TABLE {} DROP CONSTRAINT IF EXISTS {}", table_id(table), id(name))]);
    }
    statements.push(vec![format!("ALTER TABLE {} ADD CONSTRAINT {} {definition}", table_id(table), id(name))]);
    statements
}

fn create_table(table: &Table, if_not: &str) -> Vec<Statement> {
    let key = table.primary_key();
    let mut lines: Vec<String> = table.columns.iter().map(column_definition).collect();
    if let ([only], Some(position)) =
        (key.as_slice(), table.columns.iter().position(|column| column.primary_key.is_some()))
        && table.columns[position].name == **only
    {
        lines[position].push_str(" PRIMARY KEY");
    } else if !key.is_empty() {
        lines.push(format!("PRIMARY KEY ({})", key.into_iter().map(id).collect::<Vec<_>>().join(", ")));
    }
    let named = |name: Option<&Name>| name.map(|name| format!("CONSTRAINT {} ", id(name))).unwrap_or_default();
    lines.extend(
        table.uniques.iter().map(|unique| format!("{}UNIQUE ({})", named(unique.name.as_ref()), ids(&unique.columns))),
    );
    lines.extend(table.foreign_keys.iter().map(|key| format!("{}{}", named(key.name.as_ref()), foreign_key(key))));
    lines
        .extend(table.checks.iter().map(|check| format!("{}CHECK ({})", named(check.name.as_ref()), check.expression)));
    let last = lines.len();
    let mut pieces = vec![format!("CREATE TABLE {if_not}{} (", table_id(&table.name))];
    pieces.extend(lines.into_iter().enumerate().map(|(at, line)| if at + 1 < last { line + ", " } else { line }));
    pieces.push(")".to_owned());
    let mut statements = vec![pieces];
    statements.extend(table.indexes.values().map(|index| vec![create_index(&table.name, index, if_not)]));
    statements
}

/// `c TEXT DEFAULT 'x' NOT NULL`.
fn column_definition(column: &Column) -> String {
    let mut text = format!("{} {}", id(&column.name), types::sql(&column.data_type));
    if let Some(collation) = &column.collation {
        text.push_str(&format!(" COLLATE \"{}\"", collation.as_str().replace('"', "\"\"")));
    }
    if let Some(generated) = &column.generated {
        text.push_str(&format!(" GENERATED ALWAYS AS ({}) STORED", generated.expression));
    }
    if let Some(default) = &column.default {
        text.push_str(&format!(" DEFAULT {default}"));
    }
    if !column.nullable && column.primary_key.is_none() {
        text.push_str(" NOT NULL");
    }
    text
}

fn foreign_key(key: &ForeignKey) -> String {
    let mut text = format!("FOREIGN KEY ({}) REFERENCES {}", ids(&key.columns), table_id(&key.table));
    if !key.references.is_empty() {
        text.push_str(&format!(" ({})", ids(&key.references)));
    }
    for (event, action) in [("DELETE", &key.on_delete), ("UPDATE", &key.on_update)] {
        if let Some(action) = action {
            text.push_str(&format!(" ON {event} {action}"));
        }
    }
    if key.deferred {
        text.push_str(" DEFERRABLE INITIALLY DEFERRED");
    } else if key.deferrable {
        text.push_str(" DEFERRABLE");
    }
    text
}

fn create_index(table: &Name, index: &Index, if_not: &str) -> String {
    let unique = if index.unique { "UNIQUE " } else { "" };
    let options = &index.options;
    let method = options.method.as_ref().map(|method| format!("USING {} ", identifier(method))).unwrap_or_default();
    let part = |(at, part): (usize, &IndexPart)| {
        let class = options.classes.get(at).cloned().flatten().map(|class| format!(" {class}")).unwrap_or_default();
        let nulls = match options.nulls_first.get(at).copied().flatten() {
            Some(true) => " NULLS FIRST",
            Some(false) => " NULLS LAST",
            None => "",
        };
        let direction = if part.descending { " DESC" } else { "" };
        format!("{}{class}{direction}{nulls}", index_term(part))
    };
    let parts: Vec<String> = index.parts.iter().enumerate().map(part).collect();
    let mut more = String::new();
    if !options.include.is_empty() {
        more.push_str(&format!(" INCLUDE ({})", ids(&options.include)));
    }
    if options.nulls_not_distinct {
        more.push_str(" NULLS NOT DISTINCT");
    }
    if let Some(predicate) = &index.predicate {
        more.push_str(&format!(" WHERE {predicate}"));
    }
    let (name, table) = (id(&index.name), table_id(table));
    format!("CREATE {unique}INDEX {if_not}{name} ON {table} {method}({}){more}", parts.join(", "))
}

fn index_term(part: &IndexPart) -> String {
    match &part.term {
        IndexTerm::Column(name) => id(name),
        IndexTerm::Expression(expression) => format!("({expression})"),
    }
}

/// `a DESC`, `(lower(b))`.
pub fn index_part(part: &IndexPart) -> String {
    let term = index_term(part);
    if part.descending { term + " DESC" } else { term }
}

/// What of a column changes, one statement each. A default goes before its type changes, which it may not follow.
fn alter(table: &Name, from: &Column, to: &Column) -> Vec<String> {
    let alter = format!("ALTER TABLE {} ALTER COLUMN {}", table_id(table), id(&to.name));
    let retyped = from.data_type != to.data_type;
    let mut statements = Vec::new();
    if retyped {
        if from.default.is_some() {
            statements.push(format!("{alter} DROP DEFAULT"));
        }
        let data_type = types::sql(&to.data_type);
        statements.push(format!("{alter} TYPE {data_type} USING {}::{data_type}", id(&to.name)));
    }
    match &to.default {
        Some(default) if retyped || from.default != to.default => {
            statements.push(format!("{alter} SET DEFAULT {default}"));
        }
        None if from.default.is_some() && !retyped => statements.push(format!("{alter} DROP DEFAULT")),
        _ => {}
    }
    if from.nullable != to.nullable {
        statements.push(format!("{alter} {} NOT NULL", if to.nullable { "DROP" } else { "SET" }));
    }
    statements
}
