//! What makes the databases of a track.

use std::sync::Arc;

use super::{Evaluated, lifecycle};
use crate::schema::database::Refusal;
use crate::track::ends::{Ends, Modules};
use crate::track::origin::Origin;
use crate::track::{Declared, Track};

/// A system that runs the merge base.
#[derive(Debug)]
pub struct Deployed {
    pub before: Arc<Evaluated>,
    /// The same after its upgrade.
    pub upgraded: Arc<Evaluated>,
    /// Who makes new databases of a list at head, and who made them at the merge base.
    pub origins: Option<(Origin, Origin)>,
}

/// What the migrations of one kind, and the schemas that are declared beside them, do to a database.
pub trait Program: Sync {
    /// A new database of a history that is carried out step by step, and who makes it where somebody else does.
    fn history(&self, _: &Track, _: &mut Modules<'_>) -> Result<(Arc<Evaluated>, Option<Origin>), Refusal> {
        Ok((Arc::default(), None))
    }

    /// A deployed database of such a history, before and after the change.
    fn deployed(
        &self,
        track: &Track,
        base: &Track,
        old: &mut Modules<'_>,
        new: &mut Modules<'_>,
    ) -> Result<Deployed, Refusal> {
        let _ = (base, old);
        let (fresh, _) = self.history(track, new)?;
        Ok(Deployed { before: fresh.clone(), upgraded: fresh, origins: None })
    }

    /// The same where a new database is known to be a deployed one after its upgrade, so that one of them tells both.
    fn grown(&self, _track: &Track, _base: &Track, _: &mut Ends<'_>) -> Result<Option<Deployed>, Refusal> {
        Ok(None)
    }

    /// Whether old migrations that fail on a new database say that something else makes those.
    fn may_only_upgrade(&self) -> bool {
        false
    }

    /// What a declared schema beside the track says alone.
    fn declared(&self, track: &Track, file: &Declared, modules: &mut Modules<'_>) -> Result<Arc<Evaluated>, Refusal> {
        Ok(lifecycle::declared(track, file, modules)?.evaluated.clone())
    }
}
