//! What somebody else may have made beside the migrations of a Go package, and what is refused for want of it.

use super::Run;
use crate::evaluate::host::mentions_any;
use crate::evaluate::{By, Failure};
use crate::go::Package;
use crate::schema::database::{Refusal, Sort};
use crate::schema::token;
use crate::source::Location;
use crate::track::ends::Modules;

impl Run {
    /// A migration that the database refuses. Where it may be the table of somebody else that is missing, or something
    /// that is not known, nobody can tell.
    pub(super) fn refused(&mut self, refusal: Refusal, sql: &str, places: Vec<Location>, by: &By) {
        let message = &refusal.message;
        let doubts = !self.evaluated.gaps.is_empty() || !self.gaps.is_empty();
        let missing = refusal.kind.missing_table().map(str::to_owned);
        let is_open = |table: &String| self.open.contains(&table.to_ascii_lowercase());
        if missing.as_ref().is_some_and(|table| doubts || is_open(table) || self.is_made_elsewhere(table)) {
            let table = missing.unwrap_or_default();
            if let Some(place) = places.first() {
                self.of_others(&table, place, sql);
            }
            return;
        }
        // A library that makes tables of structs gives them indexes and columns, too.
        if refusal.kind.misses(&[Sort::Index, Sort::Column]) && (self.is_mapped || self.has_others) {
            if let Some(place) = places.first() {
                self.needs_of_others(message, place, sql);
            }
            return;
        }
        if self.forgives.iter().any(|words| message.contains(words)) {
            let reason = format!("is refused ({message}), which the package looks for in errors");
            if let Some(place) = places.first() {
                self.gap(&reason, place, Some(sql.to_owned()));
            }
            return;
        }
        if self.names_open_table(sql) {
            let reason = format!("meets a table that a library keeps like a struct of the program: {message}");
            if let Some(place) = places.first() {
                self.gap(&reason, place, Some(sql.to_owned()));
            }
            return;
        }
        if doubts && self.evaluated.gaps.iter().any(|missing| missing.gap.sql.is_none()) {
            if let Some(place) = places.first() {
                self.gap("comes after something that is not known", place, Some(sql.to_owned()));
            }
            return;
        }
        self.evaluated.failures.push(Failure::of(by, refusal, places));
    }

    /// Whether a statement is about a table of which it is not known what it has.
    pub(super) fn names_open_table(&self, sql: &str) -> bool {
        !self.open.is_empty() && token::tokens(sql).any(|token| self.open.contains(&token.value().to_ascii_lowercase()))
    }

    /// Whether something besides the migrations makes a table: nothing of theirs has made any, or the package has the text
    /// that makes this one.
    pub(super) fn is_made_elsewhere(&self, table: &str) -> bool {
        self.is_mapped || self.has_others || self.made_none() || self.elsewhere.contains(&table.to_ascii_lowercase())
    }

    /// Whether no migration has made anything so far.
    pub(super) fn made_none(&self) -> bool {
        let creates = |sql: &str| token::tokens(sql).next().is_some_and(|first| first.is("create"));
        let own = self.evaluated.log.iter().map(|ran| &ran.statement).chain(&self.log);
        !own.into_iter().any(|statement| creates(&statement.sql))
    }

    /// Whether a database refuses to drop or to rename what somebody else may have made beside tables that are theirs: nothing
    /// that is known has taken it away before.
    pub(super) fn drops_of_others(&self, refusal: &Refusal) -> bool {
        let Some(thing) = refusal.kind.lacking() else { return false };
        let is_part = matches!(thing.sort, Sort::Index | Sort::Constraint | Sort::Dropped | Sort::Other);
        if !is_part || !(self.made_none() || self.has_tables_of_others()) {
            return false;
        }
        let skipped = self.evaluated.gaps.iter().map(|missing| &missing.gap).chain(&self.gaps);
        let skipped = skipped.filter_map(|gap| gap.sql.as_deref());
        let ran = self.evaluated.log.iter().map(|ran| &ran.statement).chain(&self.log).map(|ran| &*ran.sql);
        !is_taken_away(ran.chain(skipped), thing.name.rsplit('.').next().unwrap_or(&thing.name))
    }

    /// Whether migrations were met that need tables of somebody else.
    fn has_tables_of_others(&self) -> bool {
        let gaps = self.evaluated.gaps.iter().map(|missing| &missing.gap).chain(&self.gaps);
        gaps.into_iter().any(|gap| self.evaluated.of_others.contains(&gap.reason))
    }

    /// Notes that a migration needs a table of somebody else.
    pub(super) fn of_others(&mut self, table: &str, place: &Location, sql: &str) {
        let reason = format!("needs the table `{table}`, which no migration before it is known to make");
        self.gap(&reason, place, Some(sql.to_owned()));
        self.evaluated.of_others.insert(reason);
    }

    /// Notes that a migration needs a part of what somebody else makes.
    pub(super) fn needs_of_others(&mut self, message: &str, place: &Location, sql: &str) {
        let reason = format!("needs what others make: {message}");
        self.gap(&reason, place, Some(sql.to_owned()));
        self.evaluated.of_others.insert(reason);
    }
}

/// Whether something of a name is gone after some statements, as far as these say.
fn is_taken_away<'t>(texts: impl Iterator<Item = &'t str>, name: &str) -> bool {
    const VERBS: [&str; 4] = ["drop", "create", "add", "to"];
    let mut is_gone = false;
    for text in texts {
        let all: Vec<token::Token<'_>> = token::tokens(text).collect();
        for at in (0..all.len()).filter(|at| all[*at].value().eq_ignore_ascii_case(name)) {
            let is_renamed = all.get(at + 1).is_some_and(|next| next.is("rename"));
            let mut before = all[..at].iter().rev().take_while(|token| !token.is_symbol(";"));
            let verb = before.find(|token| VERBS.iter().any(|word| token.is(word)));
            is_gone = is_renamed || verb.map_or(is_gone, |verb| verb.is("drop"));
        }
    }
    is_gone
}

/// Whether a file imports a library that makes tables of structs.
pub(super) fn maps_structs(text: &str) -> bool {
    const LIBRARIES: [&str; 5] = ["xorm.io/", "go-xorm/", "gorm.io/gorm", "jinzhu/gorm", "entgo.io/"];
    LIBRARIES.iter().any(|library| memchr::memmem::find(text.as_bytes(), library.as_bytes()).is_some())
}

/// Whether structs of the program are made tables of somewhere besides in the migrations of a package.
pub(super) fn is_mapped_beside(package: &Package, modules: &Modules<'_>) -> bool {
    const MAKERS: [&str; 9] = [
        "AutoMigrate",
        "CreateTable",
        "Migrator",
        "Sync",
        "Sync2",
        "CreateTables",
        "StoreEngine",
        "DropTables",
        "Schema",
    ];
    let own: Vec<String> = package.sources().map(|source| source.path().to_owned()).collect();
    let is_beside = |path: &str| crate::go::is_go(path) && !own.iter().any(|own| own == path);
    let texts: Vec<String> = package.sources().map(|source| source.text().to_owned()).collect();
    !texts.iter().all(|text| is_mapped_in_migrations_alone(text, &texts))
        || mentions_any(modules, &MAKERS, &|path| !is_beside(path))
}

/// Whether everything in a file that makes tables of structs stands in a migration of gormigrate's, or in a function that one of the package
/// names.
fn is_mapped_in_migrations_alone(text: &str, package: &[String]) -> bool {
    let makes = |part: &&str| {
        ["AutoMigrate", "CreateTable", ".Sync", "StoreEngine", "Schema.Create"].iter().any(|word| part.contains(word))
    };
    let is_migration = |part: &str| part.contains("Migration{") && part.contains("Migrate:");
    declarations(text).into_iter().filter(|part| makes(part)).all(|part| {
        let name = part.strip_prefix("func ").and_then(|rest| rest.split('(').next()).unwrap_or_default().trim();
        let is_named = |other: &&str| is_migration(other) && other.contains(&format!("Migrate: {name}"));
        is_migration(part) || !name.is_empty() && package.iter().any(|text| declarations(text).iter().any(&is_named))
    })
}

/// The declarations of a file, as what begins at the start of a line tells them apart.
fn declarations(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut start = 0;
    for (at, _) in text.match_indices('\n') {
        let rest = &text[at + 1..];
        if ["func ", "var ", "type ", "const "].iter().any(|word| rest.starts_with(word)) {
            found.push(&text[start..=at]);
            start = at + 1;
        }
    }
    found.push(&text[start..]);
    found
}
