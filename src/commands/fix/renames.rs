//! Renames: to a database's schema they are one thing gone and another there, and what the rows hold would be lost.

use std::collections::BTreeMap;

use super::step::Step;
use crate::evaluate::Ran;
use crate::evaluate::parity::{Difference, What};
use crate::schema::delta::Object;
use crate::schema::model::{Name, Schema};
use crate::schema::token::{self, Kind, Token};

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
