//! The rule `edited-history`.

use std::collections::BTreeSet;

use similar::{ChangeTag, TextDiff};

use super::{failing_migration, model_drift, schema_drift};
use super::wording::{list, quoted};
use crate::evaluate::How;
use crate::evaluate::outcome::Outcome;
use crate::finding::{Cause, Explained, Finding, Note, Rewording, Which};
use crate::change::history::{Edit, Edited, is_in_place_of_removed, is_of_removal, is_squash, mended_for_rows};
use crate::change::{Change, TrackChange};
use crate::schema::token::{pretty, tokens};
use crate::source::has_name;

declare_rule! {
    /// ## What it does
    /// Finds migrations that the merge base has and that the change edits: removed, renamed, renumbered, put in another order, hung
    /// under another parent, or made to do something else; and a new entry of a list that stands before old ones, where
    /// that makes a difference to new databases or the list's code counts places. What a migration does is told by the statements that it
    /// executes on a fresh database, so that comments, formatting, docstrings and `downgrade()` are free, and so is another way to do
    /// the same to the schema: several alterations in one statement, a guard. Where that is not known at an end, its code tells:
    /// the operations of `upgrade()` with what they name, for the database of the track. What it takes from
    /// elsewhere counts, too: a constant, a helper in another file, a SQL file that it reads. There it is only an edit where
    /// new and deployed databases come out different: a baseline that makes the tables of today's models may grow with them.
    ///
    /// A migration script (`v1_to_v2.py`) is not evaluated. It is told by the version that it leads to, and what it does by
    /// `migrate` with what that names in the file, whatever it is formatted, annotated or logged like.
    ///
    /// The repair of what no database got past is no edit: of a chain that does not run, of a revision that does not parse,
    /// whose id the version table does not hold or that its database refuses, and of what comes after one that is repaired.
    ///
    /// So is a warning the repair of what only empty tables take: a column of PostgreSQL's that is added as NOT NULL without a
    /// default.
    ///
    /// In a project that tags its releases, an edit of what none of them has is a warning: nobody was given it.
    ///
    /// ## Why is this bad?
    /// What the base branch has, deployed databases have run. They do not run it again: they keep what the old text made,
    /// new installations get what the new text makes, and the two part for good. A removed revision is worse: a database
    /// that stands on it can't be upgraded any more.
    ///
    /// ## Example
    /// ```python
    /// def _users(cursor, conn):
    ///     cursor.execute("CREATE TABLE users (id INTEGER PRIMARY KEY, age INTEGER)")  # `age` is new
    /// ```
    ///
    /// ## Use instead
    /// ```python
    /// MIGRATIONS = [
    ///     ("users", _users),          # as it was
    ///     ("users_age", _users_age),  # new: ALTER TABLE users ADD COLUMN age INTEGER
    /// ]
    /// ```
    ///
    /// ## References
    /// - [Alembic: auto generating migrations](https://alembic.sqlalchemy.org/en/latest/autogenerate.html), on what a
    ///   database's version says
    "edited-history", Error, check
}

fn check(change: &Change) -> Vec<Finding> {
    let mut findings = Vec::new();
    for track in &change.tracks {
        let removed: Vec<&Edit> = track.edits.iter().filter(|edit| edit.what == Edited::Removed).collect();
        let is_squash = !removed.is_empty() && is_squash(track);
        findings.extend(removal(track, &removed, is_squash));
        let others = track.edits.iter().filter(|edit| edit.what != Edited::Removed);
        findings.extend(others.map(|edit| edited(track, edit, is_squash)));
    }
    findings
}

/// All that is gone, in one finding: a chain may be squashed.
fn removal(track: &TrackChange, removed: &[&Edit], is_squash: bool) -> Option<Finding> {
    let first = removed.first()?;
    let names: Vec<String> = removed.iter().map(|edit| quoted(&edit.name)).collect();
    let noun = track.track.kind.noun(names.len());
    let verb = if names.len() == 1 { "is" } else { "are" };
    let message = format!("{noun} {} of `{}` {verb} removed", list(&names), track.track.name);
    let key = removed.iter().map(|edit| edit.name.as_str()).collect::<Vec<_>>().join(",");
    // Of a list that is still there it is the list that a reader finds.
    let is_kept = track.track.kind.is_list() && first.location.path() == track.track.path;
    let place = if is_kept { track.home.clone() } else { track.place(&first.location) };
    let mut finding = Finding::new(&RULE, format!("removed {key}"), message, place);
    finding.track = Some(track.track.name.clone());
    let is_made = track.track.kind.is_sql()
        && track.outcome.as_ref().is_some_and(|outcome| outcome.fresh.failures.is_empty() && outcome.converges());
    finding.notes.push(if is_made {
        "new databases get what it made from others; deployed ones have run it, and what runs the files looks for it there".to_owned()
    } else {
        "deployed databases have run it, and keep what it made; new ones never get it".to_owned()
    });
    weaken(&mut finding, removed.iter().all(|edit| track.unreleased.contains(&edit.name)));
    if removed.iter().all(|edit| track.refused_later.contains(&edit.name)) {
        finding.weak = true;
        finding.notes.push(
            "a database that had what came before refuses it: only one that was made from nothing with it has run it"
                .to_owned(),
        );
    }
    if is_squash {
        finding.weak = true;
        finding.notes.push(
            "new databases come out as before, and so do those that have run all of it: others can't be upgraded any more"
                .to_owned(),
        );
    }
    finding.help = "put it back, and undo what it did in a new one".to_owned();
    let refusals = track.outcome.iter().flat_map(Outcome::refusals);
    for refusal in refusals.filter(|refusal| is_in_place_of_removed(track, refusal)) {
        let which = Which::Key(failing_migration::key(refusal.failure));
        finding.explains.push(Explained { rule: failing_migration::RULE.name, which, note: Note::Own });
    }
    finding.explains.extend(removed.iter().flat_map(|edit| of_models(track, edit)));
    let with_it = track.edits.iter().filter(|edit| is_of_removal(track, edit));
    finding.explains.extend(with_it.map(|edit| {
        let which = Which::Key(format!("{} {}", kind(&edit.what), edit.name));
        Explained { rule: RULE.name, which, note: Note::Own }
    }));
    Some(finding)
}

/// What new databases refuse because an old migration takes something else from another file: that migration itself, or what
/// needs the table that it made before.
fn of_refusals(track: &TrackChange, edit: &Edit) -> Vec<Explained> {
    let Edited::Fed { before, after } = &edit.what else { return Vec::new() };
    let made = |statements: &[String], name: &str| statements.iter().any(|sql| has_name(sql, name));
    let is_lost = |name: &str| made(before, name) && !made(after, name);
    let refusals = track.outcome.iter().flat_map(Outcome::refusals).filter(|refusal| !refusal.pre_existing);
    let follows = refusals.filter(|refusal| {
        let failure = refusal.failure;
        let is_own = failure.how == How::Refused && failure.by.migration().is_some_and(|name| **name == *edit.name);
        is_own || failure.kind.missing_table().is_some_and(is_lost)
    });
    let explained = follows.map(|refusal| {
        let which = Which::Key(failing_migration::key(refusal.failure));
        Explained { rule: failing_migration::RULE.name, which, note: Note::Own }
    });
    explained.collect()
}

/// What the models and deployed databases have apart by an edit: it is one mistake, and told with it.
fn of_models(track: &TrackChange, edit: &Edit) -> Vec<Explained> {
    let differences = track.models.iter().flat_map(|models| &models.differences);
    let own = differences.filter(|difference| model_drift::is_behind(track, difference, edit));
    own.map(|difference| {
        let note = format!("so deployed databases are not as the models say: {}", difference.object);
        let rule = if model_drift::is_declared(track) { schema_drift::RULE.name } else { model_drift::RULE.name };
        Explained { rule, which: Which::Key(model_drift::key(difference)), note: Note::Text(note) }
    })
    .collect()
}

fn edited(track: &TrackChange, edit: &Edit, is_squash: bool) -> Finding {
    let (noun, name) = (track.track.kind.noun(1), quoted(&edit.name));
    let ids = |ids: &[String]| match ids {
        [] => "nothing".to_owned(),
        ids => list(&ids.iter().map(|id| quoted(id)).collect::<Vec<_>>()),
    };
    let message = match &edit.what {
        Edited::Removed => format!("{noun} {name} is removed"),
        Edited::Renamed(to) => format!("{noun} {name} is called {} now", quoted(to)),
        Edited::Renumbered { from, to } => format!("{noun} {name} has the number {to} now, and had {from}"),
        Edited::Reordered(other) => format!("{noun} {name} comes after {} now, and came before it", quoted(other)),
        Edited::Below(other) => {
            format!("{noun} {name} is new and has a lower number than {}, which deployed databases have run", quoted(other))
        }
        Edited::Inserted(other) | Edited::Shifted(other) => {
            format!("{noun} {name} is new and stands before {}, which deployed databases have run", quoted(other))
        }
        Edited::Reparented { from, to } => format!("{noun} {name} follows {} now, and followed {}", ids(to), ids(from)),
        Edited::Effect { .. } | Edited::Fed { .. } | Edited::Text { .. } => {
            format!("{noun} {name} does something else than at the merge base")
        }
        Edited::Checked { .. } => format!("{noun} {name} has another text than at the merge base"),
        Edited::Named { revisions, .. } => named(track, revisions),
    };
    let mut finding = Finding::new(&RULE, format!("{} {}", kind(&edit.what), edit.name), message, edit.location.clone());
    finding.track = Some(track.track.name.clone());
    finding.notes.push(match &edit.what {
        Edited::Renamed(_) => format!("deployed databases know it by the old name: they {}", stuck(track)),
        Edited::Renumbered { .. } => {
            "deployed databases know it by the old number: they run it once more, or skip another".to_owned()
        }
        Edited::Shifted(_) => {
            "migrations are told by their places here: deployed databases never run it, and run a later one once more".to_owned()
        }
        Edited::Below(_) => {
            "what runs the list goes by the highest number that a database has: deployed databases never run it".to_owned()
        }
        Edited::Inserted(_) => {
            "deployed databases run it last, new ones run it where it stands, and the two end up different".to_owned()
        }
        Edited::Reordered(_) => "deployed databases have run them in the old order, new ones run them in the new".to_owned(),
        Edited::Reparented { .. } => {
            "deployed databases have run it where it was; new ones run it where it is, and others may be skipped".to_owned()
        }
        Edited::Named { .. } => {
            "deployed databases keep the names that they have, so that what drops or alters one by its name fails on these or \
             on new ones"
                .to_owned()
        }
        Edited::Checked { runner, .. } => {
            format!("{runner} keeps a checksum of what has run, and refuses to start where a file is another")
        }
        _ => "deployed databases keep what it did before; new ones get what it does now".to_owned(),
    });
    weaken(&mut finding, track.unreleased.contains(&edit.name));
    finding.weak |= is_squash && is_of_removal(track, edit);
    if edit.what.statements().is_some() || matches!(edit.what, Edited::Named { .. }) {
        // Another database may be sent the same at both ends.
        failing_migration::weaken_assumed(&track.track, &mut finding);
    }
    if track.differs_in_names && matches!(edit.what, Edited::Effect { .. }) {
        finding.weak = true;
        finding.notes.push("new and deployed databases differ in the names of indexes alone".to_owned());
    }
    if let Some((table, column)) = mended_for_rows(edit, track.track.dialect) {
        finding.weak = true;
        finding.notes.push(format!(
            "a database whose `{table}` has rows refuses `{column}` as it was added before, so this is taken for a repair of \
             it: one whose `{table}` was empty keeps what it was given"
        ));
    }
    if edit.what.is_of_unknown_type() {
        finding.weak = true;
        finding.notes.push("what type that was comes from a package, and is not known: it may be the same one".to_owned());
    }
    let (diff, how) = shown(&edit.what);
    finding.cause = Cause::Edit { migration: edit.name.clone(), how };
    finding.diff = diff;
    finding.explains = of_models(track, edit);
    finding.explains.extend(of_refusals(track, edit));
    finding.help = match &edit.what {
        Edited::Inserted(_) | Edited::Shifted(_) => "put it at the end".to_owned(),
        Edited::Checked { .. } => "leave it as it was".to_owned(),
        Edited::Below(_) => "put it at the end, with the next number".to_owned(),
        Edited::Fed { .. } => {
            format!("let a new {noun} do the same to deployed databases, or leave what it takes from here as it was")
        }
        Edited::Named { .. } => {
            format!("give the old {} names of their own, as the database has them", track.track.kind.noun(2))
        }
        Edited::Effect { .. } | Edited::Text { .. } => {
            format!("leave it as it was, and let a new {noun} do the rest")
        }
        _ => format!("leave it as it was, and add a new {noun}"),
    };
    finding
}

/// What tells an edit from others of the same migration.
fn kind(edited: &Edited) -> &'static str {
    match edited {
        Edited::Removed => "removed",
        Edited::Renamed(_) => "renamed",
        Edited::Renumbered { .. } => "renumbered",
        Edited::Reordered(_) => "reordered",
        Edited::Inserted(_) | Edited::Below(_) | Edited::Shifted(_) => "inserted",
        Edited::Reparented { .. } => "reparented",
        Edited::Effect { .. } | Edited::Fed { .. } | Edited::Text { .. } | Edited::Checked { .. } => "effect",
        Edited::Named { .. } => "names",
    }
}

/// The old migrations to whose constraints the environment gives other names.
fn named(track: &TrackChange, revisions: &[String]) -> String {
    const SHOWN: usize = 3;
    let mut names: Vec<String> = revisions.iter().take(SHOWN).map(|id| quoted(id)).collect();
    if revisions.len() > SHOWN {
        names.push(format!("{} more", revisions.len() - SHOWN));
    }
    let (noun, make) = (track.track.kind.noun(revisions.len()), if revisions.len() == 1 { "makes" } else { "make" });
    format!("what the {noun} {} of `{}` {make} has other names than at the merge base", list(&names), track.track.name)
}

/// What nobody was given breaks nobody's database, as far as releases tell.
fn weaken(finding: &mut Finding, is_unreleased: bool) {
    if is_unreleased {
        finding.weak = true;
        finding.notes.push("no release tag has it, so it is taken for not released".to_owned());
    }
}

/// What a migration that does something else is told by, what that was, and what it is.
fn sides(edited: &Edited) -> Option<(&'static str, String, String)> {
    Some(match edited {
        Edited::Effect { before, after } | Edited::Fed { before, after } | Edited::Named { before, after, .. } => {
            ("what it executes", statements(before), statements(after))
        }
        Edited::Text { before, after } | Edited::Checked { before, after, .. } => ("its text", lines(before), lines(after)),
        _ => return None,
    })
}

/// What a migration that does something else did and what it does, and what tells the edit apart from others.
fn shown(edited: &Edited) -> (Option<String>, Option<Rewording>) {
    let Some((what, before, after)) = sides(edited) else { return (None, None) };
    let diff = TextDiff::from_lines(&before, &after);
    // That texts differ and nothing else does is one edit, whatever the words.
    let is_text_alone = matches!(edited, Edited::Checked { .. });
    let how = if is_text_alone { Rewording::default() } else { rewording(&diff) };
    (lines_of(what, &diff), Some(how))
}

/// Two texts, line by line.
type Lines<'t> = TextDiff<'t, 't, str>;

/// The words that an edit takes away, and those that it puts there.
fn rewording(diff: &Lines<'_>) -> Rewording {
    let words = |tag: ChangeTag| -> BTreeSet<String> {
        let lines = diff.iter_all_changes().filter(|change| change.tag() == tag);
        lines.flat_map(|line| tokens(line.value()).map(|token| token.value().to_ascii_lowercase())).collect()
    };
    let (gone, new) = (words(ChangeTag::Delete), words(ChangeTag::Insert));
    let only = Rewording { gone: &gone - &new, new: &new - &gone };
    // What only moves words around tells itself apart by all of them.
    if only == Rewording::default() { Rewording { gone, new } } else { only }
}

/// The lines that differ, as far as so many are shown.
fn lines_of(what: &str, diff: &Lines<'_>) -> Option<String> {
    let is_change = |change: &similar::Change<&str>| change.tag() != ChangeTag::Equal && !change.value().trim().is_empty();
    let mut shown = String::new();
    // Of a long text both sides are shown, not the first of them alone.
    let (mut gone, mut new) = (0, 0);
    for change in diff.iter_all_changes().filter(is_change) {
        let count = if change.tag() == ChangeTag::Delete { &mut gone } else { &mut new };
        *count += 1;
        if *count <= MOST_SHOWN {
            shown += &format!("{} {change}", change.tag());
        }
    }
    for (sign, count) in [('-', gone), ('+', new)] {
        if let Some(more) = count.checked_sub(MOST_SHOWN).filter(|more| *more > 0) {
            shown += &format!("{sign} … {more} more\n");
        }
    }
    (!shown.is_empty()).then(|| format!("{what}, before (-) and now (+):\n{shown}"))
}

/// So many lines of either side are shown.
const MOST_SHOWN: usize = 12;

fn statements(statements: &[String]) -> String {
    statements.iter().fold(String::new(), |text, sql| text + &pretty(sql) + "\n")
}

/// Each line with an end of its own, whatever the file's are.
fn lines(text: &str) -> String {
    text.lines().fold(String::new(), |text, line| text + line.trim_end() + "\n")
}

fn stuck(track: &TrackChange) -> &'static str {
    if track.track.kind.leads() { "run it once more" } else { "can't be upgraded any more" }
}
