//! The databases of an Alembic chain: fresh ones, and deployed ones after their upgrade.

use std::collections::{BTreeSet, HashMap};
use std::convert::Infallible;
use std::rc::Rc;
use std::sync::Arc;

use super::drift::is_bookkeeping;
use super::memory::{Subject, remembered};
use super::session::Base;
use super::{Evaluated, Failure, Missing};
use crate::python::eval::{Gap, OF_OTHERS};
use crate::schema::database::{Budget, Elsewhere, Refusal, Setup, Sort};
use crate::schema::dialect::USUAL_OF_CHAINS;
use crate::schema::model::Name;
use crate::track::chain::Chain;
use crate::track::ends::{Modules, ReadError};
use crate::track::revision::Revision;
use crate::track::{Track, alembic};

mod run;
mod undo;

use self::run::build;

/// A database, and what is known of how it came about.
#[derive(Debug)]
pub struct Built {
    /// What is not known for refusals alone: what needs it proves nothing.
    pub consequences: Vec<Gap>,
    pub database: Base,
    pub evaluated: Arc<Evaluated>,
    /// What has no name is called by a convention of the project's own.
    pub has_naming: bool,
    /// A revision was refused because an extension is missing.
    pub missed_extension: bool,
    /// The ids of the revisions that the chain has.
    pub ids: BTreeSet<String>,
    /// The files that decide what it is, there or not; `None` where a whole folder does.
    pub files: Option<Vec<String>>,
    /// Of those, the ones that decide what its revisions do, beside what the environment tells them.
    pub own_files: Option<Vec<String>>,
    /// The tables in which Alembic notes revisions.
    pub version_tables: Vec<String>,
    /// The one of these that its environment names, where that is known.
    pub version_table: Option<String>,
    /// The tables of the models that its environment names, where it matters who makes tables.
    pub models: Vec<String>,
    /// What was taken for so of conditions that a deployment decides.
    guards: HashMap<String, bool>,
    /// What does not fail here does not fail on a fresh database.
    pub is_like_fresh: bool,
}

impl Built {
    /// Whether a revision was refused because a table is missing: then something else makes it.
    pub fn misses_tables(&self) -> bool {
        self.missed_tables().next().is_some()
    }

    /// The tables for lack of which revisions were refused.
    pub fn missed_tables(&self) -> impl Iterator<Item = &str> {
        self.evaluated.failures.iter().filter_map(|failure| failure.kind.missing_table())
    }

    /// A schema for lack of which a revision was refused.
    fn missed_schema(&self) -> Option<String> {
        let thing = |failure: &Failure| failure.kind.lacking().filter(|thing| thing.sort == Sort::Schema).cloned();
        self.evaluated.failures.iter().find_map(thing).map(|thing| thing.name)
    }

    /// Whether the environment or a revision makes a schema: then those that nobody makes are missing.
    fn makes_schemas(&self) -> bool {
        let makes = |sql: &str| sql.to_ascii_lowercase().contains("create schema");
        makes(&self.evaluated.surroundings.text) || self.evaluated.log.iter().any(|ran| makes(&ran.statement.sql))
    }

    /// Whether its revisions are known to make no table at all, though there are some.
    pub fn makes_nothing(&self) -> bool {
        let is_own = |table: &Name| !is_bookkeeping(table.as_str());
        !self.ids.is_empty()
            && self.is_certain()
            && self.elsewhere() == Elsewhere::None
            && !self.evaluated.schema.tables.keys().any(is_own)
    }

    /// What of the tables of something else is known to be there, for whoever runs on it or is compared with it.
    pub fn elsewhere(&self) -> Elsewhere {
        match self.database.elsewhere() {
            Elsewhere::Any => {
                let adopted = self.database.adopted().into_iter().map(|(table, _)| table);
                Elsewhere::Named(Rc::new(adopted.chain(self.models.iter().cloned()).collect()))
            }
            other => other,
        }
    }

    /// Every statement that makes the database, in an order in which they run.
    pub fn to_sql(&self) -> String {
        self.database.to_sql(&self.version_tables)
    }

    /// Whether revisions need what no revision of the chain makes.
    fn needs_others(&self) -> bool {
        let is_of_others = |missing: &Missing| missing.gap.reason.ends_with(OF_OTHERS);
        self.evaluated.gaps.iter().any(is_of_others)
    }

    /// Whether the environment told its revisions the same as those of another one.
    pub fn is_told_as(&self, other: &Self) -> bool {
        self.evaluated.surroundings.text == other.evaluated.surroundings.text
    }

    /// Whether everything was carried out, and nothing of it is unknown.
    pub fn is_certain(&self) -> bool {
        self.evaluated.gaps.is_empty() && self.evaluated.failures.is_empty()
    }
}

/// Whether other chains of a project may make tables in the database of this one.
pub fn is_shared(track: &Track, tracks: &[Track]) -> bool {
    track.territory.is_some()
        || track.continues_elsewhere
        || tracks.iter().filter(|other| other.kind == track.kind && other.dialect == track.dialect).count() > 1
}

/// A fresh database of a chain that may share it with others. Where it needs what one of those makes, it comes after that
/// one: the nearest by its path, if there is one nearest. What is found then holds the tables of both.
pub fn fresh_among(
    chain: &Chain,
    track: &Track,
    tracks: &[Track],
    modules: &mut Modules<'_>,
) -> Result<Rc<Built>, ReadError> {
    let alone = fresh(chain, modules, is_shared(track, tracks));
    // What a chain that has its own tables does to others is only seen where those are.
    if !alone.needs_others() && track.territory.is_none() {
        return Ok(alone);
    }
    let is_other =
        |other: &&Track| other.kind == track.kind && other.dialect == track.dialect && other.path != track.path;
    let mut others: Vec<(usize, &Track)> =
        tracks.iter().filter(is_other).map(|other| (common_folders(&other.path, &track.path), other)).collect();
    others.sort_by_key(|(common, _)| std::cmp::Reverse(*common));
    let mut found: Option<(usize, Rc<Built>)> = None;
    for (common, other) in others.into_iter().take(MOST_FOUNDATIONS) {
        if found.as_ref().is_some_and(|(nearest, _)| *nearest > common) {
            break;
        }
        let other_chain = alembic::chain(other, modules)?;
        let below = fresh(&other_chain, modules, true);
        if !below.is_certain() {
            continue;
        }
        let mut above = upgraded(chain, modules, &below, &BTreeSet::new());
        if !above.is_certain() {
            continue;
        }
        if found.is_some() && track.territory.is_none() {
            // Two of them are as near, and nothing says which it is.
            return Ok(alone);
        }
        let both = |(mut files, more): (Vec<String>, Vec<String>)| {
            files.extend(more);
            files
        };
        above.files = above.files.zip(below.files.clone()).map(both);
        above.own_files = above.own_files.zip(below.own_files.clone()).map(both);
        found = Some((common, Rc::new(above)));
    }
    Ok(found.map_or(alone, |(_, above)| above))
}

/// How many other chains are tried for what a chain needs.
const MOST_FOUNDATIONS: usize = 4;

/// How many folders two paths have in common.
fn common_folders(one: &str, other: &str) -> usize {
    one.split('/').zip(other.split('/')).take_while(|(one, other)| one == other).count()
}

/// A fresh database: every revision from nothing. `shared` where others make tables in it, too.
pub fn fresh(chain: &Chain, modules: &mut Modules<'_>, shared: bool) -> Rc<Built> {
    fresh_beside(chain, modules, shared, &Elsewhere::None)
}

/// The same of a chain that alters tables which something else has made.
pub fn fresh_elsewhere(chain: &Chain, modules: &mut Modules<'_>, elsewhere: &Elsewhere) -> Rc<Built> {
    fresh_beside(chain, modules, true, elsewhere)
}

fn fresh_beside(chain: &Chain, modules: &mut Modules<'_>, shared: bool, elsewhere: &Elsewhere) -> Rc<Built> {
    let paths = || chain.revisions.iter().map(|revision| revision.location.path().to_owned());
    let subject = || Subject::Chain {
        paths: paths().collect(),
        dialect: chain.home.dialect,
        flavour: chain.home.flavour,
        shared,
        elsewhere: elsewhere.clone(),
    };
    let files = |built: &Built| Some(built.files.clone()?.into_iter().chain(paths()).collect());
    let make = |modules: &mut Modules<'_>| Ok::<_, Infallible>(build_fresh(chain, modules, shared, elsewhere));
    let Ok(built) = remembered(modules, |memory| &mut memory.chains, subject, files, make);
    built
}

fn build_fresh(chain: &Chain, modules: &mut Modules<'_>, shared: bool, elsewhere: &Elsewhere) -> Built {
    let order = chain.in_order();
    let mut run = |schemas: &BTreeSet<String>| {
        let mut start = Start::fresh(chain, shared);
        if let Ok(database) = &mut start.database {
            database.set_elsewhere(elsewhere.clone());
            for schema in schemas {
                database.add_to_schema(Some(schema), "");
            }
        }
        build(chain, &order, modules, start)
    };
    let mut schemas = BTreeSet::new();
    let mut built = run(&schemas);
    // Where a chain makes no schema, those that it uses are there before it runs: autogenerate writes no `CREATE SCHEMA`
    // (<https://alembic.sqlalchemy.org/en/latest/autogenerate.html>, "What does Autogenerate Detect").
    while let Some(missed) = built.missed_schema().filter(|_| !built.makes_schemas()) {
        if schemas.len() == MOST_SCHEMAS || !schemas.insert(missed) {
            break;
        }
        built = run(&schemas);
    }
    built
}

/// So many schemas may be there before a chain runs.
const MOST_SCHEMAS: usize = 16;

/// A fresh database of some of the revisions: those that are needed, in path order.
pub fn fresh_part(chain: &Chain, modules: &mut Modules<'_>, needed: &[bool]) -> Built {
    build(chain, &chain.in_order_of(needed), modules, Start::fresh(chain, false))
}

/// Some revisions alone, on a database that has whatever they need of what comes before them; `below` is one to go on with.
pub fn apart(chain: &Chain, modules: &mut Modules<'_>, wanted: &BTreeSet<&str>, below: Option<&Built>) -> Built {
    let is_wanted = |revision: &Revision| revision.id.as_deref().is_some_and(|id| wanted.contains(id));
    let pending: Vec<&Arc<Revision>> = chain.in_order().into_iter().filter(|revision| is_wanted(revision)).collect();
    let mut start = match below {
        None => Start::fresh(chain, true),
        Some(below) => Start {
            database: below.database.fork(),
            doubts: (&below.evaluated.gaps, &below.consequences),
            tables: &below.version_tables,
            guards: below.guards.clone(),
            are_new: false,
        },
    };
    if let Ok(database) = &mut start.database {
        database.set_elsewhere(Elsewhere::Any);
        database.end_transaction();
    }
    build(chain, &pending, modules, start)
}

/// What the revisions that are pending find.
struct Start<'s> {
    /// A clause that says why it is not known, where that is so.
    database: Result<Base, Refusal>,
    /// What is not known of it, and what follows from refusals.
    doubts: (&'s [Missing], &'s [Gap]),
    /// Alembic's own tables in it.
    tables: &'s [String],
    /// What was taken for so of conditions that a deployment decides.
    guards: HashMap<String, bool>,
    /// The revisions are new, so that each is taken back where somebody asks for that.
    are_new: bool,
}

impl Start<'_> {
    fn fresh(chain: &Chain, shared: bool) -> Self {
        let dialect = chain.home.dialect.unwrap_or(USUAL_OF_CHAINS);
        let setup = Setup { flavour: chain.home.flavour, open: shared, budget: Budget::Chain };
        Self {
            database: Base::new(dialect, setup),
            doubts: (&[], &[]),
            tables: &[],
            guards: HashMap::new(),
            are_new: false,
        }
    }
}

/// A deployed database after its upgrade: the revisions that it has not run yet.
pub fn upgraded(chain: &Chain, modules: &mut Modules<'_>, deployed: &Built, known: &BTreeSet<String>) -> Built {
    upgraded_where(chain, modules, deployed, known, &deployed.guards)
}

/// The same where what a deployment decides is as it is taken for a new database.
pub fn upgraded_like(
    chain: &Chain,
    modules: &mut Modules<'_>,
    (deployed, fresh): (&Built, &Built),
    known: &BTreeSet<String>,
) -> Option<Built> {
    let is_news = |guard: &String| !deployed.guards.contains_key(guard);
    fresh.guards.keys().any(is_news).then(|| {
        let guards = fresh.guards.iter().chain(&deployed.guards);
        let guards = guards.map(|(guard, holds)| (guard.clone(), *holds)).collect();
        upgraded_where(chain, modules, deployed, known, &guards)
    })
}

fn upgraded_where(
    chain: &Chain,
    modules: &mut Modules<'_>,
    deployed: &Built,
    known: &BTreeSet<String>,
    guards: &HashMap<String, bool>,
) -> Built {
    let pending = chain.pending(|revision| revision.id.as_ref().is_some_and(|id| known.contains(id)));
    let doubts = (&deployed.evaluated.gaps[..], &deployed.consequences[..]);
    let tables = &deployed.version_tables;
    let mut run = |becomes: fn(&mut Base)| {
        let database = deployed.database.fork().map(|mut database| {
            database.set_elsewhere(deployed.elsewhere());
            // What the deployed system has by other means, the base's revisions needed already.
            database.set_misses_extensions(!known.is_empty());
            becomes(&mut database);
            database
        });
        build(chain, &pending, modules, Start { database, doubts, tables, guards: guards.clone(), are_new: true })
    };
    let (is_plain, has_new_labels) = (deployed.database.is_plain(), deployed.database.has_new_labels());
    // With the rows that a fresh database has by then.
    let built = run(|database| database.end_transaction());
    if is_plain || built.evaluated.failures.is_empty() {
        return Built { is_like_fresh: is_plain || !has_new_labels, ..built };
    }
    Built { is_like_fresh: false, ..run(|database| database.deploy()) }
}
