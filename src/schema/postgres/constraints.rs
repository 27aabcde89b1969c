//! Constraints that a table gets: what they must fit, and how they are named.

use std::cell::OnceCell;
use std::rc::Rc;

use super::create::{Wanted, columns_in};
use super::error::PgError;
use super::state::{Constraint, Rule, Table};
use super::types::{check_class, comparable};
use super::{Database, bare, schema_of};

impl Database {
    /// Adds a constraint to a table.
    pub(super) fn add_constraint(&mut self, name: &str, wanted: Wanted) -> Result<(), PgError> {
        let Wanted { name: given, mut rule, options } = wanted;
        let Some(table) = self.state.tables.get(name).cloned() else {
            return Err(PgError::undefined("relation", name));
        };
        if let Err(error) = self.check_rule(name, &table, &mut rule) {
            // The message names the constraint, chosen or given.
            let Rule::Foreign(foreign) = &rule else { return Err(error) };
            let own = match given {
                Some(given) => given,
                None => bare(&self.state.choose_name(name, &foreign.columns.join("_"), "fkey", &|_| false)).to_owned(),
            };
            return Err(PgError { message: error.message.replace(UNNAMED, &own), ..error });
        }
        let schema = schema_of(name);
        let chosen = match given {
            Some(given) => {
                if let Some(known) = table.constraint(&given) {
                    if self.state.heirs.contains_key(name) && merges(&known.rule, &rule) {
                        // Both become one, which is the table's own now.
                        drop(table);
                        let own = self.table(name)?.constraints_mut().find(|known| known.name == given);
                        if let Some(own) = own {
                            own.options.inherited = false;
                        }
                        return Ok(());
                    }
                    return Err(if rule.has_index() {
                        PgError::duplicate_relation(&given)
                    } else {
                        PgError::duplicate_on("constraint", &given, bare(name))
                    });
                }
                if rule.has_index() && self.state.has_relation(&format!("{schema}{given}")) {
                    return Err(PgError::duplicate_relation(&given));
                }
                given
            }
            None => {
                let (columns, label) = match &rule {
                    Rule::PrimaryKey(_) => (String::new(), "pkey"),
                    Rule::Unique(columns) => (columns.join("_"), "key"),
                    Rule::Foreign(foreign) => (foreign.columns.join("_"), "fkey"),
                    Rule::Check { columns, .. } => {
                        let only = if let [only] = columns.as_slice() { only.clone() } else { String::new() };
                        (only, "check")
                    }
                    Rule::Exclude { columns, .. } => (columns.join("_"), "excl"),
                };
                let all = OnceCell::new();
                let taken = |full: &str| {
                    let own = bare(full);
                    // Hardly ever is a second name tried, so that they are only gathered then.
                    self.state.given.may_have(own)
                        && all.get_or_init(|| self.state.constraint_names(schema)).contains(own)
                };
                bare(&self.state.choose_name(name, &columns, label, &taken)).to_owned()
            }
        };
        if rule.has_index() {
            self.state.indexes.insert(format!("{schema}{chosen}"), name.to_owned());
        }
        self.state.given.note(&chosen);
        // Nobody else may hold the table when it is changed: it would be copied.
        drop(table);
        let table = self.table(name)?;
        if let Rule::PrimaryKey(columns) = &rule {
            for column in &mut table.columns {
                if columns.contains(&column.name) && column.nullable {
                    Rc::make_mut(column).nullable = false;
                }
            }
        }
        table.constraints.push(Rc::new(Constraint { name: chosen, rule, options }));
        Ok(())
    }

    /// Refuses a constraint whose columns are not there or do not fit.
    fn check_rule(&self, name: &str, table: &Table, rule: &mut Rule) -> Result<(), PgError> {
        let is_primary = matches!(rule, Rule::PrimaryKey(_));
        match rule {
            Rule::PrimaryKey(columns) | Rule::Unique(columns) => {
                if let Some(missing) = columns.iter().find(|column| table.column(column).is_none()) {
                    return Err(PgError::undefined_key_column(missing));
                }
                if let Some((_, twice)) =
                    columns.iter().enumerate().find(|(index, column)| columns[..*index].contains(column))
                {
                    let what = if is_primary { "primary key" } else { "unique" };
                    return Err(PgError::twice_in_key(twice, what));
                }
                for column in columns.iter().filter_map(|column| table.column(column)) {
                    check_class(&column.data_type, "btree")?;
                }
            }
            Rule::Foreign(foreign) => {
                if table.temporary {
                    foreign.table = self.temporary_or(std::mem::take(&mut foreign.table));
                }
                if let Some(missing) = foreign.columns.iter().find(|column| table.column(column).is_none()) {
                    return Err(PgError::undefined_foreign_column(missing));
                }
                let target = if foreign.table == name {
                    Some(table)
                } else {
                    self.state.tables.get(&foreign.table).map(|table| &**table)
                };
                if target.is_none() && self.open {
                    return Ok(());
                }
                let Some(target) = target else { return Err(PgError::undefined("relation", &foreign.table)) };
                if foreign.references.is_empty() {
                    if target.open && target.primary_key().is_none() {
                        return Ok(());
                    }
                    let Some(key) = target.primary_key() else {
                        let message = format!("there is no primary key for referenced table \"{}\"", foreign.table);
                        return Err(PgError { condition: "UndefinedObject", ..PgError::wrong_type(message) });
                    };
                    foreign.references = key.to_vec();
                }
                if let Some(missing) = foreign.references.iter().find(|column| target.column(column).is_none()) {
                    return Err(PgError::undefined_foreign_column(missing));
                }
                if foreign.references.len() != foreign.columns.len() {
                    let message = "number of referencing and referenced columns for foreign key disagree".to_owned();
                    return Err(PgError { condition: "InvalidForeignKey", ..PgError::wrong_type(message) });
                }
                if !target.open && !target.has_key(&foreign.references) {
                    return Err(PgError::no_unique_constraint(bare(&foreign.table)));
                }
                for (own, other) in foreign.columns.iter().zip(&foreign.references) {
                    if let (Some(own), Some(other)) = (table.column(own), target.column(other))
                        && !comparable(&own.data_type, &other.data_type)
                    {
                        let message = format!(
                            "foreign key constraint \"{UNNAMED}\" cannot be implemented: key columns \"{}\" and \"{}\" are \
                             of incompatible types: {} and {}",
                            own.name, other.name, own.data_type, other.data_type
                        );
                        return Err(PgError::mismatch(message));
                    }
                }
            }
            Rule::Check { expression, columns } => {
                if columns.len() == 1 {
                    // A column's own check may name others of the table.
                    let named = columns_in(expression, table);
                    if !named.is_empty() {
                        *columns = named;
                    }
                }
            }
            Rule::Exclude { .. } => {}
        }
        if let (Some(keys), Rule::PrimaryKey(columns) | Rule::Unique(columns)) = (&table.partition_by, &*rule) {
            let what = if is_primary { "PRIMARY KEY" } else { "UNIQUE" };
            if keys.iter().any(Option::is_none) {
                let message = format!("unsupported {what} constraint with partition key definition");
                return Err(PgError::not_supported(message));
            }
            if keys.iter().flatten().any(|key| !columns.contains(key)) {
                let message = "unique constraint on partitioned table must include all partitioning columns";
                return Err(PgError::not_supported(message.to_owned()));
            }
        }
        if is_primary && table.primary_key().is_some() {
            return Err(PgError::second_primary_key(bare(name)));
        }
        Ok(())
    }
}

/// Whether a check is the one that a parent gave.
fn merges(known: &Rule, rule: &Rule) -> bool {
    match (known, rule) {
        (Rule::Check { expression: known, .. }, Rule::Check { expression, .. }) => known == expression,
        _ => false,
    }
}

/// Stands for a constraint's name until it is known.
const UNNAMED: &str = "\u{1a}";
