//! `CREATE VIEW`, and what a view reads.

use std::collections::BTreeSet;

use sqlparser::ast;

use super::error::PgError;
use super::state::{State, Table, View};
use super::{Database, bare, object, types};
use crate::schema::token::{self, Kind};

impl Database {
    pub(super) fn create_view(&mut self, create: &ast::CreateView) -> Result<(), PgError> {
        let name = object(&create.name);
        let name = if create.temporary && !name.contains('.') { format!("pg_temp.{name}") } else { name };
        self.check_schema(&name)?;
        if self.state.has_relation(&name) {
            let replaces = create.or_replace && self.state.views.contains_key(&name);
            if create.or_replace && !replaces {
                return Err(PgError::wrong_type(format!("\"{}\" is not a view", bare(&name))));
            }
            if !replaces {
                return if create.if_not_exists { Ok(()) } else { Err(PgError::duplicate_relation(bare(&name))) };
            }
        }
        if !self.open
            && self.state.extensions.is_empty()
            && let Some(missing) = missing_relation(&create.query, &self.state)
        {
            return Err(PgError::undefined("relation", &missing));
        }
        let query = create.query.to_string();
        let mut reads = relations_named(&query, &self.state);
        reads.remove(&name);
        let only = if reads.len() == 1 { reads.first().and_then(|name| self.state.tables.get(name)) } else { None };
        let mut columns = self.columns_needed(&create.query);
        if let (Some(table), Some(name)) = (only, reads.first()) {
            columns.entry(name.clone()).or_default().extend(columns_read(&query, table));
        }
        columns.retain(|table, _| reads.contains(table));
        let mut output = self.columns_of(&create.query);
        if let Some(output) = &mut output {
            if create.columns.len() > output.len() {
                let message = "CREATE VIEW specifies more column names than columns".to_owned();
                return Err(PgError { condition: "SyntaxError", ..PgError::wrong_type(message) });
            }
            for (column, given) in output.iter_mut().zip(&create.columns) {
                column.0 = super::ident(&given.name);
            }
            if let Some((_, (twice, _))) = output
                .iter()
                .enumerate()
                .find(|(index, (name, _))| output[..*index].iter().any(|(known, _)| known == name))
            {
                let message = format!("column \"{twice}\" specified more than once");
                return Err(PgError { condition: "DuplicateColumn", ..PgError::wrong_type(message) });
            }
        }
        let old = self.state.views.get(&name).filter(|_| !self.state.doubt.has(&name));
        if let (Some(old), Some(new)) = (old.and_then(|old| old.output.as_ref()), &output) {
            Self::check_replaced(old, new)?;
        }
        let view = View { sql: create.to_string(), materialized: create.materialized, reads, columns, output };
        self.state.views.insert(name, view);
        Ok(())
    }
}

/// The columns of the only table of a query that it needs.
fn columns_read(query: &str, table: &Table) -> BTreeSet<String> {
    let tokens: Vec<_> = token::tokens(query).collect();
    let mut found = BTreeSet::new();
    for (index, token) in tokens.iter().enumerate() {
        let before = index.checked_sub(1).and_then(|before| tokens.get(before));
        // A star that comes after anything else multiplies, or counts rows.
        let selects = |token: &token::Token<'_>| {
            token.is("select")
                || token.is("distinct")
                || token.is("all")
                || token.is_symbol(",")
                || token.is_symbol(".")
        };
        if token.is_symbol("*") && before.is_some_and(selects) {
            return table.columns.iter().map(|column| column.name.clone()).collect();
        }
        if matches!(token.kind, Kind::Word | Kind::Quoted) && !before.is_some_and(|before| before.is("as")) {
            found.extend(Some(types::identifier(token.text)).filter(|name| table.column(name).is_some()));
        }
    }
    found
}

/// The first table that a query reads and that is not there, as far as its `FROM` says it plainly.
fn missing_relation(query: &ast::Query, state: &State) -> Option<String> {
    // What `WITH` names is none of the catalog.
    if query.with.is_some() {
        return None;
    }
    let ast::SetExpr::Select(select) = &*query.body else { return None };
    let relations = select
        .from
        .iter()
        .flat_map(|from| std::iter::once(&from.relation).chain(from.joins.iter().map(|join| &join.relation)));
    relations
        .filter_map(|relation| match relation {
            ast::TableFactor::Table { name, args: None, .. } => Some(object(name)),
            _ => None,
        })
        .find(|name| !{
            name.contains('.')
                || name.starts_with("pg_")
                || name == "only"
                || state.has_relation(name)
                || state.has_relation(&format!("pg_temp.{name}"))
        })
}

/// The tables and views that a query names.
fn relations_named(query: &str, state: &State) -> BTreeSet<String> {
    let tokens: Vec<_> = token::tokens(query).collect();
    let mut found = BTreeSet::new();
    for (index, token) in tokens.iter().enumerate() {
        if !matches!(token.kind, Kind::Word | Kind::Quoted) {
            continue;
        }
        let name = types::identifier(token.text);
        let dotted = match (tokens.get(index + 1), tokens.get(index + 2)) {
            (Some(dot), Some(next)) if dot.is_symbol(".") => format!("{name}.{}", types::identifier(next.text)),
            _ => String::new(),
        };
        for name in [name, dotted] {
            if state.tables.contains_key(&name) || state.views.contains_key(&name) {
                found.insert(name);
            }
        }
    }
    found
}
