//! Queries on the catalog: answered by SQLite from tables that hold what the catalog says.
//!
//! Migrations ask `information_schema` and `pg_catalog` whether something is there. An object's `oid` is its name here,
//! so that `'t'::regclass` is `'t'`.

use std::fmt::Write as _;

use super::state::{Rule, State, Table, UserType};
use super::types::identifier;
use super::{bare, functions, own, schema_of};
use crate::schema::literals;
use crate::schema::sqlite::{self, Outcome, Params};
use crate::schema::token::{self, Kind};

/// A query in SQLite's words, and the tables it asks.
#[derive(Debug)]
pub struct Prepared {
    pub query: String,
    tables: String,
}

const NAMES: &[&str] = &[
    "information_schema",
    "pg_catalog",
    "pg_class",
    "pg_namespace",
    "pg_type",
    "pg_enum",
    "pg_constraint",
    "pg_attribute",
    "pg_indexes",
    "pg_tables",
    "pg_views",
    "pg_extension",
    "pg_trigger",
    "pg_proc",
    "to_regclass",
];

/// What differs from run to run, or is another thing in SQLite.
const NOT_FIXED: &[&str] = &[
    "random",
    "randomblob",
    "now",
    "date",
    "time",
    "datetime",
    "julianday",
    "unixepoch",
    "strftime",
    "current_date",
    "current_time",
    "current_timestamp",
    "changes",
    "total_changes",
    "sqlite_master",
    "sqlite_schema",
    "sqlite_version",
];

/// What the database is called.
const DATABASE: &str = "postgres";

/// Where `information_schema` says which database something is in, besides its tables.
const CATALOGS: [(&str, &str); 11] = [
    ("columns", "table_catalog"),
    ("table_constraints", "table_catalog"),
    ("table_constraints", "constraint_catalog"),
    ("key_column_usage", "table_catalog"),
    ("key_column_usage", "constraint_catalog"),
    ("constraint_column_usage", "table_catalog"),
    ("constraint_column_usage", "constraint_catalog"),
    ("referential_constraints", "constraint_catalog"),
    ("schemata", "catalog_name"),
    ("views", "table_catalog"),
    ("triggers", "trigger_catalog"),
];

/// Makes a query ready; `None` where it does not ask the catalog.
pub fn prepare(state: &State, sql: &str) -> Option<Prepared> {
    if !crate::source::has_word(sql, NAMES) {
        return None;
    }
    if token::tokens(sql).any(|token| NOT_FIXED.iter().any(|word| token.is(word))) {
        return None;
    }
    let query = translate(sql);
    let tables = tables(state, &query);
    Some(Prepared { query, tables })
}

/// What a query yields that asks the catalog or nothing at all; `None` where it asks something else.
pub(super) fn answer(state: &State, sql: &str) -> Option<Outcome> {
    if token::tokens(sql).any(|token| NOT_FIXED.iter().any(|word| token.is(word))) {
        return None;
    }
    let query = translate(sql);
    let tables = tables(state, &query);
    Prepared { query: String::new(), tables }.database()?.execute(&query, Params::NONE).ok()
}

impl Prepared {
    /// A database that has the tables.
    pub fn database(&self) -> Option<sqlite::Database> {
        let mut database = sqlite::Database::new(sqlite::Limits::default()).ok()?;
        functions::install(&mut database).ok()?;
        database.execute_script(&self.tables).ok()?;
        database.commit().ok()?;
        Some(database)
    }
}

/// PostgreSQL's spelling in SQLite's: casts go, and the schemas of the catalog become parts of names.
fn translate(sql: &str) -> String {
    let tokens: Vec<token::Token<'_>> = token::tokens(sql).collect();
    let mut text = String::with_capacity(sql.len());
    let mut at = 0;
    let mut skip_to = 0;
    for (index, token) in tokens.iter().enumerate() {
        if index < skip_to {
            continue;
        }
        // What stands between two tokens keeps them apart.
        if token.start > at {
            text.push(' ');
        }
        at = token.end();
        let next = |offset: usize| tokens.get(index + offset);
        if token.is_symbol("::") {
            let before = index.checked_sub(1).and_then(|before| tokens.get(before));
            if let Some(name) =
                before.filter(|name| name.kind == Kind::Text && next(1).is_some_and(|to| to.is("regclass")))
            {
                text.truncate(text.trim_end().len() - name.text.len());
                text.push_str(&literals::quoted(&own(&identifier(&name.value()))));
            }
            let bracket = next(2).is_some_and(|token| token.is_symbol("("));
            let after = if bracket { 5 } else { 2 };
            let array = next(after).is_some_and(|token| token.text == "[]");
            skip_to = index + after + usize::from(array);
            at = tokens.get(skip_to.saturating_sub(1)).map_or(at, token::Token::end);
            continue;
        }
        let dotted = next(1).is_some_and(|token| token.is_symbol("."));
        if dotted && token.is("pg_catalog") {
            skip_to = index + 2;
            continue;
        }
        if dotted && token.is("information_schema") {
            text.push_str("information_schema_");
            skip_to = index + 2;
            at = tokens.get(skip_to).map_or(at, |token| token.start);
            continue;
        }
        match () {
            () if token.is("to_regclass") => text.push_str("parity_regclass"),
            () if token.is("current_schema") => {
                text.push_str("'public'");
                if next(1).is_some_and(|token| token.is_symbol("(")) {
                    skip_to = index + 3;
                    at = tokens.get(index + 2).map_or(at, token::Token::end);
                }
            }
            () if token.is("current_database") || token.is("current_catalog") => {
                let _ = write!(text, "'{DATABASE}'");
                if next(1).is_some_and(|token| token.is_symbol("(")) {
                    skip_to = index + 3;
                    at = tokens.get(index + 2).map_or(at, token::Token::end);
                }
            }
            () if token.is("ilike") => text.push_str("LIKE"),
            // An array is kept as JSON.
            () if token.is("any") && text.trim_end().ends_with('=') => {
                text.truncate(text.trim_end().len() - 1);
                let close = closing(&tokens, index + 1);
                let inner = close.and_then(|close| sql.get(tokens[index + 1].end()..tokens[close].start));
                let (Some(close), Some(inner)) = (close, inner) else { return sql.to_owned() };
                let _ = write!(text, "IN (SELECT value FROM json_each({}))", translate(inner));
                skip_to = close + 1;
                at = tokens[close].end();
            }
            () if token.is("array") && next(1).is_some_and(|list| list.text.starts_with('[')) => {
                let list = tokens[index + 1];
                let inner = list.text.get(1..list.text.len().saturating_sub(1)).unwrap_or_default();
                let _ = write!(text, "json_array({})", translate(inner));
                skip_to = index + 2;
                at = list.end();
            }
            () if token.kind == Kind::Quoted && index_of(token).is_some() => {
                let _ = write!(text, " ->> {}", index_of(token).unwrap_or_default());
            }
            () if token.kind == Kind::Quoted => text.push_str(token.text),
            () => text.push_str(token.text),
        }
    }
    replace_regclass(&text)
}

/// The bracket that closes the one at a position.
fn closing(tokens: &[token::Token<'_>], open: usize) -> Option<usize> {
    let mut depth = 0_i32;
    tokens.get(open).filter(|token| token.is_symbol("("))?;
    let found = tokens[open..].iter().position(|token| {
        match token.text {
            "(" => depth += 1,
            ")" => depth -= 1,
            _ => {}
        }
        depth == 0
    });
    found.map(|found| found + open)
}

/// The position in an array that `[1]` means, counted from nought.
fn index_of(token: &token::Token<'_>) -> Option<u32> {
    let inner = token.text.strip_prefix('[')?.strip_suffix(']')?;
    inner.trim().parse::<u32>().ok()?.checked_sub(1)
}

/// `to_regclass('public.t')` as a look-up.
fn replace_regclass(sql: &str) -> String {
    let sign = "parity_regclass";
    let mut rest = sql;
    let mut text = String::new();
    while let Some(at) = rest.find(sign) {
        text.push_str(&rest[..at]);
        let after = &rest[at + sign.len()..];
        let Some(close) = after.find(')') else { break };
        let argument = after[..close].trim_start().trim_start_matches('(').trim();
        let _ = write!(
            text,
            "(SELECT oid FROM pg_class WHERE oid = replace(replace({argument}, 'public.', ''), '\"', ''))"
        );
        rest = &after[close + 1..];
    }
    text + rest
}

#[allow(clippy::too_many_lines, reason = "a table of tables")]
/// A text of statements that make the catalog's tables, with rows in those that a query asks.
fn tables(state: &State, query: &str) -> String {
    let mut sql = String::from(
        "CREATE TABLE information_schema_tables (table_catalog, table_schema, table_name, table_type);
         CREATE TABLE information_schema_columns (table_schema, table_name, column_name, ordinal_position, column_default, \
         is_nullable, data_type, udt_name, character_maximum_length, is_identity);
         CREATE TABLE information_schema_table_constraints (constraint_schema, constraint_name, table_schema, table_name, \
         constraint_type);
         CREATE TABLE information_schema_key_column_usage (constraint_schema, constraint_name, table_schema, table_name, \
         column_name, ordinal_position);
         CREATE TABLE information_schema_constraint_column_usage (table_schema, table_name, column_name, \
         constraint_schema, constraint_name);
         CREATE TABLE information_schema_referential_constraints (constraint_schema, constraint_name, delete_rule, \
         update_rule);
         CREATE TABLE information_schema_schemata (schema_name);
         CREATE TABLE information_schema_views (table_schema, table_name);
         CREATE TABLE information_schema_triggers (trigger_name, event_object_schema, event_object_table);
         CREATE TABLE pg_tables (schemaname, tablename);
         CREATE TABLE pg_views (schemaname, viewname);
         CREATE TABLE pg_indexes (schemaname, tablename, indexname);
         CREATE TABLE pg_namespace (oid, nspname);
         CREATE TABLE pg_class (oid, relname, relkind, relnamespace);
         CREATE TABLE pg_type (oid, typname, typtype, typnamespace);
         CREATE TABLE pg_enum (enumtypid, enumlabel, enumsortorder);
         CREATE TABLE pg_constraint (oid, conname, contype, conrelid, confrelid, connamespace, conkey, confkey);
         CREATE TABLE pg_attribute (attrelid, attname, attnum, attnotnull, attisdropped);
         CREATE TABLE pg_extension (extname);
         CREATE TABLE pg_trigger (tgname, tgrelid, tgisinternal);
         CREATE TABLE pg_proc (proname);\n",
    );
    let query = query.to_ascii_lowercase();
    let mut add = |table: &str, values: &[&str]| {
        if !query.contains(table) {
            return;
        }
        let values: Vec<String> = values.iter().map(|value| literals::quoted(value)).collect();
        let _ = writeln!(sql, "INSERT INTO {table} VALUES ({});", values.join(", "));
    };
    let space = |name: &str| match schema_of(name).trim_end_matches('.') {
        "" => state.home.as_deref().unwrap_or("public").to_owned(),
        schema => schema.to_owned(),
    };
    for schema in ["public"].into_iter().chain(state.schemas.iter().map(String::as_str)) {
        add("information_schema_schemata", &[schema]);
        add("pg_namespace", &[schema, schema]);
    }
    for (name, table) in &state.tables {
        let (schema, short) = (space(name), bare(name));
        add("information_schema_tables", &[DATABASE, &schema, short, "BASE TABLE"]);
        add("pg_tables", &[&schema, short]);
        add("pg_class", &[name, short, "r", &schema]);
        for (index, column) in table.columns.iter().enumerate() {
            let position = (index + 1).to_string();
            let length = column
                .data_type
                .strip_prefix("character varying(")
                .and_then(|rest| rest.strip_suffix(')'))
                .unwrap_or_default();
            let plain = column.data_type.split('(').next().unwrap_or_default();
            let named = if state.types.contains_key(plain) { "USER-DEFINED" } else { plain };
            let nullable = if column.nullable { "YES" } else { "NO" };
            let identity = if column.identity.is_some() { "YES" } else { "NO" };
            let default = column.default.as_deref().unwrap_or_default();
            add(
                "information_schema_columns",
                &[&schema, short, &column.name, &position, default, nullable, named, udt(plain), length, identity],
            );
            add("pg_attribute", &[name, &column.name, &position, if column.nullable { "" } else { "1" }, ""]);
        }
        for constraint in &table.constraints {
            let own = &constraint.name;
            let (word, letter, target) = match &constraint.rule {
                Rule::PrimaryKey(_) => ("PRIMARY KEY", "p", ""),
                Rule::Unique(_) => ("UNIQUE", "u", ""),
                Rule::Foreign(foreign) => ("FOREIGN KEY", "f", foreign.table.as_str()),
                Rule::Check { .. } => ("CHECK", "c", ""),
                Rule::Exclude { .. } => ("EXCLUDE", "x", ""),
            };
            add("information_schema_table_constraints", &[&schema, own, &schema, short, word]);
            let other = state.tables.get(target);
            let referred = match &constraint.rule {
                Rule::Foreign(foreign) => foreign.references.as_slice(),
                _ => &[],
            };
            let (keys, others) = (
                numbers(table, constraint.rule.columns()),
                other.map(|other| numbers(other, referred)).unwrap_or_default(),
            );
            add("pg_constraint", &[own, own, letter, name, target, &schema, &keys, &others]);
            for (index, column) in constraint.rule.columns().iter().enumerate() {
                let position = (index + 1).to_string();
                add("information_schema_key_column_usage", &[&schema, own, &schema, short, column, &position]);
                if !matches!(constraint.rule, Rule::Foreign(_)) {
                    add("information_schema_constraint_column_usage", &[&schema, short, column, &schema, own]);
                }
            }
            if let Rule::Foreign(foreign) = &constraint.rule {
                let delete = foreign.on_delete.as_deref().unwrap_or("NO ACTION");
                let update = foreign.on_update.as_deref().unwrap_or("NO ACTION");
                add("information_schema_referential_constraints", &[&schema, own, delete, update]);
                for column in &foreign.references {
                    let (other, table) = (space(&foreign.table), bare(&foreign.table));
                    add("information_schema_constraint_column_usage", &[&other, table, column, &schema, own]);
                }
            }
        }
        for trigger in table.triggers.keys() {
            add("information_schema_triggers", &[trigger, &schema, short]);
            add("pg_trigger", &[trigger, name, ""]);
        }
    }
    for (index, table) in &state.indexes {
        add("pg_indexes", &[&space(index), bare(table), bare(index)]);
        add("pg_class", &[index, bare(index), "i", &space(index)]);
    }
    for (view, found) in &state.views {
        add("information_schema_views", &[&space(view), bare(view)]);
        add("information_schema_tables", &[DATABASE, &space(view), bare(view), "VIEW"]);
        add("pg_views", &[&space(view), bare(view)]);
        add("pg_class", &[view, bare(view), if found.materialized { "m" } else { "v" }, &space(view)]);
    }
    for sequence in state.sequences.keys() {
        add("pg_class", &[sequence, bare(sequence), "S", &space(sequence)]);
    }
    for (name, user) in &state.types {
        let letter = if matches!(user, UserType::Enum(_)) { "e" } else { "d" };
        add("pg_type", &[name, bare(name), letter, &space(name)]);
        if let UserType::Enum(labels) = user {
            for (index, label) in labels.iter().enumerate() {
                add("pg_enum", &[name, label, &(index + 1).to_string()]);
            }
        }
    }
    for extension in &state.extensions {
        add("pg_extension", &[extension]);
    }
    for (name, routines) in &state.routines {
        for _ in routines {
            add("pg_proc", &[bare(name)]);
        }
    }
    sql.push_str(
        "UPDATE information_schema_columns SET column_default = NULL WHERE column_default = '';
         UPDATE information_schema_columns SET character_maximum_length = CASE WHEN character_maximum_length = '' THEN NULL \
         ELSE CAST(character_maximum_length AS INTEGER) END;
         UPDATE information_schema_columns SET ordinal_position = CAST(ordinal_position AS INTEGER);
         UPDATE pg_enum SET enumsortorder = CAST(enumsortorder AS INTEGER);
         UPDATE pg_attribute SET attnum = CAST(attnum AS INTEGER), attnotnull = attnotnull = '1', attisdropped = 0;
         UPDATE pg_trigger SET tgisinternal = 0;\n",
    );
    // All of it is in one database.
    for (table, column) in CATALOGS {
        let _ = writeln!(sql, "ALTER TABLE information_schema_{table} ADD COLUMN {column} DEFAULT '{DATABASE}';");
    }
    sql
}

/// The positions of columns, as an array.
fn numbers(table: &Table, columns: &[String]) -> String {
    let position =
        |column: &String| table.columns.iter().position(|own| own.name == *column).map(|at| (at + 1).to_string());
    format!("[{}]", columns.iter().filter_map(position).collect::<Vec<_>>().join(","))
}

/// The internal name of a type.
fn udt(data_type: &str) -> &str {
    match data_type {
        "integer" => "int4",
        "bigint" => "int8",
        "smallint" => "int2",
        "boolean" => "bool",
        "character varying" => "varchar",
        "character" => "bpchar",
        "real" => "float4",
        "double precision" => "float8",
        "timestamp with time zone" => "timestamptz",
        "timestamp without time zone" => "timestamp",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::super::Database;
    use super::*;

    fn count(query: &str) -> usize {
        let mut database = Database::default();
        database.execute("CREATE TABLE t (id INT PRIMARY KEY, a TEXT); CREATE TYPE mood AS ENUM ('x')").unwrap();
        let prepared = prepare(database.state(), query).unwrap();
        let mut catalog = prepared.database().unwrap();
        catalog.execute(&prepared.query, Params::NONE).unwrap().rows.len()
    }

    #[test]
    fn the_catalog_is_asked_as_migrations_ask_it() {
        for (query, expected) in [
            ("SELECT 1 FROM information_schema.columns WHERE table_name = 't' AND column_name = 'a'", 1),
            ("SELECT 1 FROM information_schema.columns WHERE table_name = 't' AND column_name = 'b'", 0),
            ("SELECT 1 FROM information_schema.table_constraints WHERE table_catalog = (SELECT current_database())", 1),
            ("SELECT conname FROM pg_constraint WHERE conname = 't_pkey' AND conrelid = 't'::regclass", 1),
            ("SELECT to_regclass('public.t') AS found WHERE to_regclass('public.t') IS NOT NULL", 1),
            ("SELECT 1 FROM pg_catalog.pg_type WHERE typname = 'mood'", 1),
            ("SELECT 1 FROM pg_indexes WHERE schemaname = current_schema() AND indexname = 't_pkey'", 1),
        ] {
            assert_eq!(count(query), expected, "{query}");
        }
    }
}
