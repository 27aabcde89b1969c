//! Revisions that Alembic carries out and cannot note: their ids are longer than the column of its table.

use crate::change::{Presence, TrackChange};
use crate::evaluate::{TooLong, chain, environment};
use crate::track::alembic::DEFAULT_ID_LENGTH;
use crate::track::ends::{Ends, ReadError};
use crate::track::footprint::{self, Names};

/// A new revision that does not fit, and on which databases.
#[derive(Clone, Debug)]
pub struct Unstamped {
    pub long: TooLong,
    /// New ones stop there.
    pub fresh: bool,
    /// Those that run the merge base stop there.
    pub deployed: bool,
}

/// The new revisions of a chain that do not fit, in path order.
pub fn unstamped(change: &TrackChange, ends: &mut Ends<'_>) -> Result<Vec<Unstamped>, ReadError> {
    let Some(chain) = &change.chain else { return Ok(Vec::new()) };
    // Such a database keeps any length.
    if change.track.dialect.is_loose() || matches!(change.presence, Presence::Lost(_)) {
        return Ok(Vec::new());
    }
    let added: Vec<&str> = chain.added().filter_map(|revision| revision.id.as_deref()).collect();
    let is_short = |id: &&str| id.chars().count() <= DEFAULT_ID_LENGTH;
    let mut found: Vec<Unstamped> = Vec::new();
    if let Some(outcome) = &change.outcome {
        for (evaluated, is_fresh) in [(&outcome.fresh, true), (&outcome.after, false)] {
            for long in evaluated.too_long.iter().filter(|long| added.contains(&long.id.as_str())) {
                let known = found.iter_mut().find(|known| known.long.id == long.id);
                match known {
                    Some(known) => known.deployed |= !is_fresh,
                    None => found.push(Unstamped { long: long.clone(), fresh: is_fresh, deployed: !is_fresh }),
                }
            }
        }
        return Ok(found);
    }
    if added.iter().all(is_short) {
        return Ok(found);
    }
    if change.track.is_evaluated() && chain.head.runs() {
        let built = chain::fresh(&chain.head, &mut ends.head, true);
        let long = built.evaluated.too_long.iter().filter(|long| added.contains(&long.id.as_str()));
        found.extend(long.map(|long| Unstamped { long: long.clone(), fresh: true, deployed: true }));
        return Ok(found);
    }
    // What its revisions do is not known: then it is as wide as the environment makes it, unless one of them names it.
    let Some((table, width)) = environment::version_table(chain.head.home.environment.as_deref(), &mut ends.head)
    else {
        return Ok(found);
    };
    let names_it = |text: &str| {
        text.contains(table.as_str()) && {
            let mut names = Names::default();
            footprint::of_revision(text).is_none_or(|footprint| {
                names.add(&footprint);
                names.has(&table)
            })
        }
    };
    if chain.head.revisions.iter().any(|revision| names_it(revision.location.source.text())) {
        return Ok(found);
    }
    for id in added.into_iter().filter(|id| id.chars().count() > width) {
        let long = TooLong { id: id.to_owned(), table: table.clone(), width, later: None };
        found.push(Unstamped { long, fresh: true, deployed: true });
    }
    Ok(found)
}
