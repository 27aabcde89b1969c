//! Statements about rows, held against the catalog: what they name must be there, and what they write must fit. Rows are
//! not kept, but that a table has some is. Where a name can mean something that is not known, nothing is said.

mod expressions;
mod kinds;
mod names;
mod seeds;
mod values;

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use sqlparser::ast::{self, Statement};
use sqlparser::dialect::PostgreSqlDialect;
use sqlparser::parser::Parser;

use self::names::{Resolver, Scope};
pub(super) use self::values::check_constant;
use super::state::{State, Table, UserType};
use super::statements::{Piece, longest_chain};
use super::{Database, LONGEST_CHAIN, LONGEST_STATEMENT, PgError, conditions, strangers};
use crate::schema::token::{self, Kind, Token};

/// Extensions that bring no table and no view.
const WITHOUT_TABLES: &[&str] = &[
    "uuid-ossp",
    "pgcrypto",
    "citext",
    "pg_trgm",
    "btree_gin",
    "btree_gist",
    "hstore",
    "unaccent",
    "ltree",
    "vector",
    "intarray",
    "fuzzystrmatch",
    "tablefunc",
    "cube",
    "earthdistance",
    "isn",
    "seg",
    "plpgsql",
    "moddatetime",
    "lo",
    "dict_int",
    "bloom",
    "intagg",
    "insert_username",
    "refint",
    "autoinc",
    "pgrowlocks",
    "pageinspect",
    "uuid",
];

impl Database {
    /// Holds a statement about rows against the catalog, and notes what it does to them. `known` tells what a name can
    /// mean besides: a variable of a block.
    pub(super) fn rows(&mut self, piece: &Piece<'_>, known: &dyn Fn(&str) -> bool) -> Result<(), PgError> {
        let Some(verb) = Verb::of(piece.text) else {
            if makes_casts(piece.text) {
                self.state.moment.note_casts();
            }
            return self.policy(piece.text);
        };
        if let Some(error) = strangers::refused(piece.text) {
            return Err(error);
        }
        if self.lost || names_a_record(piece.text) {
            self.state.moment.forget_rows();
            return Ok(());
        }
        let Some(statement) = parsed(piece.text) else {
            if verb != Verb::Select {
                self.forget_rows_of(piece.text);
            }
            return Ok(());
        };
        let mut resolver = Resolver::new(&self.state, self.is_whole(), known);
        resolver.statement(&statement)?;
        self.note(&statement, piece.text)
    }

    /// Holds the conditions of a policy against the columns of its table.
    fn policy(&self, sql: &str) -> Result<(), PgError> {
        let mut words = token::tokens(sql);
        let is_policy =
            words.next().is_some_and(|first| first.is("create")) && words.next().is_some_and(|word| word.is("policy"));
        let Some(Statement::CreatePolicy(policy)) = is_policy.then(|| parsed(sql)).flatten() else { return Ok(()) };
        let name = self.temporary_or(super::object(&policy.table_name));
        if self.lost || !self.state.tables.get(&name).is_some_and(|table| !table.open && !table.columns.is_empty()) {
            return Ok(());
        }
        let mut resolver = Resolver::new(&self.state, self.is_whole(), &|_| false);
        let scope = Scope::of_table(&self.state, &name);
        let mut conditions = policy.using.iter().chain(&policy.with_check);
        conditions.try_for_each(|condition| resolver.expression(condition, &scope))
    }

    /// Whether every table of the database is known.
    pub(super) fn is_whole(&self) -> bool {
        !self.open && self.state.extensions.iter().all(|name| WITHOUT_TABLES.contains(&name.as_str()))
    }

    /// Forgets what is known of the rows that a statement may take away.
    pub fn forget_rows_of(&mut self, sql: &str) {
        let mut moment = std::mem::take(&mut self.state.moment);
        moment.forget(sql, &self.state);
        self.state.moment = moment;
    }

    /// Forgets what is known of rows.
    pub fn forget_rows(&mut self) {
        self.state.moment.forget_rows();
    }

    /// Notes what a statement does to rows.
    fn note(&mut self, statement: &Statement, sql: &str) -> Result<(), PgError> {
        match statement {
            Statement::Insert(insert) => {
                if let Some((table, nulls)) = values::rows_of(insert, &self.state)?
                    && self.state.tables.get(&table).is_some_and(|table| !table.open)
                {
                    self.state.moment.note_row(&table, nulls);
                }
            }
            Statement::Update(update) => {
                let Some(table) = values::updated(update, &self.state) else {
                    self.state.moment.forget_rows();
                    return Ok(());
                };
                for column in update.assignments.iter().flat_map(values::targets) {
                    self.state.moment.note_update(&table, &column);
                }
            }
            Statement::Query(query) if !writes(query) && self.state.routines.is_empty() => {}
            _ => self.forget_rows_of(sql),
        }
        Ok(())
    }

    /// Refuses what a definition demands of rows that are there, and notes what becomes of them.
    pub(super) fn hold_rows(&mut self, before: &State) -> Result<(), PgError> {
        let held: Vec<String> = before.tables.keys().filter(|name| before.moment.has_rows(name)).cloned().collect();
        for name in held {
            let (Some(old), Some(new)) = (before.tables.get(&name), self.state.tables.get(&name)) else {
                self.state.moment.forget_table(&name);
                continue;
            };
            if Rc::ptr_eq(old, new) {
                continue;
            }
            let new = new.clone();
            let nulls = nulls_after(before, &name, old, &new, &self.state)?;
            self.state.moment.forget_table(&name);
            self.state.moment.note_row(&name, nulls);
        }
        Ok(())
    }
}

/// The columns that are null in a row of a table, after a definition changed it.
fn nulls_after(before: &State, name: &str, old: &Table, new: &Table, state: &State) -> Result<Vec<String>, PgError> {
    let mut nulls = Vec::new();
    let is_renaming = old.columns.len() == new.columns.len();
    for (at, column) in new.columns.iter().enumerate() {
        let known = if is_renaming { old.columns.get(at).map(|column| &**column) } else { old.column(&column.name) };
        let is_null = match known {
            Some(known) if known.data_type != column.data_type => false,
            Some(known) => before.moment.is_null(name, &known.name),
            // A domain may have a default of its own.
            None => {
                column.default.is_none()
                    && column.identity.is_none()
                    && column.generated.is_none()
                    && !matches!(state.types.get(&column.data_type), Some(UserType::Other(_)))
            }
        };
        if is_null && !column.nullable {
            return Err(PgError::contains_null(super::bare(name), &column.name));
        }
        if is_null {
            nulls.push(column.name.clone());
        }
    }
    Ok(nulls)
}

/// What a statement about rows does.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Verb {
    Select,
    Write,
}

impl Verb {
    fn of(sql: &str) -> Option<Self> {
        let first = token::tokens(sql).next()?;
        let is = |words: &[&str]| words.iter().any(|word| first.is(word));
        if is(&["select", "values", "table"]) || first.is_symbol("(") {
            return Some(Self::Select);
        }
        is(&["insert", "update", "delete", "with", "truncate", "merge", "copy"]).then_some(Self::Write)
    }
}

/// Whether a statement makes a cast or an operator.
fn makes_casts(sql: &str) -> bool {
    let mut tokens = token::tokens(sql);
    tokens.next().is_some_and(|first| first.is("create"))
        && tokens.next().is_some_and(|kind| kind.is("cast") || kind.is("operator"))
}

/// Whether a statement is about the table in which Alembic keeps its own record, which can have any name.
fn names_a_record(sql: &str) -> bool {
    crate::source::has_word(sql, &["version_num"])
}

/// Whether a query has a part that writes.
fn writes(query: &ast::Query) -> bool {
    !matches!(&*query.body, ast::SetExpr::Select(_) | ast::SetExpr::Values(_))
        || query.with.as_ref().is_some_and(|with| with.cte_tables.iter().any(|part| writes(&part.query)))
}

/// A statement as the parser reads it; `None` where it does not, or where it is longer than a check allows.
fn parsed(sql: &str) -> Option<Statement> {
    if sql.len() > LONGEST_STATEMENT || sql.len() > LONGEST_CHAIN && longest_chain(sql) > LONGEST_CHAIN {
        return None;
    }
    let parse = |sql: &str| Parser::parse_sql(&PostgreSqlDialect {}, sql).ok();
    let mut found = parse(sql).or_else(|| parse(&with_placeholders(sql)?))?;
    if found.len() == 1 { found.pop() } else { None }
}

/// A statement whose parameters are spelled as PostgreSQL spells them; `None` where it has none.
fn with_placeholders(sql: &str) -> Option<String> {
    let tokens: Vec<Token<'_>> = token::tokens(sql).collect();
    let mut text = String::with_capacity(sql.len());
    let mut at = 0;
    for (index, token) in tokens.iter().enumerate() {
        let next = |ahead: usize| tokens.get(index + ahead);
        let touches = |one: &Token<'_>, other: Option<&Token<'_>>| other.is_some_and(|other| one.end() == other.start);
        let end = match token.kind {
            Kind::Literal if token.text.starts_with([':', '@', '?']) => token.end(),
            Kind::Symbol if token.text == "?" => token.end(),
            Kind::Symbol if token.text == "%" && touches(token, next(1)) => match next(1) {
                Some(next) if next.is("s") => next.end(),
                Some(open) if open.is_symbol("(") && next(4).is_some_and(|token| token.is("s")) => {
                    next(4).map_or(token.end(), Token::end)
                }
                _ => continue,
            },
            _ => continue,
        };
        text.push_str(&sql[at..token.start]);
        text.push_str("$1");
        at = end;
    }
    (at > 0).then(|| text + &sql[at..])
}

/// Whether a definition uses a label that its own transaction added: what is said of it.
pub(super) fn unsafe_label(state: &State, statement: &Statement) -> Result<(), PgError> {
    if !state.moment.has_new_labels() {
        return Ok(());
    }
    let mut resolver = Resolver::of_labels(state);
    let checked = match statement {
        Statement::CreateTable(create) => {
            let name = super::object(&create.name);
            let columns = create.columns.iter().try_for_each(|column| resolver.column(column, &name));
            columns.and_then(|()| {
                create.constraints.iter().try_for_each(|constraint| resolver.constraint(constraint, &name))
            })
        }
        Statement::AlterTable(alter) => {
            let name = super::object(&alter.name);
            alter.operations.iter().try_for_each(|operation| resolver.alteration(operation, &name))
        }
        statement => resolver.definition(statement),
    };
    // Whatever else is wrong with it is told by who carries it out.
    match checked {
        Err(error) if error.is_unsafe_label() => Err(error),
        _ => Ok(()),
    }
}

impl Resolver<'_> {
    /// Follows the query of a view, and the expressions of an index.
    fn definition(&mut self, statement: &Statement) -> Result<(), PgError> {
        match statement {
            Statement::CreateView(create) => self.query(&create.query, None),
            Statement::CreateIndex(create) => {
                let name = super::object(&create.table_name);
                let temporary = format!("pg_temp.{name}");
                let is_temporary = self.state.tables.contains_key(&temporary);
                let scope = Scope::of_table(self.state, if is_temporary { &temporary } else { &name });
                let predicate = create.predicate.iter();
                let parts = create.columns.iter().map(|part| &part.column.expr);
                predicate.chain(parts).try_for_each(|expression| self.expression(expression, &scope))
            }
            Statement::CreateTable(create) => {
                let own = create.columns.iter().flat_map(|column| &column.options);
                own.map(|option| &option.option).try_for_each(|option| match option {
                    ast::ColumnOption::Check(check) => conditions::check_condition(&check.expr),
                    _ => Ok(()),
                })?;
                create.constraints.iter().try_for_each(conditions)
            }
            Statement::AlterTable(alter) => alter.operations.iter().try_for_each(|operation| match operation {
                ast::AlterTableOperation::AddConstraint { constraint, .. } => conditions(constraint),
                _ => Ok(()),
            }),
            _ => Ok(()),
        }
    }
}

/// Refuses the condition of a constraint that asks other rows.
fn conditions(constraint: &ast::TableConstraint) -> Result<(), PgError> {
    match constraint {
        ast::TableConstraint::Check(check) => conditions::check_condition(&check.expr),
        _ => Ok(()),
    }
}

impl Database {
    /// Holds what a view or an index says of columns against the catalog.
    pub(super) fn hold_definition(&self, statement: &Statement) -> Result<(), PgError> {
        if self.lost {
            return Ok(());
        }
        Resolver::new(&self.state, self.is_whole(), &|_| false).definition(statement)
    }

    /// The columns that a query surely needs, by the tables that they are of.
    pub(super) fn columns_needed(&self, query: &ast::Query) -> BTreeMap<String, BTreeSet<String>> {
        let mut resolver = Resolver::new(&self.state, self.is_whole(), &|_| false);
        // What can't be followed to its end needs more.
        let _ = resolver.query(query, None);
        resolver.needed.into_inner()
    }
}
