//! What code and scripts tell the runners that are written in Go.

use super::searched::any_file;
use crate::go::is_go;
use crate::track::ends::{Modules, ReadError};

/// How many files are looked into.
const MOST: usize = 5_000;

/// Whether goose runs what sorts below the last one that has run: `goose.WithAllowMissing()`, `goose.WithAllowOutofOrder(true)`,
/// and `-allow-missing` on its command line.
pub fn goose_runs_late_ones(modules: &mut Modules<'_>) -> Result<bool, ReadError> {
    any_file(modules, MOST, |name| is_go(name) || is_script(name), allows_missing)
}

/// Whether golang-migrate is on PostgreSQL by `lib/pq`, which begins no transaction on a connection that is in one; by pgx it
/// does.
pub fn migrates_by_pq(modules: &mut Modules<'_>) -> Result<bool, ReadError> {
    let imports = |text: &str, driver: &str| {
        text.match_indices(driver)
            .any(|(at, _)| text[..at].ends_with("database/") && text.contains("golang-migrate/migrate"))
    };
    let by_pq = any_file(modules, MOST, is_go, |text| imports(text, "postgres\""))?;
    Ok(by_pq && !any_file(modules, MOST, is_go, |text| imports(text, "pgx"))?)
}

/// Whether golang-migrate carries each file out in a transaction on SQLite: its drivers do, unless they are told not to.
pub fn wraps_on_sqlite(modules: &mut Modules<'_>) -> Result<bool, ReadError> {
    let is_driver = |text: &str| {
        text.contains("golang-migrate/migrate")
            && ["database/sqlite\"", "database/sqlite3\""].iter().any(|path| text.contains(path))
    };
    let is_told = |text: &str| text.contains("NoTxWrap") || text.contains("x-no-tx-wrap");
    Ok(any_file(modules, MOST, is_go, is_driver)?
        && !any_file(modules, MOST, |name| is_go(name) || is_script(name), is_told)?)
}

/// Whether golang-migrate is told to send the statements of a file one by one, where its drivers can: in code, or in an
/// address of the database.
pub fn golang_migrate_parts_texts(modules: &mut Modules<'_>) -> Result<bool, ReadError> {
    let may_say = |name: &str| is_go(name) || is_script(name) || is_environment(name);
    any_file(modules, MOST, may_say, |text| {
        text.contains("x-multi-statement") || text.contains("MultiStatementEnabled")
    })
}

/// Whether a file sets variables of an environment: `.env`, `.env.example`, `app.env`.
fn is_environment(name: &str) -> bool {
    name.starts_with(".env")
        || name.rsplit_once('.').is_some_and(|(_, ending)| matches!(ending, "env" | "ini" | "conf"))
}

pub(super) fn is_script(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let ending = lower.rsplit_once('.').map_or("", |(_, ending)| ending);
    matches!(ending, "sh" | "bash" | "yml" | "yaml" | "json" | "toml" | "mk" | "ps1" | "cmd" | "bat")
        || ["makefile", "dockerfile", "justfile", "taskfile", "procfile"].iter().any(|word| lower.starts_with(word))
}

fn allows_missing(text: &str) -> bool {
    let is_said = |line: &str| {
        let line = line.trim_start();
        let is_other = line.starts_with("//") || line.starts_with('#') || line.starts_with("func WithAllow");
        let is_allowed = line.contains("WithAllowMissing(")
            || line.contains("-allow-missing")
            || line.split("WithAllowOutofOrder(").nth(1).is_some_and(|rest| rest.trim_start().starts_with("true"));
        is_allowed && !is_other
    };
    text.contains("goose") && text.lines().any(is_said)
}

#[cfg(test)]
mod tests {
    use super::allows_missing;

    #[test]
    fn goose_is_told_to_run_what_is_missing() {
        for text in [
            "err := goose.Up(db, dir, goose.WithAllowMissing())",
            "goose.NewProvider(d, db, f,\n\tgoose.WithAllowOutofOrder(true),\n)",
            "migrate:\n\tgoose -dir db postgres \"$(DSN)\" up -allow-missing",
        ] {
            assert!(allows_missing(text), "{text}");
        }
        for text in [
            "goose.WithAllowOutofOrder(false)",
            "// goose.WithAllowMissing() is too much\ngoose.Up(db)",
            "tool -allow-missing",
        ] {
            assert!(!allows_missing(text), "{text}");
        }
    }
}
