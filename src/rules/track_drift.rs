//! The rule `track-drift`.

use super::wording::quoted;
use crate::evaluate::drift;
use crate::evaluate::parity::{Difference, What};
use crate::finding::{Finding, Subject};
use crate::schema::delta::Object;
use crate::source::Location;
use crate::track::{Change, TrackChange};

declare_rule! {
    /// ## What it does
    /// Compares what a change does to the two databases of a pair: the tables, columns, indexes and keys that deployed
    /// systems gain and lose on each, whatever files that is spread over and however they are named. Types are compared by
    /// what they keep, defaults by their value. Where the merge base already differs, nothing is demanded.
    ///
    /// Steps on data alone, table rebuilds that end where they began, and whole tracks that are new or gone are silent.
    /// Triggers, checks, extensions and enum types are not compared.
    ///
    /// ## Why is this bad?
    /// A revision file that exists is not a revision that does the job. An empty `upgrade()`, a misspelt column, a
    /// forgotten index or a default that only one side has pass every review that counts files, and the two databases
    /// part.
    ///
    /// ## Example
    /// ```python
    /// # migrations.py
    /// cursor.execute("ALTER TABLE agent_loops ADD COLUMN max_cost REAL")
    /// # versions/0008_agent_loops_max_cost.py
    /// op.add_column("agent_loops", sa.Column("max_costs", sa.Float()))
    /// ```
    ///
    /// ## Use instead
    /// ```python
    /// op.add_column("agent_loops", sa.Column("max_cost", sa.Float()))
    /// ```
    ///
    /// ## References
    /// - [SQLite: type affinity](https://www.sqlite.org/datatype3.html)
    /// - [PostgreSQL: data types](https://www.postgresql.org/docs/current/datatype.html)
    "track-drift", Error, check
}

fn check(change: &Change) -> Vec<Finding> {
    let mut findings = Vec::new();
    for parity in &change.parities {
        let (Some(first), Some(second)) = (change.tracks.get(parity.pair.0), change.tracks.get(parity.pair.1)) else {
            continue;
        };
        // Where a whole revision is missing, one finding says so.
        if first.demands(second) || second.demands(first) {
            continue;
        }
        for difference in &parity.differences {
            let side = |index: usize| if index == parity.pair.0 { first } else { second };
            findings.push(finding(side(difference.on), side(difference.not_on), difference));
        }
    }
    findings
}

/// The finding about one difference.
pub(crate) fn finding(on: &TrackChange, not_on: &TrackChange, difference: &Difference) -> Finding {
    let object = &difference.object;
    let (here, there) = (quoted(&on.track.name), quoted(&not_on.track.name));
    let by = difference.by.as_deref().map(|by| format!(" by {}", quoted(by))).unwrap_or_default();
    let message = match &difference.what {
        What::Added(definition) => {
            let definition = if definition.is_empty() { String::new() } else { format!(" ({definition})") };
            let definition = definition.replace("((", "(").replace("))", ")");
            format!("{object}{definition} is added on {here}{by}, and not on {there}")
        }
        What::Removed => format!("{object} is removed on {here}{by}, and not on {there}"),
        What::Differs { attribute, on, not_on } => {
            format!("{} of {object}: `{on}` on {here}, `{not_on}` on {there}", attribute.as_str())
        }
    };
    let fallback = || Location::line(&crate::source::Source::new(on.track.path.as_str(), ""), 1, "");
    let first_new = |change: &TrackChange| change.new.first().map(|migration| migration.location.clone());
    let primary = difference.place.clone().or_else(|| first_new(on)).or_else(|| first_new(not_on));
    let primary = primary.or_else(|| difference.other.clone()).unwrap_or_else(fallback);
    let key = match &difference.what {
        What::Added(_) => format!("{object} added {}", on.track.name),
        What::Removed => format!("{object} removed {}", on.track.name),
        What::Differs { attribute, .. } => format!("{object} {}", attribute.as_str()),
    };
    let mut finding = Finding::new(&RULE, key, message, primary.clone());
    finding.track = Some(not_on.track.name.clone());
    let other = first_new(not_on).map(|place| (place, format!("what is new on {there}")));
    let other = other.or_else(|| difference.other.clone().map(|place| (place, format!("the table on {there}"))));
    if let Some((place, label)) = other
        && (place.path() != primary.path() || place.range != primary.range)
    {
        finding.related.push(place.labelled(label));
    }
    finding.notes.push(match &difference.what {
        What::Differs { .. } => "after this change the two databases keep different things under one name".to_owned(),
        _ => format!(
            "{} databases that run this change differ from {} ones",
            not_on.track.dialect.title(),
            if on.track.dialect == not_on.track.dialect { "the other".to_owned() } else { on.track.dialect.title().to_owned() }
        ),
    });
    finding.help = help(on, not_on, difference);
    // What one track alone has is exempt where it is on that one.
    let having: &[&TrackChange] = match &difference.what {
        What::Added(_) => &[on],
        What::Removed => &[not_on],
        What::Differs { .. } => &[on, not_on],
    };
    let names = || drift::names(object).into_iter().map(str::to_owned).collect();
    finding.subjects =
        having.iter().map(|change| Subject { track: change.track.name.clone(), names: names() }).collect();
    finding
}

fn help(on: &TrackChange, not_on: &TrackChange, difference: &Difference) -> String {
    let noun = not_on.track.kind.noun(1);
    let target = match not_on.new.first() {
        Some(migration) => format!("the {noun} {}", quoted(&migration.name)),
        None => format!("a new {noun} in `{}`", not_on.track.path),
    };
    match (&difference.what, &difference.object) {
        (What::Added(_), Object::Column { table, .. }) => format!("let {target} add the column to `{table}`, too"),
        (What::Added(_), _) => format!("let {target} create it, too"),
        (What::Removed, _) => format!("let {target} drop it, too"),
        (What::Differs { .. }, _) => {
            format!("let {target} say the same as `{}`", on.new.first().map_or(on.track.name.as_str(), |one| &one.name))
        }
    }
}
