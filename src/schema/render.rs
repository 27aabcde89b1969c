//! A schema as SQL for readers and as JSON for programs: deterministic, sorted by name, columns in their order.

use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use super::delta::Attribute;
use super::dialect::Dialect;
use super::model::{
    Check, Column, ForeignKey, Index, IndexPart, IndexTerm, KeyOptions, Name, Schema, Table, Unique, VirtualTable,
};
use super::token::{self, Kind};

/// The schema as statements that create it.
pub fn to_sql(schema: &Schema) -> String {
    to_sql_with(schema, Attribute::Autoincrement.as_str())
}

/// The same in the words of a database.
pub fn to_sql_on(schema: &Schema, dialect: Dialect) -> String {
    to_sql_with(schema, dialect.facts().tables.counts_by)
}

fn to_sql_with(schema: &Schema, counts_by: &str) -> String {
    let mut statements: Vec<String> = Vec::new();
    for table in schema.tables.values() {
        statements.push(create_table_with(table, counts_by));
        statements.extend(table.indexes.values().map(|index| create_index(&table.name, index)));
    }
    statements.extend(schema.virtual_tables.values().map(create_virtual_table));
    let texts = schema.views.values().map(|view| &view.sql).chain(schema.triggers.values().map(|trigger| &trigger.sql));
    statements.extend(texts.map(|sql| token::pretty(sql)));
    statements.iter().fold(String::new(), |mut text, statement| {
        let separator = if text.is_empty() { "" } else { "\n" };
        let _ = writeln!(text, "{separator}{};", statement.trim_end_matches(';'));
        text
    })
}

/// `CREATE TABLE` with all constraints.
pub fn create_table(table: &Table) -> String {
    create_table_with(table, Attribute::Autoincrement.as_str())
}

/// The same with the word by which a column counts.
fn create_table_with(table: &Table, counts_by: &str) -> String {
    let key = table.primary_key();
    let conflict = on_conflict(table.primary_key_conflict.as_deref());
    let column = |column: &Column| {
        let mut line = format!("{} {}", quoted(&column.name), column_definition(column)).trim_end().to_owned();
        if key == [&column.name] {
            let _ = write!(line, " PRIMARY KEY{conflict}");
            if table.autoincrement {
                let _ = write!(line, " {counts_by}");
            }
        }
        line
    };
    let mut lines: Vec<String> = table.columns.iter().map(column).collect();
    if key.len() > 1 {
        lines.push(format!("PRIMARY KEY ({}){conflict}", names(key.iter().copied())));
    }
    let mut constraints: Vec<String> = table.uniques.iter().map(unique_definition).collect();
    constraints.extend(table.foreign_keys.iter().map(foreign_key_definition));
    constraints.extend(table.checks.iter().map(check_definition));
    constraints.sort();
    lines.append(&mut constraints);
    let options: Vec<&str> = [("STRICT", table.strict), ("WITHOUT ROWID", table.without_rowid)]
        .into_iter()
        .filter_map(|(option, on)| on.then_some(option))
        .collect();
    let options = if options.is_empty() { String::new() } else { format!(" {}", options.join(", ")) };
    format!("CREATE TABLE {} (\n    {}\n){options}", quoted(&table.name), lines.join(",\n    "))
}

fn create_index(table: &Name, index: &Index) -> String {
    let unique = if index.unique { "UNIQUE " } else { "" };
    format!("CREATE {unique}INDEX {} ON {} {}", quoted(&index.name), quoted(table), index_definition(index))
}

fn create_virtual_table(table: &VirtualTable) -> String {
    format!("CREATE VIRTUAL TABLE {} USING {}", quoted(&table.name), virtual_table_definition(table))
}

/// What follows a column's name: `TEXT NOT NULL DEFAULT 'x'`. The primary key is the table's matter.
pub fn column_definition(column: &Column) -> String {
    let mut text = column.data_type.clone();
    if let Some(generated) = &column.generated {
        let _ = write!(text, " GENERATED ALWAYS AS ({}) {}", generated.expression, generated.storage());
    }
    if !column.nullable {
        text.push_str(" NOT NULL");
    }
    if let Some(default) = &column.default {
        let _ = write!(text, " DEFAULT {}", default_definition(default));
    }
    if let Some(collation) = &column.collation {
        let _ = write!(text, " COLLATE {}", quoted(collation));
    }
    text.trim_start().to_owned()
}

/// A default as it follows `DEFAULT`: everything but a literal needs brackets.
fn default_definition(default: &str) -> String {
    let tokens: Vec<_> = token::tokens(default).collect();
    let is_literal = match tokens.as_slice() {
        [_] => true,
        [sign, number] => number.kind == Kind::Literal && (sign.is_symbol("-") || sign.is_symbol("+")),
        _ => false,
    };
    if is_literal { default.to_owned() } else { format!("({default})") }
}

/// `USING gin (a, lower(b) DESC) INCLUDE (d) WHERE c`.
pub fn index_definition(index: &Index) -> String {
    let mut text = String::new();
    if let Some(method) = &index.options.method {
        let _ = write!(text, "USING {method} ");
    }
    text.push_str(&index_terms(index));
    if !index.options.include.is_empty() {
        let _ = write!(text, " INCLUDE ({})", names(&index.options.include));
    }
    if index.options.nulls_not_distinct {
        text.push_str(" NULLS NOT DISTINCT");
    }
    if let Some(predicate) = &index.predicate {
        let _ = write!(text, " WHERE {predicate}");
    }
    text
}

/// `(a, lower(b) DESC)`.
pub fn index_terms(index: &Index) -> String {
    let options = &index.options;
    let parts: Vec<String> = index
        .parts
        .iter()
        .enumerate()
        .map(|(at, part)| {
            let class = options.classes.get(at).cloned().flatten().map(|class| format!(" {class}"));
            let nulls = match options.nulls_first.get(at).copied().flatten() {
                Some(true) => " NULLS FIRST",
                Some(false) => " NULLS LAST",
                None => "",
            };
            format!("{}{nulls}", index_part(part, &class.unwrap_or_default()))
        })
        .collect();
    format!("({})", parts.join(", "))
}

fn index_part(part: &IndexPart, class: &str) -> String {
    let mut text = match &part.term {
        IndexTerm::Column(name) => quoted(name),
        IndexTerm::Expression(expression) => expression.clone(),
    };
    if let Some(collation) = &part.collation {
        let _ = write!(text, " COLLATE {}", quoted(collation));
    }
    text.push_str(class);
    if part.descending {
        text.push_str(" DESC");
    }
    text
}

/// `UNIQUE (a, b)`.
pub fn unique_definition(unique: &Unique) -> String {
    let conflict = on_conflict(unique.conflict.as_deref());
    let KeyOptions { nulls_not_distinct, include, deferrable, deferred } = &unique.options;
    let nulls = if *nulls_not_distinct { "NULLS NOT DISTINCT " } else { "" };
    let include = if include.is_empty() { String::new() } else { format!(" INCLUDE ({})", names(include)) };
    let deferral = deferral(*deferrable, *deferred);
    format!("{}UNIQUE {nulls}({}){include}{deferral}{conflict}", label(unique.name.as_ref()), names(&unique.columns))
}

/// `FOREIGN KEY (a) REFERENCES t (b) ON DELETE CASCADE`.
pub fn foreign_key_definition(key: &ForeignKey) -> String {
    let (label, columns) = (label(key.name.as_ref()), names(&key.columns));
    let mut text = format!("{label}FOREIGN KEY ({columns}) REFERENCES {}", quoted(&key.table));
    if !key.references.is_empty() {
        let _ = write!(text, " ({})", names(&key.references));
    }
    for (event, action) in [("DELETE", &key.on_delete), ("UPDATE", &key.on_update)] {
        if let Some(action) = action {
            let _ = write!(text, " ON {event} {action}");
        }
    }
    text.push_str(deferral(key.deferrable, key.deferred));
    text
}

fn deferral(deferrable: bool, deferred: bool) -> &'static str {
    match (deferrable, deferred) {
        (_, true) => " DEFERRABLE INITIALLY DEFERRED",
        (true, false) => " DEFERRABLE",
        (false, false) => "",
    }
}

/// `CHECK (a > 0)`.
pub fn check_definition(check: &Check) -> String {
    format!("{}CHECK ({})", label(check.name.as_ref()), check.expression)
}

/// `fts5(title, body)`.
pub fn virtual_table_definition(table: &VirtualTable) -> String {
    format!("{}({})", table.module, table.arguments.join(", "))
}

fn label(name: Option<&Name>) -> String {
    name.map(|name| format!("CONSTRAINT {} ", quoted(name))).unwrap_or_default()
}

fn on_conflict(resolution: Option<&str>) -> String {
    resolution.map(|resolution| format!(" ON CONFLICT {resolution}")).unwrap_or_default()
}

/// Names between commas, quoted where they must be.
pub fn names<'a>(names: impl IntoIterator<Item = &'a Name>) -> String {
    names.into_iter().map(quoted).collect::<Vec<_>>().join(", ")
}

/// A name as SQL needs it.
pub fn quoted(name: &Name) -> String {
    /// Words that SQLite or PostgreSQL doesn't take for a bare name.
    const RESERVED: &str = " add all alter analyse analyze and any array as asc autoincrement between both case cast \
        check collate column commit constraint create cross current_date current_time current_timestamp default \
        deferrable delete desc distinct do drop else end escape except exists false for foreign from full grant group \
        having in index inner insert intersect into is isnull join left like limit natural not nothing notnull null \
        offset on only or order outer primary references returning right select set some table then to transaction \
        true union unique update user using values when where window with ";
    let text = name.as_str();
    let plain = !text.is_empty()
        && !text.starts_with(|first: char| first.is_ascii_digit())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        && !RESERVED.contains(&format!(" {} ", text.to_ascii_lowercase()));
    if plain { text.to_owned() } else { format!("\"{}\"", text.replace('"', "\"\"")) }
}

/// The schema as the JSON of `parity-check schema --format json`.
pub fn to_json(schema: &Schema) -> Value {
    let tables: Map<String, Value> =
        schema.tables.values().map(|table| (table.name.to_string(), table_json(table))).collect();
    let virtual_tables: Map<String, Value> = schema
        .virtual_tables
        .values()
        .map(|table| (table.name.to_string(), json!({ "module": table.module.as_str(), "arguments": table.arguments })))
        .collect();
    let views: Map<String, Value> =
        schema.views.values().map(|view| (view.name.to_string(), json!({ "sql": token::pretty(&view.sql) }))).collect();
    let triggers: Map<String, Value> = schema
        .triggers
        .values()
        .map(|trigger| {
            let value = json!({ "table": trigger.table.as_str(), "sql": token::pretty(&trigger.sql) });
            (trigger.name.to_string(), value)
        })
        .collect();
    json!({ "tables": tables, "virtual_tables": virtual_tables, "views": views, "triggers": triggers })
}

fn table_json(table: &Table) -> Value {
    let mut uniques: Vec<&Unique> = table.uniques.iter().collect();
    uniques.sort_by_cached_key(|unique| unique_definition(unique));
    let mut keys: Vec<&ForeignKey> = table.foreign_keys.iter().collect();
    keys.sort_by_cached_key(|key| foreign_key_definition(key));
    let mut checks: Vec<&Check> = table.checks.iter().collect();
    checks.sort_by_cached_key(|check| check_definition(check));
    json!({
        "columns": table.columns.iter().map(column_json).collect::<Vec<_>>(),
        "indexes": table.indexes.values().map(index_json).collect::<Vec<_>>(),
        "unique": uniques.into_iter().map(|unique| json!({
            "name": optional(unique.name.as_ref()),
            "columns": spelled(&unique.columns),
            "on_conflict": unique.conflict,
        })).collect::<Vec<_>>(),
        "foreign_keys": keys.into_iter().map(foreign_key_json).collect::<Vec<_>>(),
        "checks": checks.into_iter().map(|check| json!({
            "name": optional(check.name.as_ref()),
            "expression": check.expression,
        })).collect::<Vec<_>>(),
        "primary_key_on_conflict": table.primary_key_conflict,
        "autoincrement": table.autoincrement,
        "without_rowid": table.without_rowid,
        "strict": table.strict,
    })
}

fn column_json(column: &Column) -> Value {
    json!({
        "name": column.name.as_str(),
        "type": column.data_type,
        "nullable": column.nullable,
        "default": column.default,
        "primary_key": column.primary_key,
        "generated": column.generated.as_ref().map(|generated| json!({
            "expression": generated.expression,
            "stored": generated.stored,
        })),
        "collation": optional(column.collation.as_ref()),
    })
}

fn index_json(index: &Index) -> Value {
    let part = |part: &IndexPart| {
        let (column, expression) = match &part.term {
            IndexTerm::Column(name) => (Some(name.as_str()), None),
            IndexTerm::Expression(text) => (None, Some(text.as_str())),
        };
        let collation = optional(part.collation.as_ref());
        json!({ "column": column, "expression": expression, "collation": collation, "descending": part.descending })
    };
    json!({
        "name": index.name.as_str(),
        "unique": index.unique,
        "columns": index.parts.iter().map(part).collect::<Vec<_>>(),
        "where": index.predicate,
    })
}

fn foreign_key_json(key: &ForeignKey) -> Value {
    json!({
        "name": optional(key.name.as_ref()),
        "columns": spelled(&key.columns),
        "table": key.table.as_str(),
        "references": spelled(&key.references),
        "on_delete": key.on_delete,
        "on_update": key.on_update,
        "deferred": key.deferred,
    })
}

fn spelled(names: &[Name]) -> Vec<&str> {
    names.iter().map(Name::as_str).collect()
}

fn optional(name: Option<&Name>) -> Option<&str> {
    name.map(Name::as_str)
}
