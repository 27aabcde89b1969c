//! A database as SQL that makes it again: each statement after what it needs.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::rc::Rc;

use imbl::OrdMap;
use sqlparser::ast::{self, Expr, Statement};

use super::routines::Routine;
use super::state::{Column, Constraint, Heritage, Identity, Index, Rule, Sequence, State, Table, UserType};
use super::{bare, error, object};
use crate::schema::{literals, token};

/// What the catalog's value does not tell of what it has, as it was written.
#[derive(Clone, Debug, Default)]
pub(super) struct Spelled {
    indexes: OrdMap<String, Rc<SpelledIndex>>,
    /// Functions and procedures by their names and what they take.
    routines: OrdMap<String, Rc<str>>,
    /// The indexes of materialized views: the view, and the statement.
    of_views: OrdMap<String, (Rc<str>, Rc<str>)>,
    tables: OrdMap<String, Rc<SpelledTable>>,
    /// What a domain or a sequence says behind its name and its type.
    options: OrdMap<String, Rc<str>>,
}

/// What a table says besides what is in it.
#[derive(Clone, Debug, Default)]
struct SpelledTable {
    unlogged: bool,
    /// What stands behind `PARTITION BY`.
    partition_by: String,
    /// Which rows of the whole table a partition has: `FOR VALUES …`.
    bounds: String,
}

/// What an index says besides columns and conditions.
#[derive(Clone, Debug, Default)]
struct SpelledIndex {
    /// The collation of each part.
    parts: Vec<String>,
    /// `WITH (…)`.
    options: String,
}

impl Spelled {
    /// A function or procedure; one of the same name may take something else.
    pub(super) fn note_routine(&mut self, name: &str, routine: &Routine, sql: &str) {
        self.routines.insert(signature(name, routine), sql.into());
    }

    /// Notes how a statement was written that was carried out.
    pub(super) fn note(&mut self, statement: &Statement, tables: &OrdMap<String, Rc<Table>>) {
        match statement {
            Statement::CreateIndex(create) => self.note_index(create, tables),
            Statement::CreateTable(create) => self.note_table(create),
            Statement::CreateDomain(create) => {
                let default = create.default.iter().map(|value| format!(" DEFAULT {value}"));
                let rules = create.constraints.iter().map(|rule| format!(" {rule}"));
                let options: String = default.chain(rules).collect();
                self.options.insert(object(&create.name), options.into());
            }
            Statement::CreateSequence { name, data_type, sequence_options, .. } => {
                let sort = data_type.iter().map(|sort| format!(" AS {sort}"));
                let options: String = sort.chain(sequence_options.iter().map(ToString::to_string)).collect();
                self.options.insert(object(name), options.into());
            }
            Statement::AlterIndex { name, operation: ast::AlterIndexOperation::RenameIndex { index_name } } => {
                let name = object(name);
                let known = self.indexes.remove(&name);
                let new = format!("{}{}", super::schema_of(&name), bare(&object(index_name)));
                self.indexes.extend(known.map(|known| (new, known)));
            }
            _ => {}
        }
    }

    /// What a domain or a sequence says behind its name.
    pub(super) fn note_options(&mut self, name: String, options: &str) {
        self.options.insert(name, options.into());
    }

    fn note_table(&mut self, create: &ast::CreateTable) {
        let spelled = SpelledTable {
            unlogged: create.unlogged,
            partition_by: create.partition_by.as_deref().map(ToString::to_string).unwrap_or_default(),
            bounds: create.for_values.as_ref().map(ToString::to_string).unwrap_or_default(),
        };
        let is_plain = !spelled.unlogged && spelled.partition_by.is_empty() && spelled.bounds.is_empty();
        let name = object(&create.name);
        if is_plain {
            self.tables.remove(&name);
        } else {
            self.tables.insert(name, Rc::new(spelled));
        }
    }

    fn note_index(&mut self, create: &ast::CreateIndex, tables: &OrdMap<String, Rc<Table>>) {
        let owner = object(&create.table_name);
        let given = create.name.as_ref().map(|name| bare(&object(name)).to_owned());
        let Some(table) = tables.get(&owner) else {
            let name = given.unwrap_or_else(|| create.to_string());
            self.of_views.insert(name, (owner.into(), create.to_string().into()));
            return;
        };
        let Some(name) = given.or_else(|| table.indexes.last().map(|index| index.name.clone())) else { return };
        let name = format!("{}{name}", super::schema_of(&owner));
        if create.if_not_exists && self.indexes.contains_key(&name) {
            return;
        }
        let mut spelled = SpelledIndex::default();
        for part in &create.columns {
            spelled.parts.push(match &part.column.expr {
                Expr::Collate { collation, .. } => format!(" COLLATE {collation}"),
                _ => String::new(),
            });
        }
        if !create.with.is_empty() {
            let with: Vec<String> = create.with.iter().map(ToString::to_string).collect();
            let _ = write!(spelled.options, " WITH ({})", with.join(", "));
        }
        self.indexes.insert(name, Rc::new(spelled));
    }
}

/// Every statement that makes a database, in an order in which they run. Tables of these names are left out.
pub fn to_sql(state: &State, without: &[String]) -> String {
    let mut printer = Printer { state, statements: Vec::new(), made: BTreeSet::new(), late: Vec::new() };
    printer.print(without);
    printer.statements.iter().fold(String::new(), |mut text, statement| {
        let separator = if text.is_empty() { "" } else { "\n" };
        let _ = writeln!(text, "{separator}{};", statement.trim_end_matches(';'));
        text
    })
}

struct Printer<'s> {
    state: &'s State,
    statements: Vec<String>,
    /// The tables and views that are there already.
    made: BTreeSet<&'s str>,
    /// Foreign keys to tables that come later.
    late: Vec<String>,
}

/// A name in quotes where it needs them, with its schema.
fn quoted(name: &str) -> String {
    error::shown(name)
}

/// A name that holds no schema.
fn quoted_alone(name: &str) -> String {
    if name.contains('.') { format!("\"{}\"", name.replace('"', "\"\"")) } else { quoted(name) }
}

fn list(names: &[String]) -> String {
    names.iter().map(|name| quoted_alone(name)).collect::<Vec<_>>().join(", ")
}

impl<'s> Printer<'s> {
    fn print(&mut self, without: &[String]) {
        let state = self.state;
        self.statements.extend(state.schemas.iter().map(|name| format!("CREATE SCHEMA {}", quoted_alone(name))));
        if let Some(home) = &state.home {
            self.statements.push(format!("SET search_path TO {}, public", quoted_alone(home)));
        }
        self.statements.extend(state.extensions.iter().map(|name| format!("CREATE EXTENSION {}", quoted_alone(name))));
        self.types();
        self.routines();
        let free = state
            .sequences
            .iter()
            .filter(|(name, sequence)| !is_temporary(name) && !self.comes_with_its_column(name, sequence));
        let free: Vec<String> =
            free.map(|(name, _)| format!("CREATE SEQUENCE {}{}", quoted(name), self.options(name))).collect();
        self.statements.extend(free);
        let tables: Vec<(&str, &Rc<Table>)> = state
            .tables
            .iter()
            .filter(|(name, table)| !table.temporary && !without.contains(name))
            .map(|(name, table)| (name.as_str(), table))
            .collect();
        for (name, table) in in_order(&tables, &state.heirs) {
            self.table(name, table);
        }
        let late = std::mem::take(&mut self.late);
        self.statements.extend(late);
        for (name, sequence) in &state.sequences {
            if let Some((table, column)) = &sequence.owner
                && !is_temporary(name)
                && !self.comes_with_its_column(name, sequence)
            {
                let owner = format!("{}.{}", quoted(table), quoted_alone(column));
                self.statements.push(format!("ALTER SEQUENCE {} OWNED BY {owner}", quoted(name)));
            }
        }
        self.views();
        for (_, table) in &tables {
            self.statements.extend(table.triggers.values().map(|sql| token::pretty(sql)));
        }
    }

    /// What a domain or a sequence says besides.
    fn options(&self, name: &str) -> &str {
        self.state.moment.spelled.options.get(name).map_or("", |options| &**options)
    }

    fn types(&mut self) {
        // A type may be made of others: those first that are made of none.
        let (enums, others): (Vec<_>, Vec<_>) =
            self.state.types.iter().partition(|(_, made)| matches!(made, UserType::Enum(_)));
        for (plain, made) in enums.into_iter().chain(others) {
            let name = quoted(plain);
            self.statements.push(match made {
                UserType::Enum(labels) => {
                    let labels: Vec<String> =
                        labels.iter().map(|label| literals::quoted(label)).collect();
                    format!("CREATE TYPE {name} AS ENUM ({})", labels.join(", "))
                }
                UserType::Other(text) if text.is_empty() => format!("CREATE TYPE {name}"),
                UserType::Other(text) if text.starts_with('(') || text.starts_with("RANGE") => {
                    format!("CREATE TYPE {name} AS {text}")
                }
                UserType::Other(over) => format!("CREATE DOMAIN {name} AS {over}{}", self.options(plain)),
            });
        }
    }

    /// Functions, whose bodies may name what comes later.
    fn routines(&mut self) {
        let spelled = &self.state.moment.spelled.routines;
        let routines = self.state.routines.iter();
        let signatures = routines.flat_map(|(name, known)| known.iter().map(|routine| signature(name, routine)));
        let texts: Vec<String> =
            signatures.filter_map(|key| spelled.get(&key)).map(|sql| sql.trim().to_owned()).collect();
        if !texts.is_empty() {
            self.statements.push("SET check_function_bodies = off".to_owned());
            self.statements.extend(texts);
        }
    }

    /// Whether a sequence is made by the definition of its column.
    fn comes_with_its_column(&self, name: &str, sequence: &Sequence) -> bool {
        let Some((table, column)) = &sequence.owner else { return false };
        let Some(found) = self.state.tables.get(table).and_then(|table| table.column(column)) else { return false };
        found.identity.is_some() || is_serial(table, found, name)
    }

    fn table(&mut self, name: &'s str, table: &'s Table) {
        let heritage = self.state.heirs.get(name);
        let is_own = |column: &&Rc<Column>| heritage.is_none() || column.local;
        let own = table.columns.iter().filter(is_own);
        let mut lines: Vec<String> = own.map(|column| self.column(name, column)).collect();
        // A partition gets the keys and the indexes of the whole table with it, any heir the checks.
        let is_partition = heritage.is_some_and(|heritage| heritage.is_partition);
        let parents = || heritage.iter().flat_map(|heritage| &heritage.parents).filter_map(|name| self.state.tables.get(name));
        let comes_along = |one: &Constraint| {
            let is_given = is_partition || matches!(one.rule, Rule::Check { .. });
            let has = |parent: &Rc<Table>| parent.constraints.iter().any(|other| is_same_key(&one.rule, &other.rule));
            is_given && parents().any(has)
        };
        let is_of_whole = |one: &Index| {
            let is_same = |other: &Index| one.parts == other.parts && one.unique == other.unique;
            is_partition && parents().any(|whole| whole.indexes.iter().any(is_same))
        };
        let indexes: Vec<&Index> = table.indexes.iter().filter(|one| !is_of_whole(one)).collect();
        let constraints: Vec<&Rc<Constraint>> = table.constraints.iter().filter(|one| !comes_along(one)).collect();
        for constraint in constraints {
            let text = self::constraint(constraint);
            let waits = matches!(&constraint.rule, Rule::Foreign(foreign)
                if foreign.table != name && !self.made.contains(foreign.table.as_str()));
            if waits {
                self.late.push(format!("ALTER TABLE {} ADD {text}", quoted(name)));
            } else {
                lines.push(text);
            }
        }
        self.made.insert(name);
        self.statements.push(self.head(name, heritage, &lines));
        for one in indexes {
            let own = format!("{}{}", super::schema_of(name), one.name);
            self.statements.push(index(name, one, self.state.moment.spelled.indexes.get(&own).map(|known| &**known)));
        }
    }

    /// `CREATE TABLE`, with what a table is part of or divided by.
    fn head(&self, name: &str, heritage: Option<&Heritage>, lines: &[String]) -> String {
        let spelled = self.state.moment.spelled.tables.get(name).map(|spelled| &**spelled);
        let unlogged = if spelled.is_some_and(|spelled| spelled.unlogged) { "UNLOGGED " } else { "" };
        let parents = |heritage: &Heritage| heritage.parents.iter().map(|name| quoted(name)).collect::<Vec<_>>().join(", ");
        let bounds = spelled.map_or("", |spelled| spelled.bounds.as_str());
        let body = format!("(\n    {}\n)", lines.join(",\n    "));
        let mut text = match heritage {
            Some(whole) if whole.is_partition && !bounds.is_empty() => {
                let body = if lines.is_empty() { String::new() } else { format!("{body} ") };
                format!("CREATE {unlogged}TABLE {} PARTITION OF {} {body}{bounds}", quoted(name), parents(whole))
            }
            Some(from) if !from.is_partition => {
                let body = if lines.is_empty() { "()".to_owned() } else { body };
                format!("CREATE {unlogged}TABLE {} {body} INHERITS ({})", quoted(name), parents(from))
            }
            _ => format!("CREATE {unlogged}TABLE {} {body}", quoted(name)),
        };
        if let Some(by) = spelled.map(|spelled| spelled.partition_by.as_str()).filter(|by| !by.is_empty()) {
            let _ = write!(text, " PARTITION BY {by}");
        }
        text
    }

    fn column(&self, table: &str, column: &Column) -> String {
        let owned =
            self.state.sequences.iter().find(|(_, sequence)| {
                sequence.owner.as_ref().is_some_and(|(own, of)| own == table && *of == column.name)
            });
        let serial = owned.is_some_and(|(name, _)| is_serial(table, column, name)).then(|| serial(&column.data_type));
        let mut text = format!("{} {}", quoted_alone(&column.name), serial.flatten().unwrap_or(&column.data_type));
        if let Some(collation) = &column.collation {
            let _ = write!(text, " COLLATE {}", quoted(collation));
        }
        if let Some(expression) = &column.generated {
            let _ = write!(text, " GENERATED ALWAYS AS ({expression}) STORED");
        }
        match column.identity {
            Some(Identity::Always) => text.push_str(" GENERATED ALWAYS AS IDENTITY"),
            Some(Identity::ByDefault) => text.push_str(" GENERATED BY DEFAULT AS IDENTITY"),
            None => {}
        }
        if !column.nullable && serial.is_none() {
            text.push_str(" NOT NULL");
        }
        if let (Some(default), None) = (&column.default, serial) {
            let _ = write!(text, " DEFAULT {default}");
        }
        text
    }

    /// Views, each after those that it reads.
    fn views(&mut self) {
        let mut left: Vec<(&str, &super::state::View)> =
            self.state.views.iter().map(|(name, view)| (name.as_str(), view)).collect();
        left.retain(|(name, _)| !is_temporary(name));
        while !left.is_empty() {
            let waits = |view: &super::state::View| left.iter().any(|(name, _)| view.reads.contains(*name));
            let next = left.iter().position(|(_, view)| !waits(view)).unwrap_or(0);
            let (name, view) = left.remove(next);
            self.statements.push(token::pretty(&view.sql));
            let own = self.state.moment.spelled.of_views.values().filter(|(view, _)| &**view == name);
            self.statements.extend(own.map(|(_, sql)| token::pretty(sql)));
        }
    }
}

/// Whether two are the same key or the same check.
fn is_same_key(one: &Rule, other: &Rule) -> bool {
    match (one, other) {
        (Rule::PrimaryKey(_), Rule::PrimaryKey(_)) => true,
        (Rule::Unique(own), Rule::Unique(others)) => own == others,
        (Rule::Foreign(own), Rule::Foreign(others)) => own.columns == others.columns && own.table == others.table,
        (Rule::Check { expression: own, .. }, Rule::Check { expression: others, .. }) => own == others,
        _ => false,
    }
}

/// The type that numbers rows by a sequence of its own.
fn serial(data_type: &str) -> Option<&'static str> {
    match data_type {
        "integer" => Some("serial"),
        "bigint" => Some("bigserial"),
        "smallint" => Some("smallserial"),
        _ => None,
    }
}

/// Whether a column's sequence is the one that `serial` makes.
fn is_serial(table: &str, column: &Column, sequence: &str) -> bool {
    let made = format!("{table}_{}_seq", column.name);
    let asks = format!("nextval('{}'::regclass)", quoted(sequence));
    !column.nullable
        && sequence == made
        && bare(&made).len() <= super::LONGEST_NAME
        && serial(&column.data_type).is_some()
        && column.default.as_deref().is_some_and(|default| default.replace('"', "") == asks.replace('"', ""))
}

/// What a routine is known by.
fn signature(name: &str, routine: &Routine) -> String {
    format!("{name}{:?}", routine.takes)
}

/// Whether something lasts as long as its connection.
fn is_temporary(name: &str) -> bool {
    name.starts_with("pg_temp.")
}

/// When a constraint is held: by itself, with its statement.
fn deferral(deferrable: bool, deferred: bool) -> &'static str {
    match (deferrable, deferred) {
        (_, true) => " DEFERRABLE INITIALLY DEFERRED",
        (true, false) => " DEFERRABLE",
        (false, false) => "",
    }
}

/// `INCLUDE (…)`.
fn including(columns: &[String]) -> String {
    if columns.is_empty() { String::new() } else { format!(" INCLUDE ({})", list(columns)) }
}

fn constraint(constraint: &Constraint) -> String {
    let options = &constraint.options;
    let more = including(&options.include) + deferral(options.deferrable, options.deferred);
    let name = quoted_alone(&constraint.name);
    let rule = match &constraint.rule {
        Rule::PrimaryKey(columns) => format!("PRIMARY KEY ({}){more}", list(columns)),
        Rule::Unique(columns) => {
            let nulls = if options.nulls_not_distinct { "NULLS NOT DISTINCT " } else { "" };
            format!("UNIQUE {nulls}({}){more}", list(columns))
        }
        Rule::Check { expression, .. } => format!("CHECK ({expression})"),
        // It is kept with its name.
        Rule::Exclude { definition, .. } => {
            let at = definition.find("EXCLUDE").unwrap_or_default();
            definition[at..].to_owned()
        }
        Rule::Foreign(foreign) => {
            let mut text = format!("FOREIGN KEY ({}) REFERENCES {}", list(&foreign.columns), quoted(&foreign.table));
            if !foreign.references.is_empty() {
                let _ = write!(text, " ({})", list(&foreign.references));
            }
            for (event, action) in [("DELETE", &foreign.on_delete), ("UPDATE", &foreign.on_update)] {
                if let Some(action) = action {
                    let _ = write!(text, " ON {event} {action}");
                }
            }
            text + deferral(foreign.deferrable, foreign.deferred)
        }
    };
    format!("CONSTRAINT {name} {rule}")
}

fn index(table: &str, index: &Index, spelled: Option<&SpelledIndex>) -> String {
    let mut collations = spelled.into_iter().flat_map(|spelled| &spelled.parts);
    let unique = if index.unique { "UNIQUE " } else { "" };
    let method = if index.method == "btree" { String::new() } else { format!(" USING {}", index.method) };
    let parts: Vec<String> = index
        .parts
        .iter()
        .map(|part| {
            let term = if part.is_column { quoted_alone(&part.text) } else { format!("({})", part.text) };
            let order = if part.descending { " DESC" } else { "" };
            let collation = collations.next().map_or("", String::as_str);
            let class = part.class.as_deref().map(|class| format!(" {}", quoted(class))).unwrap_or_default();
            let nulls = match part.nulls_first {
                Some(true) => " NULLS FIRST",
                Some(false) => " NULLS LAST",
                None => "",
            };
            format!("{term}{collation}{class}{order}{nulls}")
        })
        .collect();
    let mut text = format!(
        "CREATE {unique}INDEX {} ON {}{method} ({})",
        quoted_alone(&index.name),
        quoted(table),
        parts.join(", ")
    );
    text.push_str(&including(&index.include));
    if index.nulls_not_distinct {
        text.push_str(" NULLS NOT DISTINCT");
    }
    text.push_str(spelled.map_or("", |spelled| &spelled.options));
    if let Some(predicate) = &index.predicate {
        let _ = write!(text, " WHERE {predicate}");
    }
    text
}

/// Tables with those first that others refer to or inherit from; where they refer to each other, the order is that of names.
fn in_order<'s>(
    tables: &[(&'s str, &'s Rc<Table>)],
    heirs: &OrdMap<String, Heritage>,
) -> Vec<(&'s str, &'s Rc<Table>)> {
    let mut left = tables.to_vec();
    let mut sorted = Vec::with_capacity(left.len());
    while !left.is_empty() {
        let waits = |name: &str, table: &Table| {
            let is_heir_of = |other: &str| heirs.get(name).is_some_and(|heritage| heritage.parents.iter().any(|own| own == other));
            left.iter().any(|(other, _)| *other != name && (table.refers_to(other) || is_heir_of(other)))
        };
        let next = left.iter().position(|(name, table)| !waits(name, table)).unwrap_or(0);
        sorted.push(left.remove(next));
    }
    sorted
}
