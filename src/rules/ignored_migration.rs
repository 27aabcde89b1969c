//! The rule `ignored-migration`.

use super::wording::quoted;
use crate::finding::{Explained, Finding, Note, Which};
use crate::change::ignored::{Ignored, Spared};
use crate::change::{Change, TrackChange};

declare_rule! {
    /// ## What it does
    /// Reports files in a directory of SQL migrations that their runner does not carry out. Each runner has a form of names
    /// that it looks for, and skips what has another without a word: one underscore where Flyway wants two, a small `v`
    /// where refinery wants a capital, a forgotten `.up`, a blank at the end. Drizzle runs what its journal lists. Some
    /// runners keep the last version alone, so that a new file with a number below it never runs on a database that is
    /// further already.
    ///
    /// The runner is told by the marks in the files, by the project's manifests and by the form of the names. Where it is
    /// not known, nothing is said.
    ///
    /// ## Why is this bad?
    /// The file is there, it was reviewed, every check is green, and no database gets what it does; or new databases get
    /// it, and deployed ones do not.
    ///
    /// ## Example
    /// ```text
    /// migrations/postgres/0007_users_age.sql      # golang-migrate looks for .up.sql
    /// ```
    ///
    /// ## Use instead
    /// ```text
    /// migrations/postgres/0007_users_age.up.sql
    /// ```
    ///
    /// ## References
    /// - [golang-migrate: migration filename format](https://github.com/golang-migrate/migrate/blob/master/MIGRATIONS.md)
    /// - [Flyway: versioned migrations](https://documentation.red-gate.com/flyway/flyway-concepts/migrations/versioned-migrations)
    "ignored-migration", Error, check
}

fn check(change: &Change) -> Vec<Finding> {
    let tracks = change.tracks.iter();
    tracks.flat_map(|change| change.ignored.iter().map(|ignored| finding(change, ignored))).collect()
}

fn finding(change: &TrackChange, ignored: &Ignored) -> Finding {
    let track = &change.track.name;
    let file = ignored.path.rsplit('/').next().unwrap_or(&ignored.path);
    let whom = match ignored.spared {
        Spared::New => "new databases",
        Spared::Deployed => "deployed databases",
        Spared::All => "any database",
    };
    let message = format!("{} is not run on {whom} of `{track}`: {}", quoted(file), ignored.why);
    let mut finding = Finding::new(&RULE, ignored.path.as_str(), message, ignored.location.clone());
    finding.track = Some(track.clone());
    finding.notes.push(ignored.what.clone());
    finding.help.clone_from(&ignored.help);
    finding.pre_existing = ignored.pre_existing;
    if !ignored.passed_by.is_empty() && ignored.passed_by.iter().all(|name| change.unreleased.contains(name)) {
        finding.weak = true;
        finding.notes.push("no release tag has what it comes after, so that is taken for not released".to_owned());
    }
    if ignored.spared == Spared::All {
        // What the file would have done is not missing besides.
        finding.explains.push(Explained { rule: "missing-revision", which: Which::All, note: Note::Own });
    }
    finding
}
