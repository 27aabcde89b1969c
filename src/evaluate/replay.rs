//! What single migrations do to a schema, told by carrying out once more what they executed.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use super::Evaluated;
use crate::schema::database::{Answer, Setup};
use crate::schema::delta::{self, Level};
use crate::schema::dialect::Dialect;
use crate::schema::model::Schema;
use crate::schema::token::{self, Kind};
use crate::schema::types::UNKNOWN_TYPE;

/// The schema before and after a migration.
#[derive(Debug)]
pub struct Step {
    before: Schema,
    after: Schema,
}

impl Step {
    /// Whether another one does the same: it makes the same of the same, or changes the same things.
    pub fn does_the_same(&self, other: &Self) -> bool {
        let is_same = |one: &Schema, other: &Schema| delta::equivalent(one, other, Level::Full);
        if is_same(&self.before, &other.before) {
            return is_same(&self.after, &other.after);
        }
        let changes = |step: &Self| delta::diff(&step.before, &step.after, Level::Full);
        changes(self) == changes(other)
    }
}

/// What some migrations did; `None` where that does not come out of what they executed.
pub fn steps(evaluated: &Evaluated, wanted: &BTreeSet<&str>, dialect: Dialect) -> Option<HashMap<Arc<str>, Step>> {
    let mut database = dialect.open(Setup::default()).ok()?;
    let mut steps: HashMap<Arc<str>, Step> = HashMap::new();
    let mut current: Option<(&Arc<str>, Schema)> = None;
    for ran in &evaluated.log {
        let name = ran.by.migration().filter(|name| wanted.contains(&***name));
        if current.as_ref().map(|(name, _)| *name) != name {
            if let Some((name, before)) = current.take() {
                steps.insert(name.clone(), Step { before, after: database.snapshot().ok()? });
            }
            if let Some(name) = name {
                if steps.contains_key(name) {
                    return None;
                }
                current = Some((name, database.snapshot().ok()?));
            }
        }
        let Answer::Done { .. } = database.execute(&ran.statement.sql, Some(&[])) else { return None };
    }
    if let Some((name, before)) = current {
        steps.insert(name.clone(), Step { before, after: database.snapshot().ok()? });
    }
    Some(steps)
}

/// Whether a statement is a part of how Alembic's batches make a table anew: they copy its rows, drop it, and give the copy
/// its name.
pub fn is_of_copy(sql: &str, executed: &[String]) -> bool {
    const COPY: &str = "_alembic_tmp_";
    let words: Vec<String> = token::tokens(sql).map(|word| word.value()).collect();
    let is = |at: usize, word: &str| words.get(at).is_some_and(|own| own.eq_ignore_ascii_case(word));
    // `ALTER TABLE _alembic_tmp_t RENAME TO t`
    let becomes = |sql: &String, table: &str| {
        let words: Vec<String> = token::tokens(sql).map(|word| word.value()).collect();
        let is_copy = words.get(2).is_some_and(|copy| copy.strip_prefix(COPY) == Some(table));
        is_copy && words.last().is_some_and(|last| last == table)
    };
    match words.get(2) {
        Some(table) if is(0, "drop") && is(1, "table") && words.len() == 3 => {
            executed.iter().any(|other| becomes(other, table))
        }
        Some(copy) if is(0, "insert") && is(1, "into") => copy.starts_with(COPY),
        _ => false,
    }
}

/// Whether all that a statement does is seen in the schema: it makes or alters a table or an index, or drops an index. With
/// a table, rows are dropped. So does a block that asks the catalog and does nothing else.
pub fn is_all_schema(sql: &str) -> bool {
    if token::tokens(sql).next().is_some_and(|first| first.is("do")) {
        return is_block_of_schema(sql);
    }
    is_one_of_schema(sql)
}

/// Whether the block of a `DO` does nothing but what the schema tells, as far as its words say.
fn is_block_of_schema(sql: &str) -> bool {
    const OTHERS: [&str; 14] = [
        "insert", "update", "delete", "truncate", "merge", "copy", "perform", "call", "grant", "revoke", "raise",
        "notify", "lock", "comment",
    ];
    const MADE: [&str; 3] = ["table", "index", "unique"];
    const KEPT: [&str; 4] = ["index", "column", "constraint", "not"];
    // What `EXECUTE` sends stands in a text.
    let inner = token::tokens(sql).filter(|token| token.kind == Kind::Text).map(|token| token.value());
    let texts: Vec<String> = inner.chain([sql.to_owned()]).collect();
    let mut makes = false;
    for text in &texts {
        let words = token::tokens(text).filter(|token| token.kind == Kind::Word);
        let words: Vec<String> = words.map(|word| word.text.to_ascii_lowercase()).collect();
        if words.iter().any(|word| OTHERS.contains(&word.as_str())) {
            return false;
        }
        for pair in words.windows(2) {
            let what = pair[1].as_str();
            match pair[0].as_str() {
                "create" | "alter" if !MADE.contains(&what) && what != "column" => return false,
                "drop" if !KEPT.contains(&what) => return false,
                "create" | "alter" => makes = true,
                _ => {}
            }
        }
    }
    makes && !sql.contains(UNKNOWN_TYPE)
}

fn is_one_of_schema(sql: &str) -> bool {
    // What a table also has: nothing of it is a column.
    const BESIDES: [&str; 12] = [
        "owner",
        "enable",
        "disable",
        "storage",
        "statistics",
        "cluster",
        "inherit",
        "replica",
        "force",
        "tablespace",
        "trigger",
        "partition",
    ];
    let mut words = token::tokens(sql);
    let (Some(verb), Some(what)) = (words.next(), words.next()) else { return false };
    let is_schema = if verb.is("drop") {
        what.is("index")
    } else {
        ["create", "alter"].iter().any(|word| verb.is(word))
            && ["table", "index", "unique"].iter().any(|word| what.is(word))
    };
    // Which type that is only the code tells.
    is_schema && !sql.contains(UNKNOWN_TYPE) && !words.any(|word| BESIDES.iter().any(|besides| word.is(besides)))
}
