//! The rule `foreign-table`.

use super::wording::{list, quoted};
use crate::evaluate::territory::{Act, Trespass};
use crate::finding::{Finding, Subject};
use crate::change::{Change, TrackChange};

declare_rule! {
    /// ## What it does
    /// Reports a new migration that makes, alters or drops a table which its track does not own, and a foreign key to a
    /// table that the track may not refer to. A track says what is its own by `owns`, and what of others it may refer to
    /// by `may-reference`, in the configuration. Judged is what the migrations do to deployed databases, so a table that
    /// a migration makes and drops again is nothing.
    ///
    /// ## Why is this bad?
    /// Chains that share a database are upgraded one after the other, in an order that neither knows, and some
    /// installations have only one of them. A chain that alters another's table fails where that table is not there yet,
    /// and leaves the other chain with a table that is not what its revisions say.
    ///
    /// ## Example
    /// ```toml
    /// [track.billing]
    /// kind = "alembic"
    /// migrations = "billing/versions"
    /// owns = ["billing_*"]
    /// may-reference = ["users"]
    /// ```
    /// ```python
    /// # billing/versions/0007_plan.py
    /// def upgrade():
    ///     op.add_column("users", sa.Column("plan", sa.Text()))
    /// ```
    ///
    /// ## Use instead
    /// ```python
    /// def upgrade():
    ///     op.create_table(
    ///         "billing_plans",
    ///         sa.Column("user_id", sa.Integer(), sa.ForeignKey("users.id"), primary_key=True),
    ///         sa.Column("plan", sa.Text()),
    ///     )
    /// ```
    ///
    /// ## References
    /// - [Alembic: run multiple Alembic environments from one .ini file](https://alembic.sqlalchemy.org/en/latest/cookbook.html#run-multiple-alembic-environments-from-one-ini-file)
    "foreign-table", Error, check
}

fn check(change: &Change) -> Vec<Finding> {
    let all = &change.tracks;
    all.iter().flat_map(|track| track.trespasses.iter().map(|trespass| finding(track, trespass, all))).collect()
}

fn finding(change: &TrackChange, trespass: &Trespass, all: &[TrackChange]) -> Finding {
    let (name, table) = (&change.track.name, quoted(&trespass.table));
    let owner = all.iter().map(|other| &other.track).find(|other| {
        other.name != *name && other.territory.as_ref().is_some_and(|territory| territory.has(&trespass.table))
    });
    let belongs = owner.map_or_else(String::new, |owner| format!(": it belongs to `{}`", owner.name));
    let by = trespass.by.as_deref().map_or_else(|| format!("`{name}`"), |by| format!("`{by}` on `{name}`"));
    let help = match owner {
        Some(owner) => format!("write it as a {} of `{}`", owner.kind.noun(1), owner.name),
        None => format!("write it for the track that has {table}, or add it to `owns` of `{name}` if it is its own"),
    };
    let does = |verb: &str| format!("{by} {verb} {table}, which `{name}` does not own{belongs}");
    let (kind, message, help) = match &trespass.act {
        Act::Alters(parts) => ("alters", does("alters") + &parts_of(parts), help),
        Act::Makes => ("makes", does("makes"), help),
        Act::Drops => ("drops", does("drops"), help),
        Act::RefersFrom(from) => (
            "refers",
            format!("a foreign key of `{from}` leads to {table}, which `{name}` may not refer to{belongs}"),
            format!("keep the value without a foreign key, or add {table} to `may-reference` of `{name}`"),
        ),
    };
    let place = trespass.place.clone().or_else(|| change.new.first().map(|migration| migration.location.clone()));
    let place = place.map_or_else(|| change.home.clone(), |location| change.place(&location));
    let key = format!("{kind} {} {}", trespass.table, trespass.by.as_deref().unwrap_or_default());
    let mut finding = Finding::new(&RULE, key, message, place);
    finding.track = Some(name.clone());
    finding.subjects = vec![Subject { track: name.clone(), names: vec![trespass.table.clone()] }];
    finding.help = help;
    finding
}

/// What of the table changes, where that is known.
fn parts_of(parts: &[String]) -> String {
    if parts.is_empty() { String::new() } else { format!(" ({})", list(parts)) }
}
