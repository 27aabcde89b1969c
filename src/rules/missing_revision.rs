//! The rule `missing-revision`.

use super::standing;
use super::wording::{list, quoted};
use crate::evaluate::{By, drift};
use crate::evaluate::parity::{Difference, Parity, What};
use crate::finding::{Cause, Explained, Finding, Note, Subject, Which};
use crate::schema::delta::Object;
use crate::schema::model::Name;
use crate::schema::token::{normal, tokens};
use crate::source::Location;
use crate::change::history::Edited;
use crate::change::{Change, Presence, TrackChange, Unloadable};
use crate::track::{AddedDdl, Migration, Track};

declare_rule! {
    /// ## What it does
    /// Demands a new migration on the partner track when a change registers a new migration that carries DDL. For a
    /// `python-list` track beside an `alembic` track: a net-new entry of `MIGRATIONS`, together with a DDL keyword on
    /// an added line of the list's file, of a module it imports, of a SQL file beside it or of a declared schema, needs a
    /// net-new revision file. Of two chains it is demanded where they are not both evaluated.
    ///
    /// Nothing is demanded for comments and docstrings, for migrations of data alone, for refactors and table rebuilds
    /// without a new entry, for temporary tables, and where the partner track itself is new. A renamed or copied
    /// revision, or one that only changed, is not new; neither is a file that Alembic would not load.
    ///
    /// ## Why is this bad?
    /// Each database applies the migrations of its own track and nothing else. The tests run on one of them, so that
    /// everything is green, and the other one lacks the table or column from the moment of the deployment.
    ///
    /// ## Example
    /// ```python
    /// # db/migrations.py, with nothing new in migrations/versions/
    /// MIGRATIONS = [
    ///     ("users", _migrate_users),
    ///     ("users_age", _migrate_users_age),  # new: ALTER TABLE users ADD COLUMN age INTEGER
    /// ]
    /// ```
    ///
    /// ## Use instead
    /// ```python
    /// # migrations/versions/0002_users_age.py
    /// revision = "0002_users_age"
    /// down_revision = "0001_baseline"
    ///
    /// def upgrade():
    ///     op.add_column("users", sa.Column("age", sa.Integer()))
    /// ```
    ///
    /// Where the partner needs nothing by intent, say why at the entry:
    /// `# parity: allow(missing-revision) a SQLite-only cache`.
    ///
    /// ## References
    /// - [Alembic: create a migration script](https://alembic.sqlalchemy.org/en/latest/tutorial.html#create-a-migration-script)
    "missing-revision", Error, check
}

fn check(change: &Change) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (first, second) in &change.pairs {
        let (Some(first), Some(second)) = (change.tracks.get(*first), change.tracks.get(*second)) else { continue };
        for (from, to) in [(first, second), (second, first)] {
            // What is compared is told by what it does, below.
            if lacks_all(from, to) && parity_of(change, from, to).is_some_and(|parity| is_known(parity, from, to)) {
                continue;
            }
            let mut demanded = demand(from, to);
            if let Some(finding) = &mut demanded {
                finding.explains.extend(done_by_an_edit(change, from, to));
            }
            findings.extend(demanded.map(|finding| with_fix(change, from, to, finding)));
        }
    }
    let mut told: Vec<&str> = Vec::new();
    for parity in &change.parities {
        let (Some(first), Some(second)) = (change.tracks.get(parity.pair.0), change.tracks.get(parity.pair.1)) else {
            continue;
        };
        for (from, to) in [(first, second), (second, first)] {
            // Of several tracks that have it the first one says so.
            if !told.contains(&to.track.name.as_str())
                && let Some(finding) = by_delta(change, parity, from, to)
            {
                told.push(&to.track.name);
                findings.push(finding);
            }
        }
    }
    findings
}

/// Whether all that a pair does on the one track and not on the other is told as one revision that is missing there: where
/// files of SQL are on a side and the other got no file at all.
pub(crate) fn lacks_all(from: &TrackChange, to: &TrackChange) -> bool {
    let is_sql = from.track.kind.is_sql() || to.track.kind.is_sql();
    let both_there = matches!(from.presence, Presence::Kept) && matches!(to.presence, Presence::Kept);
    is_sql && both_there && to.new.is_empty() && !from.new.is_empty()
}

/// Whether a track gets, otherwise than the other has it, a column that the other had before: what is wrong is what is new.
pub(crate) fn is_late_twin(from: &TrackChange, difference: &Difference) -> bool {
    let (Object::Column { table, name }, What::Differs { .. }) = (&difference.object, &difference.what) else {
        return false;
    };
    let before = from.outcome.as_ref().map(|outcome| &outcome.before.schema);
    before.is_some_and(|schema| schema.tables.get(table).is_none_or(|table| table.column(name).is_none()))
}

/// What is told by what the new migrations do, and not by their number.
fn by_delta(change: &Change, parity: &Parity, from: &TrackChange, to: &TrackChange) -> Option<Finding> {
    if !lacks_all(from, to) || from.demands(to) && !is_known(parity, from, to) {
        return None;
    }
    let name = |index: usize| change.tracks.get(index).map(|track| track.track.name.as_str());
    let is_meant = |on: usize, not_on: usize| {
        name(on) == Some(from.track.name.as_str()) && name(not_on) == Some(to.track.name.as_str())
    };
    let is_lacking = |difference: &&Difference| {
        let is_told = is_grown(to, &difference.object) || is_late_twin(from, difference);
        is_meant(difference.on, difference.not_on) && !is_told
    };
    let lacking: Vec<&Difference> = parity.differences.iter().filter(is_lacking).collect();
    if lacking.iter().all(|difference| difference.is_weak) {
        return None;
    }
    let does = |migration: &&Migration| {
        lacking.iter().any(|difference| difference.by.as_deref() == Some(migration.name.as_str()))
    };
    let mut own = from.clone();
    let doing: Vec<Migration> = from.new.iter().filter(does).cloned().collect();
    if !doing.is_empty() {
        own.new = doing;
    }
    let mut finding = finding(&own, to, own.new.first()?);
    // Without an index or a view everything works as before.
    let is_needless = |difference: &&Difference| {
        let is_plain = matches!(&difference.what, What::Added(said) if !said.starts_with("UNIQUE"));
        is_plain && matches!(difference.object, Object::Index { .. } | Object::View(_))
    };
    if lacking.iter().all(is_needless) {
        finding.notes.retain(|note| *note != why(&from.track, &to.track, true));
        finding.notes.insert(0, why(&from.track, &to.track, false));
    }
    for difference in &lacking {
        finding.notes.push(format!("{}: {}", quoted(&to.track.name), said(difference)));
        let names = drift::names(&difference.object).into_iter().map(str::to_owned).collect();
        finding.subjects.push(Subject { track: from.track.name.clone(), names });
    }
    finding.weak = to.has_unknown();
    // A schema that says it already lacks the same migration.
    let names: Vec<&str> = lacking.iter().filter_map(|difference| difference.object.name()).collect();
    let which = Which::Lacking(names.join(" "));
    finding.explains.push(Explained { rule: "schema-drift", which, note: Note::Nothing });
    let is_written = |difference: &&Difference| standing::is_written(&to.track, &difference.object);
    if lacking.iter().all(is_written) && parity.notes.is_empty() && to.heads.len() <= 1 {
        finding.help = format!("{}: `parity-check fix` writes it", finding.help);
    }
    Some(finding)
}

/// Whether a file of upgrades that no release has says something of an object that it did not say before: it is done there.
fn is_grown(to: &TrackChange, object: &Object) -> bool {
    let column = if let Object::Column { name, .. } = object { Some(name.as_str()) } else { None };
    let mut names = drift::table_of(object).map(Name::as_str).into_iter().chain(column).peekable();
    names.peek().is_some() && names.all(|name| to.grown.contains(&name.to_ascii_lowercase()))
}

/// What one track lacks of another, in few words.
fn said(difference: &Difference) -> String {
    let object = &difference.object;
    match &difference.what {
        What::Added(definition) if definition.is_empty() => format!("has no {object}"),
        What::Added(definition) => format!("has no {object} ({definition})"),
        What::Removed => format!("keeps {object}"),
        What::Differs { attribute, on, not_on } => format!("{} of {object} stays `{not_on}`, not `{on}`", attribute.as_str()),
    }
}

/// What tells how two tracks differ.
fn parity_of<'c>(change: &'c Change, from: &TrackChange, to: &TrackChange) -> Option<&'c Parity> {
    let name = |index: usize| change.tracks.get(index).map(|track| track.track.name.as_str());
    let is_pair = |parity: &&Parity| {
        let pair = [name(parity.pair.0), name(parity.pair.1)];
        [&from.track, &to.track].iter().all(|track| pair.contains(&Some(track.name.as_str())))
    };
    change.parities.iter().find(is_pair)
}

/// Whether all that two tracks do is compared, or nothing of it could be, for they are about other tables.
fn is_known(parity: &Parity, from: &TrackChange, to: &TrackChange) -> bool {
    parity.are_unlike || parity.notes.is_empty() && from.gaps.is_empty() && to.gaps.is_empty()
}

/// What deployed databases of a track lack of what the other one does, where all of that is known.
fn lacking<'c>(change: &'c Change, from: &TrackChange, to: &TrackChange) -> Vec<&'c Difference> {
    let name = |index: usize| change.tracks.get(index).map(|track| track.track.name.as_str());
    let parity = parity_of(change, from, to).filter(|parity| parity.notes.is_empty());
    let differences = parity.into_iter().flat_map(|parity| &parity.differences);
    differences.filter(|difference| name(difference.not_on) == Some(to.track.name.as_str())).collect()
}

/// An old migration that was made to do what a new one should: that is one mistake.
fn done_by_an_edit(change: &Change, from: &TrackChange, to: &TrackChange) -> Vec<Explained> {
    let lacking = lacking(change, from, to);
    let names_all = |sql: &String, object: &Object| {
        let column = if let Object::Column { name, .. } = object { Some(name.as_str()) } else { None };
        let mut names = drift::names(object).into_iter().chain(column);
        names.all(|name| tokens(sql).any(|token| token.value().eq_ignore_ascii_case(name)))
    };
    let mut explained = Vec::new();
    for edit in &to.edits {
        let Edited::Effect { before, after } = &edit.what else { continue };
        let is_added = |sql: &&String| !before.iter().any(|old| normal(old) == normal(sql));
        let added: Vec<&String> = after.iter().filter(is_added).collect();
        let does = |difference: &&&Difference| added.iter().any(|sql| names_all(sql, &difference.object));
        if added.is_empty() || lacking.is_empty() || !lacking.iter().all(|difference| does(&difference)) {
            continue;
        }
        let (noun, name) = (to.track.kind.noun(1), quoted(&edit.name));
        let note = format!("the {noun} {name} does it now, and deployed databases have run that as it was: leave it so");
        let which = Which::Key(format!("effect {}", edit.name));
        explained.push(Explained { rule: "edited-history", which, note: Note::Text(note) });
    }
    explained
}

/// Names `fix` where that writes the revision: on a chain for PostgreSQL with one head, of what is known on both sides.
fn with_fix(change: &Change, from: &TrackChange, to: &TrackChange, mut finding: Finding) -> Finding {
    let lacking = lacking(change, from, to);
    let is_known = !lacking.is_empty() && lacking.iter().all(|difference| standing::is_written(&to.track, &difference.object));
    if is_known && to.heads.len() == 1 {
        finding.help = format!("{}: `parity-check fix` writes it", finding.help);
    }
    finding
}

fn demand(from: &TrackChange, to: &TrackChange) -> Option<Finding> {
    if !from.demands(to) {
        return None;
    }
    let first = from.new.first()?;
    let mut finding = finding(from, to, first);
    // What files of SQL do is what pairs them: where no engine tells it, their being there is a hint.
    finding.weak = lacks_all(from, to);
    Some(finding)
}

fn finding(from: &TrackChange, to: &TrackChange, first: &Migration) -> Finding {
    let (source, target) = (&from.track, &to.track);
    let names: Vec<String> = from.new.iter().map(|migration| quoted(&migration.name)).collect();
    let (noun, verb) = (source.kind.noun(names.len()), if names.len() == 1 { "changes" } else { "change" });
    let message = format!(
        "new {noun} {} {verb} the schema on `{}`, and `{}` gets no new {}",
        list(&names),
        source.name,
        target.name,
        target.kind.noun(1)
    );
    let message = match (source.kind.is_state(), target.kind.is_state()) {
        (true, true) => {
            format!("`{}` changes the schema on `{}`, and `{}` stays as it is", source.path, source.name, target.path)
        }
        (true, false) => format!(
            "`{}` changes the schema on `{}`, and `{}` gets no new {}",
            source.path,
            source.name,
            target.name,
            target.kind.noun(1)
        ),
        (false, true) => format!(
            "new {noun} {} {verb} the schema on `{}`, and `{}` stays as it is",
            list(&names),
            source.name,
            target.path
        ),
        (false, false) => message,
    };
    let key = from.new.iter().map(|migration| migration.name.as_str()).collect::<Vec<_>>().join(",");
    // A file of SQL is the migration: its statements need no pointing at.
    let is_file = source.kind.is_sql();
    let primary = first.location.clone().labelled(if is_file { "" } else { "registered here" });
    let mut finding = Finding::new(&RULE, key, message, primary);
    finding.track = Some(target.name.clone());
    finding.cause = Cause::Step { on: source.name.clone(), not_on: target.name.clone() };
    finding.related = from.new.iter().skip(1).map(|migration| migration.location.clone()).collect();
    if !is_file {
        finding.related.extend(from.ddl.iter().map(ddl_location));
    }
    finding.subjects =
        from.ddl.iter().map(|ddl| Subject { track: source.name.clone(), names: ddl.objects.clone() }).collect();
    finding.notes.push(why(source, target, true));
    finding.help = help(to);
    finding.explains = explains(from, to);
    finding
}

/// What follows from a missing revision: what these migrations do is missing in the declared schemas, too, and a file that
/// should have been the revision is none.
fn explains(from: &TrackChange, to: &TrackChange) -> Vec<Explained> {
    let by: Vec<String> = from.new.iter().map(|migration| migration.name.clone()).collect();
    let made = Which::Made { on: from.track.name.clone(), by };
    let invalid = to.invalid.iter().map(Unloadable::unread).map(|unread| {
        let which = Which::In(unread.location.path().to_owned());
        Explained { rule: "invalid-revision", which, note: Note::Try }
    });
    let drift = Explained { rule: "schema-drift", which: made, note: Note::Nothing };
    // The models beside the chain ask for the same revision.
    let is_own = |by: &By| by.migration().is_some_and(|name| from.new.iter().any(|new| *new.name == **name));
    let log = from.outcome.iter().flat_map(|outcome| &outcome.after.log);
    let done: Vec<&str> = log.filter(|ran| is_own(&ran.by)).map(|ran| &*ran.statement.sql).collect();
    let models = Explained { rule: "model-drift", which: Which::Lacking(done.join("\n")), note: Note::Own };
    [drift, models].into_iter().chain(invalid).collect()
}

fn ddl_location(ddl: &AddedDdl) -> Location {
    let label = match ddl.objects.first() {
        Some(object) => format!("adds {} for `{object}`", ddl.keyword),
        None => format!("adds {}", ddl.keyword),
    };
    ddl.location.clone().labelled(label)
}

fn why(source: &Track, target: &Track, breaks: bool) -> String {
    let applies = target.kind.facts().applies;
    format!(
        "{} {applies}; nothing derives them from `{}`, so the change would reach {} and {} {}",
        target.database_title(),
        source.path,
        source.database_title(),
        if breaks { "break" } else { "not" },
        target.database_title()
    )
}

fn help(to: &TrackChange) -> String {
    let track = &to.track;
    let todo = track.kind.facts().todo.replace("{path}", &track.path);
    match to.heads.as_slice() {
        [] => todo,
        [head] => format!("{todo}, with `down_revision = {head:?}`"),
        heads => {
            let heads: Vec<String> = heads.iter().map(|head| quoted(head)).collect();
            format!("{todo}; the chain has {} heads to merge first: {}", heads.len(), list(&heads))
        }
    }
}
