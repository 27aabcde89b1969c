//! The rule `schema-drift`.

use super::model_drift;
use super::standing::{self, todo, todo_in_file, who};
use super::wording::is_near;
use crate::evaluate::drift::{self, Difference};
use crate::finding::{Explained, Finding, Note, Side, Standing, Subject, Which};
use crate::schema::delta::{Attribute, Kind, Object};
use crate::change::{Change, TrackChange};
use crate::track::Track;

declare_rule! {
    /// ## What it does
    /// Compares what the migrations make of a database with what the declared schema says: on a fresh database, and on
    /// one that the merge base made and head's new migrations upgrade.
    ///
    /// Where SQL makes the databases, tables of a library such as SQLAlchemy's only describe them: a difference from those
    /// is a warning, unless the configuration says what the rule's severity is.
    ///
    /// Models that `declared` names beside an Alembic chain are compared as `model-drift` compares those of its environment.
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
    let declared = change.tracks.iter().filter(|track| model_drift::is_declared(track));
    let mut findings: Vec<Finding> = declared.flat_map(model_drift::findings).collect();
    for track in &change.tracks {
        let Some(drift) = &track.drift else { continue };
        if track.track.kind.is_state() {
            findings.extend(drift.differences.iter().map(|difference| left_behind(track, difference)));
            continue;
        }
        for difference in &drift.differences {
            let mut finding = finding(change, track, difference);
            if let Some((near, name)) = drift.differences.iter().find_map(|other| misspelt(difference, other)) {
                let declared = &difference.declared;
                finding.help = format!("`{declared}` has `{name}`: did you mean this one? Else {}", finding.help);
                finding.explains.push(Explained { rule: RULE.name, which: Which::Key(key(near)), note: Note::Nothing });
            }
            findings.push(finding);
        }
    }
    findings
}

/// Of a column that the declared schema lacks, the one that it has under a name that is nearly the same.
fn misspelt<'d>(missing: &Difference, other: &'d Difference) -> Option<(&'d Difference, &'d str)> {
    let (Kind::Added { .. }, Kind::Removed { .. }) = (&missing.change.kind, &other.change.kind) else { return None };
    let (Object::Column { table, name }, Object::Column { table: its, name: near }) =
        (&missing.change.object, &other.change.object)
    else {
        return None;
    };
    let is_meant = missing.declared == other.declared && table == its && is_near(name.as_str(), near.as_str());
    is_meant.then(|| (other, near.as_str()))
}

fn key(difference: &Difference) -> String {
    format!("{} {} {}", difference.change.object, difference.declared, attribute_key(&difference.change.kind))
}

fn finding(all: &Change, track: &TrackChange, difference: &Difference) -> Finding {
    let change = &difference.change;
    let object = &change.object;
    let declared = &difference.declared;
    let made = made_by(difference);
    let standing = standing(all, &track.track, difference);
    let message = match &change.kind {
        // What more than two places have a say about is told of all of them.
        Kind::Added { .. } | Kind::Removed { .. } if standing.sides.len() > 2 => standing.message(),
        Kind::Added { .. } => format!("{} is in {made} and not in `{declared}`", change.subject()),
        Kind::Removed { .. } => format!("{} is in `{declared}` and not in {made}", change.subject()),
        Kind::Changed { attribute: Attribute::Definition, .. } => {
            format!("{object} is not the same in `{declared}` and in {made}")
        }
        Kind::Changed { attribute, before, after } => {
            let (stated, made_as) = (value(before), value(after));
            format!("{} of {object}: {stated} in `{declared}`, {made_as} in {made}", attribute.as_str())
        }
    };
    let stated = difference.by_declared.as_ref().or(difference.table_declared.as_ref());
    let by_migrations = difference.by_migrations.as_ref();
    // The side that says it is where to look; the other is where to write.
    let known = match change.kind {
        Kind::Removed { .. } => stated.or(by_migrations),
        _ => by_migrations.or(stated),
    };
    let primary = known.map_or_else(|| track.home.clone(), |location| track.place(location));
    let mut finding = Finding::new(&RULE, key(difference), message, primary);
    finding.track = Some(track.track.name.clone());
    finding.pre_existing = difference.pre_existing;
    finding.weak = !difference.is_executed || is_weak(track, difference);
    for (place, label) in [
        (by_migrations, "the migrations say it here"),
        (difference.by_declared.as_ref(), "the declared schema says it here"),
        (difference.table_declared.as_ref(), "the declared schema's table"),
    ] {
        if let Some(place) = place.filter(|_| finding.related.is_empty() || label != "the declared schema's table") {
            finding.relate(place, label);
        }
    }
    finding.notes.push(breaks(difference));
    finding.diff = change.text_diff().map(|diff| format!("from `{declared}` (-) to {made} (+):\n{diff}"));
    finding.help = help(&track.track, difference, &standing);
    finding.subjects = vec![Subject {
        track: track.track.name.clone(),
        names: drift::names(object).into_iter().map(str::to_owned).collect(),
    }];
    // A baseline that reads the declared schema changes with it: that is no edit beside this.
    if difference.deployed && !difference.fresh {
        let note = format!("migrations that read `{declared}` do something else on new databases than they did before");
        let which = Which::In(declared.clone());
        finding.explains.push(Explained { rule: "edited-history", which, note: Note::Text(note) });
    }
    finding.standing = Some(standing);
    finding
}

/// Whether a difference is by intent so often that it is a warning.
fn is_weak(track: &TrackChange, difference: &Difference) -> bool {
    let is_it = |(path, object): &(String, Object)| *path == difference.declared && *object == difference.change.object;
    track.drift.iter().flat_map(|drift| &drift.weak).any(is_it)
}

/// What a schema says of a table that deployed databases have already, and that they never get.
fn left_behind(track: &TrackChange, difference: &Difference) -> Finding {
    let change = &difference.change;
    let file = &difference.declared;
    let what = match &change.kind {
        Kind::Changed { attribute, before, after } => {
            format!("{} of {}: {} in `{file}`, {}", attribute.as_str(), change.object, value(before), value(after))
        }
        _ => format!("{} is in `{file}`, and not", change.subject()),
    };
    let table = drift::table_of(&change.object).map(|table| format!(" that have `{table}` already")).unwrap_or_default();
    let message = format!("{what} on deployed databases{table}");
    let known = difference.by_declared.as_ref().or(difference.table_declared.as_ref());
    let primary = known.map_or_else(|| track.home.clone(), |location| track.place(location));
    let mut finding = Finding::new(&RULE, key(difference), message, primary);
    finding.track = Some(track.track.name.clone());
    finding.weak = is_weak(track, difference);
    finding.notes.push(
        "`CREATE TABLE IF NOT EXISTS` does nothing to a table that is there: new databases get it, and no start gives it to \
         old ones"
            .to_owned(),
    );
    if finding.weak {
        let assumed = format!("this takes `{file}` for what is carried out at every start, and for all that alters its tables");
        finding.notes.push(assumed);
    }
    finding.help = "alter the table besides, where it is there without this; or say why none is: \
                    `-- parity: allow(schema-drift) <reason>`"
        .to_owned();
    finding.subjects = vec![Subject {
        track: track.track.name.clone(),
        names: drift::names(&change.object).into_iter().map(str::to_owned).collect(),
    }];
    finding
}

fn help(track: &Track, difference: &Difference, standing: &Standing) -> String {
    let declared = &difference.declared;
    let todos = standing.todos();
    match &difference.change.kind {
        Kind::Added { .. } => todos.join("; "),
        Kind::Removed { .. } if standing.is_dropped => todos.join("; "),
        Kind::Removed { .. } => {
            format!("{}, or take it out of `{declared}`", todos.join("; "))
        }
        Kind::Changed { .. } => {
            let noun = track.kind.noun(1);
            format!("let `{declared}` say what databases have, or add a {noun} to `{}` that makes them so", track.path)
        }
    }
}

/// Every place of which it is known what it says.
fn standing(all: &Change, track: &Track, difference: &Difference) -> Standing {
    let Difference { change, declared, fresh, deployed, is_dropped, .. } = difference;
    let object = &change.object;
    let (of_declared, of_made, attribute, definition) = match &change.kind {
        Kind::Added { definition } => (None, Some(String::new()), None, definition.clone()),
        Kind::Removed { definition } => (Some(String::new()), None, None, definition.clone()),
        Kind::Changed { attribute, before, after } => (Some(before.clone()), Some(after.clone()), Some(*attribute), String::new()),
    };
    let is_dropped = *is_dropped && matches!(change.kind, Kind::Removed { .. });
    let is_short = matches!(object, Object::Column { .. } | Object::PrimaryKey { .. } | Object::Index { .. });
    let who = match (fresh, deployed) {
        (true, true) => who(track),
        (true, false) => FRESH.to_owned(),
        (false, _) => DEPLOYED.to_owned(),
    };
    let in_file = |path: &String, says: &Option<String>| Side {
        who: format!("`{path}`"),
        says: says.clone(),
        todo: if says.is_some() == is_dropped { todo_in_file(path, is_dropped) } else { String::new() },
    };
    let wants = |lacks: bool| if lacks && !is_dropped { todo(track, object, false) } else { String::new() };
    let mut sides = vec![in_file(declared, &of_declared)];
    sides.push(Side { who, todo: wants(of_made.is_none()), says: of_made.clone() });
    if attribute.is_none() {
        sides.extend(difference.agreeing.iter().map(|path| in_file(path, &of_made)));
        for (index, has) in &difference.elsewhere {
            let Some(other) = all.tracks.get(*index).map(|change| &change.track) else { continue };
            let todo = if *has { String::new() } else { todo(other, object, false) };
            sides.push(Side { who: standing::who(other), says: has.then(String::new), todo });
        }
    }
    let made = difference.by.as_ref().map(|by| (track.name.clone(), by.to_string()));
    let lacking = matches!(change.kind, Kind::Removed { .. }).then(|| track.name.clone());
    Standing {
        object: object.clone(),
        attribute,
        definition: if is_short { definition } else { String::new() },
        is_dropped,
        tracks: vec![track.name.clone()],
        made,
        lacking,
        sides,
    }
}

const FRESH: &str = "a fresh database";
const DEPLOYED: &str = "deployed databases";

/// What of the databases differs from the declared schema.
fn made_by(difference: &Difference) -> &'static str {
    match (difference.fresh, difference.deployed) {
        (true, true) => "the migrations",
        (true, false) => FRESH,
        (false, _) => DEPLOYED,
    }
}

/// Which databases have what the declared schema doesn't say, or the other way round.
fn breaks(difference: &Difference) -> String {
    let declared = &difference.declared;
    if !difference.is_executed {
        return format!("no database is made from `{declared}`, which only describes them: what reads them by it goes wrong");
    }
    match (difference.fresh, difference.deployed) {
        (true, true) => format!("fresh installations and deployed systems both differ from `{declared}`"),
        (true, false) => format!("only fresh installations differ from `{declared}`; deployed systems agree with it"),
        (false, _) => {
            format!("deployed systems differ from `{declared}` after their upgrade; fresh installations agree with it")
        }
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
