//! The programs that carry directories of SQL files out: how they are told, and what they mind. One entry in `FACTS` is a
//! runner; where the facts come from stands beside each.

use super::name::{Name, Part};
use crate::path;
use crate::schema::dialect::Named as Database;
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
    /// By the texts of their versions, byte by byte.
    Version,
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
    /// It refuses to start where two files have one number, or one of them is never run.
    pub refuses_twice: bool,
    pub below: Below,
    /// It keeps a checksum of what has run, and refuses to start where a file is another.
    pub keeps_checksums: bool,
    /// It knows what has run by the number alone, so that a name may change.
    pub by_number: bool,
    /// It stops where a file that has run has another name, whatever its number is.
    pub minds_names: bool,
    /// It stops where a file that has run is gone.
    pub minds_removal: bool,
    /// It carries each file out in a transaction of its own, if the file does not say otherwise.
    pub opens_transaction: bool,
    /// It sends a file as one text, if the file is not parted by marks.
    pub sends_whole: bool,
}

const FACTS: [Facts; 13] = [
    // https://github.com/golang-migrate/migrate/blob/master/source/parse.go, source/migration.go: one version in a database,
    // and those above it are run.
    facts(Runner::GolangMigrate, "golang-migrate", Order::Number, true, Below::Skipped),
    // https://github.com/maragudk/migrate/blob/main/migrate.go: names in order, those above the last.
    Facts { by_number: false, ..facts(Runner::Maragudk, "maragu.dev/migrate", Order::Name, false, Below::Skipped) },
    // https://github.com/pressly/goose/blob/main/up.go: "found %d missing migrations".
    facts(Runner::Goose, "goose", Order::Number, true, Below::Refused),
    // https://github.com/rubenv/sql-migrate/blob/master/migrate.go: the id is the name of the file; what is missing is caught
    // up with, and "unknown migration in database" is an error.
    Facts {
        by_number: false,
        minds_removal: true,
        ..facts(Runner::SqlMigrate, "sql-migrate", Order::Number, false, Below::Runs)
    },
    // https://github.com/amacneil/dbmate/blob/main/pkg/dbmate/db.go: names in order, each whose number is not recorded. A
    // number is a primary key, so that a second file fails on new databases and is taken for run on others.
    facts(Runner::Dbmate, "dbmate", Order::Name, true, Below::Runs),
    // https://github.com/diesel-rs/diesel/blob/main/diesel_migrations/src/migration_harness.rs: the version is the folder up to
    // its first `_`, without `-`; they are kept in a map, so that one of two is lost.
    facts(Runner::Diesel, "diesel", Order::Version, true, Below::Runs),
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
        minds_names: true,
        ..facts(Runner::Refinery, "refinery", Order::Number, true, Below::Refused)
    },
    // https://github.com/flyway/flyway/blob/main/flyway-core/src/main/java/org/flywaydb/core/internal/info/MigrationInfoImpl.java:
    // migrate validates checksum and description, and what has not run below the last one; `outOfOrder` is off.
    Facts {
        keeps_checksums: true,
        minds_removal: true,
        minds_names: true,
        ..facts(Runner::Flyway, "Flyway", Order::Number, true, Below::Refused)
    },
    // https://github.com/drizzle-team/drizzle-orm/blob/main/drizzle-orm/src/migrator.ts: the journal's entries, and of those
    // what is later than the last.
    facts(Runner::Drizzle, "drizzle", Order::Journal, false, Below::Skipped),
    // https://www.prisma.io/docs/orm/prisma-migrate/workflows/development-and-production: folders in order, those that have not
    // run; `migrate deploy` says nothing of what is gone.
    Facts { by_number: false, ..facts(Runner::Prisma, "Prisma", Order::Name, false, Below::Runs) },
    // https://github.com/ory/x/blob/master/popx/migration_info.go: one of each version is kept.
    facts(Runner::Popx, "popx", Order::Version, true, Below::Runs),
    facts(Runner::Unknown, "", Order::Number, false, Below::Unknown),
];

const fn facts(runner: Runner, name: &'static str, order: Order, refuses_twice: bool, below: Below) -> Facts {
    Facts {
        runner,
        name,
        order,
        refuses_twice,
        below,
        keeps_checksums: false,
        by_number: true,
        minds_names: false,
        minds_removal: false,
        // golang-migrate and Prisma send a file as one text, and Flyway looks for what has to run alone.
        opens_transaction: !matches!(runner, Runner::GolangMigrate | Runner::Prisma | Runner::Flyway | Runner::Unknown),
        // https://github.com/golang-migrate/migrate/tree/master/database/postgres: `x-multi-statement` is off; Prisma's
        // `apply_script`, diesel's `batch_execute` and sqlx's `execute` of a text do the same.
        sends_whole: matches!(runner, Runner::GolangMigrate | Runner::Prisma | Runner::Diesel | Runner::Sqlx),
    }
}

impl Runner {
    pub fn facts(self) -> &'static Facts {
        FACTS.iter().find(|facts| facts.runner == self).unwrap_or(&FACTS[FACTS.len() - 1])
    }

    /// Why this runner does not see a file of this name among its migrations; `None` where it does, or where nobody knows.
    pub fn skips(self, file: &str) -> Option<String> {
        let Some(stem) = file.strip_suffix(".sql") else { return self.skips_ending(file) };
        let reason = match self {
            Self::Unknown | Self::Drizzle | Self::Prisma | Self::Diesel | Self::SqlMigrate => return None,
            Self::GolangMigrate => of_ways(file)?,
            Self::Maragudk if !stem.ends_with("up") && !stem.ends_with("down") => WITHOUT_WAY,
            Self::Maragudk => {
                let front = ["up", "down"].iter().find_map(|way| stem.strip_suffix(way)).unwrap_or(stem);
                // Any letter does for the dot.
                let mut letters = front.chars();
                letters.next_back();
                let is_word = |letter: char| letter.is_alphanumeric() || letter == '_' || letter == '-';
                if !letters.as_str().is_empty() && letters.all(is_word) {
                    return None;
                }
                "its name has more than letters, digits, `_` and `-` before `.up`"
            }
            Self::Refinery | Self::Flyway => return of_letters(self, stem),
            Self::Popx if matches!(stem.rsplit_once('.'), Some((_, "up" | "down"))) => return of_databases(stem),
            Self::Popx => WITHOUT_WAY,
            // `0001.sql` is not seen either.
            Self::Goose | Self::Sqlx if !stem.contains('_') => "its name has no `_` after the number",
            Self::Goose | Self::Sqlx if of_number(stem.split_once('_')?.0) => return None,
            Self::Dbmate if stem.starts_with(|first: char| first.is_ascii_digit()) => return None,
            Self::Goose | Self::Sqlx | Self::Dbmate => "its name does not begin with a number",
        };
        Some(reason.to_owned())
    }

    /// The same of a file that does not end in `.sql`.
    fn skips_ending(self, file: &str) -> Option<String> {
        match self {
            Self::Unknown | Self::Drizzle | Self::Prisma | Self::Diesel => return None,
            // What follows the second dot may be anything.
            Self::GolangMigrate if of_ways(file).is_none() => return None,
            // It takes the ending in any case.
            Self::Flyway if file.rsplit_once('.').is_some_and(|(_, end)| end.eq_ignore_ascii_case("sql")) => {
                return None;
            }
            _ => {}
        }
        let is_blank = file.trim_end() != file;
        let why = if is_blank { "a blank at its end" } else { "another ending than `.sql`" };
        Some(format!("its name has {why}"))
    }

    /// The file that it looks for in each folder, where a folder is a migration to it.
    pub fn file_of_folder(self) -> Option<&'static str> {
        match self {
            // https://github.com/prisma/prisma-engines/blob/main/schema-engine/connectors/schema-connector/src/migrations_directory.rs:
            // what is no folder is passed over, and one without its file is P3015.
            Self::Prisma => Some("migration.sql"),
            // https://github.com/diesel-rs/diesel/blob/main/diesel_migrations/src/file_based_migrations.rs: the same, with
            // UnknownMigrationFormat.
            Self::Diesel => Some("up.sql"),
            _ => None,
        }
    }

    /// With which words it refuses to start where two files have one number; `None` where it starts, or where that is not
    /// known.
    pub fn says_of_twice(self) -> Option<&'static str> {
        match self {
            // https://github.com/golang-migrate/migrate/blob/master/source/errors.go
            Self::GolangMigrate => Some("duplicate migration file"),
            // https://github.com/pressly/goose/blob/main/migrate.go
            Self::Goose => Some("duplicate version"),
            // https://github.com/flyway/flyway: CompositeMigrationResolver
            Self::Flyway => Some("Found more than one migration with version"),
            _ => None,
        }
    }

    /// What it does with such a file, as a sentence without its subject.
    pub fn what_of_skipped(self) -> &'static str {
        match self {
            // Both changed it: old releases skip what new ones refuse, or the other way round.
            Self::Prisma | Self::Diesel => "runs one file of each folder, by its name, and nothing else",
            Self::Goose | Self::Sqlx | Self::Popx => "stops at such a file, or skips it without a word",
            _ => "skips such a file without a word",
        }
    }
}

const WITHOUT_WAY: &str = "its name has no `.up` or `.down` before `.sql`";

fn of_number(front: &str) -> bool {
    !front.is_empty() && front.bytes().all(|byte| byte.is_ascii_digit())
}

/// What is wrong with a name for golang-migrate: `^([0-9]+)_(.*)\.(down|up)\.(.*)$`.
fn of_ways(file: &str) -> Option<&'static str> {
    match file.split_once('_') {
        Some((number, rest)) if of_number(number) => {
            let has_way = rest.contains(".up.") || rest.contains(".down.");
            (!has_way).then_some(WITHOUT_WAY)
        }
        _ => Some("its name does not begin with a number and `_`"),
    }
}

/// What is wrong with a name for popx: `^(\d+)_([^.]+)(\.[a-z0-9]+)?(|\.autocommit)\.(up|down)\.(sql|fizz)$`, where a database
/// that pop does not know makes it stop, or skip the file
/// (<https://github.com/ory/x/blob/master/popx/match.go>).
fn of_databases(stem: &str) -> Option<String> {
    let parts: Vec<&str> =
        stem.split('.').skip(1).filter(|part| !matches!(*part, "up" | "down" | "autocommit")).collect();
    let is_small = |word: &str| word.bytes().all(|letter| letter.is_ascii_lowercase() || letter.is_ascii_digit());
    match parts.as_slice() {
        [] => None,
        [word] if Database::of_word(word).is_none() => {
            Some(format!("its name has `{word}` where that of a database stands"))
        }
        [word] => (!is_small(word)).then(|| format!("its name has `{word}` in other letters than small ones")),
        [_, ..] => Some("its name has a dot before that of its database".to_owned()),
    }
}

/// What stands before `.up` in the name of a file that golang-migrate takes though it does not end in `.sql`.
pub(super) fn before_any_ending(file: &str) -> Option<&str> {
    let (front, ending) = file.split_once(".up.")?;
    (!ending.is_empty() && Name::of_file(file).is_none() && of_ways(file).is_none()).then_some(front)
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
    let slug = stem.split_once("__").map_or("", |(_, slug)| slug);
    let is_word = |letter: char| letter.is_alphanumeric() || letter == '_';
    match (letter, front) {
        ('V' | 'U', Some(front)) if runner == Runner::Refinery && is_version(front) && !slug.chars().all(is_word) => {
            Some("its name has more than letters, digits and `_` after its version".to_owned())
        }
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
            // What another package needs is no evidence.
            let lines = || manifest.text().lines().filter(|line| !line.contains("// indirect"));
            let is_named = |word: &str| lines().any(|line| line.contains(word));
            let named: Vec<_> = runners.iter().filter(|(word, runner)| has.fits(*runner) && is_named(word)).collect();
            let mut told: Vec<Runner> = named.iter().map(|(_, runner)| *runner).collect();
            told.dedup();
            match told.as_slice() {
                [] => {}
                [only] => return Ok(Some(*only)),
                // A program may have one for each of its databases: the code beside the files says which is theirs.
                _ => return imported(folder, &named, modules),
            }
        }
        if at.is_empty() {
            return Ok(None);
        }
        at = path::folder(at);
    }
}

/// The one of several runners that code in a folder, or in the one above it, imports.
fn imported(folder: &str, runners: &[&(&str, Runner)], modules: &mut Modules<'_>) -> Result<Option<Runner>, ReadError> {
    const MOST: usize = 40;
    for folder in [folder, path::folder(folder)] {
        let mut found = Vec::new();
        let entries = modules.snapshot.list(folder)?.into_iter();
        let is_code = |name: &str| matches!(name.rsplit_once('.'), Some((_, "go" | "rs")));
        for entry in entries.filter(|entry| is_code(&entry.name)).take(MOST) {
            let Some(source) = modules.text(&path::join(folder, &entry.name))? else { continue };
            found.extend(runners.iter().filter(|(word, _)| source.text().contains(word)).map(|(_, runner)| *runner));
        }
        found.dedup();
        match found.as_slice() {
            [] => {}
            [only] => return Ok(Some(*only)),
            _ => return Ok(None),
        }
    }
    Ok(None)
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
    /// Every name begins with a digit.
    pub has_numbers: bool,
}

impl Looks {
    /// Whether files that look so can be a runner's.
    fn fits(self, runner: Runner) -> bool {
        match runner {
            Runner::GolangMigrate | Runner::Maragudk => self.has_ways && !self.has_folders,
            Runner::Popx => self.has_ways && self.has_databases && self.has_numbers,
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
        assert!(skips(Runner::GolangMigrate, "x.up.sql") && skips(Runner::GolangMigrate, "0188.up.sql"));
        assert!(
            !skips(Runner::GolangMigrate, "0001_x.up.sql ") && !skips(Runner::GolangMigrate, "0001_x.up.pgsql.sql")
        );
        assert!(skips(Runner::Maragudk, "0001.x.up.sql") && !skips(Runner::Maragudk, "0001-x_up.sql"));
        assert!(skips(Runner::Goose, "0001.sql") && !skips(Runner::Goose, "0001_x.sql"));
        assert!(skips(Runner::Sqlx, "0001.sql") && !skips(Runner::Dbmate, "0001.sql"));
        assert!(skips(Runner::Refinery, "V1__add-x.sql") && !skips(Runner::Flyway, "V1__add-x.sql"));
        assert!(!skips(Runner::Flyway, "V1__x.SQL") && skips(Runner::Popx, "2025_x.SQL"));
        assert!(!skips(Runner::Refinery, "V24__x.sql") && skips(Runner::Refinery, "v24__x.sql"));
        assert!(!skips(Runner::Flyway, "V1_26__x.sql") && skips(Runner::Flyway, "V1_26_x.sql"));
        assert!(!skips(Runner::Flyway, "R__views.sql") && !skips(Runner::Flyway, "V1__x___MYSQL.sql"));
        assert!(skips(Runner::Popx, "2025_x.postgres.up.sql ") && !skips(Runner::Popx, "2025_x.postgres.up.sql"));
        assert!(skips(Runner::Popx, "2025_x.Postgres.up.sql") && skips(Runner::Popx, "2025_add.x.postgres.up.sql"));
        assert!(!skips(Runner::Popx, "2025_x.autocommit.up.sql"));
        assert!(!skips(Runner::Popx, "2025_x.sqlite3.autocommit.down.sql"));
        assert!(!skips(Runner::Unknown, "anything"));
    }

    #[test]
    fn every_runner_has_facts_of_its_own() {
        for facts in &FACTS {
            assert_eq!(FACTS.iter().filter(|other| other.runner == facts.runner).count(), 1);
        }
    }
}
