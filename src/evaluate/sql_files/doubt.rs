//! What a refusal means: that something else makes what is missing, that a part is not known, or that a file fails.

use std::collections::{BTreeSet, HashSet};

use super::super::golang::tables_made;
use super::super::{By, Failure};
use super::{Run, UNKNOWN_COLUMN};
use crate::python::eval::Gap;
use crate::schema::database::{Answer, Refusal};
use crate::schema::statement::changes_rows;
use crate::schema::token;
use crate::source::{Location, Source, is_near};
use crate::track::ends::Modules;
use crate::track::sql_files::history::Step;

impl Run {
    /// What the database refuses; whether the next statement runs all the same. A table that nothing of the track makes is
    /// made by a program: nothing is known of it but what the files do to it.
    pub(super) fn refused(
        &mut self,
        refusal: Refusal,
        sql: &str,
        place: &Location,
        by: &By,
        modules: &mut Modules<'_>,
    ) -> bool {
        // Whatever is not known of the database, it takes no such text.
        if refusal.kind.is_of_grammar() {
            return self.stopped(refusal, place, by);
        }
        let message = &refusal.message;
        let missing = refusal.kind.missing_table().map(str::to_owned);
        let missing = missing.filter(|table| self.is_made_elsewhere(table, modules));
        // What changes rows alone leaves the schema as it is, whatever comes of it.
        if changes_rows(sql) && (missing.is_some() || self.is_in_doubt(sql)) {
            return true;
        }
        if let Some(table) = missing {
            self.elsewhere.insert(table.to_ascii_lowercase());
            self.needed.insert(table.to_ascii_lowercase(), place.clone());
            let stub = format!("CREATE TABLE \"{}\" ({UNKNOWN_COLUMN} INTEGER)", table.replace('"', "\"\""));
            let reason = needs(&table);
            if matches!(self.database.execute(&stub, Some(&[])), Answer::Done { .. }) {
                // What the files do to it is known all the same; under another name it is no table that they make.
                let about = if renames(sql) { sql.to_owned() } else { String::new() };
                self.gap(&reason, place, Some(about));
                return self.statement(sql, place, by, modules);
            }
            self.gap(&reason, place, Some(sql.to_owned()));
            return true;
        }
        if self.drops_what_is_made_elsewhere(sql, modules) {
            return true;
        }
        // The snapshot was ahead of its upgrades: what these have made has it not.
        if refusal.kind.existing().is_some_and(|thing| self.is_of_snapshot_alone(&thing.name, modules)) {
            return true;
        }
        if let Some(table) = one_of(sql, &self.elsewhere) {
            // Where the file needs it already that is the cause.
            let (reason, origin) = match self.needed.get(&table) {
                Some(origin) => (needs(&table), origin.clone()),
                None => (format!("is about a table that no migration makes ({message})"), place.clone()),
            };
            self.gaps.push(Gap { reason, origin, location: place.clone(), sql: Some(sql.to_owned()) });
            return true;
        }
        if self.names_what_is_in_doubt(sql) {
            self.gap(&format!("comes after something that is not known ({message})"), place, Some(sql.to_owned()));
            return true;
        }
        // Who carries a schema out at every start lets that be.
        if self.goes_on && refusal.kind.existing().is_some() {
            return true;
        }
        self.stopped(refusal, place, by)
    }

    /// Notes that a file stops at a statement.
    pub(super) fn stopped(&mut self, refusal: Refusal, place: &Location, by: &By) -> bool {
        if !self.goes_on {
            // What the file makes is missing here, and is there on databases that got past it.
            self.gap(&format!("stops with {}", refusal.message), place, Some(self.text.to_string()));
        }
        self.evaluated.failures.push(Failure::of(by, refusal, vec![place.clone()]));
        false
    }

    /// Whether a table that is not there is made by something else than the files: none of them makes it, and it is no slip
    /// of the pen for one that is there.
    fn is_made_elsewhere(&mut self, table: &str, modules: &mut Modules<'_>) -> bool {
        let lower = table.to_ascii_lowercase();
        let made = self.made.get_or_insert_with(|| {
            let steps = self.history.iter().flat_map(|history| &history.steps);
            let texts = steps.filter_map(|step| modules.text(&step.path).ok().flatten());
            texts.flat_map(|source| tables_made(source.text())).collect()
        });
        if made.contains(&lower) || self.elsewhere.contains(&lower) {
            return false;
        }
        let there = self.database.snapshot().map(|schema| schema.tables).unwrap_or_default();
        !there.keys().any(|known| is_near(&lower, &known.as_str().to_ascii_lowercase()))
    }

    /// Whether a statement drops what no file makes, between files that upgrade what something else makes.
    fn drops_what_is_made_elsewhere(&mut self, sql: &str, modules: &mut Modules<'_>) -> bool {
        const BESIDE: [&str; 8] = ["drop", "table", "index", "view", "if", "exists", "cascade", "concurrently"];
        let mut words = token::tokens(sql);
        let is_drop = words.next().is_some_and(|first| first.is("drop"))
            && words.next().is_some_and(|what| ["table", "index", "view"].iter().any(|word| what.is(word)));
        let name = words.find(|token| {
            matches!(token.kind, token::Kind::Word | token::Kind::Quoted) && !BESIDE.iter().any(|word| token.is(word))
        });
        let Some(name) = name.filter(|_| is_drop) else { return false };
        let name = name.value().to_ascii_lowercase();
        // Databases that an older snapshot made may have it.
        let may_be_old = || self.known_by_snapshot.is_some() && !self.is_near_one(&name);
        if self.elsewhere.is_empty() && !may_be_old() {
            return false;
        }
        let steps = self.history.iter().flat_map(|history| &history.steps);
        let texts: Vec<Source> = steps.filter_map(|step| modules.text(&step.path).ok().flatten()).collect();
        !texts.iter().any(|source| makes(source.text(), &name))
    }

    /// Whether a table or an index that is there is called nearly so, in lower case: then it is a slip of the pen.
    fn is_near_one(&self, name: &str) -> bool {
        let there = self.database.snapshot().map(|schema| schema.tables).unwrap_or_default();
        let names = there.iter().flat_map(|(table, found)| std::iter::once(table).chain(found.indexes.keys()));
        names.into_iter().any(|known| is_near(name, &known.as_str().to_ascii_lowercase()))
    }

    /// Whether what a snapshot has already no file names that counts as run on it.
    fn is_of_snapshot_alone(&self, name: &str, modules: &mut Modules<'_>) -> bool {
        let (Some(run), Some(history)) = (&self.known_by_snapshot, &self.history) else { return false };
        let steps: Vec<&Step> = history.steps.iter().filter(|step| run.contains(&step.name)).collect();
        let mut texts = steps.into_iter().filter_map(|step| modules.text(&step.path).ok().flatten());
        !texts.any(|source| token::tokens(source.text()).any(|token| token.value().eq_ignore_ascii_case(name)))
    }

    /// Whether a statement names what no file makes, or what is not known.
    fn is_in_doubt(&self, sql: &str) -> bool {
        one_of(sql, &self.elsewhere).is_some() || self.names_what_is_in_doubt(sql)
    }

    fn names_what_is_in_doubt(&self, sql: &str) -> bool {
        let deployed = self.deployed.iter().flat_map(|deployed| &deployed.gaps);
        let unknown = deployed.chain(&self.evaluated.gaps).map(|missing| &missing.gap).chain(&self.gaps);
        let mut texts = unknown.map(|gap| gap.sql.as_deref());
        texts.any(|text| text.is_none_or(|text| share_a_name(text, sql)))
    }
}

/// Whether a text makes a table, an index or a view of a name, in lower case.
fn makes(text: &str, name: &str) -> bool {
    /// So many words stand between `CREATE` and the name: `CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS x`.
    const WORDS: usize = 7;
    let all: Vec<token::Token<'_>> = token::tokens(text).collect();
    let named = (0..all.len()).filter(|at| all[*at].value().eq_ignore_ascii_case(name));
    let is_made = |at: usize| {
        let before = all[..at].iter().rev().take(WORDS).take_while(|token| !token.is_symbol(";"));
        before.into_iter().any(|token| ["create", "add", "to"].iter().any(|word| token.is(word)))
    };
    named.into_iter().any(is_made)
}

/// Whether a statement gives a table another name: `ALTER TABLE a RENAME TO b`, `RENAME TABLE a TO b`.
fn renames(sql: &str) -> bool {
    let all: Vec<token::Token<'_>> = token::tokens(sql).collect();
    let is_alter = all.first().is_some_and(|first| first.is("alter"));
    let mut pairs = all.windows(2);
    all.first().is_some_and(|first| first.is("rename"))
        || is_alter && pairs.any(|pair| pair[0].is("rename") && (pair[1].is("to") || pair[1].is("as")))
}

/// The first of some tables that a statement names.
fn one_of(sql: &str, tables: &BTreeSet<String>) -> Option<String> {
    if tables.is_empty() {
        return None;
    }
    token::tokens(sql).map(|token| token.value().to_ascii_lowercase()).find(|name| tables.contains(name))
}

fn needs(table: &str) -> String {
    format!("needs the table `{table}`, which no migration makes")
}

/// Whether two statements name one thing.
fn share_a_name(one: &str, other: &str) -> bool {
    const KEYWORDS: [&str; 12] =
        ["alter", "table", "add", "column", "create", "index", "on", "drop", "not", "null", "default", "primary"];
    let names = |text: &str| -> HashSet<String> {
        let words = token::tokens(text).filter(|token| matches!(token.kind, token::Kind::Word | token::Kind::Quoted));
        words
            .map(|token| token.value().to_ascii_lowercase())
            .filter(|word| !KEYWORDS.contains(&word.as_str()))
            .collect()
    };
    !names(one).is_disjoint(&names(other))
}
