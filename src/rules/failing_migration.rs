//! The rule `failing-migration`.

use super::wording::quoted;
use crate::evaluate::outcome::Refusal;
use crate::finding::{Finding, Subject};
use crate::source::Location;
use crate::track::{Change, TrackChange};

declare_rule! {
    /// ## What it does
    /// Finds migrations that their database would refuse: on fresh databases, where every migration runs from nothing, or
    /// on deployed ones, where the merge base's database gets what is new. The message is the database's own.
    ///
    /// Errors that depend on rows are not seen: a `NOT NULL` column without a default on a table that has rows, a unique
    /// index over duplicates.
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

fn finding(track: &TrackChange, refusal: &Refusal<'_>) -> Option<Finding> {
    let failure = refusal.failure;
    let name = failure.by.migration()?;
    let noun = track.track.kind.noun(1);
    let where_ = match (refusal.fresh, refusal.deployed) {
        (true, true) => "on fresh and on deployed databases",
        (true, false) => "on fresh databases",
        (false, _) => "on deployed databases",
    };
    let title = track.track.dialect.title();
    // The class of an exception is Python's affair.
    let said = match failure.error.split_once(": ") {
        Some((class, said)) if class.ends_with("Error") && !class.contains(' ') => said,
        _ => failure.error.as_str(),
    };
    let message = format!("the {noun} {} fails {where_}: {title} says {}", quoted(name), quoted(said));
    let registered = track.new.iter().find(|migration| migration.name == **name).map(|one| one.location.clone());
    let places: Vec<&Location> = failure.places.iter().filter(|place| !place.path().is_empty()).collect();
    let primary = places.first().map(|place| (*place).clone()).or_else(|| registered.clone())?;
    let mut finding = Finding::new(&RULE, format!("{name} {}", failure.error), message, primary.clone());
    finding.track = Some(track.track.name.clone());
    finding.pre_existing = refusal.pre_existing;
    finding.related.extend(places.iter().skip(1).take(2).map(|place| (*place).clone().labelled("called here")));
    if let Some(place) = registered
        && (place.path() != primary.path() || place.range != primary.range)
    {
        finding.related.push(place.labelled("registered here"));
    }
    finding.notes.push(
        match (refusal.fresh, refusal.deployed) {
            (true, true) => "no database gets past it",
            (true, false) => "deployed systems upgrade, and every new installation stops here",
            (false, _) => "new installations work, and every deployed system stops here",
        }
        .to_owned(),
    );
    let exists = failure.error.contains("already exists") || failure.error.contains("duplicate column");
    finding.help = if exists && !refusal.deployed {
        "an earlier step makes it on fresh databases: ask for it first, or say `IF NOT EXISTS`".to_owned()
    } else if exists {
        "ask for it first, or say `IF NOT EXISTS`".to_owned()
    } else if failure.error.contains("does not exist") || failure.error.contains("no such") {
        "check the name, and that a migration before this one makes it".to_owned()
    } else {
        format!("let the {noun} say what {title} takes")
    };
    finding.subjects = vec![Subject { track: track.track.name.clone(), names: names_in(&failure.error) }];
    Some(finding)
}

/// The names that a database's message quotes.
fn names_in(error: &str) -> Vec<String> {
    error.split('"').skip(1).step_by(2).map(str::to_owned).collect()
}
