//! What a PostgreSQL database holds, as its catalog has it.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::rc::Rc;

use imbl::{OrdMap, OrdSet};

use super::doubt::Doubt;
use super::moment::Moment;
use super::routines::Routine;
use super::schema_of;
use super::view_columns::ViewColumn;

/// The longest name; what is longer is cut (`NAMEDATALEN - 1`).
pub const LONGEST_NAME: usize = 63;

/// Everything in a database. Names of another schema than `public` have it in front: `audit.events`.
///
/// A copy costs nothing, so that one can be kept before every statement and every transaction.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct State {
    pub tables: OrdMap<String, Rc<Table>>,
    /// The table of every index, those of constraints included.
    pub indexes: OrdMap<String, String>,
    pub sequences: OrdMap<String, Sequence>,
    pub views: OrdMap<String, View>,
    pub types: OrdMap<String, UserType>,
    pub routines: OrdMap<String, Vec<Routine>>,
    pub schemas: BTreeSet<String>,
    pub extensions: BTreeSet<String>,
    /// The schema of what has none in front, where that is not `public`.
    pub home: Option<String>,
    pub given: GivenNames,
    /// The names of policies, which may be gone.
    pub policies: GivenNames,
    /// The tables that have the columns of others.
    pub heirs: OrdMap<String, Heritage>,
    /// What statements that were not carried out leave unknown.
    pub doubt: Doubt,
    pub moment: Moment,
}

/// The names that constraints have or had, without their schemas: what is not among them is not taken. What a database is
/// does not depend on it.
#[derive(Clone, Debug, Default)]
pub struct GivenNames(OrdSet<String>);

impl PartialEq for GivenNames {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for GivenNames {}

impl GivenNames {
    pub fn note(&mut self, name: &str) {
        self.0.insert(name.to_owned());
    }

    pub fn may_have(&self, name: &str) -> bool {
        self.0.contains(name)
    }
}

/// What a table inherits from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Heritage {
    pub parents: Vec<String>,
    /// It is a part of its only parent.
    pub is_partition: bool,
}

/// What a persistent map lacks of an ordinary one.
pub trait Adjust<V> {
    /// Takes away what is not to be kept.
    fn keep(&mut self, keep: impl Fn(&str, &V) -> bool);
    /// Changes what is wanted, and copies nothing else.
    fn adjust(&mut self, wanted: impl Fn(&str, &V) -> bool, change: impl FnMut(&mut V));
}

impl<V: Clone> Adjust<V> for OrdMap<String, V> {
    fn keep(&mut self, keep: impl Fn(&str, &V) -> bool) {
        let gone: Vec<String> =
            self.iter().filter(|(name, value)| !keep(name, value)).map(|(name, _)| name.clone()).collect();
        for name in gone {
            self.remove(&name);
        }
    }

    fn adjust(&mut self, wanted: impl Fn(&str, &V) -> bool, mut change: impl FnMut(&mut V)) {
        let found: Vec<String> =
            self.iter().filter(|(name, value)| wanted(name, value)).map(|(name, _)| name.clone()).collect();
        for name in found {
            if let Some(value) = self.get_mut(&name) {
                change(value);
            }
        }
    }
}

/// One that is changed is copied if somebody holds it: its parts are not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    pub columns: Vec<Rc<Column>>,
    pub constraints: Vec<Rc<Constraint>>,
    /// Those that carry no constraint.
    pub indexes: Vec<Index>,
    pub triggers: BTreeMap<String, String>,
    pub temporary: bool,
    /// What decides in which of its partitions a row is: columns, or `None` for an expression.
    pub partition_by: Option<Vec<Option<String>>>,
    /// `range`, `list` or `hash`, where it is divided.
    pub strategy: Option<String>,
    /// Something else made it, so that it may have more than is known.
    pub open: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Column {
    pub name: String,
    /// As `format_type` says it: `character varying(40)`.
    pub data_type: String,
    pub nullable: bool,
    pub default: Option<String>,
    pub identity: Option<Identity>,
    /// The expression of a stored generated column.
    pub generated: Option<String>,
    pub collation: Option<String>,
    /// The table's own definition has it, whatever its parents have.
    pub local: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Identity {
    Always,
    ByDefault,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Constraint {
    pub name: String,
    pub rule: Rule,
    pub options: KeyOptions,
}

/// What a constraint has besides its rule.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is told by itself")]
pub struct KeyOptions {
    /// A check that it has from a parent alone.
    pub inherited: bool,
    pub nulls_not_distinct: bool,
    pub include: Vec<String>,
    pub deferrable: bool,
    pub deferred: bool,
}

/// What a constraint demands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rule {
    PrimaryKey(Vec<String>),
    Unique(Vec<String>),
    Foreign(Foreign),
    Check { expression: String, columns: Vec<String> },
    Exclude { definition: String, columns: Vec<String> },
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Foreign {
    pub columns: Vec<String>,
    pub table: String,
    pub references: Vec<String>,
    /// `CASCADE`, `SET NULL`, …; `None` for `NO ACTION`.
    pub on_delete: Option<String>,
    pub on_update: Option<String>,
    pub deferrable: bool,
    pub deferred: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Index {
    pub name: String,
    pub unique: bool,
    pub method: String,
    pub parts: Vec<IndexPart>,
    pub predicate: Option<String>,
    /// The columns that it needs.
    pub columns: Vec<String>,
    /// Those that it only keeps.
    pub include: Vec<String>,
    pub nulls_not_distinct: bool,
    /// The index of the whole that it is a part of.
    pub whole: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IndexPart {
    /// A column's name, or an expression.
    pub text: String,
    pub is_column: bool,
    pub descending: bool,
    pub class: Option<String>,
    /// Whether nulls come first, where the order does not say so by itself.
    pub nulls_first: Option<bool>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sequence {
    /// The table and column that it goes with.
    pub owner: Option<(String, String)>,
}

impl Sequence {
    /// Whether it goes with a column of this table.
    pub fn is_of(&self, table: &str) -> bool {
        matches!(&self.owner, Some((owner, _)) if owner == table)
    }
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct View {
    pub sql: String,
    pub materialized: bool,
    /// The tables and views that it reads.
    pub reads: BTreeSet<String>,
    /// The columns that it surely needs, by the tables that they are of.
    pub columns: BTreeMap<String, BTreeSet<String>>,
    /// What it answers with, where that is plain.
    pub output: Option<Vec<ViewColumn>>,
}

impl View {
    /// Whether it surely needs a column of a table.
    pub fn needs(&self, table: &str, column: &str) -> bool {
        self.columns.get(table).is_some_and(|columns| columns.contains(column))
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UserType {
    Enum(Vec<String>),
    /// A domain over a type, a composite, a range.
    Other(String),
}

impl Rule {
    /// The table's own columns that it is about.
    pub fn columns(&self) -> &[String] {
        match self {
            Self::PrimaryKey(columns)
            | Self::Unique(columns)
            | Self::Check { columns, .. }
            | Self::Exclude { columns, .. } => columns,
            Self::Foreign(foreign) => &foreign.columns,
        }
    }

    /// The same, to be renamed.
    pub fn columns_mut(&mut self) -> &mut Vec<String> {
        match self {
            Self::PrimaryKey(columns)
            | Self::Unique(columns)
            | Self::Check { columns, .. }
            | Self::Exclude { columns, .. } => columns,
            Self::Foreign(foreign) => &mut foreign.columns,
        }
    }

    /// Whether an index carries it.
    pub fn has_index(&self) -> bool {
        matches!(self, Self::PrimaryKey(_) | Self::Unique(_) | Self::Exclude { .. })
    }
}

impl Table {
    pub fn column(&self, name: &str) -> Option<&Column> {
        self.columns.iter().find(|column| column.name == name).map(|column| &**column)
    }

    pub fn column_mut(&mut self, name: &str) -> Option<&mut Column> {
        self.columns.iter_mut().find(|column| column.name == name).map(Rc::make_mut)
    }

    /// Every column, to be changed.
    pub fn columns_mut(&mut self) -> impl Iterator<Item = &mut Column> {
        self.columns.iter_mut().map(Rc::make_mut)
    }

    /// Every constraint, to be changed.
    pub fn constraints_mut(&mut self) -> impl Iterator<Item = &mut Constraint> {
        self.constraints.iter_mut().map(Rc::make_mut)
    }

    /// Whether one of its foreign keys leads to this table.
    pub fn refers_to(&self, other: &str) -> bool {
        let refers =
            |constraint: &Rc<Constraint>| matches!(&constraint.rule, Rule::Foreign(foreign) if foreign.table == other);
        self.constraints.iter().any(refers)
    }

    pub fn constraint(&self, name: &str) -> Option<&Constraint> {
        self.constraints.iter().find(|constraint| constraint.name == name).map(|constraint| &**constraint)
    }

    pub fn primary_key(&self) -> Option<&[String]> {
        self.constraints.iter().find_map(|constraint| match &constraint.rule {
            Rule::PrimaryKey(columns) => Some(columns.as_slice()),
            _ => None,
        })
    }

    /// Whether these columns, in any order, are a key.
    pub fn has_key(&self, columns: &[String]) -> bool {
        let same = |key: &[String]| key.len() == columns.len() && key.iter().all(|column| columns.contains(column));
        let by_constraint = self.constraints.iter().any(|constraint| match &constraint.rule {
            Rule::PrimaryKey(key) | Rule::Unique(key) => same(key),
            _ => false,
        });
        let by_index = |index: &&Index| {
            let parts: Vec<String> = index.parts.iter().map(|part| part.text.clone()).collect();
            index.unique && index.predicate.is_none() && index.parts.iter().all(|part| part.is_column) && same(&parts)
        };
        by_constraint || self.indexes.iter().any(|index| by_index(&index))
    }
}

impl State {
    /// Whether a table, an index, a sequence or a view has this name: they share one space.
    pub fn has_relation(&self, name: &str) -> bool {
        self.tables.contains_key(name)
            || self.indexes.contains_key(name)
            || self.sequences.contains_key(name)
            || self.views.contains_key(name)
    }

    /// The table, to be changed.
    pub fn table_mut(&mut self, name: &str) -> Option<&mut Table> {
        self.tables.get_mut(name).map(Rc::make_mut)
    }

    /// The name that PostgreSQL gives to what has none (`ChooseRelationName`, `ChooseConstraintName`).
    pub fn choose_name(&self, table: &str, columns: &str, label: &str, taken: &dyn Fn(&str) -> bool) -> String {
        let (schema, table) = match table.rsplit_once('.') {
            Some((schema, table)) => (format!("{schema}."), table),
            None => (String::new(), table),
        };
        let mut pass = 0_u32;
        loop {
            let label = if pass == 0 { label.to_owned() } else { format!("{label}{pass}") };
            let name = format!("{schema}{}", object_name(table, columns, &label));
            if !self.has_relation(&name) && !taken(&name) || pass > 1_000 {
                return name;
            }
            pass += 1;
        }
    }

    /// The names of all constraints in a schema.
    pub fn constraint_names(&self, schema: &str) -> HashSet<&str> {
        let tables = self.tables.iter().filter(|(name, _)| schema_of(name) == schema);
        tables.flat_map(|(_, table)| &table.constraints).map(|constraint| constraint.name.as_str()).collect()
    }

    /// The tables and constraints of others that refer to a table.
    pub fn references_to(&self, name: &str) -> Vec<(String, String)> {
        let mut found = Vec::new();
        for (other, table) in &self.tables {
            for constraint in &table.constraints {
                if matches!(&constraint.rule, Rule::Foreign(foreign) if foreign.table == name) {
                    found.push((other.clone(), constraint.name.clone()));
                }
            }
        }
        found
    }
}

/// `makeObjectName`: the longer of the two names is cut until all of it fits.
fn object_name(first: &str, second: &str, label: &str) -> String {
    let overhead = label.len() + 1 + usize::from(!second.is_empty());
    let room = LONGEST_NAME.saturating_sub(overhead);
    let (mut one, mut two) = (first.len(), second.len());
    while one + two > room {
        if one > two { one -= 1 } else { two -= 1 }
    }
    let (first, second) = (cut(first, one), cut(second, two));
    if second.is_empty() { format!("{first}_{label}") } else { format!("{first}_{second}_{label}") }
}

/// At most so many bytes of a name, and no part of a character.
pub fn cut(name: &str, most: usize) -> &str {
    let mut end = most.min(name.len());
    while !name.is_char_boundary(end) {
        end -= 1;
    }
    &name[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_made_and_cut_as_postgresql_does() {
        let state = State::default();
        assert_eq!(state.choose_name("t", "a_b", "key", &|_| false), "t_a_b_key");
        assert_eq!(state.choose_name("t", "", "pkey", &|name| name == "t_pkey"), "t_pkey1");
        assert_eq!(state.choose_name("s.t", "a", "fkey", &|_| false), "s.t_a_fkey");
        let long = "x".repeat(60);
        let name = state.choose_name(&long, "column", "fkey", &|_| false);
        assert_eq!(name.len(), 63);
        assert!(name.ends_with("x_column_fkey"));
    }
}
