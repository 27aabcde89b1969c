//! Edits of an Alembic chain's revisions.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use crate::change::history::names::constraint_names;
use crate::change::history::effects::{Effects, converges, does_otherwise, fed_otherwise};
use crate::change::history::{Edit, Edited};
use crate::source::Location;
use crate::track::chain::{Chain, ChainChange};
use crate::track::ends::{Ends, ReadError};
use crate::track::revision::Revision;
use crate::change::TrackChange;
use crate::track::{alembic, feeders};

/// The edits of a chain's revisions, in head's order; those that are gone come last.
pub fn edits(change: &TrackChange, ends: &mut Ends<'_>) -> Result<Vec<Edit>, ReadError> {
    let Some(ChainChange { base, head, .. }) = &change.chain else { return Ok(Vec::new()) };
    if base.revisions.is_empty() || !base.is_known() || !head.is_known() {
        return Ok(Vec::new());
    }
    let repairs = is_repair(base, head);
    let (before, after) = (base.by_id(), head.by_id());
    let heirs = heirs(base, head);
    let groups = base.duplicates().into_iter().chain(head.duplicates());
    let shared: HashSet<&str> = groups.filter_map(|group| group.first()?.id.as_deref()).collect();
    let effects = Effects::of(change);
    let dialect = change.track.dialect;
    let mut fed = fed_otherwise(change, ends, |path| alembic::is_revision_path(&change.track, path));
    fed.extend(fed_by_imports(change, &effects, &fed, ends)?);
    if !fed.is_empty() && converges(change) {
        fed.clear();
    }
    for (id, place) in fed.iter_mut().filter(|(_, place)| place.is_none()) {
        *place = place_of_feed(change, id, ends)?;
    }
    let mut edits = Vec::new();
    for revision in every(head) {
        let Some(id) = revision.id.as_deref() else { continue };
        let Some(mut old) = before.get(id).copied() else { continue };
        let is_shared = shared.contains(id);
        if is_shared {
            // Of several with one id, the one in its file is what it was.
            let own = base
                .revisions
                .iter()
                .find(|old| old.id.as_deref() == Some(id) && old.location.path() == revision.location.path());
            let Some(own) = own else { continue };
            old = own;
        }
        let is_same = std::ptr::eq(old, Arc::as_ptr(revision));
        let place = fed.get(id);
        if is_same && place.is_none() {
            continue;
        }
        // In what order the parents of a merge are named makes no difference, and what follows a renamed one still does.
        let heir = |id: &String| heirs.get(id.as_str()).and_then(|heir| heir.id.clone()).unwrap_or_else(|| id.clone());
        let followed: BTreeSet<String> = old.parents.iter().map(heir).collect();
        if !is_same && !repairs && followed != revision.parents.iter().cloned().collect() {
            let what = Edited::Reparented { from: old.parents.clone(), to: revision.parents.clone() };
            edits.push(Edit { name: id.to_owned(), what, location: revision.parents_location.clone() });
        }
        let is_alike =
            is_same || old.location.source.text() == revision.location.source.text() || old.upgrades_like(revision);
        let what = match (&effects, place) {
            (Effects::Executed(before, after), Some(_)) if is_alike => {
                does_otherwise((before, id), (after, id)).map(Edited::fed)
            }
            _ if is_alike || is_shared => None,
            _ => effects.edit((id, id), || Ok((old.acts(dialect), revision.acts(dialect))))?,
        };
        if let Some(what) = what {
            let location = place.filter(|_| is_alike).and_then(Option::as_ref).unwrap_or(&revision.location);
            edits.push(Edit { name: id.to_owned(), what, location: location.clone() });
        }
    }
    let named = named_otherwise(change, &effects, &edits);
    edits.extend(named);
    for revision in every(base) {
        let Some(id) = revision.id.as_deref().filter(|id| !after.contains_key(id)) else { continue };
        if change.invalid.iter().any(|invalid| invalid.unread().location.path() == revision.location.path()) {
            continue;
        }
        // Nothing was applied since there were two heads: one of them may be made anew behind the other.
        if repairs && is_of_one_head(base, revision) && base.heads().iter().any(|one| is_kept(one, &after)) {
            continue;
        }
        let name = id.to_owned();
        edits.push(match heirs.get(id).and_then(|heir| Some((heir.id.clone()?, heir.location.clone()))) {
            Some((id, location)) => Edit { name, what: Edited::Renamed(id), location },
            None => Edit { name, what: Edited::Removed, location: revision.location.clone() },
        });
    }
    Ok(edits)
}

/// The revisions that execute something else because a module which they import changed, with the first line that differs
/// there.
fn fed_by_imports<'c>(
    change: &'c TrackChange,
    effects: &Effects<'_>,
    known: &HashMap<&str, Option<Location>>,
    ends: &mut Ends<'_>,
) -> Result<Vec<(&'c str, Option<Location>)>, ReadError> {
    let (Effects::Executed(before, after), Some(chain)) = (effects, &change.chain) else { return Ok(Vec::new()) };
    let mut fed = Vec::new();
    let mut of_environment = None;
    for revision in &chain.head.revisions {
        let Some(id) = revision.id.as_deref().filter(|id| !known.contains_key(id)) else { continue };
        if does_otherwise((before, id), (after, id)).is_none() {
            continue;
        }
        let mut path = feeders::changed_import(&change.track, revision.location.path(), ends)?;
        if let (None, Some(environment)) = (&path, &chain.head.home.environment) {
            // What that alone imports a revision finds through what it imports itself.
            if of_environment.is_none() {
                of_environment = Some(feeders::changed_import(&change.track, environment, ends)?);
            }
            path = of_environment.clone().flatten();
        }
        if let Some(path) = path {
            fed.push((id, first_difference(&path, ends)?));
        }
    }
    Ok(fed)
}

/// Where what a revision takes from elsewhere changed, where that is no module: in a file that it reads, or in the environment
/// by whose imports it finds things.
fn place_of_feed(change: &TrackChange, id: &str, ends: &mut Ends<'_>) -> Result<Option<Location>, ReadError> {
    let read = change.outcome.iter().flat_map(|outcome| &outcome.fresh.read);
    let own = read.filter(|(by, _)| by.migration().is_some_and(|name| **name == *id)).map(|(_, path)| path.as_str());
    let environment = change.track.environment.as_deref();
    let Some(path) = own.chain(environment).find(|path| ends.change_of(path).is_some()) else { return Ok(None) };
    first_difference(path, ends)
}

/// The revisions to whose constraints the environment gives other names now, as one edit of that: new databases have other
/// names then than deployed ones.
fn named_otherwise(change: &TrackChange, effects: &Effects<'_>, known: &[Edit]) -> Option<Edit> {
    let (Effects::Executed(before, after), Some(chain), Some(outcome)) = (effects, &change.chain, &change.outcome)
    else {
        return None;
    };
    let told = (&outcome.before.surroundings, &outcome.fresh.surroundings);
    let place = told.1.place.clone().filter(|_| told.0.text != told.1.text)?;
    if constraint_names(&outcome.fresh.schema) == constraint_names(&outcome.after.schema) {
        return None;
    }
    let old = chain.base.by_id();
    let (mut revisions, mut was, mut is) = (Vec::new(), Vec::new(), Vec::new());
    for revision in chain.head.in_order() {
        let Some(id) = revision.id.as_deref().filter(|id| old.contains_key(id)) else { continue };
        if known.iter().any(|edit| edit.name == id) {
            continue;
        }
        let Some(what) = does_otherwise((before, id), (after, id)) else { continue };
        if let Some((before, after)) = what.statements() {
            was.extend_from_slice(before);
            is.extend_from_slice(after);
            revisions.push(id.to_owned());
        }
    }
    let name = revisions.first().cloned()?;
    Some(Edit { name, what: Edited::Named { revisions, before: was, after: is }, location: place })
}

/// The first line of a file at head that the merge base has not in its place.
fn first_difference(path: &str, ends: &mut Ends<'_>) -> Result<Option<Location>, ReadError> {
    let Some(new) = ends.head.text(path)? else { return Ok(None) };
    let old = ends.base.text(path)?;
    let old = old.as_ref().map_or("", |old| old.text());
    let same = new.text().lines().zip(old.lines()).take_while(|(new, old)| new == old).count();
    let last = new.text().lines().count().max(1);
    Ok(Some(Location::line(&new, (same + 1).min(last), "")))
}

/// Whether the change mends a chain that does not run, which is no edit: one that Alembic can't order, or one with heads
/// that nothing tells apart and of which there are fewer now.
fn is_repair(base: &Chain, head: &Chain) -> bool {
    !base.runs() || base.heads_clash() && (!head.heads_clash() || head.heads().len() < base.heads().len())
}

fn is_kept(head: &Revision, after: &HashMap<&str, &Revision>) -> bool {
    head.id.as_deref().is_some_and(|id| after.contains_key(id))
}

/// Whether a revision is one of several heads, or leads to one of them alone.
fn is_of_one_head(chain: &Chain, revision: &Arc<Revision>) -> bool {
    let heads = chain.heads();
    let is_above = |head: &&&Revision| {
        let mut open = vec![**head];
        let by_id = chain.by_id();
        let mut seen: HashSet<&str> = HashSet::new();
        while let Some(one) = open.pop() {
            if std::ptr::eq(one, Arc::as_ptr(revision)) {
                return true;
            }
            let parents = one.parents.iter().chain(&one.depends_on);
            open.extend(parents.filter(|id| seen.insert(id)).filter_map(|id| by_id.get(id.as_str()).copied()));
        }
        false
    };
    heads.len() > 1 && heads.iter().filter(is_above).count() == 1
}

/// The revisions in order, and then those that have none because they are part of a circle or follow one.
fn every(chain: &Chain) -> Vec<&Arc<Revision>> {
    let mut all = chain.in_order();
    if all.len() < chain.revisions.len() {
        let known: HashSet<*const Revision> = all.iter().map(|one| Arc::as_ptr(one)).collect();
        all.extend(chain.revisions.iter().filter(|one| !known.contains(&Arc::as_ptr(one))));
    }
    all
}

/// Of the ids that head does not have any more, the new revisions that do the same.
fn heirs<'c>(base: &'c Chain, head: &'c Chain) -> HashMap<&'c str, &'c Revision> {
    let (before, after) = (base.by_id(), head.by_id());
    let gone: Vec<(&str, &Revision)> =
        before.iter().filter(|(id, _)| !after.contains_key(*id)).map(|(id, one)| (*id, *one)).collect();
    if gone.is_empty() {
        return HashMap::new();
    }
    let mut new: HashMap<String, BTreeMap<&str, &Revision>> = HashMap::new();
    for (_, revision) in after.iter().filter(|(id, _)| !before.contains_key(*id)) {
        new.entry(revision.upgrade()).or_default().insert(revision.location.path(), revision);
    }
    // An upgrade that the text does not tell is like no other.
    new.remove("");
    let heir = |old: &Revision| {
        let same = new.get(&old.upgrade())?;
        // Of several that do the same, such as nothing, it is the one in its place.
        same.get(old.location.path()).or_else(|| same.values().next()).copied()
    };
    gone.into_iter().filter_map(|(id, old)| Some((id, heir(old)?))).collect()
}
