//! What a change does to files that deployed databases have run.

use super::history::{self, History};
use super::{Matched, marks};
use crate::evaluate::sql_files;
use crate::schema::delta::{self, Level};
use crate::schema::token::normal;
use crate::track::ends::{Ends, Modules, ReadError};
use crate::track::history::{Edit, Edited, Executed, does_otherwise};
use crate::track::{Track, TrackChange};

/// The edits of the old files, in head's order; those that are gone come last.
pub fn edits(change: &TrackChange, ends: &mut Ends<'_>) -> Result<Vec<Edit>, ReadError> {
    let track = &change.track;
    let Some(base_path) = &change.base_path else { return Ok(Vec::new()) };
    let base = Track { path: base_path.clone(), ..track.clone() };
    let (old, new) = (history::read(&base, &mut ends.base)?, history::read(track, &mut ends.head)?);
    let matched = Matched::new(&old, &new);
    let facts = new.runner.facts();
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
        if facts.by_number { was.numbers != is.numbers } else { was.name != is.name }
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
        if is_renamed(pair) && !is_moved {
            let what = if facts.by_number {
                Edited::Renumbered { from: was.version.clone(), to: is.version.clone() }
            } else {
                Edited::Renamed(is.name.clone())
            };
            note(what, ends)?;
            continue;
        }
        if was.id == is.id {
            continue;
        }
        let texts = (text(&was.path, &mut ends.base)?, text(&is.path, &mut ends.head)?);
        if facts.keeps_checksums && old.runner == new.runner {
            note(Edited::Text { before: texts.0, after: texts.1 }, ends)?;
            continue;
        }
        let is_known = executed.0.is_known(&was.name) && executed.1.is_known(&is.name);
        if let Some(what) = does_otherwise((&executed.0, &was.name), (&executed.1, &is.name)) {
            note(what, ends)?;
        } else if !is_known && forms(&texts.0) != forms(&texts.1) {
            note(Edited::Text { before: texts.0, after: texts.1 }, ends)?;
        }
    }
    found.extend(removed(change, &old, &matched, released, ends)?);
    Ok(found)
}

/// The files that are gone. A squash that makes the same of new databases leaves nothing behind, where the runner does not
/// ask for what has run.
fn removed(
    change: &TrackChange,
    old: &History,
    matched: &Matched,
    released: usize,
    ends: &mut Ends<'_>,
) -> Result<Vec<Edit>, ReadError> {
    let is_same = change.outcome.as_ref().is_some_and(|outcome| {
        outcome.fresh.failures.is_empty()
            && delta::equivalent(&outcome.fresh.schema, &outcome.after.schema, Level::Full)
    });
    if is_same && !old.runner.facts().minds_removal {
        return Ok(Vec::new());
    }
    let gone = matched.gone.iter().filter(|at| **at < released && !old.steps[**at].is_repeatable);
    gone.map(|at| {
        let step = &old.steps[*at];
        Ok(Edit { name: step.name.clone(), what: Edited::Removed, location: step.location(&mut ends.base)? })
    })
    .collect()
}

/// The part of a file that runs.
fn text(path: &str, modules: &mut Modules<'_>) -> Result<String, ReadError> {
    let source = modules.text(path)?;
    Ok(source.map(|source| marks::upgrade(source.text()).text.trim().to_owned()).unwrap_or_default())
}

/// A text without what means nothing: comments, blanks, the case of words.
fn forms(text: &str) -> String {
    normal(text)
}
