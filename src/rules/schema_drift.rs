//! The rule `schema-drift`.

use crate::evaluate::drift::{self, Difference};
use crate::finding::{Finding, Subject};
use crate::schema::delta::{Attribute, Kind, Object};
use crate::track::{Change, Track};

declare_rule! {
    /// ## What it does
    /// Compares what the migrations make of a database with what the declared schema says: on a fresh database, and on
    /// one that the merge base made and head's new migrations upgrade.
    ///
    /// ## Why is this bad?
    /// New installations are made from the declared schema, deployed systems are moved on by the migrations. Where the two
    /// differ, the same code runs on two different databases, and one of them breaks. A column that somebody adds to the
    /// declared schema alone works on every fresh database, in every test, and on no deployed one.
    ///
    /// ## Example
    /// ```python
    /// # schema.py: a new column
    /// "agents": "CREATE TABLE agents (id INTEGER PRIMARY KEY, name TEXT, max_cost REAL)",
    /// # migrations.py: nothing
    /// ```
    ///
    /// ## Use instead
    /// ```python
    /// MIGRATIONS = [
    ///     ...,
    ///     ("agents_max_cost", lambda cursor, conn: cursor.execute("ALTER TABLE agents ADD COLUMN max_cost REAL")),
    /// ]
    /// ```
    ///
    /// ## References
    /// - [SQLite: ALTER TABLE](https://www.sqlite.org/lang_altertable.html)
    /// - [SQLite: CREATE TABLE](https://www.sqlite.org/lang_createtable.html), which does nothing to a table that is there
    "schema-drift", Error, check
}

fn check(change: &Change) -> Vec<Finding> {
    let mut findings = Vec::new();
    for change in &change.tracks {
        let Some(drift) = &change.drift else { continue };
        findings.extend(drift.differences.iter().filter_map(|difference| finding(&change.track, difference)));
    }
    findings
}

fn finding(track: &Track, difference: &Difference) -> Option<Finding> {
    let change = &difference.change;
    let object = &change.object;
    let declared = &difference.declared;
    let migrations = &track.path;
    let message = match &change.kind {
        Kind::Added { .. } => format!("{} is in the migrations and not in `{declared}`", change.subject()),
        Kind::Removed { .. } => format!("{} is in `{declared}` and not in the migrations", change.subject()),
        Kind::Changed { attribute: Attribute::Definition, .. } => {
            format!("{object} is not the same in `{declared}` and in the migrations")
        }
        Kind::Changed { attribute, before, after } => {
            let (stated, made) = (value(before), value(after));
            format!("{} of {object}: {stated} in `{declared}`, {made} in the migrations", attribute.as_str())
        }
    };
    let stated = || difference.by_declared.clone().or_else(|| difference.table_declared.clone());
    let by_migrations = difference.by_migrations.clone();
    // The side that says it is where to look; the other is where to write.
    let primary = match change.kind {
        Kind::Removed { .. } => stated().or(by_migrations.clone()),
        _ => by_migrations.clone().or_else(stated),
    }?;
    let key = format!("{object} {declared} {}", attribute_key(&change.kind));
    let mut finding = Finding::new(&RULE, key, message, primary.clone());
    finding.track = Some(track.name.clone());
    finding.pre_existing = difference.pre_existing;
    let is_primary = |other: &crate::source::Location| other.path() == primary.path() && other.range == primary.range;
    let others = [
        (by_migrations, "the migrations say it here"),
        (difference.by_declared.clone(), "the declared schema says it here"),
        (difference.table_declared.clone(), "the declared schema's table"),
    ];
    for (place, label) in others {
        let known = |place: &crate::source::Location| {
            is_primary(place) || finding.related.iter().any(|one| one.path() == place.path() && one.range == place.range)
        };
        if let Some(place) = place.filter(|place| !known(place))
            && (finding.related.is_empty() || label != "the declared schema's table")
        {
            finding.related.push(place.labelled(label));
        }
    }
    finding.notes.push(breaks(difference).to_owned());
    finding.diff = change.text_diff().map(|diff| format!("from `{declared}` (-) to the migrations (+):\n{diff}"));
    finding.help = match (&change.kind, object) {
        (Kind::Added { .. }, _) => format!("add it to `{declared}`"),
        (Kind::Removed { .. }, Object::Column { table, .. }) => {
            format!("add a migration to `{migrations}` that adds the column to `{table}`, or take it out of `{declared}`")
        }
        (Kind::Removed { .. }, _) => format!("add a migration to `{migrations}` that creates it, or take it out of `{declared}`"),
        (Kind::Changed { .. }, _) => format!("let `{declared}` and the last migration that makes it say the same"),
    };
    finding.subjects = vec![Subject {
        track: track.name.clone(),
        names: drift::names(object).into_iter().map(str::to_owned).collect(),
    }];
    Some(finding)
}

/// Which databases have what the declared schema doesn't say, or the other way round.
fn breaks(difference: &Difference) -> &'static str {
    match (difference.fresh, difference.deployed) {
        (true, true) => "fresh installations and deployed systems both differ from the declared schema",
        (true, false) => "only fresh installations differ from the declared schema; deployed systems agree with it",
        (false, _) => "deployed systems differ from the declared schema after their upgrade; fresh installations agree with it",
    }
}

fn attribute_key(kind: &Kind) -> &'static str {
    match kind {
        Kind::Added { .. } => "added",
        Kind::Removed { .. } => "removed",
        Kind::Changed { attribute, .. } => attribute.as_str(),
    }
}

fn value(text: &str) -> String {
    if text.is_empty() { "none".to_owned() } else { format!("`{text}`") }
}
