//! Whether the migrations and the declared schemas of a track say the same, on fresh databases and on deployed ones.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::HashSet;
use std::sync::Arc;

use self::place::{best_statement, rank, stated_at, statement_about};
pub(super) use self::place::{said, said_of};
use self::snapshots::{is_nothing_beside_none, is_of_one_kind, is_one, lags};
use super::outcome::{Outcome, after_all};
use super::program::{Deployed, Program};
use super::tables::ANY_TYPE;
use super::{By, Evaluated, Failure, Form, Missing, Ran};
use super::{lifecycle, origin};
use crate::folders::{Walk, is_skipped};
use crate::git::{EntryKind, GitError};
use crate::python::eval::Gap;
use crate::schema::database::{OF_EXTENSION, Refusal};
use crate::schema::delta::{self, Change, Kind, Level, Object};
use crate::schema::model::{Name, Schema, Table};
use crate::schema::token;
use crate::source::{Location, Source};
use crate::threads;
use crate::track::ddl;
use crate::track::ends::{Ends, Modules};
use crate::track::origin::Origin;
use crate::track::{Declared, Track};

mod made;
mod place;
mod snapshots;

/// What was compared, and in what the two sides differ.
#[derive(Clone, Debug, Default)]
pub struct Drift {
    pub differences: Vec<Difference>,
    /// Of those, by the declared schema and what they are about, the ones that are by intent so often that they are warnings.
    pub weak: Vec<(String, Object)>,
    /// What a reader should know besides.
    pub notes: Vec<String>,
    /// What could not be computed in something that this change brings.
    pub gaps: Vec<Missing>,
    /// How many tables and columns a fresh database has.
    pub tables: usize,
    pub columns: usize,
}

/// One thing that the migrations and a declared schema say differently.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is an answer of its own")]
pub struct Difference {
    /// The declared schema's path.
    pub declared: String,
    /// What turns the declared schema into what databases get.
    pub change: Change,
    /// A new installation has it.
    pub fresh: bool,
    /// A system that runs the merge base has it after its upgrade.
    pub deployed: bool,
    /// Where the migrations say it.
    pub by_migrations: Option<Location>,
    /// Where the declared schema says it.
    pub by_declared: Option<Location>,
    /// Where a table that both sides have begins in the declared schema.
    pub table_declared: Option<Location>,
    /// The merge base has it, too.
    pub pre_existing: bool,
    /// The migration that says it last.
    pub by: Option<Arc<str>>,
    /// Databases had it at the merge base, and lose it.
    pub is_dropped: bool,
    /// Something makes databases by the declared schema.
    pub is_executed: bool,

    /// The other declared schemas of the track that are compared, too, and agree with the migrations in this.
    pub agreeing: Vec<String>,
    /// Whether the tracks that it is paired with have it, as far as that is known.
    pub elsewhere: Vec<(usize, bool)>,
}

/// Tables in which projects and tools record what has run.
const BOOKKEEPING: &[&str] = &[
    "schema_migrations",
    "schema_migration",
    "schema_version",
    "schema_versions",
    "migrations",
    "migration_history",
    "applied_migrations",
    "alembic_version",
    "_migrations",
    "db_version",
    "goose_db_version",
    "gorp_migrations",
    "__diesel_schema_migrations",
    "_sqlx_migrations",
    "refinery_schema_history",
    "flyway_schema_history",
    "__drizzle_migrations",
    "_prisma_migrations",
];

/// That a file which the configuration names states no schema.
fn nothing_stated(file: &Declared, stated: &Evaluated) -> Option<String> {
    let is_nothing = !file.detected && stated.form == Some(Form::Nothing);
    is_nothing.then(|| format!("`{}` has no text that states a schema, so that nothing is compared with it", file.path))
}

/// Compares a track's migrations with its declared schemas, and answers besides with what the change does to the track's
/// databases, for a history that is carried out step by step. `base` is the track as the merge base has it, if it does.
pub fn of_history(
    program: &dyn Program,
    track: &Track,
    base: Option<&Track>,
    ends: &mut Ends<'_>,
) -> Result<(Drift, Option<Outcome>), Refusal> {
    let Sides { fresh, deployed, stated, origin } = sides(program, track, base, ends)?;
    let mut drift = Drift {
        tables: fresh.schema.tables.len(),
        columns: fresh.schema.tables.values().map(|table| table.columns.len()).sum(),
        ..Drift::default()
    };
    let mut compared: Vec<String> = Vec::new();
    let base_databases = deployed.as_ref().map(|deployed| deployed.before.clone());
    let answer = OnceCell::new();
    // What cannot be read may well do so.
    let creates = |ends: &Ends<'_>| *answer.get_or_init(|| calls_create_all(ends).unwrap_or(true));
    let has_sql = stated.iter().any(|stated| stated.form == Some(Form::Sql) && !stated.schema.tables.is_empty());
    for (file, stated) in track.declared.iter().zip(&stated) {
        drift.notes.extend(nothing_stated(file, stated));
        let level = match stated.form {
            Some(Form::Nothing) | None => continue,
            // Whatever it does, it makes no table that could be compared.
            _ if stated.schema.tables.is_empty() => continue,
            Some(Form::Tables) => track.compare.unwrap_or(Level::Coarse),
            Some(Form::Sql) => track.compare.unwrap_or(Level::Full),
        };
        compared.push(file.path.clone());
        let mut found = Vec::new();
        compare(&[&fresh], stated, level, &mut found, true);
        if let Some(deployed) = &deployed {
            compare(&[&deployed.upgraded, &deployed.before], stated, level, &mut found, false);
        }
        if found.is_empty() {
            continue;
        }
        let (old, old_stated) = match (base, &deployed) {
            (Some(base), Some(deployed)) => before(program, (file, base), level, &deployed.before, ends)?,
            _ => (Vec::new(), None),
        };
        if let (true, Some(old_stated), Some(base)) = (file.detected, &old_stated, base)
            && is_starting_point(&old, old_stated, base, ends)
        {
            drift.notes.push(format!(
                "`{}` has none of the columns that the migrations added: it is taken for the first schema and not for the \
                 last; name it in `declared` to have it compared",
                file.path
            ));
            continue;
        }
        let migrations: Vec<&Ran> =
            deployed.iter().flat_map(|deployed| &deployed.upgraded.log).chain(&fresh.log).collect();
        let lags = lags(file, (&old, old_stated.as_ref()), deployed.as_ref());
        if track.kind.is_sql() {
            let databases = deployed.iter().map(|deployed| &deployed.upgraded.schema).chain([&fresh.schema]);
            let databases: Vec<&Schema> = databases.collect();
            let is_own = |change: &Change| table_of(&change.object).is_some_and(|table| is_bookkeeping(table.as_str()));
            found.retain(|(change, ..)| !is_own(change));
            found.retain(|(change, ..)| !databases.iter().any(|database| is_one(change, &stated.schema, database)));
        }
        for (change, in_fresh, in_deployed) in found {
            let pre_existing = old.contains(&change);
            let by_migration = || migrations.iter().copied().filter(|ran| ran.by.migration().is_some());
            let before = base_databases.as_ref();
            let is_weak = || {
                is_nothing_beside_none(&change, &stated.schema, &fresh.schema)
                    || file.detected && (lags || is_of_one_kind(&change))
            };
            if track.kind.is_sql() && is_weak() {
                drift.weak.push((file.path.clone(), change.object.clone()));
            }
            drift.differences.push(Difference {
                by_migrations: statement_about(&change, by_migration(), &mut ends.head),
                by_declared: stated_at(&change.object, stated, &mut ends.head),
                table_declared: table_of(&change.object)
                    .and_then(|table| stated_at(&Object::Table(table.clone()), stated, &mut ends.head)),
                by: best_statement(&change.object, None, by_migration())
                    .and_then(|(ran, _)| ran.by.migration().cloned()),
                is_dropped: before.is_some_and(|before| before.schema.has(&change.object)),
                is_executed: stated.form != Some(Form::Tables)
                    || is_made_from(&change.object, &fresh, has_sql, || creates(ends)),
                agreeing: Vec::new(),
                elsewhere: Vec::new(),
                declared: file.path.clone(),
                fresh: in_fresh,
                deployed: in_deployed,
                pre_existing,
                change,
            });
        }
    }
    if let (Some(base), Some(deployed), Some(origin)) = (base, &deployed, &origin) {
        drift.differences.extend(made::differences(track, base, origin, (&fresh, deployed), &stated, ends)?);
    }
    agree(&mut drift.differences, &compared);
    let unknown = fresh.gaps.iter().find(|missing| missing.gap.sql.is_none());
    if let (Some(Missing { gap, by }), false) = (unknown, track.declared.is_empty()) {
        drift.notes.push(format!(
            "the migrations of `{}` are not compared with its declared schemas: {by} {}",
            track.name, gap.reason
        ));
    }
    drift.gaps = gaps(&fresh, deployed.as_ref().map(|deployed| &*deployed.upgraded), ends);
    drift.gaps.extend(gaps_of_upgrades(track, &fresh, deployed.as_ref().map(|deployed| &*deployed.upgraded)));
    let outcome = deployed.map(|Deployed { before, upgraded, .. }| Outcome::new(before, upgraded, fresh));
    Ok((drift, outcome))
}

/// What is not known of upgrades where new databases get a snapshot, which tells nothing of them.
fn gaps_of_upgrades(track: &Track, fresh: &Evaluated, upgraded: Option<&Evaluated>) -> Vec<Missing> {
    if !track.kind.is_sql() || fresh.log.iter().any(|ran| ran.by.migration().is_some()) {
        return Vec::new();
    }
    let of_upgrades =
        upgraded.iter().flat_map(|upgraded| &upgraded.gaps).filter(|missing| missing.by.migration().is_some());
    let is_new = |missing: &&Missing| !fresh.gaps.iter().any(|known| known.by == missing.by);
    of_upgrades.filter(is_new).cloned().collect()
}

/// Whether a table of a library is made from what a declared schema says of it: where SQL makes it and no code has
/// the library do so, the declaration only describes it.
fn is_made_from(object: &Object, fresh: &Evaluated, has_sql: bool, creates: impl FnOnce() -> bool) -> bool {
    let is_made_by_sql = |table: &Name| {
        let is_of_migration = |ran: &&Ran| ran.by.migration().is_some();
        let whole = Object::Table(table.clone());
        let made = best_statement(&whole, None, fresh.log.iter().filter(is_of_migration));
        made.is_some_and(|(ran, called)| rank(&called, None, &ran.statement.sql) == 0)
    };
    let is_described = has_sql || table_of(object).is_some_and(is_made_by_sql);
    !is_described || creates()
}

/// Whether any code of the project has SQLAlchemy make its tables, tests aside.
fn calls_create_all(ends: &Ends<'_>) -> Result<bool, GitError> {
    let search = Walk { is_skipped: |name| is_skipped(name) || name.starts_with("test"), ..Walk::own() };
    let found: Result<_, GitError> = search.any(&ends.head.snapshot, |path, entry| {
        let is_test = entry.name.starts_with("test") || entry.name == "conftest.py";
        if !ddl::is_python(path) || is_test {
            return Ok(false);
        }
        let source = ends.head.snapshot.read_text(path, entry)?;
        Ok(source.is_some_and(|source| source.text().contains(".create_all(")))
    });
    Ok(found?.unwrap_or(true))
}

/// Tells of each difference which of the declared schemas that were compared have it not.
fn agree(differences: &mut [Difference], compared: &[String]) {
    let all: Vec<(String, Object)> =
        differences.iter().map(|one| (one.declared.clone(), one.change.object.clone())).collect();
    for difference in differences {
        let differs =
            |path: &String| all.iter().any(|(file, object)| file == path && *object == difference.change.object);
        let agreeing = compared.iter().filter(|path| !differs(path)).cloned();
        difference.agreeing = agreeing.collect();
    }
}

/// What differed at the merge base already, and what the declared schema said there.
fn before(
    program: &dyn Program,
    (file, base): (&Declared, &Track),
    level: Level,
    database: &Evaluated,
    ends: &mut Ends<'_>,
) -> Result<(Vec<Change>, Option<Schema>), Refusal> {
    let Some(file) = base_file(file, base, ends) else { return Ok((Vec::new(), None)) };
    let stated = program.declared(base, &file, &mut ends.base)?;
    let stated = &stated.schema;
    let differences = delta::diff(&with_types(stated, &database.schema), &database.schema, level);
    Ok((differences, Some(stated.clone())))
}

/// Whether a declared schema that nobody named is the one that migrations begin with: of the columns that they add it has
/// none, and it misses several.
fn is_starting_point(differences: &[Change], stated: &Schema, base: &Track, ends: &mut Ends<'_>) -> bool {
    let is_missing =
        |change: &&Change| matches!(change.kind, Kind::Added { .. }) && matches!(change.object, Object::Column { .. });
    if differences.iter().filter(is_missing).count() < 2 {
        return false;
    }
    let Ok(Some(source)) = ends.base.source(&base.path) else { return false };
    let text = source.text().to_ascii_lowercase();
    let added = text.match_indices("add column ").map(|(at, sign)| {
        let rest =
            text[at + sign.len()..].trim_start_matches("if not exists ").trim_start_matches(['"', '`', '[', '\\']);
        rest.split(|part: char| !part.is_alphanumeric() && part != '_').next().unwrap_or_default()
    });
    let has = |name: &str| stated.tables.values().any(|table| table.column(&Name::from(name)).is_some());
    let mut added = added;
    !added.any(has)
}

/// Everything that is compared.
struct Sides {
    fresh: Arc<Evaluated>,
    deployed: Option<Deployed>,
    /// What each declared schema says, in their order.
    stated: Vec<Arc<Evaluated>>,
    /// Who makes new databases of a list at head.
    origin: Option<Origin>,
}

/// Evaluates all sides: what begins at the merge base on a thread of its own.
fn sides(program: &dyn Program, track: &Track, base: Option<&Track>, ends: &mut Ends<'_>) -> Result<Sides, Refusal> {
    if let Some(base) = base
        && let Some(deployed) = program.grown(track, base, ends)?
    {
        let fresh = Arc::new(after_all(&deployed.before, &deployed.upgraded));
        let stated = track.declared.iter().map(|file| program.declared(track, file, &mut ends.head));
        let stated = stated.collect::<Result<_, Refusal>>()?;
        return Ok(Sides { fresh, deployed: Some(deployed), stated, origin: None });
    }
    let address = ends.address();
    let aside = || address.open(|old, new| Some(program.deployed(track, base?, old, new))).flatten();
    let here = |ends: &mut Ends<'_>| fresh_and_stated(program, track, &mut ends.head);
    let (deployed, here) = match base {
        // A thread of its own would know nothing of other commits.
        Some(_) if ends.head.memory.is_none() => threads::beside(aside, || here(ends)),
        _ => (None, here(ends)),
    };
    let (fresh, own_origin, stated) = here?;
    let deployed = match (deployed.flatten(), base) {
        (Some(deployed), _) => Some(deployed?),
        (None, Some(base)) => Some(program.deployed(track, base, &mut ends.base, &mut ends.head)?),
        (None, None) => None,
    };
    let origin = deployed.as_ref().and_then(|deployed| deployed.origins.as_ref()).map(|(origin, _)| origin.clone());
    let origin = origin.or(own_origin.clone());
    let sides = match &origin {
        // What the merge base tells of who makes new databases holds at head.
        Some(origin) if Some(origin) != own_origin.as_ref() => {
            let track = Track { origin: Some(origin.clone()), ..track.clone() };
            let fresh = lifecycle::fresh(&track, &mut ends.head)?.evaluated.clone();
            Sides { fresh, deployed, stated, origin: Some(track.origin.unwrap_or_default()) }
        }
        _ => Sides { fresh, deployed, stated, origin },
    };
    if program.may_only_upgrade() {
        return Ok(sides.of_a_list_that_only_upgrades());
    }
    if let Some(stated) = sides.of_the_same_snapshot(track) {
        return Ok(Sides { fresh: stated, ..sides });
    }
    Ok(if sides.origin == Some(Origin::Unknown) { sides.without_old_failures() } else { sides })
}

impl Sides {
    /// What a snapshot makes that made new databases at the merge base, where head's files stop on one without it: it still
    /// makes them, whatever is wrong with it now.
    fn of_the_same_snapshot(&self, track: &Track) -> Option<Arc<Evaluated>> {
        let before = &self.deployed.as_ref()?.before;
        let stops = self.fresh.failures.iter().any(|failure| failure.by.migration().is_some());
        let by_files = before.log.iter().any(|ran| ran.by.migration().is_some());
        let made = |path: &str| before.log.iter().any(|ran| matches!(&ran.by, By::File(by) if **by == *path));
        let at = track.declared.iter().position(|file| made(&file.path))?;
        let is_it = track.kind.is_sql() && stops && !by_files && before.failures.is_empty();
        self.stated.get(at).filter(|_| is_it).cloned()
    }

    /// Where the merge base's own migrations fail on a new database, something else makes those: what new ones would do
    /// there says nothing, and what they do to deployed ones is not known.
    fn of_a_list_that_only_upgrades(mut self) -> Self {
        let Some(deployed) = &mut self.deployed else { return self };
        if !deployed.before.failures.iter().any(|failure| failure.by.migration().is_some()) {
            return self;
        }
        let old = deployed.before.failures.clone();
        let is_old = |failure: &Failure| old.iter().any(|known| known.by == failure.by);
        Arc::make_mut(&mut self.fresh).failures.retain(is_old);
        let upgraded = Arc::make_mut(&mut deployed.upgraded);
        for failure in std::mem::take(&mut upgraded.failures) {
            let reason =
                format!("runs on tables that no migration is known to make, and fails without them: {}", failure.error);
            let place = failure.places.first().cloned();
            let place = place.unwrap_or_else(|| Location::new(&Source::new("", ""), 0..0, ""));
            let gap = Gap { reason, origin: place.clone(), location: place, sql: None };
            upgraded.gaps.push(Missing { gap, by: failure.by });
        }
        self
    }

    /// Where nothing tells what the migrations run on, what they miss there is not known.
    fn without_old_failures(mut self) -> Self {
        let before = match &self.deployed {
            Some(deployed) => deployed.before.clone(),
            None => self.fresh.clone(),
        };
        let forgiven = |evaluated: &Arc<Evaluated>| origin::without_old_failures(evaluated, &before);
        self.fresh = forgiven(&self.fresh);
        if let Some(deployed) = &mut self.deployed {
            deployed.before = forgiven(&deployed.before);
            deployed.upgraded = forgiven(&deployed.upgraded);
        }
        self
    }
}

type FreshAndStated = (Arc<Evaluated>, Option<Origin>, Vec<Arc<Evaluated>>);

fn fresh_and_stated(
    program: &dyn Program,
    track: &Track,
    modules: &mut Modules<'_>,
) -> Result<FreshAndStated, Refusal> {
    let (fresh, origin) = program.history(track, modules)?;
    let stated = track.declared.iter().map(|file| program.declared(track, file, modules));
    Ok((fresh, origin, stated.collect::<Result<_, Refusal>>()?))
}

/// Adds what differs between a database and the declared schema. The first of `history` is that database, and what was not known before is not known of it either.
fn compare(
    history: &[&Evaluated],
    stated: &Evaluated,
    level: Level,
    found: &mut Vec<(Change, bool, bool)>,
    fresh: bool,
) {
    let Some(database) = history.first() else { return };
    let evaluations = || history.iter().copied().chain([stated]);
    if evaluations().any(Evaluated::is_partial) {
        return;
    }
    let is_unstated = |table: &Name| !stated.schema.tables.contains_key(table);
    for change in delta::diff(&with_types(&stated.schema, &database.schema), &database.schema, level) {
        if table_of(&change.object).is_some_and(|table| is_bookkeeping(table.as_str()) && is_unstated(table)) {
            continue;
        }
        let names = names(&change.object);
        if names.iter().any(|name| evaluations().any(|evaluated| evaluated.is_in_doubt(name))) {
            continue;
        }
        match found.iter_mut().find(|(known, ..)| *known == change) {
            Some((_, in_fresh, in_deployed)) => {
                *in_fresh |= fresh;
                *in_deployed |= !fresh;
            }
            None => found.push((change, fresh, !fresh)),
        }
    }
}

/// The stated schema, with the database's types where it says none.
fn with_types<'s>(stated: &'s Schema, database: &Schema) -> Cow<'s, Schema> {
    let open = |table: &Table| table.columns.iter().any(|column| column.data_type == ANY_TYPE);
    if !stated.tables.values().any(open) {
        return Cow::Borrowed(stated);
    }
    let mut typed = stated.clone();
    for table in typed.tables.values_mut() {
        for column in table.columns.iter_mut().filter(|column| column.data_type == ANY_TYPE) {
            let found = database.tables.get(&table.name).and_then(|table| table.column(&column.name));
            column.data_type = found.map(|column| column.data_type.clone()).unwrap_or_default();
        }
    }
    Cow::Owned(typed)
}

/// Whether projects and tools record under this name what has run.
pub(super) fn is_bookkeeping(table: &str) -> bool {
    BOOKKEEPING.iter().any(|known| table.eq_ignore_ascii_case(known))
}

/// The table that an object is, or is part of.
pub fn table_of(object: &Object) -> Option<&Name> {
    match object {
        Object::Table(name) | Object::VirtualTable(name) => Some(name),
        Object::View(_) | Object::Type(_) => None,
        Object::Trigger { table, .. }
        | Object::Column { table, .. }
        | Object::PrimaryKey { table }
        | Object::Index { table, .. }
        | Object::Unique { table, .. }
        | Object::ForeignKey { table, .. }
        | Object::Check { table, .. } => Some(table),
    }
}

/// The names that an object goes by: its own, and its table's.
pub fn names(object: &Object) -> Vec<&str> {
    let own = match object {
        Object::View(name) | Object::Type(name) | Object::Trigger { name, .. } | Object::Index { name, .. } => {
            Some(name.as_str())
        }
        _ => None,
    };
    own.into_iter().chain(table_of(object).map(Name::as_str)).collect()
}

/// The base's file of a declared schema: the same, or one of its name that is gone since.
fn base_file(file: &Declared, base: &Track, ends: &Ends<'_>) -> Option<Declared> {
    let is_file =
        |path: &String| matches!(ends.base.snapshot.entry(path), Ok(Some(found)) if found.kind == EntryKind::File);
    let name = file.path.rsplit('/').next();
    let moved = ends.changed_in_base().map(|change| &change.path).filter(|path| path.rsplit('/').next() == name);
    let candidates = std::iter::once(&file.path).chain(base.declared.iter().map(|own| &own.path)).chain(moved);
    let path = candidates.into_iter().find(|path| is_file(path))?;
    Some(Declared { path: path.clone(), ..file.clone() })
}

fn whole(table: &Name) -> Change {
    Change { object: Object::Table(table.clone()), kind: Kind::Added { definition: String::new() } }
}

/// The gaps that stand in something new: what was not known before is no news.
pub fn gaps(fresh: &Evaluated, upgraded: Option<&Evaluated>, ends: &Ends<'_>) -> Vec<Missing> {
    // What an upgrade runs is new, whatever is known of it there.
    let gaps = upgraded.iter().flat_map(|evaluated| evaluated.gaps.iter().map(|missing| &missing.by));
    let ran = upgraded.iter().flat_map(|evaluated| evaluated.log.iter().map(|ran| &ran.by));
    let new: HashSet<&By> = gaps.chain(ran).collect();
    let concerns = |missing: &&Missing| match upgraded {
        None => true,
        Some(_) => new.contains(&missing.by) || matches!(&missing.by, By::File(path) if ends.change_of(path).is_some()),
    };
    fresh.gaps.iter().filter(concerns).filter(|missing| !is_of_extension(missing)).cloned().collect()
}

/// Whether what is not known is a virtual table of an extension: what it keeps is for that engine alone, and no other has to
/// have it.
fn is_of_extension(missing: &Missing) -> bool {
    let makes_one = |sql: &String| {
        let words: Vec<_> = token::tokens(sql).take(2).collect();
        matches!(words.as_slice(), [create, virtual_one] if create.is("create") && virtual_one.is("virtual"))
    };
    missing.gap.reason.starts_with(OF_EXTENSION) && missing.gap.sql.as_ref().is_some_and(makes_one)
}

/// The statement of a change without its first words, for a comparison in a message.
pub fn shown(definition: &str) -> String {
    token::pretty(definition)
}
