//! The rule `failing-migration`.

use super::failing_help as help;
use super::wording::quoted;
use crate::evaluate::{By, Evaluated, Failure, How};
use crate::evaluate::outcome::{Outcome, Refused};
use crate::finding::{Explained, Finding, Note, Subject, Which};
use crate::source::Location;
use crate::change::history::{Edit, Edited, is_in_place_of_removed};
use crate::change::{Change, TrackChange};
use crate::schema::database::{RefusalKind, Sort};
use crate::track::Track;

declare_rule! {
    /// ## What it does
    /// Finds migrations that their database would refuse: on fresh databases, where every migration runs from nothing, or
    /// on deployed ones, where the merge base's database gets what is new. The message is the database's own. Migrations that
    /// stop before a database is asked are found, too: at a name that nothing binds, at an operation or a type that Alembic
    /// and SQLAlchemy do not have, at arguments that they do not take.
    ///
    /// Of rows, only those are known that migrations insert themselves: a `NOT NULL` column without a default on a table to
    /// which none of them adds any is let be, and so is a unique index over duplicates.
    ///
    /// ## Why is this bad?
    /// A migration that fails stops the deployment, and often the program. The usual one is seen by nobody before: a
    /// baseline that reads the declared schema already makes the new column on every fresh database, so that the revision
    /// which adds it upgrades every deployed system and breaks every new installation.
    ///
    /// ## Example
    /// ```python
    /// # versions/0001_baseline.py creates what schema.py says today, `max_cost` included
    /// op.add_column("agent_loops", sa.Column("max_cost", sa.Float()))
    /// ```
    ///
    /// ## Use instead
    /// ```python
    /// op.execute("ALTER TABLE agent_loops ADD COLUMN IF NOT EXISTS max_cost DOUBLE PRECISION")
    /// ```
    ///
    /// ## References
    /// - [PostgreSQL: ALTER TABLE](https://www.postgresql.org/docs/current/sql-altertable.html)
    /// - [SQLite: ALTER TABLE](https://www.sqlite.org/lang_altertable.html)
    "failing-migration", Error, check
}

fn check(change: &Change) -> Vec<Finding> {
    let mut findings = Vec::new();
    for track in &change.tracks {
        let Some(outcome) = &track.outcome else { continue };
        let mut old = 0;
        for refusal in outcome.refusals() {
            // What comes after the first is often its consequence.
            old += usize::from(refusal.pre_existing);
            if !refusal.pre_existing || old == 1 {
                findings.extend(finding(track, &refusal));
            }
        }
    }
    findings
}

fn finding(track: &TrackChange, refusal: &Refused<'_>) -> Option<Finding> {
    let failure = refusal.failure;
    let (noun, name) = match &failure.by {
        By::Migration(name) => (track.track.kind.noun(1), name),
        // What new databases are made by, where the files only upgrade.
        By::File(path) => {
            let is_own = track.track.kind.is_sql() && track.track.declared.iter().any(|file| file.path == **path);
            if !refusal.fresh || !is_own {
                return None;
            }
            ("schema", path)
        }
    };
    let where_ = match (refusal.fresh, refusal.deployed) {
        (true, true) => "on fresh and on deployed databases",
        (true, false) => "on fresh databases",
        (false, _) => "on deployed databases",
    };
    let (speaker, said) = match failure.how {
        How::Refused | How::Stopped => said(&failure.error, track.track.dialect.title()),
        How::Raised | How::NotLoaded => ("Python", failure.error.as_str()),
    };
    let message = format!("the {noun} {} fails {where_}: {speaker} says {}", quoted(name), quoted(said));
    let registered = track.new.iter().find(|migration| migration.name == **name).map(|one| one.location.clone());
    let places: Vec<&Location> = failure.places.iter().filter(|place| !place.path().is_empty()).collect();
    // Where the list is read by another name than the one that it has when it is loaded, a new one is to blame.
    let of_new = || track.new.first().map(|new| &new.location);
    let known = places.first().copied().or_else(|| track.place_of(name));
    // Of two with one name, which is told, it is not known which of them is meant.
    if track.place_of(name).is_none() && !track.repeated.is_empty() {
        return None;
    }
    let known = known.or_else(of_new);
    let primary = known.map_or_else(|| track.home.clone(), |location| track.place(location));
    let mut finding = Finding::new(&RULE, key(failure), message, primary);
    finding.track = Some(track.track.name.clone());
    finding.pre_existing = refusal.pre_existing;
    let is_unreleased = |edit: &Edit| edit.what != Edited::Removed || track.unreleased.contains(&edit.name);
    // What it is written in place of nobody was given.
    finding.weak = is_in_place_of_removed(track, refusal) && track.edits.iter().all(is_unreleased);
    if failure.how == How::Refused && !is_refused_by_all(&failure.kind) {
        weaken_assumed(&track.track, &mut finding);
    }
    if !refusal.fresh && is_taken_by_release(track, failure) {
        // Those who have the release are as they should be.
        if track.of_release.as_ref().is_some_and(|release| release.is_restored) {
            return None;
        }
        finding.weak = true;
        finding.notes.push("what stops it no release tag has, so it is taken for not released".to_owned());
    }
    for place in places.iter().skip(1).take(2) {
        finding.relate(place, "called here");
    }
    if let Some(place) = registered {
        finding.relate(&place, "registered here");
    }
    let passes = |others: fn(&Outcome) -> &Evaluated| {
        track.outcome.as_ref().is_some_and(|outcome| is_known_to_pass(failure, others(outcome)))
    };
    finding.notes.push(
        match (refusal.fresh, refusal.deployed) {
            _ if failure.how == How::NotLoaded => "Alembic loads every revision, so no command works",
            (true, true) => "no database gets past it",
            // What a deployed database has in its rows is not known.
            (true, false) if failure.kind != RefusalKind::Rows && passes(|outcome| &outcome.after) => {
                "deployed systems upgrade, and every new installation stops here"
            }
            (true, false) => "every new installation stops here",
            (false, _) if passes(|outcome| &outcome.fresh) => {
                "new installations work, and every deployed system stops here"
            }
            (false, _) => "every deployed system stops here",
        }
        .to_owned(),
    );
    finding.help = of_own(failure, noun).or_else(|| of_python(&failure.error, noun)).unwrap_or_else(|| help::help(track, refusal, speaker, said));
    // What it was to make is missing: that is no mistake beside it.
    let undone = undone(&finding.primary);
    let lacking = |rule| Explained { rule, which: Which::Lacking(undone.clone()), note: Note::Own };
    if track.new.iter().any(|migration| migration.name == **name) {
        finding.explains = vec![lacking("schema-drift"), lacking("track-drift")];
    }
    // What it does otherwise than before is that it stops.
    if failure.how != How::Refused {
        let which = Which::Key(format!("effect {name}"));
        finding.explains.push(Explained { rule: "edited-history", which, note: Note::Nothing });
    }
    // It is carried out once more without what fails, and may stop there again.
    let which = Which::Key(format!("{} stops with {}", failure.by, failure.error));
    finding.explains.push(Explained { rule: "unevaluated", which, note: Note::Nothing });
    finding.subjects = vec![Subject { track: track.track.name.clone(), names: names_in(&failure.error) }];
    Some(finding)
}

/// Whether these databases are known, too, to get past what stops the others: neither what somebody else makes nor what cannot
/// be computed is, or what stops them for a reason of their own.
fn is_known_to_pass(failure: &Failure, others: &Evaluated) -> bool {
    let is_there = |table: &str| others.schema.tables.get(&table.into()).is_some_and(|table| !table.open);
    failure.kind.missing_table().is_none_or(is_there)
        && !others.gaps.iter().any(|missing| missing.by == failure.by)
        && !others.failures.iter().any(|other| other.by == failure.by)
}

/// Whether a table or a column is missing, something is there already, or no database is asked: whichever it is, it does not pass.
fn is_refused_by_all(kind: &RefusalKind) -> bool {
    kind.misses(&[Sort::Table, Sort::Column]) || matches!(kind, RefusalKind::Exists(_) | RefusalKind::Unread)
}

/// What only one of several databases would refuse, where nothing says that it is this one, is a warning.
pub(super) fn weaken_assumed(track: &Track, finding: &mut Finding) {
    if track.is_dialect_assumed {
        finding.weak = true;
        finding.notes.push(format!(
            "that the database is {} is assumed: the project names several, or none; `dialect` in parity.toml says it",
            track.dialect.title()
        ));
    }
}

/// Whether a database of the newest release, or none before the first, gets past what stops one of the merge base.
fn is_taken_by_release(track: &TrackChange, failure: &Failure) -> bool {
    let is_it = |other: &Failure| other.by == failure.by && other.error == failure.error;
    track.of_release.as_ref().is_some_and(|release| !release.upgraded.failures.iter().any(is_it))
}

/// What tells a refusal from others of its rule.
pub(super) fn key(failure: &Failure) -> String {
    let name = failure.by.migration().map_or("", |name| &**name);
    format!("{name} {}", failure.error)
}

/// The code that a refusal leaves undone: from its place to the end of the function.
fn undone(place: &Location) -> String {
    let rest = place.source.text().get(place.range.start..).unwrap_or_default();
    let is_inside = |line: &&str| line.is_empty() || line.starts_with([' ', '\t', ')', '"', '\'']);
    let first = rest.lines().take(1);
    first.chain(rest.lines().skip(1).take_while(is_inside)).collect::<Vec<_>>().join("\n")
}

/// Who refuses, and in which words: the class of a database's exception is Python's affair.
fn said<'e>(error: &'e str, database: &'static str) -> (&'e str, &'e str) {
    const SQLALCHEMY: [&str; 10] = [
        "ArgumentError",
        "CircularDependencyError",
        "CompileError",
        "DuplicateColumnError",
        "IdentifierError",
        "InvalidRequestError",
        "NoReferencedTableError",
        "NoSuchTableError",
        "ObjectNotExecutableError",
        "StatementError",
    ];
    const PYTHON: [&str; 11] = [
        "AssertionError",
        "AttributeError",
        "ImportError",
        "IndexError",
        "KeyError",
        "ModuleNotFoundError",
        "NameError",
        "UnboundLocalError",
        "RuntimeError",
        "TypeError",
        "ValueError",
    ];
    match error.split_once(": ") {
        // It says no more than a name.
        Some(("NoSuchTableError", _)) => ("SQLAlchemy", error),
        Some((class, said)) if SQLALCHEMY.contains(&class) => ("SQLAlchemy", said),
        Some((class, _)) if PYTHON.contains(&class) => ("Python", error),
        Some(("CommandError" | "NotImplementedError", said)) => ("Alembic", said),
        Some((speaker @ ("lib/pq" | "sql-migrate" | "goose" | "dbmate" | "Flyway"), said)) => (speaker, said),
        Some((class, said)) if class.ends_with("Error") && !class.contains(' ') => (database, said),
        _ => (database, error),
    }
}

/// What helps where the project's own code is against it.
fn of_own(failure: &Failure, noun: &str) -> Option<String> {
    match failure.how {
        How::Raised => Some(format!("let the {noun} do its work instead of raising an exception")),
        How::NotLoaded if failure.error.starts_with("ModuleNotFoundError") => {
            Some("import it from where it is, or put it there".to_owned())
        }
        How::Stopped if failure.error.ends_with("has no attribute 'upgrade'") => {
            Some("give it a function `upgrade()`".to_owned())
        }
        _ => None,
    }
}

/// What helps where no database has been asked yet; `None` where it has.
fn of_python(error: &str, noun: &str) -> Option<String> {
    let (class, said) = error.split_once(": ")?;
    let name = said.split('\'').nth(1).unwrap_or_default();
    Some(match class {
        "NameError" => format!("bind {} in the {noun}: an import of it is missing", quoted(name)),
        "AttributeError" | "ImportError" => "check the name".to_owned(),
        "NotImplementedError" if said.contains("batch mode") => {
            "change the table in a batch: `with op.batch_alter_table(\"…\") as batch_op:`".to_owned()
        }
        "ValueError" if said == "Constraint must have a name" => "give the constraint a name".to_owned(),
        "TypeError" | "ValueError" => "check what it is called with".to_owned(),
        "ArgumentError" if said.starts_with("Argument 'arg'") => {
            "give the default as a text that is SQL: `sa.text(\"…\")`, or `sa.false()`".to_owned()
        }
        _ => return None,
    })
}

/// The names that a database's message quotes.
fn names_in(error: &str) -> Vec<String> {
    error.split('"').skip(1).step_by(2).map(str::to_owned).collect()
}
