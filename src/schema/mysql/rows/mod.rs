//! Statements about rows: the tables and columns that they name have to be there, and what they give has to fit.

mod expressions;
mod names;

use sqlparser::ast::{self, AssignmentTarget, ObjectName, SetExpr, Statement, TableObject};
use sqlparser::dialect::MySqlDialect;
use sqlparser::parser::Parser;

use self::names::{Resolver, Scope};
use super::error::Error;
use super::lexer::{Kind, Token, tokens};
use super::parse::{Reader, is_foreign, surely_foreign_call};
use super::state::{Column, Table};
use super::{Database, Done, Flavour};

/// The longest text that is parsed: a tree of expressions is as deep as its text is long.
const LONGEST: usize = 64 << 10;

/// The most operators in a row.
const LONGEST_CHAIN: usize = 1_000;

impl Database {
    /// Follows a query or a change of rows. What is not understood is taken for right.
    pub(super) fn rows(&mut self, text: &str, reader: &mut Reader<'_>) -> Done {
        self.hold_words(text, reader)?;
        self.hold_functions(text)?;
        if reader.is("select") && self.select_into(text) {
            return Ok(());
        }
        let Some(statement) = parsed(text) else { return Ok(()) };
        let mut resolver = Resolver::new(self);
        match &statement {
            Statement::Insert(insert) => self.insert(insert, &mut resolver),
            Statement::Update(update) => self.update(update, &mut resolver),
            Statement::Delete(delete) => Self::delete(delete, &mut resolver),
            Statement::Query(query) => resolver.query(query, None),
            _ => Ok(()),
        }
    }

    /// The columns of a query, where they are known.
    pub(super) fn query(&self, text: &str) -> Result<Option<Vec<String>>, Error> {
        let Some(Statement::Query(query)) = parsed(text) else { return Ok(None) };
        let mut resolver = Resolver::new(self);
        resolver.query(&query, None)?;
        Ok(resolver.results(&query))
    }

    /// Functions of other databases that no migration makes.
    fn hold_functions(&self, text: &str) -> Done {
        let Some(name) = surely_foreign_call(text) else { return Ok(()) };
        let is_made = self.state.routines.contains_key(&format!("FUNCTION {}", name.to_lowercase()));
        if is_made { Ok(()) } else { Err(Error::new(1305, format!("FUNCTION {name} does not exist"))) }
    }

    /// Words of other databases that neither server understands.
    fn hold_words(&self, text: &str, reader: &mut Reader<'_>) -> Done {
        let all: Vec<Token<'_>> = tokens(text).collect();
        let is_update = all.first().is_some_and(|first| first.is("update"));
        for (index, token) in all.iter().enumerate() {
            let before = |word: &str| index > 0 && all[index - 1].is(word);
            let in_quotes = token.kind == Kind::Text && token.text.starts_with('"') && !self.settings.ansi_quotes;
            let names = ["into", "update", "join"].iter().any(|word| before(word))
                || (before("from") && !is_of_text(&all, index));
            let foreign = is_foreign(&all, index)
                || (token.is("conflict") && before("on"))
                || (token.is("values") && before("default") && index + 1 == all.len())
                || (token.is("or") && index == 1 && !token.is("replace"))
                // `UPDATE … SET … FROM …`
                || (token.is("from") && is_update && is_clause(&all, index))
                || (token.is("returning")
                    && index > 1
                    && (is_update || self.settings.flavour == Flavour::MySql)
                    && is_clause(&all, index))
                || (in_quotes && names);
            if foreign {
                reader.skip(index);
                return Err(reader.syntax());
            }
        }
        if is_foreign(&all, all.len()) {
            reader.skip(all.len());
            return Err(reader.syntax());
        }
        Ok(())
    }

    fn insert(&self, insert: &ast::Insert, resolver: &mut Resolver<'_>) -> Done {
        let TableObject::TableName(name) = &insert.table else { return Ok(()) };
        let relation = resolver.table(name, None)?;
        let clause = if self.settings.flavour == Flavour::MariaDb { "INSERT INTO" } else { "field list" };
        let mut given: Vec<String> = Vec::new();
        for column in &insert.columns {
            let Some(column) = last(column) else { return Ok(()) };
            relation.hold(&column, clause)?;
            if given.iter().any(|known| known.eq_ignore_ascii_case(&column)) {
                return Err(Error::new(1110, format!("Column '{column}' specified twice")));
            }
            given.push(column);
        }
        for assignment in &insert.assignments {
            let AssignmentTarget::ColumnName(column) = &assignment.target else { continue };
            let Some(column) = last(column) else { continue };
            relation.hold(&column, clause)?;
            given.push(column);
        }
        let Some(table) = relation.table else {
            return insert.source.as_ref().map_or(Ok(()), |query| resolver.query(query, None));
        };
        let all: Vec<&Column> = match given.as_slice() {
            [] => table.columns.iter().filter(|column| !column.invisible).collect(),
            given => given.iter().filter_map(|name| table.column(name)).collect(),
        };
        if let Some(query) = &insert.source {
            Self::hold_values(&query.body, all.len(), &given)?;
            resolver.query(query, None)?;
        }
        // A query may have no row, which MariaDB does not ask.
        let mariadb = self.settings.flavour == Flavour::MariaDb;
        let has_rows = mariadb || insert.source.as_ref().is_none_or(|query| matches!(*query.body, SetExpr::Values(_)));
        if self.settings.strict && has_rows && !insert.ignore && !given.is_empty() && !self.has_trigger(table) {
            Self::hold_omitted(table, &all)?;
        }
        Ok(())
    }

    fn has_trigger(&self, table: &Table) -> bool {
        self.state.triggers.values().any(|trigger| trigger.table == table.name)
    }

    /// As many values as columns.
    fn hold_values(body: &SetExpr, columns: usize, given: &[String]) -> Done {
        let SetExpr::Values(values) = body else { return Ok(()) };
        for (index, row) in values.rows.iter().enumerate() {
            let count = row.content.len();
            // A row without any is a row of defaults.
            if count != columns && !(count == 0 && given.is_empty()) {
                return Err(Error::column_count(index + 1));
            }
        }
        Ok(())
    }

    /// What a row leaves out has a default.
    fn hold_omitted(table: &Table, given: &[&Column]) -> Done {
        for column in &table.columns {
            let is_given = given.iter().any(|known| known.name == column.name);
            let fills =
                column.nullable || column.default.is_some() || column.auto_increment || column.generated.is_some();
            // An enum's first value is its default, and servers may give the first moment one.
            let has_own = column.data_type.is(&["enum", "timestamp"]);
            if !is_given && !fills && !has_own {
                return Err(Error::new(1364, format!("Field '{}' doesn't have a default value", column.name)));
            }
        }
        Ok(())
    }

    fn update(&self, update: &ast::Update, resolver: &mut Resolver<'_>) -> Done {
        let mut scope = Scope::default();
        resolver.from(std::slice::from_ref(&update.table), &mut scope)?;
        let mariadb = self.settings.flavour == Flavour::MariaDb;
        for assignment in &update.assignments {
            if let AssignmentTarget::ColumnName(name) = &assignment.target
                && let [ast::ObjectNamePart::Identifier(column)] = name.0.as_slice()
            {
                Resolver::bare(column, &scope, if mariadb { "SET" } else { "field list" })?;
            }
            resolver.expression(&assignment.value, &scope, if mariadb { "SET" } else { "field list" })?;
        }
        match &update.selection {
            Some(condition) => resolver.expression(condition, &scope, resolver.where_clause()),
            None => Ok(()),
        }
    }

    fn delete(delete: &ast::Delete, resolver: &mut Resolver<'_>) -> Done {
        let (ast::FromTable::WithFromKeyword(from) | ast::FromTable::WithoutKeyword(from)) = &delete.from;
        let mut scope = Scope::default();
        resolver.from(from, &mut scope)?;
        if let Some(using) = &delete.using {
            scope = Scope::default();
            resolver.from(using, &mut scope)?;
        }
        match &delete.selection {
            Some(condition) => resolver.expression(condition, &scope, resolver.where_clause()),
            None => Ok(()),
        }
    }
}

/// Whether `FROM` stands in a function: `EXTRACT(… FROM …)`, `TRIM(… FROM …)`, `SUBSTRING(… FROM …)`.
fn is_of_text(all: &[Token<'_>], index: usize) -> bool {
    let mut depth = 0_i32;
    for at in (0..index).rev() {
        if all[at].is_symbol(")") {
            depth += 1;
        } else if all[at].is_symbol("(") {
            depth -= 1;
            if depth < 0 {
                return at > 0 && ["extract", "trim", "substring", "substr"].iter().any(|word| all[at - 1].is(word));
            }
        }
    }
    false
}

/// Whether a word begins a clause, outside of brackets and after no dot.
fn is_clause(all: &[Token<'_>], index: usize) -> bool {
    let mut depth = 0_i32;
    for token in &all[..index] {
        depth += i32::from(token.is_symbol("(")) - i32::from(token.is_symbol(")"));
    }
    depth == 0 && !all[index - 1].is_symbol(".") && !all[index - 1].is_symbol(",")
}

fn parsed(text: &str) -> Option<Statement> {
    if text.len() > LONGEST {
        return None;
    }
    let operators =
        tokens(text).filter(|token| token.kind == Kind::Symbol && !matches!(token.text, "," | "(" | ")" | "."));
    let words = tokens(text).filter(|token| ["and", "or", "not", "union"].iter().any(|word| token.is(word)));
    if operators.count() + words.count() > LONGEST_CHAIN {
        return None;
    }
    match Parser::parse_sql(&MySqlDialect {}, text).ok()?.as_mut_slice() {
        [only] => Some(std::mem::replace(only, Statement::Commit { chain: false, end: false, modifier: None })),
        _ => None,
    }
}

fn last(name: &ObjectName) -> Option<String> {
    match name.0.last() {
        Some(ast::ObjectNamePart::Identifier(part)) => Some(part.value.clone()),
        _ => None,
    }
}
