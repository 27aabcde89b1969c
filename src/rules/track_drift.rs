//! The rule `track-drift`.

use super::missing_revision;
use super::standing::{is_written, todo, who};
use super::wording::{is_near, list, quoted};
use crate::evaluate::drift;
use crate::evaluate::parity::{Difference, Parity, What};
use crate::finding::{Cause, Explained, Finding, Note, Side, Standing, Subject, Which};
use crate::schema::delta::Object;
use crate::schema::model::Name;
use crate::source::has_name;
use crate::change::{Change, TrackChange};
use crate::track::Migration;

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
        let side = |index: usize| if index == parity.pair.0 { first } else { second };
        for difference in &parity.differences {
            let other = side(difference.not_on);
            let is_late = missing_revision::is_late_twin(side(difference.on), difference);
            if missing_revision::lacks_all(side(difference.on), other) && !is_late || stops(other) {
                continue;
            }
            let mut finding = finding(side(difference.on), side(difference.not_on), difference);
            if is_late && other.new.is_empty() {
                finding.help = format!("let it be as {} has it", quoted(&other.track.name));
            }
            if let Some((near, name)) = parity.differences.iter().find_map(|other| misspelt(difference, other)) {
                let there = &side(difference.not_on).track.name;
                finding.help = format!("`{there}` has `{name}`: did you mean this one? Else {}", finding.help);
                finding.message = format!("{}, which has `{name}`", finding.message);
                // Of the two it is the first that is told.
                if difference.on < near.on {
                    let which = Which::Any(key(side(near.on), near));
                    finding.explains.push(Explained { rule: RULE.name, which, note: Note::Nothing });
                }
            }
            findings.push(finding);
        }
    }
    findings.extend(change.newcomers.iter().filter_map(|parity| of_newcomer(change, parity)));
    findings
}

/// What a new track lacks of one that was there: it is to begin with all of that, as far as nobody says why not.
fn of_newcomer(change: &Change, parity: &Parity) -> Option<Finding> {
    let (new, old) = (change.tracks.get(parity.pair.0)?, change.tracks.get(parity.pair.1)?);
    let lacking: Vec<String> = parity.differences.iter().map(|difference| format!("no {}", difference.object)).collect();
    if lacking.is_empty() {
        return None;
    }
    let (here, there) = (quoted(&new.track.name), quoted(&old.track.name));
    let message = format!("{here} is new in this change, and lacks what {there} has: {}", list(&lacking));
    let first = new.new.first().map(|migration| new.place(&migration.location));
    let mut finding = Finding::new(&RULE, "new", message, first.unwrap_or_else(|| new.home.clone()));
    finding.track = Some(new.track.name.clone());
    finding.notes.push(format!("a program that works on {} may need it", old.track.database_title()));
    finding.help = format!("let the files of {here} make it, too, or say why it is not needed there");
    finding.subjects = parity.differences.iter().flat_map(|difference| subjects(old, new, difference)).collect();
    finding.weak = true;
    Some(finding)
}

/// Whether a new file of SQL is refused: what it was to do, and what comes after it, is missing for that reason.
fn stops(change: &TrackChange) -> bool {
    let is_new = |name: &str| change.new.iter().any(|migration| migration.name == name);
    let failures = change.outcome.iter().flat_map(|outcome| &outcome.after.failures);
    change.track.kind.is_sql()
        && failures.filter_map(|failure| failure.by.migration()).any(|name| is_new(name))
}

/// Of a column that one side alone adds, the one that the other side alone adds under a name that is nearly the same.
fn misspelt<'d>(one: &Difference, other: &'d Difference) -> Option<(&'d Difference, &'d str)> {
    let (What::Added(_), What::Added(_)) = (&one.what, &other.what) else { return None };
    let (Object::Column { table, name }, Object::Column { table: its, name: near }) = (&one.object, &other.object) else {
        return None;
    };
    let is_meant = one.on == other.not_on && table == its && is_near(name.as_str(), near.as_str());
    is_meant.then(|| (other, near.as_str()))
}

fn key(on: &TrackChange, difference: &Difference) -> String {
    let object = &difference.object;
    match &difference.what {
        What::Added(_) => format!("{object} added {}", on.track.name),
        What::Removed => format!("{object} removed {}", on.track.name),
        What::Differs { attribute, .. } => format!("{object} {}", attribute.as_str()),
    }
}

/// How an object stands on the two tracks.
fn standing(on: &TrackChange, not_on: &TrackChange, difference: &Difference) -> Standing {
    let object = &difference.object;
    let (mine, theirs, attribute, definition) = match &difference.what {
        What::Added(definition) => (Some(String::new()), None, None, definition.clone()),
        What::Removed => (None, Some(String::new()), None, String::new()),
        What::Differs { attribute, on, not_on } => (Some(on.clone()), Some(not_on.clone()), Some(*attribute), String::new()),
    };
    let is_dropped = difference.what == What::Removed;
    let track = &not_on.track;
    // Where something is new already it is that which is to do it.
    let todo = if attribute.is_some() || not_on.new.is_empty() {
        todo(track, object, is_dropped)
    } else {
        help(on, not_on, difference)
    };
    Standing {
        object: object.clone(),
        attribute,
        definition: if matches!(object, Object::Column { .. } | Object::ForeignKey { .. }) { definition } else { String::new() },
        is_dropped,
        tracks: vec![on.track.name.clone(), track.name.clone()],
        made: difference.by.as_ref().map(|by| (on.track.name.clone(), by.to_string())),
        lacking: matches!(difference.what, What::Added(_)).then(|| track.name.clone()),
        sides: vec![
            Side { who: who(&on.track), says: mine, todo: String::new() },
            Side { who: who(track), says: theirs, todo },
        ],
    }
}

/// What a finding about a difference comes from.
pub(crate) fn cause(difference: &Difference) -> Cause {
    let Difference { on, not_on, object, what, .. } = difference;
    Cause::Pair { on: *on, not_on: *not_on, object: object.clone(), what: what.clone() }
}

/// What a difference is about, for exemptions: what one track alone has is exempt where it is on that one.
pub(crate) fn subjects(on: &TrackChange, not_on: &TrackChange, difference: &Difference) -> Vec<Subject> {
    let having: &[&TrackChange] = match &difference.what {
        What::Added(_) => &[on],
        What::Removed => &[not_on],
        What::Differs { .. } => &[on, not_on],
    };
    let names = || drift::names(&difference.object).into_iter().map(str::to_owned).collect();
    having.iter().map(|change| Subject { track: change.track.name.clone(), names: names() }).collect()
}

/// The finding about one difference.
fn finding(on: &TrackChange, not_on: &TrackChange, difference: &Difference) -> Finding {
    let object = &difference.object;
    let (here, there) = (quoted(&on.track.name), quoted(&not_on.track.name));
    let by = difference.by.as_deref().map(|by| format!(" by {}", quoted(by))).unwrap_or_default();
    let message = match &difference.what {
        What::Added(definition) => {
            let definition = match definition.as_str() {
                "" => String::new(),
                listed if listed.starts_with('(') => format!(" {listed}"),
                definition => format!(" ({definition})"),
            };
            format!("{object}{definition} is added on {here}{by}, and not on {there}")
        }
        What::Removed => format!("{object} is removed on {here}{by}, and not on {there}"),
        What::Differs { attribute, on, not_on } => {
            format!("{} of {object}: `{on}` on {here}, `{not_on}` on {there}", attribute.as_str())
        }
    };
    let first_new = |change: &TrackChange| change.new.first().map(|migration| migration.location.clone());
    let primary = difference.place.clone().or_else(|| first_new(on)).or_else(|| first_new(not_on));
    let primary = primary.or_else(|| difference.other.clone());
    let primary = primary.map_or_else(|| on.home.clone(), |location| on.place(&location));
    let mut finding = Finding::new(&RULE, key(on, difference), message, primary);
    finding.track = Some(not_on.track.name.clone());
    finding.cause = cause(difference);
    let theirs = difference.theirs.as_ref().map(|(place, _)| (place.clone(), format!("the same on {there}")));
    let new = || meant_on_the_other(not_on, difference).map(|one| (one.location.clone(), format!("what is new on {there}")));
    let other = theirs.or_else(new).or_else(|| difference.other.clone().map(|place| (place, format!("the table on {there}"))));
    if let Some((place, label)) = other {
        finding.relate(&place, label);
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
    finding.subjects = subjects(on, not_on, difference);
    finding.standing = Some(standing(on, not_on, difference));
    finding.weak = difference.is_weak || not_on.has_unknown();
    finding
}

/// The new migration of a track in which a difference is said or to be said: the one that is known to say it; of several
/// files the first whose text names a column with its table, the one of the same name as that which does it, or the first
/// that names the table.
fn meant<'c>(change: &'c TrackChange, difference: &Difference, says: Option<&str>) -> Option<&'c Migration> {
    let object = &difference.object;
    let table = drift::table_of(object).map(Name::as_str);
    let column = if let Object::Column { name, .. } = object { Some(name.as_str()) } else { None };
    let names = |migration: &&Migration, words: &[Option<&str>]| {
        let text = migration.location.source.text();
        words.iter().flatten().all(|word| has_name(text, word))
    };
    let first = |words: &[Option<&str>]| change.new.iter().find(|migration| names(migration, words));
    let called = |name: Option<&str>| change.new.iter().find(|migration| Some(migration.name.as_str()) == name);
    let with_column = || column.and_then(|_| first(&[table, column]));
    // The name of an index is nothing that two databases have to agree in.
    let with_index = || if let Object::Index { .. } = object { first(&[table, Some("index")]) } else { None };
    called(says)
        .or_else(with_column)
        .or_else(|| called(difference.by.as_deref()))
        .or_else(with_index)
        .or_else(|| first(&[table]))
        .or(change.new.first())
}

/// The same of the track that has it not.
fn meant_on_the_other<'c>(not_on: &'c TrackChange, difference: &Difference) -> Option<&'c Migration> {
    meant(not_on, difference, difference.theirs.as_ref().and_then(|(_, by)| by.as_deref()))
}

/// Whether it is a foreign key to a table that the other track has not: nobody can write it there.
fn leads_to_nothing(on: &TrackChange, not_on: &TrackChange, object: &Object) -> bool {
    let Object::ForeignKey { table, columns } = object else { return false };
    let (Some(has), Some(lacks)) = (&on.outcome, &not_on.outcome) else { return false };
    let own = has.after.schema.tables.get(table).into_iter().flat_map(|table| &table.foreign_keys);
    own.filter(|key| key.columns == *columns).any(|key| !lacks.after.schema.tables.contains_key(&key.table))
}

/// Whether it is an index with a condition in another database's words, which keeps other values in its columns: what it says
/// there is left to a person.
fn has_foreign_condition(on: &TrackChange, not_on: &TrackChange, object: &Object) -> bool {
    let Object::Index { table, name } = object else { return false };
    let tables = on.outcome.as_ref().map(|outcome| &outcome.after.schema.tables);
    let index = tables.and_then(|tables| tables.get(table)?.indexes.get(name));
    let is_other = on.track.dialect != not_on.track.dialect && not_on.track.dialect.is_loose();
    is_other && index.is_some_and(|index| index.predicate.is_some())
}

fn help(on: &TrackChange, not_on: &TrackChange, difference: &Difference) -> String {
    let noun = not_on.track.kind.noun(1);
    let own = meant_on_the_other(not_on, difference);
    let target = match own {
        _ if not_on.track.kind.is_state() => quoted(&not_on.track.path),
        Some(migration) => format!("the {noun} {}", quoted(&migration.name)),
        None => format!("a new {noun} in `{}`", not_on.track.path),
    };
    let has_one_head = not_on.chain.as_ref().is_some_and(|chain| chain.merged.heads().len() == 1);
    let can_follow = has_one_head || !not_on.track.kind.is_chain();
    // A new revision of a chain for several databases would do it on all of them.
    let is_one_chain = on.track.is_twin_of(&not_on.track);
    let object = &difference.object;
    let may_be_written =
        can_follow && !leads_to_nothing(on, not_on, object) && !has_foreign_condition(on, not_on, object);
    let fix = if may_be_written && !is_one_chain && is_written(&not_on.track, &difference.object) {
        format!(", or let `parity-check fix` write a {noun} that does")
    } else {
        String::new()
    };
    match (&difference.what, &difference.object) {
        (What::Added(_), Object::Column { table, .. }) => format!("let {target} add the column to `{table}`, too{fix}"),
        (What::Added(_), _) => format!("let {target} create it, too{fix}"),
        (What::Removed, _) => format!("let {target} drop it, too{fix}"),
        (What::Differs { .. }, _) => {
            let other = meant(on, difference, difference.by.as_deref()).map_or(on.track.name.as_str(), |one| &one.name);
            // Files of several databases often have one name.
            let is_alike = own.is_some_and(|own| own.name == other);
            let of = if is_alike { format!(" of `{}`", on.track.name) } else { String::new() };
            format!("let {target} say the same as `{other}`{of}")
        }
    }
}
