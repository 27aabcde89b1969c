//! Renames: to a database's schema they are one thing gone and another there, and what the rows hold would be lost.

use std::collections::{BTreeMap, BTreeSet};

use super::step::Step;
use crate::evaluate::Ran;
use crate::evaluate::parity::{Difference, What};
use crate::schema::delta::{Attribute, Object};
use crate::schema::model::{Name, Schema};
use crate::schema::token::{self, Kind, Token};
use crate::schema::{form, types};

/// The renames among the statements of one track that the other track lacks, in their order. What they do is done to
/// `target`.
pub fn find(log: &[Ran], differences: &[Difference], target: &mut Schema) -> Vec<Step> {
    let is_there = |object: &Object, added: bool| {
        differences.iter().any(|difference| {
            difference.object == *object
                && match &difference.what {
                    What::Added(_) => added,
                    What::Removed => !added,
                    What::Differs { .. } => false,
                }
        })
    };
    let mut steps = Vec::new();
    for step in log.iter().flat_map(|ran| read(&ran.statement.sql)) {
        let (old, new) = match &step {
            Step::RenameTable { from, to } => (Object::Table(from.clone()), Object::Table(to.clone())),
            Step::RenameColumn { table, from, to } => {
                let column = |name: &Name| Object::Column { table: table.clone(), name: name.clone() };
                (column(from), column(to))
            }
            _ => continue,
        };
        if is_there(&old, false) && is_there(&new, true) && apply(&step, target) {
            steps.push(step);
        }
    }
    steps
}

/// What models most likely call otherwise: the one column of a table that is gone and the one of its sort that is new, and so
/// with tables of the same columns. It is done to `target`, and the differences are what is left then.
pub fn guessed(models: &Schema, differences: &mut Vec<Difference>, target: &mut Schema) -> Vec<Step> {
    let mut steps = Vec::new();
    let tables = |added: bool| {
        let named = differences.iter().filter(move |one| is_whole(one, added)).filter_map(|one| match &one.object {
            Object::Table(name) => Some(name.clone()),
            _ => None,
        });
        named.collect::<Vec<Name>>()
    };
    if let ([from], [to]) = (tables(false).as_slice(), tables(true).as_slice()) {
        let columns = |schema: &Schema, name: &Name| {
            let table = schema.tables.get(name)?;
            Some(table.columns.iter().map(|column| column.name.clone()).collect::<BTreeSet<Name>>())
        };
        let (old, new) = (columns(target, from), columns(models, to));
        if old.is_some_and(|old| old.len() > 1 && Some(&old) == new.as_ref()) {
            steps.push(Step::RenameTable { from: from.clone(), to: to.clone() });
        }
    }
    let columns = |added: bool| {
        let mut found: BTreeMap<Name, Vec<Name>> = BTreeMap::new();
        for one in differences.iter().filter(|one| is_whole(one, added)) {
            if let Object::Column { table, name } = &one.object {
                found.entry(table.clone()).or_default().push(name.clone());
            }
        }
        found
    };
    let new = columns(true);
    for (table, gone) in columns(false) {
        let (Some([to]), [from]) = (new.get(&table).map(Vec::as_slice), gone.as_slice()) else { continue };
        let sort =
            |schema: &Schema, name: &Name| Some(types::coarse(&schema.tables.get(&table)?.column(name)?.data_type));
        if sort(target, from).is_some() && sort(target, from) == sort(models, to) {
            steps.push(Step::RenameColumn { table: table.clone(), from: from.clone(), to: to.clone() });
        }
    }
    steps.retain(|step| take_over(step, models, differences, target));
    steps
}

fn is_whole(difference: &Difference, added: bool) -> bool {
    match &difference.what {
        What::Added(_) => added,
        What::Removed => !added,
        What::Differs { .. } => false,
    }
}

/// Does a rename to `target`, and leaves of the differences what is still one after it.
pub fn take_over(step: &Step, models: &Schema, differences: &mut Vec<Difference>, target: &mut Schema) -> bool {
    if !apply(step, target) {
        return false;
    }
    match step {
        Step::RenameTable { from, to } => {
            differences.retain(|one| !matches!(&one.object, Object::Table(name) if name == from || name == to));
        }
        Step::RenameColumn { table, from, to } => {
            let own = |name: &Name| Object::Column { table: table.clone(), name: name.clone() };
            let first = differences.iter().find(|one| one.object == own(to) || one.object == own(from)).cloned();
            differences.retain(|one| one.object != own(from) && one.object != own(to) && !target.has(&one.object));
            let (wanted, made) = (models.tables.get(table), target.tables.get(table));
            let both = wanted.and_then(|table| table.column(to)).zip(made.and_then(|table| table.column(to)));
            let (Some(first), Some((wanted, made))) = (first, both) else { return true };
            let word = |is_null: bool| if is_null { "NULL" } else { "NOT NULL" }.to_owned();
            let mut differs = |attribute, on: String, not_on: String| {
                let what = What::Differs { attribute, on, not_on };
                differences.push(Difference { object: own(to), what, ..first.clone() });
            };
            if form::data_type(&wanted.data_type) != form::data_type(&made.data_type) {
                differs(Attribute::Type, wanted.data_type.clone(), made.data_type.clone());
            }
            if wanted.nullable != made.nullable {
                differs(Attribute::Nullability, word(wanted.nullable), word(made.nullable));
            }
        }
        _ => {}
    }
    true
}

/// The renames in a text of one or more statements.
fn read(sql: &str) -> Vec<Step> {
    let tokens: Vec<Token<'_>> = token::tokens(sql).collect();
    tokens.split(|token| token.is_symbol(";")).filter_map(rename).collect()
}

/// `ALTER TABLE t RENAME TO u`, `ALTER TABLE t RENAME [COLUMN] a TO b`.
fn rename(tokens: &[Token<'_>]) -> Option<Step> {
    let name = |token: &Token<'_>| matches!(token.kind, Kind::Word | Kind::Quoted).then(|| Name::new(token.value()));
    let [alter, word, table, rename, rest @ ..] = tokens else { return None };
    if !alter.is("alter") || !word.is("table") || !rename.is("rename") {
        return None;
    }
    let table = name(table)?;
    match rest {
        [to, new, ..] if to.is("to") => Some(Step::RenameTable { from: table, to: name(new)? }),
        [column, old, to, new, ..] if column.is("column") && to.is("to") => {
            Some(Step::RenameColumn { table, from: name(old)?, to: name(new)? })
        }
        [old, to, new, ..] if to.is("to") => Some(Step::RenameColumn { table, from: name(old)?, to: name(new)? }),
        _ => None,
    }
}

/// Does what a rename says; whether it could be done.
pub fn apply(step: &Step, schema: &mut Schema) -> bool {
    match step {
        Step::RenameTable { from, to } => {
            if schema.tables.contains_key(to) {
                return false;
            }
            let Some(mut table) = schema.tables.remove(from) else { return false };
            table.name = to.clone();
            schema.tables.insert(to.clone(), table);
            let keys = schema.tables.values_mut().flat_map(|table| &mut table.foreign_keys);
            keys.filter(|key| key.table == *from).for_each(|key| key.table = to.clone());
            true
        }
        Step::RenameColumn { table, from, to } => {
            let has = |name: &Name| schema.tables.get(table).is_some_and(|found| found.column(name).is_some());
            if has(to) || !has(from) {
                return false;
            }
            schema.rename_columns(table, &BTreeMap::from([(from.clone(), to.clone())]));
            true
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn renames_are_read_however_they_are_spelled() {
        let column = |table: &str, from: &str, to: &str| {
            vec![Step::RenameColumn { table: table.into(), from: from.into(), to: to.into() }]
        };
        assert_eq!(read("alter table \"a b\" rename column x to `y`"), column("a b", "x", "y"));
        assert_eq!(read("ALTER TABLE t DROP COLUMN z; ALTER TABLE t RENAME x TO y;"), column("t", "x", "y"));
        assert_eq!(read("ALTER TABLE t RENAME TO u"), [Step::RenameTable { from: "t".into(), to: "u".into() }]);
        assert_eq!(read("ALTER TABLE t ADD COLUMN x"), []);
    }
}
