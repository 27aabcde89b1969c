//! The rule `duplicate-id`.

use std::collections::HashMap;

use super::wording::quoted;
use super::missing_revision;
use crate::finding::{Explained, Finding, Note, Which};
use crate::source::has_word;
use crate::track::chain::Chain;
use crate::track::revision::Revision;
use crate::change::{Change, Repeated, TrackChange};
use crate::track::AddedDdl;

declare_rule! {
    /// ## What it does
    /// Reports revision files of one chain that have the same id, and entries of one list, in Python or Go, that have the
    /// same name, number or id. Of a chain the merge of head into the tip of base is judged.
    ///
    /// ## Why is this bad?
    /// Alembic warns "Revision … is present more than once" and keeps one of them, whichever it happens to read last.
    /// What the other one does never reaches the database. A runner that records names or ids, or the highest number, takes the second of a list for
    /// one that has run.
    ///
    /// ## Example
    /// ```python
    /// # 0005_a.py                        # 0005_b.py, copied from it
    /// revision = "5c1e90"                # revision = "5c1e90"
    /// ```
    ///
    /// ## Use instead
    /// ```python
    /// # 0005_b.py
    /// revision = "77d0b2"
    /// down_revision = "5c1e90"
    /// ```
    ///
    /// ## References
    /// - [Alembic: create a migration script](https://alembic.sqlalchemy.org/en/latest/tutorial.html#create-a-migration-script)
    "duplicate-id", Error, check
}

fn check(change: &Change) -> Vec<Finding> {
    let mut findings = Vec::new();
    let tracks = &change.tracks;
    for change in tracks {
        findings.extend(change.repeated.iter().map(|repeated| in_list(change, repeated)));
        let Some(chain) = &change.chain else { continue };
        let before = counts(&chain.tip);
        for group in chain.merged.duplicates() {
            let id = group[0].id.as_deref().unwrap_or_default();
            let is_old = |path: &str| chain.tip.revisions.iter().any(|one| one.location.path() == path);
            let newest = group.iter().position(|one| !is_old(one.location.path())).unwrap_or(group.len() - 1);
            let message = format!("{} revisions on `{}` have the id `{id}`", group.len(), change.track.name);
            let mut finding = Finding::new(&RULE, id, message, group[newest].location.clone());
            let others = group.iter().enumerate().filter(|(index, _)| *index != newest);
            finding.related = others.map(|(_, one)| one.location.clone().labelled("has it too")).collect();
            finding.track = Some(change.track.name.clone());
            finding.is_of_order = true;
            finding.pre_existing = before.get(id).is_some_and(|count| *count >= group.len());
            finding.notes.push("Alembic keeps one of them and never runs the other".to_owned());
            finding.help = "give the newer one an id of its own, and let it follow the other".to_owned();
            finding.explains = missing(tracks, change, group[newest]);
            findings.push(finding);
        }
    }
    findings
}

/// The revision that other tracks ask for is there, where it does what they do: it only lacks an id of its own.
fn missing(tracks: &[TrackChange], change: &TrackChange, newest: &Revision) -> Vec<Explained> {
    let text = newest.location.source.text();
    let has = |name: &str| has_word(text, &[name.to_lowercase().as_str()]);
    let does = |ddl: &AddedDdl| {
        let line = ddl.location.source.line(ddl.location.start().line);
        let mut columns = columns(line).peekable();
        let is_told = columns.peek().is_some() || !ddl.keyword.to_lowercase().contains("column");
        is_told && !ddl.objects.is_empty() && ddl.objects.iter().all(|object| has(object)) && columns.all(|name| has(&name))
    };
    let is_done = |from: &&TrackChange| from.demands(change) && from.ddl.iter().all(does);
    let asking = tracks.iter().filter(is_done).map(|from| &from.track.name);
    asking
        .map(|from| {
            let note = format!("with an id of its own it is the new revision that `{from}` asks for");
            Explained { rule: missing_revision::RULE.name, which: Which::All, note: Note::Text(note) }
        })
        .collect()
}

/// The columns that a line of code adds, drops or alters by that word.
fn columns(line: &str) -> impl Iterator<Item = String> {
    const NOISE: [&str; 3] = ["if", "not", "exists"];
    let mut words = line.split(|part: char| !part.is_alphanumeric() && part != '_').filter(|word| !word.is_empty());
    std::iter::from_fn(move || {
        words.by_ref().find(|word| word.eq_ignore_ascii_case("column"))?;
        let name = words.by_ref().find(|word| !NOISE.iter().any(|noise| word.eq_ignore_ascii_case(noise)))?;
        Some(name.to_owned())
    })
}

fn in_list(change: &TrackChange, repeated: &Repeated) -> Finding {
    let Repeated { what, text, first, location, pre_existing, note } = repeated;
    let (text, track) = (quoted(text), &change.track.name);
    let message = format!("two migrations on `{track}` have the {what} {text}");
    let mut finding = Finding::new(&RULE, format!("{what} {text}"), message, location.clone());
    finding.related.push(first.clone().labelled("has it too"));
    finding.track = Some(track.clone());
    finding.pre_existing = *pre_existing;
    let recorded = || format!("whoever records the {what} takes the second one for run");
    finding.notes.push(note.clone().unwrap_or_else(recorded));
    finding.help = match *what {
        "number" => "give the newer one the next number".to_owned(),
        "id" => "give the newer one an id of its own".to_owned(),
        _ => "give the newer one a name of its own".to_owned(),
    };
    finding
}

fn counts(chain: &Chain) -> HashMap<&str, usize> {
    let duplicates = chain.duplicates().into_iter();
    duplicates.filter_map(|group| Some((group.first()?.id.as_deref()?, group.len()))).collect()
}
