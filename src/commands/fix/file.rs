//! A new SQL file in its directory's own form: its name, its parts, and its entry in a journal.

use std::collections::BTreeSet;
use std::path::Path;
use std::rc::Rc;

use jiff::civil::DateTime;

use super::{Told, place};
use crate::commands::{Failure, piped};
use crate::path;
use crate::report::plain;
use crate::schema::dialect::{Dialect, Named as Database};
use crate::track::Track;
use crate::track::sql_files::history::{History, Step};
use crate::track::sql_files::journal;
use crate::track::sql_files::name::{Name, Part, Version};
use crate::track::sql_files::pattern::Pattern;
use crate::track::sql_files::runner::Runner;

/// What a file is named and put together from.
#[derive(Debug)]
pub struct Directory {
    pub own: Rc<History>,
    /// What is new on the other track, below its folder.
    pub others: Vec<String>,
    /// The paths of all files of the directory, below its folder: at head and at the tip of base.
    pub files: BTreeSet<String>,
    /// The text of drizzle's journal.
    pub journal: Option<String>,
}

/// What to write.
#[derive(Debug)]
pub struct Texts {
    pub up: Vec<String>,
    pub down: Vec<String>,
}

/// Writes or prints the file, and what goes with it.
pub fn write(
    track: &Track,
    directory: &Directory,
    texts: &Texts,
    words: &str,
    root: Option<&Path>,
    now: DateTime,
    told: &mut Told<'_>,
) -> Result<(), Failure> {
    let name = name(track, directory, words, now);
    let (up, down) = (statements(&texts.up), statements(&texts.down));
    let mut files: Vec<(String, String)> = Vec::new();
    let both = |mark: [&str; 2]| format!("{}\n{up}\n{}\n{down}", mark[0], mark[1]);
    match directory.own.runner {
        Runner::Goose => files.push((name.clone(), both(["-- +goose Up", "-- +goose Down"]))),
        Runner::SqlMigrate => files.push((name.clone(), both(["-- +migrate Up", "-- +migrate Down"]))),
        Runner::Dbmate => files.push((name.clone(), both(["-- migrate:up", "-- migrate:down"]))),
        Runner::Drizzle => files.push((name.clone(), texts.up.join(";--> statement-breakpoint\n") + ";\n")),
        _ => {
            files.push((name.clone(), up.clone()));
            let way_back = match &track.pattern {
                Some(pattern) => {
                    let is_back = |file: &&String| pattern.read(file).is_some_and(|name| name.part == Part::Down);
                    directory.files.iter().find(is_back).and_then(|other| pattern.for_the_way_of(&name, other))
                }
                None => {
                    let has_ways_back = directory.files.iter().any(|file| file.ends_with("down.sql"));
                    name.strip_suffix("up.sql").filter(|_| has_ways_back).map(|front| format!("{front}down.sql"))
                }
            };
            files.extend(way_back.map(|name| (name, down.clone())));
        }
    }
    if let Some(text) = directory.journal.as_deref().and_then(|text| entry(text, &name, now)) {
        files.push((journal::FILE.to_owned(), text));
    }
    for (file, text) in &files {
        let shown = path::join(&track.path, file);
        match root {
            None => {
                told.line(&format!("would write {shown}"))?;
                piped(told.out.write_all(plain::lines(text).as_bytes()))?;
            }
            Some(root) => {
                let folder = path::join(&track.path, path::folder(file));
                let folder = folder.trim_end_matches('/');
                let own = path::name(file);
                if *file == journal::FILE {
                    place::replace(&place::directory(root, folder)?, own, text)?;
                } else {
                    place::write_new(&place::made(root, folder)?, own, text)?;
                }
                told.line(&format!("wrote {shown}"))?;
            }
        }
    }
    Ok(())
}

fn statements(texts: &[String]) -> String {
    texts.iter().fold(String::new(), |text, statement| text + statement.trim_end_matches(';') + ";\n")
}

/// The journal with an entry for a new file; `None` where it is no journal.
fn entry(text: &str, name: &str, now: DateTime) -> Option<String> {
    let mut journal: serde_json::Value = serde_json::from_str(text).ok()?;
    let entries = journal.get_mut("entries")?.as_array_mut()?;
    let last = entries.last().cloned();
    let latest = entries.iter().filter_map(|entry| entry.get("when")?.as_u64()).max().unwrap_or_default();
    let clock = now.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp().as_millisecond();
    let when = u64::try_from(clock).unwrap_or_default().max(latest + 1);
    let mut entry = last.unwrap_or_else(|| serde_json::json!({ "idx": -1, "version": "7", "breakpoints": true }));
    let index = entries.len();
    let fields = entry.as_object_mut()?;
    fields.insert("idx".to_owned(), index.into());
    fields.insert("when".to_owned(), when.into());
    fields.insert("tag".to_owned(), name.trim_end_matches(".sql").into());
    entries.push(entry);
    Some(serde_json::to_string_pretty(&journal).ok()? + "\n")
}

/// The path of the new file below the track's folder: the one of the other track, where that fits, else the next number.
fn name(track: &Track, directory: &Directory, words: &str, now: DateTime) -> String {
    let last = directory.own.steps.iter().rev().find(|step| !step.is_repeatable);
    let Some(last) = last else { return format!("0001_{}.sql", super::naming::slug(words)) };
    let own = path::name(words);
    let slug = Name::of_file(&format!("{own}.sql")).map(|name| name.slug).filter(|slug| !slug.is_empty());
    let words = slug.as_deref().unwrap_or(own);
    let mut form = path::below(&track.path, &last.path).unwrap_or(&last.path).to_owned();
    if let Some(pattern) = &track.pattern {
        return by_pattern(pattern, &form, words, directory, now).unwrap_or(form);
    }
    if directory.is_shared(track.dialect) {
        form = for_one_database(&form, track.dialect);
    }
    if let Some(other) = directory.others.first()
        && let Some(name) = translated(track, other, directory)
        && is_alike(&name, &form)
        && !directory.files.contains(&name)
        && numbers(&name) > last.numbers
    {
        return name;
    }
    next(&form, last, words, &directory.files, now)
}

/// A name after the last one, in the form that the configuration describes.
fn by_pattern(pattern: &Pattern, form: &str, words: &str, directory: &Directory, now: DateTime) -> Option<String> {
    let mut number = following(&pattern.read(form)?.version?, now);
    loop {
        let made = pattern.like(form, &number, &super::naming::slug(words))?;
        if !directory.files.contains(&made) {
            return Some(made);
        }
        number = bumped(&Version::parse(&number)?);
    }
}

impl Directory {
    /// Whether files for other databases lie in it, so that one without a database would be for all.
    fn is_shared(&self, own: Dialect) -> bool {
        let database = |file: &String| Name::of_file(path::name(file))?.database;
        self.files.iter().filter_map(database).any(|database| database != Database::Known(own))
    }
}

/// A name that says which database it is for: `x.up.sql` is `x.sqlite.up.sql`.
fn for_one_database(form: &str, dialect: Dialect) -> String {
    if Name::of_file(path::name(form)).is_some_and(|name| name.database.is_some()) {
        return form.to_owned();
    }
    let ending = if form.ends_with(".up.sql") { ".up.sql" } else { ".sql" };
    format!("{}.{}{ending}", form.trim_end_matches(ending), dialect.as_str())
}

/// The name of the other track's file, with the word for this one's database.
fn translated(track: &Track, other: &str, directory: &Directory) -> Option<String> {
    let parts = words(other);
    let Some(at) = parts.iter().position(|word| Database::of_word(word).is_some()) else {
        return Some(other.to_owned());
    };
    let own = directory.own.steps.iter().rev().find_map(|step| {
        words(path::below(&track.path, &step.path)?)
            .into_iter()
            .find(|word| Database::of_word(word) == Some(Database::Known(track.dialect)))
            .map(str::to_owned)
    })?;
    // The word may be there more than once: the last one names the database.
    let word = parts.iter().rev().find(|word| Database::of_word(word).is_some()).copied().unwrap_or(parts[at]);
    let place = other.rfind(word)?;
    Some(format!("{}{own}{}", &other[..place], &other[place + word.len()..]))
}

fn words(text: &str) -> Vec<&str> {
    text.split(['.', '_', '-', '/', ' ']).collect()
}

/// Whether two names are of one form: their endings, their folders, the length of their versions.
fn is_alike(one: &str, other: &str) -> bool {
    let ending = |name: &str| name.ends_with(".up.sql");
    let width = |name: &str| version(name).map(|version| version.text.len());
    let is_stamp = |name: &str| version(name).is_some_and(|version| version.day().is_some());
    ending(one) == ending(other)
        && one.matches('/').count() == other.matches('/').count()
        && (width(one) == width(other) || is_stamp(one) == is_stamp(other) && !is_stamp(one) && width(one) > Some(1))
}

/// The part of a path that has its version: the folder where the file is called `up.sql`.
fn telling(path: &str) -> (&str, bool) {
    let name = path::name(path);
    match path.rsplit_once('/') {
        Some((folder, "up.sql" | "migration.sql")) => (folder, true),
        _ => (name, false),
    }
}

fn version(path: &str) -> Option<Version> {
    match telling(path) {
        (folder, true) => Name::of_folder(folder).version,
        (name, false) => Name::of_file(name)?.version,
    }
}

fn numbers(path: &str) -> Vec<u128> {
    let folder =
        path.rsplit_once('/').filter(|_| !telling(path).1).and_then(|(folder, _)| Name::of_folder(folder).version);
    folder.into_iter().chain(version(path)).flat_map(|version| version.numbers).collect()
}

/// A name after the last one: its form, with the next number and another text.
fn next(form: &str, last: &Step, words: &str, taken: &BTreeSet<String>, now: DateTime) -> String {
    let (own, _) = telling(form);
    let Some(old) = version(form) else { return format!("{}_{}.sql", last.name, super::naming::slug(words)) };
    let name =
        if telling(form).1 { Name::of_folder(own) } else { Name::of_file(own).unwrap_or_else(|| Name::of_folder(own)) };
    let mut number = following(&old, now);
    loop {
        let mut made = own.replacen(&old.text, &number, 1);
        if !name.slug.is_empty() {
            made = made.replacen(&name.slug, &super::naming::slug(words), 1);
        }
        let path = form.replacen(own, &made, 1);
        if !taken.contains(&path) {
            return path;
        }
        let Some(more) = Version::parse(&number).map(|version| bumped(&version)) else { return path };
        number = more;
    }
}

/// The version after another one: a stamp of now, or the next number, as wide.
fn following(old: &Version, now: DateTime) -> String {
    if old.day().is_some() {
        let stamp = match old.numbers.as_slice() {
            [_] => {
                let digits = now.strftime("%Y%m%d%H%M%S000000").to_string();
                digits.get(..old.text.len()).map_or(digits.clone(), str::to_owned)
            }
            _ => now.strftime("%Y-%m-%d-%H%M%S").to_string(),
        };
        let is_later = Version::parse(&stamp).is_some_and(|new| new.numbers > old.numbers);
        if is_later {
            return stamp;
        }
    }
    bumped(old)
}

/// A version whose last number is one higher, as wide as it was.
fn bumped(old: &Version) -> String {
    let digits = old.text.bytes().rev().take_while(u8::is_ascii_digit).count();
    let (front, last) = old.text.split_at(old.text.len() - digits);
    let next = last.parse::<u128>().map_or(1, |number| number + 1);
    format!("{front}{next:0>digits$}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_version_is_as_wide_as_the_last_one() {
        let now = jiff::civil::date(2026, 5, 6).at(7, 8, 9, 0);
        for (old, new) in [
            ("000009", "000010"),
            ("9", "10"),
            ("1_26", "1_27"),
            ("1.26.9", "1.26.10"),
            ("20250103120000", "20260506070809"),
            ("20250103120000000000", "20260506070809000000"),
            ("2025-01-03-120000", "2026-05-06-070809"),
            ("20990103120000", "20990103120001"),
        ] {
            assert_eq!(following(&Version::parse(old).unwrap(), now), new);
        }
    }
}
