//! The rule `downgrade-drift`.

use super::wording::{all, list, quoted};
use crate::change::{Change, TrackChange};
use crate::evaluate::way_back::{Comes, Undone};
use crate::finding::{Finding, Subject};
use crate::schema::delta::{self, Kind};
use crate::evaluate::drift;

declare_rule! {
    /// ## What it does
    /// Takes every new migration back that has a way back, on the database that it leaves, and reports one that fails or that does
    /// not lead back to the schema before: `downgrade()` of a revision, `.down.sql` or `down.sql` beside a file, what stands
    /// behind the mark for it in a file of goose, sql-migrate or dbmate. The finding names what stays, what is lost, and what comes
    /// back as something else.
    ///
    /// Several new migrations are taken back from the last to the first, each on what itself left. A way back that is empty by
    /// intent is let be (`pass`, `raise NotImplementedError`, no statement that changes the schema), and so is one of which not all
    /// is known. Rows that cannot come back, the order of columns, the names of constraints, labels that an enum type keeps, and
    /// another spelling of a view or an expression are no difference. On SQLite Alembic's batches make tables anew: of what these
    /// carry over only tables, columns and indexes are compared.
    ///
    /// ## Why is this bad?
    /// Nobody runs the way back until a deployment goes wrong. Then it stops half-way, or the next upgrade does: what stayed is
    /// there already.
    ///
    /// ## Example
    /// ```python
    /// def upgrade():
    ///     op.add_column("users", sa.Column("nick", sa.String(40)))
    ///     op.create_index("ix_users_name", "users", ["name"])
    ///
    /// def downgrade():
    ///     op.drop_column("users", "nick")
    /// ```
    ///
    /// ## Use instead
    /// ```python
    /// def downgrade():
    ///     op.drop_index("ix_users_name", table_name="users")
    ///     op.drop_column("users", "nick")
    /// ```
    ///
    /// ## References
    /// - [Alembic: downgrading](https://alembic.sqlalchemy.org/en/latest/tutorial.html#downgrading)
    "downgrade-drift", Warning, check
}

fn check(change: &Change) -> Vec<Finding> {
    let mut findings: Vec<Finding> = Vec::new();
    for (at, track) in change.tracks.iter().enumerate() {
        let Some(outcome) = &track.outcome else { continue };
        for undone in &outcome.after.undone {
            let finding = finding(track, undone);
            // A chain for several databases has one way back.
            let twins = change.tracks[..at].iter().filter(|first| first.track.is_twin_of(&track.track));
            let names: Vec<&str> = twins.map(|twin| twin.track.name.as_str()).collect();
            let is_told = |known: &Finding| {
                known.key == finding.key && known.track.as_deref().is_some_and(|track| names.contains(&track))
            };
            if !findings.iter().any(is_told) {
                findings.push(finding);
            }
        }
    }
    findings
}

fn finding(track: &TrackChange, undone: &Undone) -> Finding {
    let noun = track.track.kind.noun(1);
    let name = undone.by.migration().map_or("", |name| &**name);
    let way = format!("the way back of the {noun} {}", quoted(name));
    let place = track.place(&undone.place);
    let mut finding = match &undone.comes {
        Comes::Fails(failure) => {
            let message = format!("{way} fails: {} says {}", track.track.database_title(), quoted(&failure.error));
            let mut finding = Finding::new(&RULE, format!("{name} {}", failure.error), message, place);
            for place in failure.places.iter().take(2) {
                finding.relate(place, "fails here");
            }
            finding.notes.push(format!("it runs on a database that has just run the {noun}"));
            finding.help = "mend it, or leave it empty where nobody is to go back".to_owned();
            finding
        }
        Comes::Elsewhere(changes) => {
            let said = said(changes);
            let mut finding = Finding::new(&RULE, format!("{name} {said}"), format!("{way} {said}"), place);
            finding.notes.push("the next upgrade meets what stayed, and misses what is lost".to_owned());
            finding.help = format!("undo in it what the {noun} does, or leave it empty where nobody is to go back");
            let names = changes.iter().map(|change| drift::names(&change.object));
            let subject = |names: Vec<&str>| Subject {
                track: track.track.name.clone(),
                names: names.into_iter().map(str::to_owned).collect(),
            };
            finding.subjects = names.map(subject).collect();
            finding
        }
    };
    finding.track = Some(track.track.name.clone());
    if let Some(migration) = track.place_of(name) {
        finding.relate(migration, format!("the {noun}"));
    }
    finding
}

/// What stays, what is lost and what is another thing, as the rest of a sentence.
fn said(changes: &[delta::Change]) -> String {
    let of = |wanted: fn(&Kind) -> bool| -> Vec<String> {
        let changes = changes.iter().filter(|change| wanted(&change.kind));
        changes.map(|change| change.object.to_string()).collect()
    };
    let stays = of(|kind| matches!(kind, Kind::Added { .. }));
    let lost = of(|kind| matches!(kind, Kind::Removed { .. }));
    let others = changes.iter().filter_map(|change| match &change.kind {
        Kind::Changed { attribute, before, after } => {
            Some(format!("the {} of {} {} and not {}", attribute.as_str(), change.object, quoted(after), quoted(before)))
        }
        _ => None,
    });
    let others: Vec<String> = others.collect();
    let mut parts = Vec::new();
    if !stays.is_empty() {
        parts.push(format!("leaves {}", list(&stays)));
    }
    if !lost.is_empty() {
        parts.push(format!("loses {}", list(&lost)));
    }
    if !others.is_empty() {
        parts.push(format!("makes {}", list(&others)));
    }
    all(&parts)
}
