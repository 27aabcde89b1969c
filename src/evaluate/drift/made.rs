//! What deployed databases lack of new ones where something beside the migrations makes those.

use std::sync::Arc;

use super::{Deployed, Difference, best_statement, compare, statement_about, table_of, whole};
use crate::evaluate::{Evaluated, lifecycle};
use crate::schema::database::Refusal;
use crate::schema::delta::{self, Change, Level};
use crate::track::Track;
use crate::track::ends::Ends;
use crate::track::origin::{Maker, Origin};

/// The differences between a new database and a deployed one after its upgrade that come from what makes new ones.
pub(super) fn differences(
    track: &Track,
    base: &Track,
    origin: &Origin,
    (fresh, deployed): (&Evaluated, &Deployed),
    stated: &[Arc<Evaluated>],
    ends: &mut Ends<'_>,
) -> Result<Vec<Difference>, Refusal> {
    let Some(maker) = origin.maker() else { return Ok(Vec::new()) };
    // A declared schema that says the same has been compared.
    let is_stated = |stated: &Arc<Evaluated>| delta::equivalent(&stated.schema, &fresh.schema, Level::Full);
    if stated.iter().any(is_stated) {
        return Ok(Vec::new());
    }
    let mut found = Vec::new();
    let level = track.compare.unwrap_or(Level::Full);
    compare(&[&deployed.upgraded, &deployed.before], fresh, level, &mut found, false);
    if found.is_empty() {
        return Ok(Vec::new());
    }
    if let (Origin::MigrationsOn(_), Some((_, Origin::MigrationsOn(old)))) = (origin, &deployed.origins) {
        let changed = changed(track, base, (old, maker), ends)?;
        // What migrations do otherwise on new databases is said of them.
        found.retain(|(change, ..)| changed.iter().any(|other| table_of(&other.object) == table_of(&change.object)));
    }
    let made = || fresh.log.iter().filter(|ran| ran.by.migration().is_none());
    let moved = || deployed.upgraded.log.iter().filter(|ran| ran.by.migration().is_some());
    let was = &deployed.before.schema;
    let mut difference = |(change, fresh, deployed): (Change, bool, bool)| Difference {
        declared: maker.declared.path.clone(),
        by_migrations: statement_about(&change, moved(), &mut ends.head),
        by_declared: statement_about(&change, made(), &mut ends.head),
        table_declared: table_of(&change.object)
            .and_then(|table| statement_about(&whole(table), made(), &mut ends.head)),
        by: best_statement(&change.object, None, moved()).and_then(|(ran, _)| ran.by.migration().cloned()),
        is_dropped: was.has(&change.object),
        is_executed: true,
        agreeing: Vec::new(),
        elsewhere: Vec::new(),
        change,
        fresh,
        deployed,
        pre_existing: false,
    };
    Ok(found.into_iter().map(&mut difference).collect())
}

/// What a maker makes otherwise at head than at the merge base.
fn changed(
    track: &Track,
    base: &Track,
    (old, new): (&Maker, &Maker),
    ends: &mut Ends<'_>,
) -> Result<Vec<Change>, Refusal> {
    let before = lifecycle::made(base, old, &mut ends.base)?;
    let after = lifecycle::made(track, new, &mut ends.head)?;
    Ok(delta::diff(&before.evaluated.schema, &after.evaluated.schema, Level::Full))
}
