//! The programs that carry directories of SQL files out: how they are told, and what they mind. One entry in `FACTS` is a
//! runner; where the facts come from stands beside each.

use super::name::{Name, Part};
use crate::path;
use crate::track::ends::{Modules, ReadError};

/// Who carries the files out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Runner {
    GolangMigrate,
    Maragudk,
    Goose,
    SqlMigrate,
    Dbmate,
    Diesel,
    Sqlx,
    Refinery,
    Flyway,
    Drizzle,
    Prisma,
    Popx,
    /// Nothing tells: what every runner would mind is said, and nothing else.
    Unknown,
}

/// In which order files are carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// By their numbers, part by part.
    Number,
    /// By their names, byte by byte.
    Name,
    /// As a journal lists them.
    Journal,
}

/// What a runner does with a new file that sorts below one that a database has run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Below {
    Runs,
    /// It is never run, and nobody is told.
    Skipped,
    /// The runner stops with an error.
    Refused,
    /// It is not known.
    Unknown,
}

/// What is known of a runner.
#[derive(Clone, Copy, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is an answer of its own")]
pub struct Facts {
    pub runner: Runner,
    /// As its users call it.
    pub name: &'static str,
    pub order: Order,
    /// It refuses to start where two files have one number.
    pub refuses_twice: bool,
    pub below: Below,
    /// It keeps a checksum of what has run, and refuses to start where a file is another.
    pub keeps_checksums: bool,
    /// It knows what has run by the number alone, so that a name may change.
    pub by_number: bool,
    /// It stops where a file that has run is gone.
    pub minds_removal: bool,
}

const FACTS: [Facts; 13] = [
    // https://github.com/golang-migrate/migrate/blob/master/source/parse.go, source/migration.go: one version in a database,
    // and those above it are run.
    facts(Runner::GolangMigrate, "golang-migrate", Order::Number, true, Below::Skipped),
    // https://github.com/maragudk/migrate/blob/main/migrate.go: names in order, those above the last.
    Facts { by_number: false, ..facts(Runner::Maragudk, "maragu.dev/migrate", Order::Name, false, Below::Skipped) },
    // https://github.com/pressly/goose/blob/main/up.go: "found %d missing migrations".
    facts(Runner::Goose, "goose", Order::Number, true, Below::Refused),
    // https://github.com/rubenv/sql-migrate/blob/master/migrate.go: the id is the name of the file.
    Facts { by_number: false, ..facts(Runner::SqlMigrate, "sql-migrate", Order::Number, false, Below::Runs) },
    // https://github.com/amacneil/dbmate/blob/main/pkg/dbmate/db.go.
    facts(Runner::Dbmate, "dbmate", Order::Name, true, Below::Runs),
    // https://github.com/diesel-rs/diesel/tree/main/diesel_migrations: the version is the folder up to its first `_`.
    facts(Runner::Diesel, "diesel", Order::Name, true, Below::Runs),
    // https://github.com/launchbadge/sqlx/blob/main/sqlx-core/src/migrate/migrator.rs: VersionMismatch, VersionMissing.
    Facts {
        keeps_checksums: true,
        minds_removal: true,
        ..facts(Runner::Sqlx, "sqlx", Order::Number, true, Below::Runs)
    },
    // https://github.com/rust-db/refinery/blob/main/refinery_core/src/traits/mod.rs: divergent and missing migrations.
    Facts {
        keeps_checksums: true,
        minds_removal: true,
        by_number: false,
        ..facts(Runner::Refinery, "refinery", Order::Number, true, Below::Refused)
    },
    // https://documentation.red-gate.com/flyway: validation on migrate, `outOfOrder` is off.
    Facts {
        keeps_checksums: true,
        minds_removal: true,
        ..facts(Runner::Flyway, "Flyway", Order::Number, true, Below::Refused)
    },
    // https://github.com/drizzle-team/drizzle-orm/blob/main/drizzle-orm/src/migrator.ts: the journal's entries, and of those
    // what is later than the last.
    facts(Runner::Drizzle, "drizzle", Order::Journal, false, Below::Skipped),
    // https://www.prisma.io/docs/orm/prisma-migrate: folders in order, those that have not run.
    Facts { by_number: false, minds_removal: true, ..facts(Runner::Prisma, "Prisma", Order::Name, false, Below::Runs) },
    // https://github.com/ory/x/blob/master/popx/migration_box.go.
    facts(Runner::Popx, "popx", Order::Name, true, Below::Runs),
    facts(Runner::Unknown, "", Order::Number, false, Below::Unknown),
];

const fn facts(runner: Runner, name: &'static str, order: Order, refuses_twice: bool, below: Below) -> Facts {
    Facts { runner, name, order, refuses_twice, below, keeps_checksums: false, by_number: true, minds_removal: false }
}

impl Runner {
    pub fn facts(self) -> &'static Facts {
        FACTS.iter().find(|facts| facts.runner == self).unwrap_or(&FACTS[FACTS.len() - 1])
    }

    /// Why this runner does not see a file of this name among its migrations; `None` where it does, or where nobody knows.
    pub fn skips(self, file: &str) -> Option<String> {
        let stem = file.strip_suffix(".sql");
        match (self, stem) {
            (Self::Unknown | Self::Drizzle | Self::Prisma | Self::Diesel, _) => None,
            (_, None) => {
                let is_blank = file.trim_end() != file;
                let why = if is_blank { "a blank at its end" } else { "another ending than `.sql`" };
                Some(format!("its name has {why}"))
            }
            (Self::GolangMigrate, Some(stem)) => {
                let is_number = |front: &str| !front.is_empty() && front.bytes().all(|byte| byte.is_ascii_digit());
                match (stem.split_once('_'), stem.rsplit_once('.')) {
                    (_, None) => Some("its name has no `.up` or `.down` before `.sql`".to_owned()),
                    (_, Some((_, way))) if way != "up" && way != "down" => {
                        Some(format!("its name has `.{way}` where `.up` or `.down` has to stand"))
                    }
                    (Some((number, _)), _) if is_number(number) => None,
                    _ => Some("its name does not begin with a number and `_`".to_owned()),
                }
            }
            (Self::Maragudk, Some(stem)) => {
                let is_way = stem.ends_with("up") || stem.ends_with("down");
                (!is_way).then(|| "its name has no `.up` or `.down` before `.sql`".to_owned())
            }
            (Self::Refinery | Self::Flyway, Some(stem)) => of_letters(self, stem),
            (Self::Popx, Some(stem)) => {
                let has_way = matches!(stem.rsplit_once('.'), Some((_, "up" | "down")));
                (!has_way).then(|| "its name has no `.up` or `.down` before `.sql`".to_owned())
            }
            (Self::Goose | Self::SqlMigrate | Self::Dbmate | Self::Sqlx, Some(stem)) => {
                let begins = stem.starts_with(|first: char| first.is_ascii_digit());
                (!begins && self != Self::SqlMigrate).then(|| "its name does not begin with a number".to_owned())
            }
        }
    }
}

/// Of `V1__x.sql`: what is wrong with a name.
fn of_letters(runner: Runner, stem: &str) -> Option<String> {
    let name = Name::of_file(&format!("{stem}.sql"))?;
    if name.part == Part::Repeatable {
        return None;
    }
    let letter = stem.chars().next()?;
    let front = stem.split_once("__").map(|(front, _)| front);
    let is_version = |front: &str| front.get(1..).is_some_and(name_version);
    match (letter, front) {
        ('V' | 'U' | 'B' | 'R', Some(front)) if is_version(front) => None,
        ('V' | 'U' | 'B', None)
            if stem.get(1..2).is_some_and(|next| next.bytes().all(|byte| byte.is_ascii_digit())) =>
        {
            Some("its name has one underscore where two have to stand between the version and the rest".to_owned())
        }
        ('v' | 'u', _) if stem.get(1..2).is_some_and(|next| next.bytes().all(|byte| byte.is_ascii_digit())) => {
            Some(format!("its name begins with `{letter}`, and {} looks for a capital letter", runner.facts().name))
        }
        _ => None,
    }
}

fn name_version(text: &str) -> bool {
    super::name::Version::parse(text).is_some_and(|version| version.text == text)
}

/// The runner that the manifests of a project name, looked for from a folder upwards.
pub(super) fn named(folder: &str, has: Looks, modules: &mut Modules<'_>) -> Result<Option<Runner>, ReadError> {
    const MANIFESTS: [(&str, &[(&str, Runner)]); 6] = [
        (
            "go.mod",
            &[
                ("golang-migrate/migrate", Runner::GolangMigrate),
                ("mattes/migrate", Runner::GolangMigrate),
                ("maragu.dev/migrate", Runner::Maragudk),
                ("maragudk/migrate", Runner::Maragudk),
                ("pressly/goose", Runner::Goose),
                ("rubenv/sql-migrate", Runner::SqlMigrate),
                ("amacneil/dbmate", Runner::Dbmate),
                ("ory/x", Runner::Popx),
            ],
        ),
        (
            "Cargo.toml",
            &[("refinery", Runner::Refinery), ("diesel_migrations", Runner::Diesel), ("sqlx", Runner::Sqlx)],
        ),
        ("package.json", &[("drizzle-orm", Runner::Drizzle), ("prisma", Runner::Prisma), ("dbmate", Runner::Dbmate)]),
        ("pom.xml", &[("flyway", Runner::Flyway)]),
        ("build.gradle", &[("flyway", Runner::Flyway)]),
        ("build.gradle.kts", &[("flyway", Runner::Flyway)]),
    ];
    let mut at = folder;
    loop {
        for (file, runners) in MANIFESTS {
            let Some(manifest) = modules.text(&path::join(at, file))? else { continue };
            let named = runners.iter().filter(|(word, runner)| has.fits(*runner) && manifest.text().contains(word));
            if let Some((_, runner)) = named.map(|found| (found.0, found.1)).next() {
                return Ok(Some(runner));
            }
        }
        if at.is_empty() {
            return Ok(None);
        }
        at = path::folder(at);
    }
}

/// What a directory's files look like, as far as it tells which runner can be theirs.
#[derive(Clone, Copy, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is an answer of its own")]
pub(super) struct Looks {
    /// `x.up.sql`.
    pub has_ways: bool,
    /// `V1__x.sql`.
    pub has_letters: bool,
    /// A folder is a migration.
    pub has_folders: bool,
    /// `x.sqlite.up.sql`.
    pub has_databases: bool,
}

impl Looks {
    /// Whether files that look so can be a runner's.
    fn fits(self, runner: Runner) -> bool {
        match runner {
            Runner::GolangMigrate | Runner::Maragudk => self.has_ways && !self.has_folders,
            Runner::Popx => self.has_ways && self.has_databases,
            Runner::Refinery | Runner::Flyway => self.has_letters,
            Runner::Diesel | Runner::Prisma => self.has_folders,
            Runner::Sqlx => !self.has_folders && !self.has_letters,
            // They are told by what their files say.
            Runner::Goose | Runner::SqlMigrate | Runner::Dbmate | Runner::Drizzle | Runner::Unknown => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_runner_says_which_files_it_does_not_see() {
        let skips = |runner: Runner, file: &str| runner.skips(file).is_some();
        assert!(!skips(Runner::GolangMigrate, "0001_x.up.sql") && skips(Runner::GolangMigrate, "0001_x.sql"));
        assert!(skips(Runner::GolangMigrate, "x.up.sql") && skips(Runner::GolangMigrate, "0001_x.up.sql "));
        assert!(!skips(Runner::Refinery, "V24__x.sql") && skips(Runner::Refinery, "v24__x.sql"));
        assert!(!skips(Runner::Flyway, "V1_26__x.sql") && skips(Runner::Flyway, "V1_26_x.sql"));
        assert!(!skips(Runner::Flyway, "R__views.sql") && !skips(Runner::Flyway, "V1__x___MYSQL.sql"));
        assert!(skips(Runner::Popx, "2025_x.postgres.up.sql ") && !skips(Runner::Popx, "2025_x.postgres.up.sql"));
        assert!(!skips(Runner::Unknown, "anything"));
    }

    #[test]
    fn every_runner_has_facts_of_its_own() {
        for facts in &FACTS {
            assert_eq!(FACTS.iter().filter(|other| other.runner == facts.runner).count(), 1);
        }
    }
}
