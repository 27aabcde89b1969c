//! Reads the schema out of a database.

use std::collections::{BTreeMap, BTreeSet};

use rusqlite::{Connection, Row};

use super::ddl;
use super::error::SqlError;
use crate::schema::model::{Column, IndexTerm, Name, Schema, Table, Trigger, View};

/// One row of `sqlite_master`.
struct Entry {
    kind: String,
    name: Name,
    table: Name,
    sql: String,
}

/// The schema, without what SQLite keeps for itself: `sqlite_…` and the tables behind a virtual one.
pub fn snapshot(connection: &Connection) -> Result<Schema, SqlError> {
    let hidden = shadow_tables(connection)?;
    let mut columns = columns(connection)?;
    let mut schema = Schema::default();
    // An index can stand before its table, so that tables come first.
    let (tables, others): (Vec<Entry>, Vec<Entry>) = entries(connection)?
        .into_iter()
        .filter(|entry| !hidden.contains(&entry.table) && !is_internal(&entry.table))
        .partition(|entry| entry.kind == "table");
    for entry in tables {
        if is_virtual(&entry.sql) {
            let table = ddl::virtual_table(&entry.sql);
            schema
                .virtual_tables
                .insert(entry.name.clone(), crate::schema::model::VirtualTable { name: entry.name, ..table });
        } else {
            let columns = columns.remove(&entry.name).unwrap_or_default();
            schema.tables.insert(entry.name.clone(), table(entry, columns));
        }
    }
    for entry in others {
        let Entry { kind, name, table, sql } = entry;
        match kind.as_str() {
            "index" => {
                if let Some(table) = schema.tables.get_mut(&table) {
                    let index = index(table, &sql);
                    table.indexes.insert(name, index);
                }
            }
            "view" => {
                schema.views.insert(name.clone(), View { name, sql });
            }
            _ => {
                schema.triggers.insert(name.clone(), Trigger { name, table, sql });
            }
        }
    }
    Ok(schema)
}

fn is_internal(name: &Name) -> bool {
    name.as_str().get(..7).is_some_and(|start| start.eq_ignore_ascii_case("sqlite_"))
}

fn is_virtual(sql: &str) -> bool {
    crate::schema::token::tokens(sql).nth(1).is_some_and(|token| token.is("virtual"))
}

fn query<T>(
    connection: &Connection,
    sql: &str,
    read: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
) -> Result<Vec<T>, SqlError> {
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map([], read)?.collect::<Result<_, _>>()?;
    Ok(rows)
}

/// What `CREATE` made; an index without a text carries a constraint, which its table lists.
fn entries(connection: &Connection) -> Result<Vec<Entry>, SqlError> {
    query(connection, "SELECT type, name, tbl_name, sql FROM main.sqlite_master WHERE sql IS NOT NULL", |row| {
        Ok(Entry {
            kind: row.get(0)?,
            name: Name::new(row.get::<_, String>(1)?),
            table: Name::new(row.get::<_, String>(2)?),
            sql: row.get(3)?,
        })
    })
}

fn shadow_tables(connection: &Connection) -> Result<BTreeSet<Name>, SqlError> {
    let virtual_tables = "SELECT 1 FROM main.sqlite_master WHERE rootpage = 0 AND type = 'table' LIMIT 1";
    if query(connection, virtual_tables, |_| Ok(()))?.is_empty() {
        return Ok(BTreeSet::new());
    }
    let names = query(connection, "SELECT name FROM pragma_table_list WHERE type = 'shadow'", |row| {
        Ok(Name::new(row.get::<_, String>(0)?))
    })?;
    Ok(names.into_iter().collect())
}

/// The columns of every table in one query: a pragma of its own for each table would cost more than all the rest.
fn columns(connection: &Connection) -> Result<BTreeMap<Name, Vec<Column>>, SqlError> {
    let sql = "SELECT m.name, c.name, c.type, c.\"notnull\", c.dflt_value, c.pk \
               FROM main.sqlite_master m, pragma_table_xinfo(m.name, 'main') c \
               WHERE m.type = 'table' AND m.rootpage > 0 AND m.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'";
    let rows = query(connection, sql, |row| {
        let column = Column {
            name: Name::new(row.get::<_, String>(1)?),
            data_type: row.get::<_, String>(2)?.split_ascii_whitespace().collect::<Vec<_>>().join(" "),
            nullable: row.get::<_, i64>(3)? == 0,
            default: row.get(4)?,
            primary_key: row.get(5).map(|position: u32| (position > 0).then_some(position))?,
            generated: None,
            collation: None,
        };
        Ok((Name::new(row.get::<_, String>(0)?), column))
    })?;
    let mut tables: BTreeMap<Name, Vec<Column>> = BTreeMap::new();
    for (table, column) in rows {
        tables.entry(table).or_default().push(column);
    }
    Ok(tables)
}

fn table(entry: Entry, mut columns: Vec<Column>) -> Table {
    let text = ddl::table(&entry.sql);
    for column in text.columns {
        if let Some(known) = columns.iter_mut().find(|known| known.name == column.name) {
            known.collation = column.collation;
            known.generated = column.generated;
        }
    }
    for column in columns.iter_mut().filter(|column| column.generated.is_some()) {
        // A generated column's type ends with the first words of its constraint in the pragma of some releases.
        if let Some(end) = column.data_type.to_ascii_uppercase().rfind(" GENERATED ALWAYS") {
            column.data_type.truncate(end);
        }
    }
    Table {
        name: entry.name,
        columns,
        indexes: BTreeMap::new(),
        uniques: text.uniques,
        foreign_keys: text.foreign_keys,
        checks: text.checks,
        primary_key_conflict: text.primary_key_conflict,
        autoincrement: text.autoincrement,
        without_rowid: text.without_rowid,
        strict: text.strict,
        partition_of: None,
        open: false,
    }
}

fn index(table: &Table, sql: &str) -> crate::schema::model::Index {
    let mut index = ddl::index(sql);
    for part in &mut index.parts {
        let IndexTerm::Column(name) = &part.term else { continue };
        let own = table.column(name).and_then(|column| column.collation.clone()).unwrap_or_else(|| "BINARY".into());
        if part.collation.as_ref() == Some(&own) {
            part.collation = None;
        }
    }
    index
}
