//! The kinds of track, a file or folder each. What is said of a kind is data ([`Facts`](crate::track::kind::Facts)); what a
//! kind does is its [`Keeper`]. Nothing else in the house asks which kind a track is.
//!
//! A new kind is its own file or folder here, and one line in `kinds!`.

use std::sync::Arc;

use self::detect::Finder;
use crate::change::history::{Edit, OfRelease};
use crate::change::stray::Stray;
use crate::change::{Notes, TrackChange};
use crate::evaluate::Evaluated;
use crate::evaluate::drift::{self, Drift};
use crate::evaluate::outcome::Outcome;
use crate::evaluate::program::{Deployed, Program};
use crate::git::ChangedFile;
use crate::schema::database::Refusal;
use crate::source::Location;
use crate::track::chain::{Chain, ChainChange};
use crate::track::ends::{Ends, Modules, ReadError};
use crate::track::kind::{Kind, Wrong};
use crate::track::{Track, Unread};

/// Registers the kinds: a module that is named here is known to the configuration, to every command and to every rule.
///
/// In the order of the lines their tracks are looked for and listed, since a kind may ask what those before it found: scripts
/// that lie beside a list are the list's, and a lone directory of SQL files counts where it goes with the one track that is
/// known. Lists come before chains, so that of two equal tracks the one that leads is named first.
macro_rules! kinds {
    ($($module:ident),+ $(,)?) => {
        $(pub mod $module;)+
        /// Every kind, in the order in which their tracks are looked for.
        pub static KEEPERS: &[&dyn Keeper] = &[$(&$module::Keeper),+];
    };
}

pub mod detect;
pub mod near;

kinds! {
    python_list,
    python_versions,
    go_slice,
    alembic,
    version_scripts,
    sql_files,
    schema_file,
}

/// Every kind, by what is said of it.
pub fn all() -> impl Iterator<Item = Kind> {
    KEEPERS.iter().map(|keeper| keeper.kind())
}

/// What keeps the tracks of a kind.
pub fn keeper(kind: Kind) -> &'static dyn Keeper {
    // Each kind is made by its keeper's module, so that it is there.
    KEEPERS.iter().copied().find(|keeper| keeper.kind() == kind).unwrap_or(KEEPERS[0])
}

/// A track at one commit, and what lies beside it there.
#[derive(Debug)]
pub struct Here<'h, 'repo> {
    pub track: &'h Track,
    /// Every track of the project there.
    pub tracks: &'h [Track],
    pub modules: &'h mut Modules<'repo>,
}

/// What a change does to a track, and what lies around it.
#[derive(Clone, Copy, Debug)]
pub struct Around<'c> {
    pub change: &'c TrackChange,
    /// All tracks of the project.
    pub tracks: &'c [Track],
    /// What the change touches.
    pub changed: &'c [ChangedFile],
}

/// Writes the statements that make a database.
pub type Written = Box<dyn FnOnce() -> String>;

/// A database, and what makes it where its engine says more than the schema that all of them share.
#[expect(missing_debug_implementations, reason = "it holds a closure")]
pub struct Made {
    pub evaluated: Arc<Evaluated>,
    pub sql: Option<Written>,
}

impl From<Arc<Evaluated>> for Made {
    fn from(evaluated: Arc<Evaluated>) -> Self {
        Self { evaluated, sql: None }
    }
}

/// What no other migration of a track follows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    pub id: String,
    pub path: String,
}

/// The heads of a track.
#[derive(Debug)]
pub enum Heads {
    Known(Vec<Head>),
    /// They are computed: one sentence that says so, without a full stop.
    Computed(String),
}

impl Heads {
    fn of_computed_list(track: &Track) -> Self {
        Self::Computed(format!("code puts the list of `{}` together, so its last entry is not known", track.name))
    }
}

/// What one kind of track does.
pub trait Keeper: Program + Finder + Sync {
    fn kind(&self) -> Kind;

    /// Whether a commit has such a track.
    fn is_there(&self, track: &Track, modules: &mut Modules<'_>) -> Result<bool, ReadError>;

    /// A file of the track, for a place to point to.
    fn first_file(&self, track: &Track, _: &mut Modules<'_>) -> Result<Option<String>, ReadError> {
        Ok(Some(track.path.clone()))
    }

    /// Where its migrations are listed, for kinds that list them.
    fn list_place(&self, _: &Track, _: &mut Modules<'_>) -> Result<Option<Location>, ReadError> {
        Ok(None)
    }

    /// Fails where a file of it does not parse, so that it is not known what it does.
    fn must_parse(&self, _: &Track, _: &mut Modules<'_>) -> Result<(), ReadError> {
        Ok(())
    }

    /// What no other migration follows.
    fn heads(&self, track: &Track, modules: &mut Modules<'_>) -> Result<Heads, ReadError>;

    /// Its migrations as a chain, for kinds that are one.
    fn chain(&self, _: &Track, _: &Modules<'_>) -> Result<Chain, ReadError> {
        Ok(Chain::default())
    }

    /// Whether a folder holds migrations of such a track, for kinds that keep them in folders.
    fn holds_steps(&self, _: &Track, _: &str, _: &Modules<'_>) -> Result<bool, ReadError> {
        Ok(true)
    }

    /// Whether a file may hold the list of such a track, by its name.
    fn may_list(&self, _: &str) -> bool {
        false
    }

    /// What is wrong where the file of a list has no such list.
    fn no_list(&self, track: &Track, _: Option<&mut Modules<'_>>) -> Wrong {
        Wrong::new(format!("`{}` has no migrations", track.path), "name the file that has them")
    }

    /// What is wrong with the constant that the configuration names; `None` where one of these commits has it. `is_whole`:
    /// files are parsed, too.
    fn misnamed_constant(&self, _: &Track, _: &mut [&mut Modules<'_>], _: bool) -> Result<Option<Wrong>, ReadError> {
        Ok(None)
    }

    /// Whether a changed file may be one that the track takes something from, by its path.
    fn may_take_from(&self, _: &Track, _: &str) -> bool {
        false
    }

    /// Whether a changed file is one that it takes something from, where the path does not tell.
    fn is_fed(&self, _: &Track, _: &mut Ends<'_>) -> Result<bool, ReadError> {
        Ok(false)
    }

    /// Whether a track of the merge base that is not found at head is in its place for all that. Fails where what is there
    /// cannot be read: it is not known then.
    fn stays(&self, track: &Track, _: &[Track], ends: &mut Ends<'_>) -> Result<bool, ReadError> {
        self.must_parse(track, &mut ends.head)?;
        Ok(false)
    }

    /// What a change does to such a track.
    fn change(&self, track: &Track, ends: &mut Ends<'_>, notes: &mut Notes) -> Result<TrackChange, ReadError>;

    /// What it does to migrations that the merge base has.
    fn edits(&self, change: &TrackChange, ends: &mut Ends<'_>) -> Result<Vec<Edit>, ReadError>;

    /// Where a list and the functions beside it do not fit together.
    fn strays(&self, _: &TrackChange, _: &mut Ends<'_>) -> Result<Vec<Stray>, ReadError> {
        Ok(Vec::new())
    }

    /// A database of the newest release after its upgrade, where one of the merge base stops; `None` where releases tell
    /// nothing.
    fn of_release(&self, _: &TrackChange, _: &mut Ends<'_>) -> Result<Option<OfRelease>, ReadError> {
        Ok(None)
    }

    /// Of a track that is lost: the folder that all of its files are in now, each as it was.
    fn moved_to(&self, _: &Track, _: &Ends<'_>) -> Option<String> {
        None
    }

    /// What keeps a track that is gone from being told, though something is in its place.
    fn silent(&self, _: &Track, _: &mut Modules<'_>) -> Result<Vec<Unread>, ReadError> {
        Ok(Vec::new())
    }

    /// The heads that a new migration would have to follow.
    fn open_heads(&self, _: &Track, _: &Ends<'_>) -> Result<Vec<String>, ReadError> {
        Ok(Vec::new())
    }

    /// Its migrations as head and the tip of base have them together, for kinds that are one chain.
    fn merged(&self, _: &Track, _: &Ends<'_>) -> Result<Option<ChainChange>, ReadError> {
        Ok(None)
    }

    /// The track as the merge base has it at this path.
    fn at_base(&self, track: &Track, path: &str, _: &mut Ends<'_>) -> Result<Track, ReadError> {
        Ok(Track { path: path.to_owned(), ..track.clone() })
    }

    /// Takes back what the other files of a change explain, once all is known.
    fn settle(&self, _: &mut TrackChange, _: &mut Ends<'_>) -> Result<(), ReadError> {
        Ok(())
    }

    /// A new database, as one commit makes it; `None` where that is not known.
    fn fresh(&self, here: Here<'_, '_>) -> Result<Option<Made>, ReadError> {
        if !here.track.kind.is_evaluated() {
            return Ok(None);
        }
        Ok(Some(self.history(here.track, here.modules)?.0.into()))
    }

    /// A database as `old` makes it, after what is new since; `None` where that is not known.
    fn upgraded(&self, old: Here<'_, '_>, new: Here<'_, '_>) -> Result<Option<Made>, ReadError> {
        if !new.track.kind.is_evaluated() {
            return Ok(None);
        }
        let Deployed { before, upgraded, .. } = self.deployed(new.track, old.track, old.modules, new.modules)?;
        Ok(Some(with_gaps(upgraded, &before).into()))
    }

    /// What a change does to the databases of a chain: told from a part of it where that is enough. `None` for kinds that are
    /// no chains, and where the merge base has none of it.
    fn outcome(
        &self,
        _: Around<'_>,
        _old: &mut Modules<'_>,
        _new: &mut Modules<'_>,
    ) -> Result<Option<Outcome>, ReadError> {
        Ok(None)
    }

    /// The same of all of the chain.
    fn whole_outcome(
        &self,
        _: Around<'_>,
        _old: &mut Modules<'_>,
        _new: &mut Modules<'_>,
    ) -> Result<Option<Outcome>, ReadError> {
        Ok(None)
    }

    /// The databases of a chain that the change leaves alone. `None` for kinds that are none, and where it does not run.
    fn untouched(&self, _: &Track, _tracks: &[Track], _: &mut Ends<'_>) -> Result<Option<Outcome>, ReadError> {
        Ok(None)
    }

    /// The databases of a track that the change leaves alone, as far as it takes to compare it with `other`.
    fn beside(&self, _: &TrackChange, _: &TrackChange, here: Here<'_, '_>) -> Result<Outcome, ReadError> {
        let evaluated = self.fresh(here)?.map(|made| made.evaluated).unwrap_or_default();
        Ok(Outcome::unchanged(evaluated))
    }

    /// How migrations and declared schemas differ, and what the change does to the track's databases.
    fn drift(
        &self,
        track: &Track,
        base: Option<&Track>,
        ends: &mut Ends<'_>,
    ) -> Result<(Drift, Option<Outcome>), Refusal> {
        drift::of_history(keeper(self.kind()), track, base, ends)
    }
}

/// A database after an upgrade, with what was not known of it before.
fn with_gaps(mut upgraded: Arc<Evaluated>, before: &Evaluated) -> Arc<Evaluated> {
    if !before.gaps.is_empty() {
        Arc::make_mut(&mut upgraded).gaps.splice(0..0, before.gaps.iter().cloned());
    }
    upgraded
}
