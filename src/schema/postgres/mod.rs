//! PostgreSQL as a model: statements are parsed and applied to the catalog, and what PostgreSQL would refuse is refused
//! in its words. Rows are not kept.

mod alone;
mod alter;
mod block;
pub mod catalog;
mod conditions;
mod constraints;
mod create;
pub(super) mod database;
mod defaults;
mod doubt;
mod drop;
mod elsewhere;
mod error;
mod expressions;
mod extension;
mod facts;
mod functions;
mod home;
mod index;
mod inherit;
mod moment;
mod nulls;
mod perform;
mod presence;
mod print;
mod rewrite;
mod routines;
mod rows;
mod search_path;
mod snapshot;
mod state;
mod statements;
mod strangers;
mod surroundings;
mod target;
#[cfg(test)]
mod tests;
mod types;
mod user_types;
mod view_columns;
mod views;
mod words;

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::rc::Rc;

use sqlparser::ast::{self, Ident, ObjectName, ObjectNamePart, Statement};
use sqlparser::dialect::PostgreSqlDialect;
use sqlparser::parser::Parser;

pub use self::alone::runs_alone;
pub use self::block::form as block_form;
pub use self::doubt::LEFT_UNKNOWN;
pub use self::elsewhere::OF_ELSEWHERE;
pub use self::error::{ErrorClass, PgError};
pub use self::facts::DIALECT;
pub use self::home::at_home;
use self::rewrite::Rewritten;
use self::search_path::search_path;
use self::state::Adjust as _;
pub use self::state::{
    Column, Constraint, Foreign, Identity, Index, KeyOptions, LONGEST_NAME, Rule, State, Table, UserType, cut,
};
use self::statements::Effect;
pub use self::statements::{Piece, pieces};
use self::surroundings::{with_dots_in_names, without_dots_in_names};
pub use self::target::altered_tables;
pub use self::types::is_of_catalog;
use super::database::{Adopted, Elsewhere, RefusalKind, Thing};
use super::model::Schema;
use super::token;

/// A database.
#[derive(Clone, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is told by itself")]
pub struct Database {
    state: State,
    /// As it was when the transaction began.
    saved: Option<Box<State>>,
    /// Names mean something else now, so that nothing is known of what has them.
    lost: bool,
    /// The same as it was before the open transaction said otherwise for itself.
    lost_outside: Option<bool>,
    /// Tables that are not here may be there, so that others can refer to them.
    pub open: bool,
    /// Of those, the ones that are taken for there, with what statements name of them.
    pub elsewhere: Elsewhere,
    /// What was taken for there so far.
    pub adopted: BTreeSet<Adopted>,
    /// Of that, the columns that a query alone has named: models ask for all that they have today.
    queried: BTreeSet<Adopted>,
    /// What needs an extension that is not there is refused; else it is taken for made by somebody else.
    pub misses_extensions: bool,
    /// Schemas that are not here may be there.
    schemas_open: bool,
    /// How many queries and statements its blocks took: work that grows with the catalog, not with a text.
    pub actions: usize,
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

    /// As it was when the transaction began; as it is where there is none.
    #[must_use]
    pub fn committed(&self) -> Self {
        let state = self.saved.as_deref().unwrap_or(&self.state).clone();
        Self { state, saved: None, ..self.clone() }
    }

    /// The transaction really ended: what it made can be used by all that follows.
    pub fn end_transaction(&mut self) {
        if let Some(lost) = self.lost_outside.take() {
            self.lost = lost;
        }
        self.state.moment.end_transaction();
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
                trial.state.tables.keep(|_, table| !table.temporary);
                trial.state.indexes.keep(|name, _| !name.starts_with("pg_temp."));
                trial.state.views.keep(|name, _| !name.starts_with("pg_temp."));
                trial.state.sequences.keep(|name, _| !name.starts_with("pg_temp."));
                let mut before = self.state.clone();
                before.tables.keep(|_, table| !table.temporary);
                before.indexes.keep(|name, _| !name.starts_with("pg_temp."));
                before.views.keep(|name, _| !name.starts_with("pg_temp."));
                before.sequences.keep(|name, _| !name.starts_with("pg_temp."));
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
        let text = without_dots_in_names(piece.text);
        let home = self.at_home(&text);
        if matches!((&text, &home), (Cow::Borrowed(_), Cow::Borrowed(_))) {
            return self.stated(piece);
        }
        let result = pieces(&home).iter().try_for_each(|piece| self.stated(piece));
        result.map_err(|error| {
            let kind = match error.kind {
                RefusalKind::Missing(Thing { sort, name, .. }) => {
                    RefusalKind::missing(sort, with_dots_in_names(&name).into_owned())
                }
                kind => kind,
            };
            PgError { message: with_dots_in_names(&error.message).into_owned(), kind, ..error }
        })
    }

    fn stated(&mut self, piece: &Piece<'_>) -> Result<(), PgError> {
        let error = match self.carry_out(piece) {
            Ok(()) => return Ok(()),
            Err(PgError { extension: Some(extension), .. }) if !self.misses_extensions => {
                self.assume(extension);
                return self.stated(piece);
            }
            Err(error) if self.adopts(piece.text, &error) => return self.stated(piece),
            Err(error) => self.of_elsewhere(piece.text, self.state.weigh(piece.text, error)),
        };
        if error.class == ErrorClass::Unsupported {
            self.state.doubt.note(piece.text);
        }
        Err(error)
    }

    /// Notes that a statement may have been carried out, or not.
    pub fn may_have_run(&mut self, sql: &str) {
        for piece in pieces(&plain_text(sql)) {
            self.state.doubt.note(piece.text);
        }
    }

    fn carry_out(&mut self, piece: &Piece<'_>) -> Result<(), PgError> {
        if let Some(error) = words::left_open(piece.text) {
            return Err(error);
        }
        let effect = piece.effect();
        if self.lost && !matches!(effect, Effect::None | Effect::SearchPath(_)) {
            return Err(PgError::unsupported("comes after a change of the search path"));
        }
        match effect {
            Effect::None => match self.called_definition(piece.text) {
                Some((name, text)) => {
                    self.state.doubt.note_all(&text);
                    Err(PgError::unsupported(format!("calls `{name}`, whose definitions are not followed")))
                }
                None => match words::refused(piece.text) {
                    Some(error) => Err(error),
                    None => {
                        self.check_presence(piece.text)?;
                        self.rows(piece, &|_| false)
                    }
                },
            },
            Effect::SearchPath(path) => {
                self.follow(path);
                Ok(())
            }
            Effect::Unknown(what) => {
                self.check_presence(piece.text)?;
                Err(PgError::unsupported(format!("has {what}, which is not followed")))
            }
            Effect::Routine { create: true } => self.create_routine(piece.text),
            Effect::Routine { create: false } => self.drop_routine(piece.text),
            Effect::Trigger { name, table } => match words::refused(piece.text) {
                Some(error) => Err(error),
                None => self.create_trigger(&name, &table, piece.text),
            },
            Effect::Block(block) => self.perform(&block),
            Effect::Definition => self.define(piece.text),
        }
    }

    /// Carries out a definition: all of it or nothing.
    fn define(&mut self, text: &str) -> Result<(), PgError> {
        if text.len() > LONGEST_STATEMENT {
            return Err(PgError::unsupported("has a statement that is longer than a check allows"));
        }
        if text.len() > LONGEST_CHAIN && statements::longest_chain(text) > LONGEST_CHAIN {
            return Err(PgError::unsupported("has an expression that is longer than a check allows"));
        }
        if let Some(error) = words::refused(text).or_else(|| strangers::refused(text)) {
            return Err(error);
        }
        if let Some(word) = statements::foreign_word(text) {
            return Err(PgError::syntax(&word));
        }
        let before = self.state.clone();
        let result = match Parser::parse_sql(&PostgreSqlDialect {}, text) {
            Ok(parsed) => parsed.iter().try_for_each(|statement| self.apply_safely(statement)),
            Err(_) => match rewrite::rewrite(text) {
                Some(parts) => parts.iter().try_for_each(|part| self.rewritten(part)),
                None => Err(not_understood()),
            },
        };
        let result = result.and_then(|()| self.hold_rows(&before));
        if result.is_err() {
            self.state = before;
        }
        result
    }

    fn rewritten(&mut self, part: &Rewritten) -> Result<(), PgError> {
        match part {
            Rewritten::Sql(sql) => {
                let parsed = Parser::parse_sql(&PostgreSqlDialect {}, sql).map_err(|_| not_understood())?;
                parsed.iter().try_for_each(|statement| self.apply_safely(statement))
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
                    return Err(PgError::not_ready(message));
                }
                let owner = Some((table, column));
                self.state.sequences.keep(|_, sequence| sequence.owner != owner);
                Ok(())
            }
            Rewritten::Collate { table, column, collation } => {
                let (table, column) = (own(&types::identifier(table)), types::identifier(column));
                let found = self.state.table_mut(&table).and_then(|table| table.column_mut(&column));
                if let Some(found) = found {
                    found.collation = Some(types::identifier(collation));
                }
                Ok(())
            }
            Rewritten::Like { create, table, other, copied } => {
                let (table, other) = (own(&types::identifier(table)), own(&types::identifier(other)));
                let is_there = self.state.has_relation(&table);
                self.rewritten(&Rewritten::Sql(create.clone()))?;
                if is_there { Ok(()) } else { self.copy_parts(&table, &other, *copied) }
            }
            Rewritten::SequenceOptions { sequence, options } => {
                self.state.moment.spelled.note_options(own(&types::identifier(sequence)), options);
                Ok(())
            }
            Rewritten::Needs { table, column, if_exists } => self.check_needed(table, column.as_deref(), *if_exists),
            Rewritten::SetIdentity { table, column, always } => self.set_identity(table, column, *always),
            Rewritten::Attach { table, child, is_partition, if_exists } => {
                let (table, child) = (own(&types::identifier(table)), own(&types::identifier(child)));
                let altered = self.temporary_or(if *is_partition { table.clone() } else { child.clone() });
                if *if_exists && !self.state.has_relation(&altered) {
                    return Ok(());
                }
                self.attach(&table, &child, *is_partition)
            }
            Rewritten::Detach { table, child, is_partition, if_exists } => {
                let (table, child) = (own(&types::identifier(table)), own(&types::identifier(child)));
                let altered = self.temporary_or(if *is_partition { table.clone() } else { child.clone() });
                if *if_exists && !self.state.has_relation(&altered) {
                    return Ok(());
                }
                self.detach(&table, &child, *is_partition)
            }
            Rewritten::SetSchema { table, schema, if_exists } => {
                let (table, schema) = (own(&types::identifier(table)), types::identifier(schema));
                if *if_exists && !self.state.has_relation(&table) {
                    return Ok(());
                }
                self.check_schema(&format!("{schema}."))?;
                let new = own(&format!("{schema}.{}", bare(&table)));
                if new == table { Ok(()) } else { self.move_table(&table, &new) }
            }
            Rewritten::RenameIndex { old, new, if_exists } => {
                let old = self.temporary_or(own(&types::identifier(old)));
                if *if_exists && !self.state.has_relation(&old) {
                    return Ok(());
                }
                self.rename_index(&old, &types::identifier(new))
            }
            Rewritten::AlterSequence { sequence, if_exists } => {
                let sequence = self.temporary_or(own(&types::identifier(sequence)));
                if *if_exists || self.state.has_relation(&sequence) {
                    Ok(())
                } else {
                    Err(PgError::undefined("relation", &sequence))
                }
            }
            Rewritten::RenameSequence { old, new, if_exists } => {
                self.rename_sequence(&own(&types::identifier(old)), &own(&types::identifier(new)), *if_exists)
            }
            Rewritten::OwnSequence { sequence, owner, if_exists } => {
                let (sequence, owner) = (own(&types::identifier(sequence)), own(&types::identifier(owner)));
                let Some(found) = self.state.sequences.get_mut(&sequence) else {
                    if *if_exists {
                        return Ok(());
                    }
                    return Err(PgError::undefined("relation", &sequence));
                };
                found.owner = owner.rsplit_once('.').map(|(table, column)| (table.to_owned(), column.to_owned()));
                Ok(())
            }
        }
    }

    /// Refuses what needs a table, and maybe a column of it, that is not there.
    fn check_needed(&self, table: &str, column: Option<&str>, if_exists: bool) -> Result<(), PgError> {
        let table = self.temporary_or(own(&types::identifier(table)));
        if !self.state.has_relation(&table) && !if_exists {
            return Err(PgError::undefined("relation", &table));
        }
        match (self.state.tables.get(&table), column.map(types::identifier)) {
            (Some(found), Some(column)) if found.column(&column).is_none() => {
                Err(PgError::undefined_column(bare(&table), &column))
            }
            _ => Ok(()),
        }
    }

    fn set_identity(&mut self, table: &str, column: &str, always: Option<bool>) -> Result<(), PgError> {
        let (table, column) = (own(&types::identifier(table)), types::identifier(column));
        let found = self.state.table_mut(&table).ok_or_else(|| PgError::undefined("relation", &table))?;
        let Some(found) = found.column_mut(&column) else {
            return Err(PgError::undefined_column(bare(&table), &column));
        };
        let Some(identity) = &mut found.identity else {
            let message = format!("column \"{column}\" of relation \"{}\" is not an identity column", bare(&table));
            return Err(PgError::wrong_type(message));
        };
        if let Some(always) = always {
            *identity = if always { Identity::Always } else { Identity::ByDefault };
        }
        Ok(())
    }

    /// Carries a definition out, unless it uses what its own transaction makes too early.
    fn apply_safely(&mut self, statement: &Statement) -> Result<(), PgError> {
        self.hold_definition(statement)?;
        self.apply(statement)?;
        self.state.moment.spelled.note(statement, &self.state.tables);
        rows::unsafe_label(&self.state, statement)
    }

    fn rename_sequence(&mut self, old: &str, new: &str, if_exists: bool) -> Result<(), PgError> {
        let new = format!("{}{}", schema_of(old), bare(new));
        if self.state.has_relation(&new) {
            return Err(PgError::duplicate_relation(bare(&new)));
        }
        let Some(found) = self.state.sequences.remove(old) else {
            if if_exists {
                return Ok(());
            }
            return Err(PgError::undefined("relation", old));
        };
        let (before, after) = (format!("nextval('{old}'"), format!("nextval('{new}'"));
        let uses = |column: &Column| column.default.as_deref().is_some_and(|text| text.starts_with(&before));
        self.state.tables.adjust(
            |_, table| table.columns.iter().any(|column| uses(column)),
            |table| {
                for column in Rc::make_mut(table).columns_mut() {
                    column.default = column.default.as_deref().map(|text| text.replacen(&before, &after, 1));
                }
            },
        );
        self.state.sequences.insert(new, found);
        Ok(())
    }

    fn apply(&mut self, statement: &Statement) -> Result<(), PgError> {
        match statement {
            Statement::CreateTable(create) => self.create_table(create),
            Statement::AlterTable(alter) => self.alter_table(alter),
            Statement::CreateIndex(create) => self.create_index(create),
            Statement::AlterIndex { name, operation } => {
                let ast::AlterIndexOperation::RenameIndex { index_name } = operation;
                self.rename_index(&self.temporary_or(object(name)), &object(index_name))
            }
            Statement::CreateView(create) => self.create_view(create),
            Statement::AlterView { name, .. } => {
                Err(PgError::unsupported(format!("alters the view \"{}\"", object(name))))
            }
            Statement::CreateSequence { temporary, if_not_exists, name, owned_by, .. } => {
                let name = object(name);
                let name = if *temporary && !name.contains('.') { format!("pg_temp.{name}") } else { name };
                self.create_sequence(&name, *if_not_exists, owned_by.as_ref())
            }
            Statement::CreateType { name, representation } => self.create_type(&object(name), representation.as_ref()),
            Statement::CreateDomain(domain) => self.create_domain(domain),
            Statement::AlterType(alter) => self.alter_type(alter),
            Statement::CreateSchema { schema_name, if_not_exists, .. } => {
                self.create_schema(schema_name, *if_not_exists)
            }
            Statement::CreateExtension(create) => {
                self.create_extension(&ident(&create.name), create.if_not_exists, create.cascade)
            }
            Statement::DropExtension(drop) => {
                for name in &drop.names {
                    self.drop_extension(&ident(name));
                }
                Ok(())
            }
            Statement::Drop { object_type, if_exists, names, cascade, .. } => {
                let names: Vec<String> = names.iter().map(object).collect();
                self.drop_objects(*object_type, &names, *if_exists, *cascade)
            }
            Statement::DropDomain(domain) => self.drop_objects(
                ast::ObjectType::Type,
                &[object(&domain.name)],
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
    pub(super) fn temporary_or(&self, name: String) -> String {
        if name.contains('.') {
            return name;
        }
        let temporary = format!("pg_temp.{name}");
        if self.state.has_relation(&temporary) { temporary } else { name }
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

    /// Every statement that makes it, in an order in which they run; without the tables in which migrations are recorded.
    pub fn to_sql(&self, without: &[String]) -> String {
        with_dots_in_names(&print::to_sql(&self.state, without)).into_owned()
    }

    /// The schema as a plain value.
    pub fn snapshot(&self) -> Schema {
        snapshot::schema(&self.state)
    }
}

impl State {
    /// What it holds, as every engine tells it.
    pub fn schema(&self) -> Schema {
        snapshot::schema(self)
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
    cut(&folded, LONGEST_NAME).to_owned()
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
