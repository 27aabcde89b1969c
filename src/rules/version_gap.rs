//! The rule `version-gap`.

use crate::finding::Finding;
use crate::track::versions::{Problem, Versions};
use crate::track::{Change, Track};

declare_rule! {
    /// ## What it does
    /// Reports numbers of migrations that skip or repeat, and a version constant that is not the highest of them.
    ///
    /// ## Why is this bad?
    /// A database is moved from its version to the constant's, one number at a time. A number that is missing ends that
    /// with an error. Of two entries with one number Python keeps the last and drops the other without a word. Where the
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
    /// ## References
    /// - [Python: dictionary displays](https://docs.python.org/3/reference/expressions.html#dictionary-displays): "the
    ///   last value prevails"
    "version-gap", Error, check
}

fn check(change: &Change) -> Vec<Finding> {
    let mut findings = Vec::new();
    for change in &change.tracks {
        let Some(versions) = &change.versions else { continue };
        let old: Vec<String> =
            versions.base.iter().flat_map(Versions::problems).map(|problem| problem.key()).collect();
        for problem in versions.head.problems() {
            let mut finding = finding(&change.track, &problem);
            finding.pre_existing = old.contains(&problem.key());
            findings.push(finding);
        }
    }
    findings
}

fn finding(track: &Track, problem: &Problem) -> Finding {
    let name = &track.name;
    let mut finding = match problem {
        Problem::Gap { missing, next, location } => {
            let message = format!("the migrations on `{name}` skip version {missing}: {next} comes next");
            let mut finding = Finding::new(&RULE, problem.key(), message, location.clone());
            finding.help = format!("give it the number {missing}, or add the migration that is missing");
            finding
        }
        Problem::Repeat { number, first, location } => {
            let message = format!("two migrations on `{name}` have version {number}");
            let mut finding = Finding::new(&RULE, problem.key(), message, location.clone());
            finding.related.push(first.clone().labelled("has it too"));
            finding.notes.push("of two entries with one key Python keeps the last and drops the other".to_owned());
            finding.help = "give the newer one the next number, and raise the version constant".to_owned();
            finding
        }
        Problem::Constant { highest, last, constant } => {
            let (value, constant_name) = (constant.value, &constant.name);
            let message = format!("`{constant_name}` is {value}, and the highest migration on `{name}` is {highest}");
            let mut finding = Finding::new(&RULE, problem.key(), message, constant.location.clone());
            finding.related.push(last.clone().labelled("the highest"));
            let why = if value < *highest {
                "no database is moved beyond the constant, so that this migration never runs"
            } else {
                "there is no migration to move a database that far"
            };
            finding.notes.push(why.to_owned());
            finding.help = format!("`{constant_name} = {highest}`");
            finding
        }
    };
    finding.track = Some(track.name.clone());
    finding
}
