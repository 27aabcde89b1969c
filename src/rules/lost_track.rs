//! The rule `lost-track`.

use crate::finding::{Cause, Finding};
use crate::source::Location;
use crate::change::relaxed::{Left, Relaxed};
use crate::change::{Change, Presence};

declare_rule! {
    /// ## What it does
    /// Reports a list of migrations, a versions directory or a directory of scripts that head no longer has. The merge base had it, and it is
    /// gone or no longer in a form that can be read. One that moved is found where it is now. So is reported a track that
    /// the configuration leaves out from now on though its migrations are still there.
    ///
    /// What goes with all that ran it is taken for given up, and is a warning: a chain with its environment, a list with the
    /// folder of its whole service.
    ///
    /// ## Why is this bad?
    /// A check that finds no migrations finds no missing ones either: it would be green from here on and guard
    /// nothing.
    ///
    /// ## Example
    /// ```python
    /// # db/migrations.py: `MIGRATIONS` was renamed
    /// STEPS = [("users", _migrate_users)]
    /// ```
    ///
    /// ## Use instead
    /// ```toml
    /// # parity.toml
    /// [track.sqlite]
    /// kind = "python-list"
    /// migrations = "db/migrations.py"
    /// list = "STEPS"
    /// ```
    ///
    /// Where a track is given up by intent, take its migrations away and leave it out of `parity.toml`; where they have to
    /// stay, say why: `# parity: allow(lost-track) <reason>`.
    ///
    /// ## References
    /// - The README's section on configuration.
    "lost-track", Error, check
}

fn check(change: &Change) -> Vec<Finding> {
    let mut findings = Vec::new();
    for change in &change.tracks {
        let Presence::Lost(location) = &change.presence else { continue };
        let track = &change.track;
        let what = match &track.list {
            Some(list) => format!("the list `{list}` in `{}`", track.path),
            None => track.kind.facts().whole.replace("{path}", &track.path),
        };
        let (why, place, help) = match change.unread.first() {
            Some(unread) => (
                format!("cannot be read any more, for {}", unread.reason),
                unread.location.clone().labelled("not read"),
                if track.kind.is_list() {
                    "let the entry name what it does: a function, its name in a text, SQL; or name the list in \
                     parity.toml (`parity-check init` writes one)"
                } else {
                    "let it lead to them again, or move them to where it leads"
                },
            ),
            None => (
                "cannot be found any more".to_owned(),
                location.clone().labelled("was here"),
                "name its new place in parity.toml (`parity-check init` writes one); if the track is given up, leave it \
                 out there",
            ),
        };
        let why = match &change.moved_to {
            Some(folder) => format!("are in `{folder}/` now, where none for another database are found beside them"),
            None => why,
        };
        let message = format!("{what} {why}: nothing would be checked on `{}`", track.name);
        let mut finding = Finding::new(&RULE, track.path.as_str(), message, place);
        finding.track = Some(track.name.clone());
        finding.weak = change.moved_to.is_some();
        finding.help = help.to_owned();
        if change.is_given_up {
            finding.weak = true;
            finding.notes.push("nothing of it is left, so it is taken for given up".to_owned());
        }
        findings.push(finding);
    }
    findings.extend(change.relaxed.iter().filter_map(|relaxation| left_out(&relaxation.what, &relaxation.location)));
    for finding in &mut findings {
        finding.cause = Cause::Hides;
    }
    findings
}

/// A track that head's configuration leaves out.
fn left_out(what: &Relaxed, place: &Location) -> Option<Finding> {
    let Relaxed::Track(left) = what else { return None };
    if !left.is_lost {
        return None;
    }
    let Left { track, path, .. } = left;
    let message =
        format!("the configuration leaves `{track}` out, and its migrations are still in `{path}`: nobody watches them");
    let mut finding = Finding::new(&RULE, path.as_str(), message, place.clone());
    finding.track = Some(track.clone());
    finding.help = format!(
        "keep `[track.{track}]`; if it is given up, take its migrations away, or say why they stay: \
         `# parity: allow(lost-track) <reason>`"
    );
    Some(finding)
}
