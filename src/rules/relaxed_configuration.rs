//! The rule `relaxed-configuration`.

use crate::severity::Severity;
use crate::finding::Finding;
use crate::change::Change;
use crate::change::relaxed::{Relaxation, Relaxed};

declare_rule! {
    /// ## What it does
    /// Reports what a change takes from its own check. Head's configuration is held against the merge base's: a rule
    /// that is off or counts for less, an exemption of everything, a pair that need not stay in step, migrations that
    /// are still there and read no more.
    ///
    /// ## Why is this bad?
    /// The configuration is part of the repository, so that a pull request can switch off what would have stopped it:
    /// the check is green, and nobody is told why. What a track loses in one change is missing in all that follow.
    ///
    /// A track that the configuration leaves out though its migrations are still there is `lost-track`. Whether this
    /// rule is on is what the merge base says. `--config-from base` judges by all of the merge base's configuration.
    ///
    /// ## Example
    /// ```toml
    /// [rules]
    /// missing-revision = "off"
    /// ```
    ///
    /// ## Use instead
    /// Leave the check as it is, or say on that line, or alone on the line above, why it asks for less.
    /// ```toml
    /// [rules]
    /// # parity: allow(relaxed-configuration) PostgreSQL is given up in #1402
    /// missing-revision = "off"
    /// ```
    ///
    /// ## References
    /// - The README's section on configuration.
    "relaxed-configuration", Warning, check
}

fn check(change: &Change) -> Vec<Finding> {
    change.relaxed.iter().filter(|relaxation| !is_lost(relaxation)).map(finding).collect()
}

/// Whether it is for the rule about lost tracks.
fn is_lost(relaxation: &Relaxation) -> bool {
    matches!(&relaxation.what, Relaxed::Track(left) if left.is_lost)
}

fn finding(relaxation: &Relaxation) -> Finding {
    let (key, track, message) = told(&relaxation.what);
    let mut finding = Finding::new(&RULE, key, message, relaxation.location.clone());
    finding.track = track;
    finding.notes.push("the configuration of the merge base asked for more".to_owned());
    finding.help = "leave it as it was, or say why: `# parity: allow(relaxed-configuration) <reason>` on the line; \
                    `--config-from base` judges by the merge base's configuration"
        .to_owned();
    finding
}

/// What tells it from others, its track, and the message.
fn told(what: &Relaxed) -> (String, Option<String>, String) {
    let severity = |severity: &Option<Severity>| severity.map_or("off", Severity::as_str);
    match what {
        Relaxed::Rule { rule, from, to } => {
            let message = format!("this change sets the rule `{rule}` from `{}` to `{}`", severity(from), severity(to));
            (format!("rule {rule}"), None, message)
        }
        Relaxed::Exemption { track, pattern, instead_of } => {
            let message = match instead_of {
                Some(old) => format!("this change exempts `{pattern}` on `{track}`, where it was `{old}`"),
                None => format!("this change exempts every object of `{track}`: `{pattern}`"),
            };
            (format!("exempt {pattern}"), Some(track.clone()), message)
        }
        Relaxed::Until { track, pattern, until } => {
            let now = until.map_or("has no last day any more".to_owned(), |until| format!("holds until {until} now"));
            let message = format!("the exemption of `{pattern}` on `{track}` {now}");
            (format!("until {pattern}"), Some(track.clone()), message)
        }
        Relaxed::Pair { one, other } => {
            let message = format!("`{one}` and `{other}` need not stay in step any more");
            (format!("pair {one} {other}"), None, message)
        }
        Relaxed::Exact { one, other } => {
            let message = format!("the types of `{one}` and `{other}` need not be the same any more");
            (format!("exact {one} {other}"), None, message)
        }
        Relaxed::Defaults { one, other } => {
            let message = format!("nullability and defaults of `{one}` and `{other}` count for less now");
            (format!("defaults {one} {other}"), None, message)
        }
        Relaxed::Track(left) => {
            let gone = if left.is_there { "" } else { ", and its migrations are gone" };
            let message = format!("the track `{}` ({}) is not watched any more{gone}", left.track, left.path);
            (format!("track {}", left.path), Some(left.track.clone()), message)
        }
        Relaxed::Path { track, path, instead } => {
            let message = format!("`{track}` is read from `{instead}` now, and `{path}`, which is still there, is not watched");
            (format!("path {path}"), Some(track.clone()), message)
        }
        Relaxed::List { track, list, path } => {
            let message = format!("the list `{list}` in `{path}`, which is still there, is not read for `{track}` any more");
            (format!("list {list}"), Some(track.clone()), message)
        }
        Relaxed::Declared { track, path } => {
            let message = format!("`{path}` is not compared with the migrations of `{track}` any more");
            (format!("declared {path}"), Some(track.clone()), message)
        }
        Relaxed::Compare { track } => {
            let message = format!("the declared schemas of `{track}` are compared less closely now");
            ("compare".to_owned(), Some(track.clone()), message)
        }
        Relaxed::Evaluated { track, kind, dialect } => {
            let kind = kind.as_str();
            let message =
                format!("`{track}` is a track of kind `{kind}` for {dialect} now, which is not evaluated");
            ("evaluated".to_owned(), Some(track.clone()), message)
        }
        Relaxed::Territory { track } => {
            let message = format!("`{track}` may touch more tables than before");
            ("owns".to_owned(), Some(track.clone()), message)
        }
        Relaxed::Parked { track } => {
            let message = format!("`{track}` is not parked any more, so that new revisions may follow its last one");
            ("parked".to_owned(), Some(track.clone()), message)
        }
        Relaxed::Base { base } => {
            let message = format!("changes are compared with `{base}` now, which moves along with what is judged");
            ("base".to_owned(), None, message)
        }
        Relaxed::Unknown { reason } => {
            let message = format!("what the merge base's configuration asked for is not known: {reason}");
            ("unknown".to_owned(), None, message)
        }
    }
}
