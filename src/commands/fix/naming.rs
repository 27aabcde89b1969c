//! The id and the file name of a new revision, as the project's others have theirs.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::civil::DateTime;

use crate::finding::fnv1a;
use crate::track::revision::Revision;

/// Alembic cuts a longer slug off, too (`truncate_slug_length`).
const LONGEST_SLUG: usize = 40;

/// How ids are chosen.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Ids {
    /// `0007_name` or `0007`: digits, and whether a slug follows.
    Numbered { slug: bool },
    /// Twelve hexadecimal digits.
    Random,
    /// A word.
    Slug,
}

/// How files are named after their id.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Files {
    /// `<id>.py`
    Id,
    /// `<id>_<slug>.py`
    IdSlug,
    /// `2026_01_31_1200-<id>_<slug>.py`: what stands before the id.
    Dated(String),
    /// `0007_<slug>.py`, whatever the id.
    Numbered,
}

/// An id, and a file name without its ending.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Naming {
    pub id: String,
    pub stem: String,
}

/// What a new revision must not be called.
#[derive(Clone, Copy, Debug)]
pub struct Existing<'e> {
    pub revisions: &'e [Arc<Revision>],
    /// The names of all files beside it, in small letters.
    pub files: &'e BTreeSet<String>,
    /// The characters that an id may have.
    pub limit: Option<usize>,
}

/// Names a revision. `words` is what it does, `content` what tells it from others.
pub fn name(existing: Existing<'_>, words: &str, content: &str, now: DateTime) -> Naming {
    let known: Vec<(&str, &str)> =
        existing.revisions.iter().filter_map(|revision| Some((revision.id.as_deref()?, revision.stem()))).collect();
    let namer = Namer {
        ids: most(known.iter().filter_map(|(id, _)| ids(id))).unwrap_or(Ids::Random),
        files: most(known.iter().map(|(id, stem)| files(id, stem))).unwrap_or(Files::IdSlug),
        limit: existing.limit.unwrap_or(usize::MAX).max(1),
        known,
        content,
        now,
    };
    let slug = slug(words);
    let mut naming = namer.attempt(&slug, 0);
    for attempt in 1..=MAX_ATTEMPTS {
        let is_taken = namer.known.iter().any(|(id, _)| id.eq_ignore_ascii_case(&naming.id))
            || existing.files.contains(&format!("{}.py", naming.stem.to_ascii_lowercase()));
        if !is_taken {
            break;
        }
        naming = namer.attempt(&slug, attempt);
    }
    naming
}

/// One that is still taken then is refused when it is written.
const MAX_ATTEMPTS: u64 = 1_000;

/// How a project names its revisions.
struct Namer<'n> {
    ids: Ids,
    files: Files,
    limit: usize,
    /// The ids and the file names that there are.
    known: Vec<(&'n str, &'n str)>,
    content: &'n str,
    now: DateTime,
}

impl Namer<'_> {
    /// A name; each further attempt gives another.
    fn attempt(&self, slug: &str, attempt: u64) -> Naming {
        let slug = if attempt == 0 { slug.to_owned() } else { format!("{slug}_{}", attempt + 1) };
        let id = match self.ids {
            // A slug that does not fit is cut, and one of which nothing fits is left out.
            Ids::Numbered { slug: true } => {
                cut(&format!("{}_{slug}", next(self.known.iter().map(|(id, _)| *id), 0, self.now)), self.limit)
            }
            Ids::Numbered { slug: false } => next(self.known.iter().map(|(id, _)| *id), attempt, self.now),
            Ids::Slug => cut(&slug, self.limit),
            Ids::Random => {
                let hash = format!("{:016x}", fnv1a(format!("{}\0{attempt}", self.content).as_bytes()));
                cut(&hash[..12], self.limit)
            }
        };
        let stem = match &self.files {
            Files::Id => id.clone(),
            Files::IdSlug => format!("{id}_{slug}"),
            Files::Dated(shape) => format!("{}{id}_{slug}", dated(shape, self.now)),
            Files::Numbered => format!("{}_{slug}", next(self.known.iter().map(|(_, stem)| *stem), 0, self.now)),
        };
        Naming { id, stem }
    }
}

/// What most have; of several, the first in their order.
fn most<T: Ord>(all: impl Iterator<Item = T>) -> Option<T> {
    let mut counts: BTreeMap<T, usize> = BTreeMap::new();
    all.for_each(|one| *counts.entry(one).or_default() += 1);
    counts.into_iter().rev().max_by_key(|(_, count)| *count).map(|(one, _)| one)
}

fn ids(id: &str) -> Option<Ids> {
    let is_hex = id.len() == 12 && id.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    if is_hex && !id.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(Ids::Random);
    }
    match number(id) {
        Some((_, rest)) => Some(Ids::Numbered { slug: !rest.is_empty() }),
        None => id.contains(['_', '-']).then_some(Ids::Slug),
    }
}

/// The digits that a name begins with, and what follows them; `None` where they are no number of their own.
fn number(name: &str) -> Option<(&str, &str)> {
    let digits = name.bytes().take_while(u8::is_ascii_digit).count();
    let (number, rest) = name.split_at(digits);
    (digits > 0 && (rest.is_empty() || rest.starts_with(['_', '-']))).then_some((number, rest))
}

/// The next number, in as many digits as the highest one has. Numbers as long as a date are dates.
fn next<'n>(names: impl Iterator<Item = &'n str>, skip: u64, now: DateTime) -> String {
    let numbers = names.filter_map(|name| Some(number(name)?.0));
    let highest = numbers.filter_map(|digits| Some((digits.parse::<u64>().ok()?, digits.len()))).max();
    let Some((highest, width)) = highest else { return "0001".to_owned() };
    let following = highest.saturating_add(1).saturating_add(skip);
    let date = digits(now);
    match width {
        8 | 12 | 14 => {
            date.get(..width).and_then(|date| date.parse::<u64>().ok()).unwrap_or_default().max(following).to_string()
        }
        _ => format!("{following:0width$}"),
    }
}

/// `20260131120000`
fn digits(now: DateTime) -> String {
    let (date, time) = (now.date(), now.time());
    let (year, month, day) = (date.year(), date.month(), date.day());
    format!("{year:04}{month:02}{day:02}{:02}{:02}{:02}", time.hour(), time.minute(), time.second())
}

fn files(id: &str, stem: &str) -> Files {
    match stem.split_once(id) {
        Some(("", "")) => Files::Id,
        Some(("", _)) => Files::IdSlug,
        Some((before, _)) => {
            let count = before.bytes().filter(u8::is_ascii_digit).count();
            let is_date = before.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'_' | b'-'));
            if is_date && matches!(count, 8 | 12 | 14) {
                // The shape is what counts.
                Files::Dated(before.chars().map(|c| if c.is_ascii_digit() { '0' } else { c }).collect())
            } else {
                Files::IdSlug
            }
        }
        None if number(stem).is_some() => Files::Numbered,
        None => Files::IdSlug,
    }
}

/// A date in the shape of others.
fn dated(shape: &str, now: DateTime) -> String {
    let digits = digits(now);
    let mut rest = digits.chars();
    shape.chars().map(|c| if c == '0' { rest.next().unwrap_or('0') } else { c }).collect()
}

/// Small letters, digits and underscores alone, without a number in front: no path and no option can come of it.
pub fn slug(words: &str) -> String {
    let lower: String =
        words.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '_' }).collect();
    let parts: Vec<&str> = lower.split('_').filter(|part| !part.is_empty()).collect();
    let named = parts.iter().position(|part| !part.bytes().all(|byte| byte.is_ascii_digit()));
    let slug = cut(&parts[named.unwrap_or_default()..].join("_"), LONGEST_SLUG);
    if slug.is_empty() { "parity".to_owned() } else { slug }
}

/// At most so many characters, without a separator at the end.
fn cut(text: &str, length: usize) -> String {
    let cut: String = text.chars().take(length).collect();
    cut.trim_end_matches('_').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Source;

    fn named(existing: &[(&str, &str)], limit: usize) -> (String, String) {
        let read = |(stem, id): &(&str, &str)| {
            let text = format!("revision = {id:?}\ndown_revision = None\n");
            Arc::new(Revision::parse(&Source::new(format!("v/{stem}.py"), text)).unwrap())
        };
        let revisions: Vec<Arc<Revision>> = existing.iter().map(read).collect();
        let taken = BTreeSet::from(["0010_users_age.py".to_owned()]);
        let existing = Existing { revisions: &revisions, files: &taken, limit: Some(limit) };
        let now = jiff::civil::date(2026, 1, 31).at(12, 5, 9, 0);
        let Naming { id, stem } = name(existing, "0012_Users/../Age", "content", now);
        (id, stem)
    }

    #[test]
    fn a_revision_is_named_as_the_others_are() {
        for (existing, id, stem) in [
            (vec![("0001_a", "0001_a"), ("0009_b", "0009_b")], "0010_users_age_2", "0010_users_age_2"),
            (vec![("007_a", "007"), ("008_b", "008")], "009", "009_users_age"),
            (vec![("0001_a", "1a2b3c4d5e6f"), ("0002_b", "2a2b3c4d5e6f")], "6b6cc2c5ee5e", "0003_users_age"),
            (vec![("add_users", "add_users")], "users_age", "users_age"),
            (vec![("20250101_a", "20250101_a")], "20260131_users_age", "20260131_users_age"),
        ] {
            let found = named(&existing, 32);
            let id = if id.len() == 12 { found.0.clone() } else { id.to_owned() };
            assert_eq!(found, (id, stem.to_owned()), "{existing:?}");
        }
    }

    #[test]
    fn hexadecimal_ids_come_from_the_content() {
        let (id, stem) = named(&[("2024_01_05_1234-1a2b3c4d5e6f_x", "1a2b3c4d5e6f")], 32);
        assert!(id.len() == 12 && id.bytes().all(|byte| byte.is_ascii_hexdigit()), "{id}");
        assert_eq!(stem, format!("2026_01_31_1205-{id}_users_age"));
        assert_eq!(named(&[("1a2b3c4d5e6f_x", "1a2b3c4d5e6f")], 32), (id.clone(), format!("{id}_users_age")));
    }

    #[test]
    fn an_id_fits_its_column() {
        assert_eq!(named(&[("0001_a", "0001_a")], 9).0, "0002_user");
        assert_eq!(named(&[("0001_a", "0001_a")], 5).0, "0002");
    }

    #[test]
    fn a_slug_is_no_path() {
        assert_eq!(slug("../../etc/passwd\u{0}"), "etc_passwd");
        assert_eq!(slug("表"), "parity");
        assert_eq!(slug("--help"), "help");
    }
}
