//! PostgreSQL as a model: statements are parsed and applied to the catalog, and what PostgreSQL would refuse is refused
//! in its words. Rows are not kept.

mod alter;
mod block;
pub mod catalog;
mod create;
mod drop;
mod error;
mod index;
mod rewrite;
mod snapshot;
mod state;
mod statements;
mod target;
#[cfg(test)]
mod tests;
mod types;

use std::borrow::Cow;
use std::rc::Rc;

use sqlparser::ast::{self, Ident, ObjectName, ObjectNamePart, Statement};
use sqlparser::dialect::PostgreSqlDialect;
use sqlparser::parser::Parser;

use self::block::Step;
pub use self::error::{ErrorClass, PgError};
use self::rewrite::Rewritten;
pub use self::state::{Column, Constraint, Foreign, Identity, Index, Rule, State, Table, UserType};
use self::statements::Effect;
pub use self::statements::{Piece, pieces};
pub use self::target::altered_tables;
use super::model::Schema;
use super::sqlite::Params;
use super::token;

/// A database.
#[derive(Clone, Debug, Default)]
pub struct Database {
    state: State,
    /// As it was when the transaction began.
    saved: Option<Box<State>>,
    /// Why nothing more is known of it: names mean something else from there on.
    lost: bool,
    /// Tables that are not here may be there, so that others can refer to them.
    pub open: bool,
}

/// What a statement may change, as it was before.
enum Remembered {
    Nothing,
    All(Box<State>),
    Table { name: String, table: Option<Rc<Table>>, sequences: Vec<(String, state::Sequence)> },
}

/// The most operators in a row that are parsed: each is a level of the tree.
const LONGEST_CHAIN: usize = 1_000;

/// The longest statement that is parsed: a tree of expressions is as deep as its text is long.
const LONGEST_STATEMENT: usize = 64 << 10;

impl Database {
    pub fn state(&self) -> &State {
        &self.state
    }

    /// Begins a transaction; one that is open goes on.
    pub fn begin(&mut self) {
        if self.saved.is_none() {
            self.saved = Some(Box::new(self.state.clone()));
        }
    }

    pub fn commit(&mut self) {
        self.saved = None;
    }

    /// Takes back what came since the transaction began.
    pub fn rollback(&mut self) {
        if let Some(saved) = self.saved.take() {
            self.state = *saved;
        }
    }

    /// Whether a statement would change the schema: it is tried, and taken back.
    pub fn would_change(&self, sql: &str) -> bool {
        let mut trial = Self { saved: None, ..self.clone() };
        match trial.execute(sql) {
            Ok(()) => {
                // Temporary tables are none of the schema.
                trial.state.tables.retain(|_, table| !table.temporary);
                trial.state.indexes.retain(|name, _| !name.starts_with("pg_temp."));
                let mut before = self.state.clone();
                before.tables.retain(|_, table| !table.temporary);
                before.indexes.retain(|name, _| !name.starts_with("pg_temp."));
                trial.state != before
            }
            Err(error) => error.class == ErrorClass::Unsupported,
        }
    }

    /// Carries out a text of one or more statements; the first that fails ends it, and what came before it stays.
    pub fn execute(&mut self, sql: &str) -> Result<(), PgError> {
        pieces(&plain_text(sql)).into_iter().try_for_each(|piece| self.statement(&piece))
    }

    /// Carries out one statement of a text.
    pub fn statement(&mut self, piece: &Piece<'_>) -> Result<(), PgError> {
        let effect = piece.effect();
        if self.lost && !matches!(effect, Effect::None | Effect::SearchPath { .. }) {
            return Err(PgError::unsupported("comes after a change of the search path"));
        }
        match effect {
            Effect::None => Ok(()),
            Effect::SearchPath { public } => {
                self.lost = !public;
                Ok(())
            }
            Effect::Unknown(what) => Err(PgError::unsupported(format!("has {what}, which is not followed"))),
            Effect::Routine { name, create } => {
                let name = own(&name);
                if create {
                    self.state.functions.insert(name)
                } else {
                    self.state.functions.remove(&name)
                };
                Ok(())
            }
            Effect::Trigger { name, table } => self.create_trigger(&name, &table, piece.text),
            Effect::Block(block) => {
                let saved = self.state.clone();
                match self.steps(&block.steps) {
                    Err(error) if error.class != ErrorClass::Unsupported && block.forgiving => {
                        self.state = saved;
                        Ok(())
                    }
                    Err(error) => {
                        self.state = saved;
                        Err(error)
                    }
                    Ok(()) => Ok(()),
                }
            }
            Effect::Definition => {
                if piece.text.len() > LONGEST_STATEMENT {
                    return Err(PgError::unsupported("has a statement that is longer than a check allows"));
                }
                if statements::longest_chain(piece.text) > LONGEST_CHAIN {
                    return Err(PgError::unsupported("has an expression that is longer than a check allows"));
                }
                if let Some(word) = statements::foreign_word(piece.text) {
                    return Err(PgError::syntax(&word));
                }
                let before = self.remember(piece.text);
                let result = match Parser::parse_sql(&PostgreSqlDialect {}, piece.text) {
                    Ok(parsed) => parsed.iter().try_for_each(|statement| self.apply(statement)),
                    Err(_) => match rewrite::rewrite(piece.text) {
                        Some(parts) => parts.iter().try_for_each(|part| self.rewritten(part)),
                        None => Err(not_understood()),
                    },
                };
                if result.is_err() {
                    self.restore(before);
                }
                result
            }
        }
    }

    /// Keeps what a statement may change, so that one which fails leaves nothing. What makes or alters one table changes
    /// that alone.
    fn remember(&self, sql: &str) -> Remembered {
        const NOISE: &[&str] = &["unlogged", "global", "local", "if", "not", "exists", "only"];
        let mut words = token::tokens(sql).filter(|token| !NOISE.iter().any(|noise| token.is(noise)));
        let verb = words.next();
        let is_table = words.next().is_some_and(|what| what.is("table"));
        let changes_one = is_table && verb.is_some_and(|verb| verb.is("create") || verb.is("alter"));
        // An index is the last thing that its statement makes.
        if verb.is_some_and(|verb| verb.is("create")) && token::tokens(sql).take(4).any(|token| token.is("index")) {
            return Remembered::Nothing;
        }
        if !changes_one {
            return Remembered::All(Box::new(self.state.clone()));
        }
        let mut name = String::new();
        while let Some(part) = words.next() {
            name += &types::identifier(part.text);
            if !words.next().is_some_and(|dot| dot.is_symbol(".")) {
                break;
            }
            name.push('.');
        }
        let name = self.temporary_or(own(&name));
        let renames = token::tokens(sql).any(|token| token.is("rename") || token.is("schema") || token.is("cascade"));
        if renames {
            return Remembered::All(Box::new(self.state.clone()));
        }
        let is_own = |sequence: &state::Sequence| matches!(&sequence.owner, Some((owner, _)) if *owner == name);
        let sequences = self.state.sequences.iter().filter(|(_, sequence)| is_own(sequence));
        let sequences = sequences.map(|(name, sequence)| (name.clone(), sequence.clone())).collect();
        Remembered::Table { table: self.state.tables.get(&name).cloned(), name, sequences }
    }

    fn restore(&mut self, before: Remembered) {
        match before {
            Remembered::Nothing => {}
            Remembered::All(state) => self.state = *state,
            Remembered::Table { name, table, sequences } => {
                let schema = schema_of(&name).to_owned();
                self.state.indexes.retain(|_, owner| *owner != name);
                let is_own = |sequence: &state::Sequence| matches!(&sequence.owner, Some((owner, _)) if *owner == name);
                self.state.sequences.retain(|_, sequence| !is_own(sequence));
                self.state.sequences.extend(sequences);
                match table {
                    Some(table) => {
                        let constraints = table.constraints.iter().filter(|one| one.rule.has_index());
                        let indexes = table.indexes.iter().map(|index| &index.name);
                        for index in constraints.map(|constraint| &constraint.name).chain(indexes) {
                            self.state.indexes.insert(format!("{schema}{index}"), name.clone());
                        }
                        self.state.tables.insert(name, table);
                    }
                    None => drop(self.state.tables.remove(&name)),
                }
            }
        }
    }

    /// Carries out the steps of a block.
    fn steps(&mut self, steps: &[Step]) -> Result<(), PgError> {
        steps.iter().try_for_each(|step| match step {
            Step::Sql(sql) => self.execute(sql),
            Step::If { query, negated, then, otherwise } => {
                let unknown = || PgError::unsupported("has a PL/pgSQL block, which is not followed");
                let prepared = catalog::prepare(&self.state, query).ok_or_else(unknown)?;
                let mut catalog = prepared.database().ok_or_else(unknown)?;
                let found = catalog.execute(&prepared.query, Params::NONE).map_err(|_| unknown())?;
                self.steps(if found.rows.is_empty() == *negated { then } else { otherwise })
            }
        })
    }

    fn rewritten(&mut self, part: &Rewritten) -> Result<(), PgError> {
        match part {
            Rewritten::Sql(sql) => {
                let parsed = Parser::parse_sql(&PostgreSqlDialect {}, sql).map_err(|_| not_understood())?;
                parsed.iter().try_for_each(|statement| self.apply(statement))
            }
            Rewritten::DropIdentity { table, column, if_exists } => {
                let (table, column) = (own(&types::identifier(table)), types::identifier(column));
                let found = self.state.table_mut(&table).ok_or_else(|| PgError::undefined("relation", &table))?;
                let Some(found) = found.column_mut(&column) else {
                    return Err(PgError::undefined_column(bare(&table), &column));
                };
                if found.identity.take().is_none() && !if_exists {
                    let message =
                        format!("column \"{column}\" of relation \"{}\" is not an identity column", bare(&table));
                    return Err(PgError::wrong_type(message));
                }
                let owner = Some((table, column));
                self.state.sequences.retain(|_, sequence| sequence.owner != owner);
                Ok(())
            }
            Rewritten::SetSchema { table, schema } => {
                let (table, schema) = (own(&types::identifier(table)), types::identifier(schema));
                let new = own(&format!("{schema}.{}", bare(&table)));
                if new == table { Ok(()) } else { self.move_table(&table, &new) }
            }
            Rewritten::RenameSequence { old, new } => {
                let (old, new) = (own(&types::identifier(old)), own(&types::identifier(new)));
                let new = format!("{}{}", schema_of(&old), bare(&new));
                if self.state.has_relation(&new) {
                    return Err(PgError::duplicate_relation(bare(&new)));
                }
                let Some(found) = self.state.sequences.remove(&old) else {
                    return Err(PgError::undefined("relation", &old));
                };
                let (before, after) = (format!("nextval('{old}'"), format!("nextval('{new}'"));
                for table in self.state.tables.values_mut() {
                    let uses =
                        |default: &Option<String>| default.as_deref().is_some_and(|text| text.starts_with(&before));
                    if table.columns.iter().any(|column| uses(&column.default)) {
                        for column in &mut std::rc::Rc::make_mut(table).columns {
                            column.default = column.default.as_deref().map(|text| text.replacen(&before, &after, 1));
                        }
                    }
                }
                self.state.sequences.insert(new, found);
                Ok(())
            }
            Rewritten::OwnSequence { sequence, owner } => {
                let (sequence, owner) = (own(&types::identifier(sequence)), own(&types::identifier(owner)));
                let Some(found) = self.state.sequences.get_mut(&sequence) else {
                    return Err(PgError::undefined("relation", &sequence));
                };
                found.owner = owner.rsplit_once('.').map(|(table, column)| (table.to_owned(), column.to_owned()));
                Ok(())
            }
        }
    }

    fn apply(&mut self, statement: &Statement) -> Result<(), PgError> {
        match statement {
            Statement::CreateTable(create) => self.create_table(create),
            Statement::AlterTable(alter) => self.alter_table(alter),
            Statement::CreateIndex(create) => self.create_index(create),
            Statement::AlterIndex { name, operation } => {
                let ast::AlterIndexOperation::RenameIndex { index_name } = operation;
                self.rename_index(&object(name), &object(index_name))
            }
            Statement::CreateView(create) => self.create_view(create),
            Statement::AlterView { name, .. } => {
                Err(PgError::unsupported(format!("alters the view \"{}\"", object(name))))
            }
            Statement::CreateSequence { if_not_exists, name, owned_by, .. } => {
                self.create_sequence(&object(name), *if_not_exists, owned_by.as_ref())
            }
            Statement::CreateType { name, representation } => self.create_type(&object(name), representation.as_ref()),
            Statement::CreateDomain(domain) => self.create_domain(domain),
            Statement::AlterType(alter) => self.alter_type(alter),
            Statement::CreateSchema { schema_name, if_not_exists, .. } => {
                self.create_schema(schema_name, *if_not_exists)
            }
            Statement::CreateExtension(create) => {
                self.state.extensions.insert(ident(&create.name));
                Ok(())
            }
            Statement::DropExtension(drop) => {
                for name in &drop.names {
                    self.state.extensions.remove(&ident(name));
                }
                Ok(())
            }
            Statement::Drop { object_type, if_exists, names, cascade, .. } => {
                names.iter().try_for_each(|name| self.drop_object(*object_type, &object(name), *if_exists, *cascade))
            }
            Statement::DropDomain(domain) => self.drop_object(
                ast::ObjectType::Type,
                &object(&domain.name),
                domain.if_exists,
                matches!(domain.drop_behavior, Some(ast::DropBehavior::Cascade)),
            ),
            Statement::DropTrigger(drop) => {
                let table = drop.table_name.as_ref().map(object).unwrap_or_default();
                self.drop_trigger(&object(&drop.trigger_name), &table, drop.if_exists)
            }
            Statement::AlterSchema(_) => Err(PgError::unsupported("alters a schema")),
            // Roles, policies, operators and the like hold no column.
            _ => Ok(()),
        }
    }

    /// The name under which a table is found: temporary ones hide others.
    fn temporary_or(&self, name: String) -> String {
        let temporary = format!("pg_temp.{name}");
        if self.state.tables.contains_key(&temporary) { temporary } else { name }
    }

    /// The labels of every enum type.
    pub fn enums(&self) -> Vec<(String, Vec<String>)> {
        let labels = |(name, user): (&String, &state::UserType)| match user {
            state::UserType::Enum(labels) => Some((name.clone(), labels.clone())),
            state::UserType::Other(_) => None,
        };
        self.state.types.iter().filter_map(labels).collect()
    }

    /// The name of a table's primary key.
    pub fn primary_key_name(&self, table: &str) -> Option<String> {
        let table = self.state.tables.get(table)?;
        let key = table.constraints.iter().find(|constraint| matches!(constraint.rule, Rule::PrimaryKey(_)))?;
        Some(key.name.clone())
    }

    /// The schema as a plain value.
    pub fn snapshot(&self) -> Schema {
        snapshot::schema(&self.state)
    }
}

/// The name by which PostgreSQL's catalog knows a type; that of another database is as it is written.
pub fn type_name(spelled: &str) -> String {
    types::canonical(spelled, &State::default()).unwrap_or_else(|_| token::normal(spelled))
}

/// A text without comments in comments, which only PostgreSQL knows.
pub fn plain_text(sql: &str) -> Cow<'_, str> {
    rewrite::without_nested_comments(sql).map_or(Cow::Borrowed(sql), Cow::Owned)
}

fn not_understood() -> PgError {
    PgError::unsupported("has a statement that is not understood")
}

/// A name as the catalog keeps it.
pub(super) fn ident(name: &Ident) -> String {
    let folded = if name.quote_style.is_some() { name.value.clone() } else { name.value.to_lowercase() };
    state::cut(&folded, state::LONGEST_NAME).to_owned()
}

/// The name of a table, an index, …, with its schema in front unless that is `public`.
fn object(name: &ObjectName) -> String {
    let parts: Vec<String> = name
        .0
        .iter()
        .map(|part| match part {
            ObjectNamePart::Identifier(name) => ident(name),
            ObjectNamePart::Function(function) => function.to_string(),
        })
        .collect();
    own(&parts.join("."))
}

fn own(name: &str) -> String {
    name.strip_prefix("public.").unwrap_or(name).to_owned()
}

/// A name without its schema, as messages say it.
fn bare(name: &str) -> &str {
    name.rsplit_once('.').map_or(name, |(_, bare)| bare)
}

/// What stands in front of a name's last part, with the dot.
fn schema_of(name: &str) -> &str {
    name.rfind('.').map_or("", |at| &name[..=at])
}
