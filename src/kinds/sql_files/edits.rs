//! What a change does to files that deployed databases have run.

use crate::track::sql_files::history::{self, History, Step};
use crate::track::sql_files::runner::{Facts, Runner};
use super::change::at_base;
use crate::track::sql_files::{Matched, SHORT, flyway, marks, named};
use crate::evaluate::sql_files;
use crate::path;
use crate::schema::delta::{self, Level};
use crate::schema::token::{normal, statement_end, tokens};
use crate::track::ends::{Ends, Modules, ReadError};
use crate::change::history::{Edit, Edited, Executed, changes_only, converges, does_otherwise, may_do_the_same};
use crate::change::TrackChange;
use crate::track::Track;

/// The edits of the old files, in head's order; those that are gone come last.
pub fn edits(change: &TrackChange, ends: &mut Ends<'_>) -> Result<Vec<Edit>, ReadError> {
    let track = &change.track;
    let Some(base_path) = &change.base_path else { return Ok(Vec::new()) };
    let base = at_base(track, base_path, ends)?;
    let (old, new) = (history::read(&base, &mut ends.base)?, history::read(track, &mut ends.head)?);
    let matched = Matched::new(&old, &new);
    // Another runner knows nothing of what has run, if it does not take all files along: it runs all of it, and what it finds
    // there is not told by the files.
    if old.runner != new.runner && new.runner != Runner::Unknown && !matched.gone.is_empty() {
        return Ok(Vec::new());
    }
    let mut facts = *new.runner.facts();
    if new.runner == Runner::Flyway && !flyway::validates(&mut ends.head)? {
        (facts.keeps_checksums, facts.minds_names, facts.minds_removal) = (false, false, false);
    }
    let evaluated = match &change.outcome {
        Some(outcome) => (outcome.before.clone(), outcome.fresh.clone()),
        None => (
            sql_files::fresh(&base, &mut ends.base)?.evaluated.clone(),
            sql_files::fresh(track, &mut ends.head)?.evaluated.clone(),
        ),
    };
    let executed = (Executed::new(&evaluated.0), Executed::new(&evaluated.1));
    // No database has got past one that every database refuses.
    let failed = |at: &usize| {
        let name = &old.steps[*at].name;
        evaluated.0.failures.iter().any(|failure| failure.by.migration().is_some_and(|by| **by == **name))
    };
    let released = (0..old.steps.len()).find(|at| failed(at)).unwrap_or(old.steps.len());
    let is_renamed = |(before, after): &(usize, usize)| {
        let (was, is) = (&old.steps[*before], &new.steps[*after]);
        // A longer version is the same one to popx.
        let is_longer =
            new.runner == Runner::Popx && was.key().len() == SHORT && is.key().starts_with(&was.key());
        if new.journal.is_some() || is_longer {
            return false;
        }
        let is_by_name = !facts.by_number || facts.minds_names;
        if is_by_name { was.name != is.name } else { was.numbers != is.numbers }
    };
    // Where two had one number nothing started: to give one of them another is to repair that.
    let is_untied = |(before, _): &(usize, usize)| {
        let was = &old.steps[*before];
        let others = old.steps.iter().enumerate().filter(|(at, _)| at != before);
        facts.refuses_twice && others.into_iter().any(|(_, other)| other.numbers == was.numbers)
    };
    let renamed = matched.pairs.iter().filter(|pair| is_renamed(pair)).count();
    // Another runner, or another way to count, gives every file another name.
    let is_moved = old.runner != new.runner || renamed > 2 && renamed * 2 > matched.pairs.len();
    let mut found = Vec::new();
    for pair in matched.pairs.iter().filter(|(before, _)| *before < released) {
        let (was, is) = (&old.steps[pair.0], &new.steps[pair.1]);
        if is.is_repeatable {
            continue;
        }
        let mut note = |what, ends: &mut Ends<'_>| -> Result<(), ReadError> {
            let location = is.location(&mut ends.head)?;
            found.push(Edit { name: was.name.clone(), what, location });
            Ok(())
        };
        if is_renamed(pair) && is_untied(pair) {
            continue;
        }
        if is_renamed(pair) && !is_moved {
            let what = if facts.by_number && was.numbers != is.numbers {
                Edited::Renumbered { from: was.version.clone(), to: is.version.clone() }
            } else {
                Edited::Renamed(is.name.clone())
            };
            note(what, ends)?;
            continue;
        }
        if was.id == is.id || is_as_released(is, (track, base_path), ends)? {
            continue;
        }
        let whole = (source(&was.path, &mut ends.base)?, source(&is.path, &mut ends.head)?);
        if named::only_adds(&whole.0, &whole.1) {
            continue;
        }
        let texts = (text(&whole.0), text(&whole.1));
        if facts.keeps_checksums && old.runner == new.runner {
            if new.runner == Runner::Flyway && flyway::summed(&whole.0) == flyway::summed(&whole.1) {
                continue;
            }
            let (before, after) = whole;
            let is_same = forms(&texts.0) == forms(&texts.1);
            let checked = Edited::Checked { runner: facts.name, before, after };
            let other = Edited::Text { before: texts.0, after: texts.1 };
            note(if is_same { checked } else { other }, ends)?;
            continue;
        }
        let is_known = executed.0.is_known(&was.name) && executed.1.is_known(&is.name);
        if let Some(what) = does_otherwise((&executed.0, &was.name), (&executed.1, &is.name)) {
            note(what, ends)?;
        } else if !is_known && plain(&texts.0, track) != plain(&texts.1, track) {
            note(Edited::Text { before: texts.0, after: texts.1 }, ends)?;
        }
    }
    // What a new file does to deployed databases, and an old one does to new ones from now on, leaves them alike.
    if converges(change) {
        found.retain(|edit| !may_do_the_same(edit) && !changes_no_rows(edit));
    }
    found.extend(removed(change, (&old, &new), &matched, (released, facts), ends)?);
    Ok(found)
}

/// Whether what an edit changes is about the schema alone, in whatever block of code it stands: then what new and deployed
/// databases are like tells all of it.
fn changes_no_rows(edit: &Edit) -> bool {
    const OTHERS: [&str; 17] = [
        "insert",
        "update",
        "delete",
        "truncate",
        "copy",
        "merge",
        "call",
        "function",
        "procedure",
        "trigger",
        "policy",
        "grant",
        "revoke",
        "owner",
        "setval",
        "perform",
        "rule",
    ];
    changes_only(edit, |sql| !tokens(sql).any(|token| OTHERS.iter().any(|word| token.is(word))))
}

/// Whether a file is put back as the newest release has it, there or in the track's folder of the merge base.
pub(super) fn is_as_released(
    step: &Step,
    (track, base_path): (&Track, &str),
    ends: &Ends<'_>,
) -> Result<bool, ReadError> {
    let Some(newest) = ends.newest_release()? else { return Ok(false) };
    let snapshot = ends.base.snapshot.repository().snapshot(newest);
    let moved = path::below(&track.path, &step.path).map(|below| path::join(base_path, below));
    for path in [Some(step.path.clone()), moved].into_iter().flatten() {
        if snapshot.entry(&path)?.is_some_and(|entry| entry.id == step.id) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The files that are gone. A squash that makes the same of new databases leaves nothing behind, where the runner does not
/// ask for what has run.
fn removed(
    change: &TrackChange,
    (old, new): (&History, &History),
    matched: &Matched,
    (released, facts): (usize, Facts),
    ends: &mut Ends<'_>,
) -> Result<Vec<Edit>, ReadError> {
    let is_same = change.outcome.as_ref().is_some_and(|outcome| {
        // What comes after a file at which deployed databases stop never reaches them.
        let deployed = if outcome.after.failures.is_empty() { &outcome.after } else { &outcome.before };
        outcome.fresh.failures.is_empty()
            && delta::equivalent(&outcome.fresh.schema, &deployed.schema, Level::Full)
    });
    // golang-migrate knows the last one that has run, and stops where that is gone.
    let is_last = |at: usize| old.runner == Runner::GolangMigrate && at + 1 == old.steps.len();
    let is_minded = |at: &&usize| !is_same || facts.minds_removal || is_last(**at);
    // Flyway's baseline stands for all up to its number.
    let baseline = new.baseline().filter(|_| is_same && new.runner == Runner::Flyway);
    let is_covered = |at: &&usize| baseline.is_some_and(|baseline| old.steps[**at].numbers <= baseline.numbers);
    let is_known = |at: &&usize| **at < released && !old.steps[**at].is_repeatable;
    // One that runs once more is still there.
    let is_there = |at: &&usize| new.steps.iter().any(|step| step.name == old.steps[**at].name);
    let gone = matched.gone.iter().filter(is_known).filter(is_minded).filter(|at| !is_there(at) && !is_covered(at));
    gone.map(|at| {
        let step = &old.steps[*at];
        Ok(Edit { name: step.name.clone(), what: Edited::Removed, location: step.location(&mut ends.base)? })
    })
    .collect()
}

fn source(path: &str, modules: &mut Modules<'_>) -> Result<String, ReadError> {
    Ok(modules.text(path)?.map(|source| source.text().to_owned()).unwrap_or_default())
}

/// The part of a file that runs.
fn text(source: &str) -> String {
    marks::upgrade(source).text.trim().to_owned()
}

/// The same, without what options say of how the rows of a table are kept: `ENGINE`, `CHARSET`, `ROW_FORMAT`, `COMMENT`.
fn plain(text: &str, track: &Track) -> String {
    if !track.dialect.facts().tables.have_options {
        return forms(text);
    }
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while !rest.is_empty() {
        let (statement, behind) = rest.split_at(statement_end(rest));
        let end = options_of(statement);
        plain.push_str(&statement[..end.unwrap_or(statement.len())]);
        plain.push_str(if end.is_some() { ";" } else { "" });
        rest = behind;
    }
    forms(&plain)
}

/// Where the options of a new table begin, if nothing but options follows its columns.
fn options_of(statement: &str) -> Option<usize> {
    const OTHERS: [&str; 6] = ["as", "select", "with", "partition", "like", "union"];
    let all: Vec<_> = tokens(statement).collect();
    let is_table = all.first()?.is("create") && all.iter().skip(1).take(2).any(|token| token.is("table"));
    let mut depth = 0_i32;
    let close = all.iter().position(|token| {
        match token.text {
            "(" => depth += 1,
            ")" => depth -= 1,
            _ => {}
        }
        depth == 0 && token.is_symbol(")")
    })?;
    let is_other = || all[close..].iter().any(|token| OTHERS.iter().any(|word| token.is(word)));
    (is_table && !is_other()).then(|| all[close].end())
}

/// A text without what means nothing: comments, blanks, the case of words.
fn forms(text: &str) -> String {
    normal(text)
}
