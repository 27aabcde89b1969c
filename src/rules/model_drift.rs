//! The rule `model-drift`.

use super::schema_drift;
use super::standing::{is_written, todo, who};
use super::wording::{is_near, quoted};
use crate::evaluate::drift;
use crate::evaluate::models::Difference;
use crate::evaluate::models::compare::How;
use crate::finding::{Explained, Finding, Note, Side, Standing, Subject, Which};
use crate::schema::delta::{Attribute, Object};
use crate::change::{Change, TrackChange};
use crate::change::history::{Edit, Edited};
use crate::source::has_name;

declare_rule! {
    /// ## What it does
    /// Compares what a change does to the models beside an Alembic chain with what it does to a deployed database: tables,
    /// columns, their types, whether they may be null, defaults that the models state, indexes, unique and foreign keys, the
    /// values of enums. The models are those that `env.py` hands to Alembic as `target_metadata`; nothing of them is
    /// run. Those that `declared` names are compared alike, and told as `schema-drift`.
    ///
    /// What was apart at the merge base already is no news. What `include_object`, `include_name`, `compare_type` and
    /// `compare_server_default` keep from autogenerate is left alone here, too, and so are comments, names of indexes and
    /// constraints, checks, triggers, and a length that one side alone says.
    ///
    /// ## Why is this bad?
    /// The application asks the database for what its models say. A column that a model gains and no revision adds works in
    /// every test that makes its tables from the models, and on no deployed system. `alembic check` tells the same, with
    /// the project installed and a migrated database beside it.
    ///
    /// ## Example
    /// ```python
    /// # models.py: a new column, and no revision
    /// class User(Base):
    ///     __tablename__ = "users"
    ///     id: Mapped[int] = mapped_column(primary_key=True)
    ///     nick: Mapped[str | None]
    /// ```
    ///
    /// ## Use instead
    /// ```python
    /// # versions/0008_users_nick.py
    /// def upgrade():
    ///     op.add_column("users", sa.Column("nick", sa.String(), nullable=True))
    /// ```
    ///
    /// ## References
    /// - [Alembic: autogenerate](https://alembic.sqlalchemy.org/en/latest/autogenerate.html)
    /// - [SQLAlchemy: declarative tables](https://docs.sqlalchemy.org/en/20/orm/declarative_tables.html)
    "model-drift", Error, check
}

fn check(change: &Change) -> Vec<Finding> {
    change.tracks.iter().filter(|track| !is_declared(track)).flat_map(findings).collect()
}

/// Whether the configuration names the models of a chain: then they are a declared schema, and `schema-drift` tells.
pub(super) fn is_declared(track: &TrackChange) -> bool {
    !track.track.declared.is_empty()
}

/// What is found of the models of a track.
pub(super) fn findings(track: &TrackChange) -> Vec<Finding> {
    let Some(models) = &track.models else { return Vec::new() };
    let mut findings = Vec::new();
    for difference in &models.differences {
        let mut finding = finding(track, difference);
        if let Some((near, name)) = models.differences.iter().find_map(|other| misspelt(difference, other)) {
            finding.help = format!("databases have `{name}`: did you mean this one? Else {}", finding.help);
            let which = Which::Key(key(near));
            finding.explains.push(Explained { rule: finding.rule.name, which, note: Note::Nothing });
        }
        findings.push(finding);
    }
    findings
}

/// Of a column that databases lack, the one that they have under a name that is nearly the same.
fn misspelt<'d>(missing: &Difference, other: &'d Difference) -> Option<(&'d Difference, &'d str)> {
    let (How::Missing(_), How::Extra(_)) = (&missing.how, &other.how) else { return None };
    let (Object::Column { table, name }, Object::Column { table: its, name: near }) = (&missing.object, &other.object)
    else {
        return None;
    };
    (table == its && is_near(name.as_str(), near.as_str())).then_some((other, near.as_str()))
}

pub(crate) fn key(difference: &Difference) -> String {
    let object = &difference.object;
    match &difference.how {
        How::Missing(_) => format!("{object} missing"),
        How::Extra(_) => format!("{object} without a model"),
        How::Renamed(name) => format!("{object} renamed {name}"),
        How::Differs { attribute, .. } => format!("{object} {}", attribute.as_str()),
    }
}

/// "column `users.nick` (VARCHAR)".
fn subject(difference: &Difference) -> String {
    let object = &difference.object;
    match (&difference.how, object) {
        (How::Missing(definition) | How::Extra(definition), Object::Column { .. }) if !definition.is_empty() => {
            format!("{object} ({definition})")
        }
        (How::Missing(definition) | How::Extra(definition), Object::Index { .. }) if !definition.is_empty() => {
            format!("{object} {definition}")
        }
        _ => object.to_string(),
    }
}

fn message(track: &TrackChange, difference: &Difference) -> String {
    let (noun, name) = (track.track.kind.noun(1), &track.track.name);
    let models = match &difference.stated {
        Some(place) => quoted(place.path()),
        None => "the models".to_owned(),
    };
    let by = difference.by.as_deref().map(|by| format!(" by {}", quoted(by))).unwrap_or_default();
    let subject = subject(difference);
    match &difference.how {
        How::Missing(_) if difference.is_dropped => {
            format!("{subject} is dropped{by}, and {models} still has it")
        }
        How::Missing(_) => format!("{subject} is in {models}, and no {noun} of `{name}` makes it"),
        How::Extra(_) if difference.is_dropped => {
            format!("{subject} is gone from {models}, and no {noun} of `{name}` drops it")
        }
        How::Extra(_) => match difference.object {
            Object::Table(_) => format!("{subject} is made{by}, and no model has it"),
            _ => format!("{subject} is made{by}, and {models} does not have it"),
        },
        How::Renamed(new) => {
            format!("{subject} is called `{new}` in {models}, and no {noun} of `{name}` renames it")
        }
        How::Differs { attribute: Attribute::Definition, stated, made } => match &difference.object {
            Object::Type(_) => format!("{subject}: {models} has the values {stated}; databases have {made}"),
            _ => format!("{subject}: `{stated}` in {models}, `{made}` in databases"),
        },
        How::Differs { attribute, stated, made } => {
            format!("{} of {subject}: `{stated}` in {models}, `{made}` in databases", attribute.as_str())
        }
    }
}

fn why(difference: &Difference) -> &'static str {
    match (&difference.how, &difference.object) {
        (How::Renamed(_), _) | (How::Missing(_), Object::Table(_) | Object::Column { .. }) => {
            "the application asks deployed databases for what they do not have"
        }
        (How::Missing(_), _) => "databases that the revisions make lack it; those that the models make in tests have it",
        (How::Extra(_), Object::Table(_) | Object::Column { .. }) => {
            "deployed databases have what no model knows; the next autogenerated revision drops it"
        }
        (How::Extra(_), Object::Type(_)) => "deployed databases take a value that the class does not have",
        (How::Extra(_), _) => "deployed databases have what the models do not say; the next autogenerated revision drops it",
        (How::Differs { .. }, Object::Type(_)) => "deployed databases refuse a value that the class has",
        (How::Differs { attribute: Attribute::Nullability, stated, .. }, _) if stated == "NULL" => {
            "deployed databases refuse a row without a value, which the models allow"
        }
        (How::Differs { .. }, _) => "what the models promise is not what deployed databases keep",
    }
}

/// The edits of old migrations by which new databases, and these alone, are as the models say.
fn edits_behind<'t>(track: &'t TrackChange, difference: &Difference) -> Vec<&'t Edit> {
    track.edits.iter().filter(|edit| is_behind(track, difference, edit)).collect()
}

/// Whether an edit is what leaves deployed databases apart from the models.
pub(super) fn is_behind(track: &TrackChange, difference: &Difference, edit: &Edit) -> bool {
    let names = drift::names(&difference.object);
    let says = |texts: &[&str]| names.iter().all(|name| texts.iter().any(|text| has_name(text, name)));
    difference.only_deployed
        && match &edit.what {
            Edited::Effect { before, after } => says(&[&before.concat(), &after.concat()]),
            Edited::Text { before, after } => says(&[before, after]),
            Edited::Removed => says(&track.executed_before(&edit.name)),
            _ => false,
        }
}

/// How something stands in the models and on the chain.
fn standing(track: &TrackChange, difference: &Difference) -> Standing {
    let own = &track.track;
    let object = &difference.object;
    let (stated, made, attribute) = match &difference.how {
        How::Missing(_) => (Some(String::new()), None, None),
        How::Extra(_) | How::Renamed(_) => (None, Some(String::new()), None),
        How::Differs { attribute, stated, made } => (Some(stated.clone()), Some(made.clone()), Some(*attribute)),
    };
    let definition = match &difference.how {
        How::Missing(definition) | How::Extra(definition) if matches!(object, Object::Column { .. }) => definition.clone(),
        _ => String::new(),
    };
    let models = difference.stated.as_ref().map_or_else(|| "the models".to_owned(), |place| quoted(place.path()));
    let is_missing = matches!(difference.how, How::Missing(_));
    Standing {
        object: object.clone(),
        attribute,
        definition,
        is_dropped: difference.is_dropped,
        tracks: vec![own.name.clone()],
        made: difference.by.as_ref().map(|by| (own.name.clone(), by.to_string())),
        lacking: is_missing.then(|| own.name.clone()),
        sides: vec![
            Side { who: models, says: stated, todo: String::new() },
            Side { who: who(own), says: made, todo: todo(own, object, difference.is_dropped && !is_missing) },
        ],
    }
}

pub(crate) fn finding(track: &TrackChange, difference: &Difference) -> Finding {
    let (stated, made) = (difference.stated.as_ref(), difference.made.as_ref());
    let is_of_models = !matches!(difference.how, How::Extra(_)) || difference.is_dropped;
    let first = if is_of_models { stated.or(made) } else { made.or(stated) };
    let primary = first.map_or_else(|| track.home.clone(), |location| track.place(location));
    let rule = if is_declared(track) { &schema_drift::RULE } else { &RULE };
    let mut finding = Finding::new(rule, key(difference), message(track, difference), primary);
    finding.track = Some(track.track.name.clone());
    for (place, label) in [(made, "the migrations say it here"), (stated, "the models")] {
        if let Some(place) = place {
            finding.relate(place, label);
        }
    }
    if let Some(new) = track.new.first() {
        finding.relate(&new.location, "what is new on the chain");
    }
    finding.notes.push(why(difference).to_owned());
    if track.models.as_ref().is_some_and(|models| models.is_assumed) {
        finding.notes.push(
            "that these models are the chain's is assumed: its environment names none, and the project has no others"
                .to_owned(),
        );
    }
    finding.help = help(track, difference);
    let edits = edits_behind(track, difference);
    let is_unreleased =
        |edit: &&Edit| track.unreleased.contains(&edit.name) || track.refused_later.contains(&edit.name);
    finding.weak = difference.weak || !edits.is_empty() && edits.iter().all(is_unreleased);
    finding.subjects = vec![Subject {
        track: track.track.name.clone(),
        names: drift::names(&difference.object).into_iter().map(str::to_owned).collect(),
    }];
    // A baseline that reads the models changes with them: that is no edit beside this.
    if let Some(models) = stated.filter(|_| difference.fresh) {
        let note =
            format!("migrations that read `{}` do something else on new databases than they did before", models.path());
        let which = Which::In(models.path().to_owned());
        finding.explains.push(Explained { rule: "edited-history", which, note: Note::Text(note) });
    }
    finding.standing = Some(standing(track, difference));
    finding
}

fn help(track: &TrackChange, difference: &Difference) -> String {
    let own = &track.track;
    let (noun, object) = (own.kind.noun(1), &difference.object);
    let target = match track.new.first() {
        Some(migration) => format!("let the {noun} {}", quoted(&migration.name)),
        None => format!("add a {noun} to `{}` that", own.path),
    };
    let verb = |one: &'static str, several: &'static str| if track.new.is_empty() { several } else { one };
    let has_one_head = track.chain.as_ref().is_none_or(|chain| chain.merged.heads().len() == 1);
    let fix = if has_one_head && is_written(own, object) {
        format!(", or let `parity-check fix` write a {noun} that does")
    } else {
        String::new()
    };
    let models = difference.stated.as_ref().map_or_else(|| "the models".to_owned(), |place| quoted(place.path()));
    match (&difference.how, object) {
        (How::Missing(_), _) if difference.is_dropped => {
            format!("take it out of {models}, or keep it in the database")
        }
        (How::Missing(_), Object::Column { table, .. }) => {
            format!("{target} {} the column to `{table}`{fix}", verb("add", "adds"))
        }
        (How::Missing(_), _) => format!("{target} {} it{fix}", verb("create", "creates")),
        (How::Extra(_), Object::Type(_)) => format!("add the value to the class that {models} uses"),
        (How::Extra(_), _) if difference.is_dropped => {
            format!("{target} {} it, or keep it in {models}{fix}", verb("drop", "drops"))
        }
        (How::Extra(_), Object::Table(_)) => {
            "add a model for it, or keep it from autogenerate with `include_object` in `env.py`".to_owned()
        }
        (How::Extra(_), _) => format!("add it to {models}"),
        (How::Renamed(new), Object::Column { table, name }) => format!(
            "{target} {} it: `op.alter_column(\"{}\", \"{}\", new_column_name=\"{}\")`",
            verb("rename", "renames"),
            table.as_str(),
            name.as_str(),
            new.as_str()
        ),
        (How::Renamed(_), _) => format!("{target} {} it", verb("rename", "renames")),
        (How::Differs { .. }, _) => {
            format!("{target} {} databases say what {models} says, or the other way round", verb("make", "makes"))
        }
    }
}
