//! The rule `version-gap`.

use std::collections::HashSet;

use crate::finding::Finding;
use crate::change::numbers::{Problem, Step};
use crate::change::Change;
use crate::track::Track;

declare_rule! {
    /// ## What it does
    /// Reports numbers of migrations that skip, repeat or go back, and a version constant that is not the highest of them.
    /// The numbers of a `go-slice` track may skip, and must increase from one element to the next.
    ///
    /// Of migration scripts (`v1_to_v2.py`) each begins where another ends, and steps of whole numbers go up by one. Two
    /// must not begin at one version, none leads back (a script to go back beside the one to go forth is a downgrade), and
    /// the name of the file says what `FROM_VERSION` and `TO_VERSION` say. The constant, such as
    /// `CURRENT_SCHEMA_VERSION`, is looked for beside the scripts and above them, or named by `version` in the
    /// configuration; it has to be raised in the change that adds the script. They are judged as they are when the change
    /// is merged into the tip of the base branch.
    ///
    /// ## Why is this bad?
    /// A database is moved from its version to the constant's, one number at a time. A number that is missing ends that
    /// with an error. Of two entries with one number Python keeps the last and drops the other without a word, and a runner
    /// in Go that keeps the highest number that has run skips a second one, or one that comes after a higher. Where the
    /// constant is behind, the newest migration never runs; where it is ahead, there is none to run.
    ///
    /// ## Example
    /// ```python
    /// CURRENT_SCHEMA_VERSION = 2
    ///
    /// MIGRATIONS = {
    ///     1: create_users,
    ///     2: add_age,
    ///     4: add_name,
    /// }
    /// ```
    ///
    /// ## Use instead
    /// ```python
    /// CURRENT_SCHEMA_VERSION = 3
    ///
    /// MIGRATIONS = {
    ///     1: create_users,
    ///     2: add_age,
    ///     3: add_name,
    /// }
    /// ```
    ///
    /// Scripts that do what they say:
    /// ```python
    /// # migrations/v2_to_v3.py, with `CURRENT_SCHEMA_VERSION = 3` in schema.py
    /// FROM_VERSION = 2
    /// TO_VERSION = 3
    /// ```
    ///
    /// ## References
    /// - [Python: dictionary displays](https://docs.python.org/3/reference/expressions.html#dictionary-displays): "the
    ///   last value prevails"
    "version-gap", Error, check
}

fn check(change: &Change) -> Vec<Finding> {
    let mut findings = Vec::new();
    for change in &change.tracks {
        let Some(versions) = &change.versions else { continue };
        let old: HashSet<String> = versions.base.iter().map(Problem::key).collect();
        for problem in &versions.head {
            let mut finding = finding(&change.track, problem);
            finding.pre_existing = old.contains(&problem.key());
            findings.push(finding);
        }
    }
    findings
}

fn finding(track: &Track, problem: &Problem) -> Finding {
    let name = &track.name;
    let mut finding = match problem {
        Problem::Gap { missing, next, step, location } => {
            let message = format!("the migrations on `{name}` skip version {missing}: {next} comes next");
            let mut finding = Finding::new(&RULE, problem.key(), message, location.clone());
            finding.help = match step {
                Some(step) => script(step),
                None => format!("give it the number {missing}, or add the migration that is missing"),
            };
            finding
        }
        Problem::Repeat { number, first, location, why, help } => {
            let message = format!("two migrations on `{name}` have version {number}");
            let mut finding = Finding::new(&RULE, problem.key(), message, location.clone());
            finding.related.push(first.clone().labelled("has it too"));
            finding.notes.push((*why).to_owned());
            finding.help = (*help).to_owned();
            finding
        }
        Problem::Decreasing { number, before, first, location } => {
            let message = format!("migration {number} on `{name}` comes after {before}");
            let mut finding = Finding::new(&RULE, problem.key(), message, location.clone());
            finding.related.push(first.clone().labelled("the higher one before it"));
            finding.notes.push("a database that has run the higher one may never run this".to_owned());
            finding.help = format!("give it a number above {before}, or move it in front");
            finding
        }
        Problem::Constant { highest, last, constant, is_behind } => {
            let (value, constant_name) = (&constant.value, &constant.name);
            let message = format!("`{constant_name}` is {value}, and the highest migration on `{name}` is {highest}");
            let mut finding = Finding::new(&RULE, problem.key(), message, constant.location.clone());
            finding.related.push(last.clone().labelled("the highest"));
            let why = if *is_behind {
                "no database is moved beyond the constant, so that this migration never runs"
            } else {
                "there is no migration to move a database that far"
            };
            finding.notes.push(why.to_owned());
            finding.help = format!("`{constant_name} = {highest}`");
            finding
        }
        Problem::SameStart { from, first, location } => {
            let message = format!("two scripts on `{name}` begin at version {from}");
            let mut finding = Finding::new(&RULE, problem.key(), message, location.clone());
            finding.related.push(first.clone().labelled("begins there too"));
            finding.notes.push("a database is moved by one of them, and never meets the other".to_owned());
            finding.help = "let the newer one begin where the other ends, and raise the version constant".to_owned();
            finding
        }
        Problem::Backwards { from, to, location } => {
            let message = format!("a script on `{name}` leads from version {from} to {to}");
            let mut finding = Finding::new(&RULE, problem.key(), message, location.clone());
            finding.notes.push("migrations lead to a higher version; no script leads the other way".to_owned());
            finding.help = "let it lead to the next version".to_owned();
            finding
        }
        Problem::Disagreement { file, stated, location } => {
            let message = format!("`{file}` on `{name}` says that it leads from version {stated}");
            let mut finding = Finding::new(&RULE, problem.key(), message, location.clone());
            let why = "whoever goes by the name and whoever goes by the constants run it at different versions";
            finding.notes.push(why.to_owned());
            finding.help = "let the file's name and its constants say the same versions".to_owned();
            finding
        }
    };
    finding.track = Some(track.name.clone());
    finding
}

/// What to write where a step is missing among scripts.
fn script(step: &Step) -> String {
    let Step { from, to, file, is_begun } = step;
    match (file, is_begun) {
        (Some(file), false) => {
            format!("write `{file}`, or let this script lead from {from} to {to} and call it so")
        }
        (Some(file), true) => format!("let this script lead to {to} and call it `{file}`"),
        (None, false) => format!("write a script from {from} to {to}, or let this one lead there"),
        (None, true) => format!("let this script lead to {to}"),
    }
}
