//! Versions, and what the name of a script says of them.

use crate::path;
use std::cmp::Ordering;
use std::fmt;

/// More parts than this are no version.
const MAX_PARTS: usize = 8;

/// A version: `2`, `1.10`, `4.0.0`. Zeros at the end do not matter, so that `4` is `4.0.0`.
#[derive(Clone, Debug)]
pub struct Version {
    parts: Vec<u64>,
    /// How it is written, without a `v` and zeros in front.
    text: String,
}

impl Version {
    /// Reads `2`, `v2`, `1.10`, `v1_10`; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.strip_prefix(['v', 'V']).unwrap_or(text);
        let parts = text.split(['.', '_']).map(number).collect::<Option<Vec<u64>>>()?;
        if parts.len() > MAX_PARTS {
            return None;
        }
        let text = parts.iter().map(u64::to_string).collect::<Vec<_>>().join(".");
        let kept = parts.iter().rposition(|part| *part != 0).map_or(0, |last| last + 1);
        Some(Self { parts: parts[..kept].to_vec(), text })
    }

    /// The next whole number; `None` for a version that is none.
    pub fn next(&self) -> Option<Self> {
        let whole = match self.parts.as_slice() {
            [] => 0,
            [whole] => *whole,
            _ => return None,
        };
        Self::parse(&whole.checked_add(1)?.to_string())
    }

    /// Whether a file's name may mean this version: it says the same, only its first parts (`v1` for `1.3`), or the same
    /// digits without the dots between them (`v10` for `1.0`).
    pub fn is_meant_by(&self, named: &Self) -> bool {
        let digits: String = self.text.chars().filter(|character| *character != '.').collect();
        self == named || (!named.parts.is_empty() && self.parts.starts_with(&named.parts)) || digits == named.text
    }

    /// Its text as a name writes it that says `other` so: with `_` between its parts, or zeros in front.
    fn written_like(&self, other: &str) -> String {
        let separator = if other.contains('.') { "." } else { "_" };
        let mut widths = other.split(['.', '_']).map(|part| if part.starts_with('0') { part.len() } else { 0 });
        let parts = self.text.split('.').map(|part| format!("{part:0>width$}", width = widths.next().unwrap_or(0)));
        parts.collect::<Vec<_>>().join(separator)
    }

    /// Whether it is written as one number, as a column of integers keeps it.
    pub fn is_whole(&self) -> bool {
        !self.text.contains('.')
    }
}

impl PartialEq for Version {
    fn eq(&self, other: &Self) -> bool {
        self.parts == other.parts
    }
}

impl Eq for Version {}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Version {
    fn cmp(&self, other: &Self) -> Ordering {
        self.parts.cmp(&other.parts)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.text)
    }
}

fn number(digits: &str) -> Option<u64> {
    let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| digits.parse().ok()).flatten()
}

/// What a file's name says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// `None` where it says the target alone, as `v002.py` does.
    pub from: Option<Version>,
    pub to: Version,
}

/// The file's name without its folders and its ending; `None` for what is no Python file.
pub fn stem(path: &str) -> Option<&str> {
    path::name(path).strip_suffix(".py")
}

/// Whether a file of this name is named as the step between two versions: `v1_to_v2.py`, `migrate_1_to_2.py`,
/// `v35_v36.py`.
pub fn is_step(path: &str) -> bool {
    stem(path).filter(|stem| !stem.starts_with('_')).is_some_and(|stem| step(stem).is_some())
}

/// What the name of a script says; `None` where it says no version. A name that starts with `_` is that of no script.
pub fn named(path: &str) -> Option<Named> {
    let stem = stem(path).filter(|stem| !stem.starts_with('_'))?;
    let alone = || Version::parse(stem).map(|to| Named { from: None, to });
    step(stem).or_else(alone)
}

/// `v1_to_v2`, with words in front or behind; `v1_v2` only where both have the `v`.
fn step(stem: &str) -> Option<Named> {
    let stem = stem.to_ascii_lowercase();
    let separated = ["_to_", "-to-"].iter().find_map(|separator| stem.split_once(separator));
    if let Some((front, back)) = separated {
        return Some(Named { from: Some(last_version(front)?), to: first_version(back)? });
    }
    let (front, back) = stem.split_once("_v").filter(|(front, _)| front.starts_with('v'))?;
    Some(Named { from: Some(Version::parse(front)?), to: first_version(back)? })
}

/// What the script of another step is called beside one of this name; `None` where the name says no versions, or counts.
pub fn like(path: &str, from: &Version, to: &Version) -> Option<String> {
    named(path)?;
    let stem = stem(path)?;
    let small = stem.to_ascii_lowercase();
    let separator = ["_to_", "-to-", "_v"].into_iter().find_map(|separator| small.split_once(separator));
    let Some((front, back)) = separator else {
        let (words, old) = split_version(stem)?;
        return Some(format!("{words}{}.py", to.written_like(old)));
    };
    let (words, old) = split_version(stem.get(..front.len())?)?;
    let between = stem.get(front.len()..stem.len() - back.len())?;
    let (more, old_to) = split_version(stem.get(stem.len() - back.len()..)?)?;
    Some(format!("{words}{}{between}{more}{}.py", from.written_like(old), to.written_like(old_to)))
}

/// The words in front of the only version in a text, and that.
fn split_version(text: &str) -> Option<(&str, &str)> {
    let begin = text.find(|character: char| character.is_ascii_digit())?;
    let is_part = |character: char| character.is_ascii_digit() || matches!(character, '_' | '.');
    let end = text[begin..].find(|character| !is_part(character)).map_or(text.len(), |end| begin + end);
    // A number before a `v` is a count.
    let counts = text[end..].strip_prefix('v').is_some_and(|rest| rest.starts_with(|next: char| next.is_ascii_digit()));
    (!counts).then(|| (&text[..begin], text[begin..end].trim_end_matches(['_', '.'])))
}

/// The version that a text ends with, behind words: `migrate_v1_0`.
fn last_version(text: &str) -> Option<Version> {
    let is_part = |character: char| character.is_ascii_digit() || matches!(character, '_' | '.');
    let begin = text.trim_end_matches(is_part).len();
    let (front, version) = text.split_at(begin);
    let version = version.trim_start_matches(['_', '.']);
    let is_own = |front: &str| front.is_empty() || front.ends_with(['_', '-']);
    let own = front.strip_suffix('v').is_some_and(is_own) || is_own(front) || begin + version.len() < text.len();
    if own { Version::parse(version) } else { None }
}

/// The version that a text begins with, with words behind it: `v2_add_age`.
fn first_version(text: &str) -> Option<Version> {
    let text = text.strip_prefix('v').unwrap_or(text);
    let is_part = |character: char| character.is_ascii_digit() || matches!(character, '_' | '.');
    let end = text.find(|character| !is_part(character)).unwrap_or(text.len());
    let version = text[..end].trim_end_matches(['_', '.']);
    let rest = &text[version.len()..];
    if rest.is_empty() || rest.starts_with(['_', '-', '.']) { Version::parse(version) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(path: &str) -> Option<(String, String)> {
        let named = named(path)?;
        Some((named.from.map_or(String::new(), |from| from.to_string()), named.to.to_string()))
    }

    #[test]
    fn the_spellings_of_a_scripts_name_are_read() {
        for (path, from, to) in [
            ("a/v1_to_v2.py", "1", "2"),
            ("v001_to_v002.py", "1", "2"),
            ("migrate_v1_to_v2.py", "1", "2"),
            ("1_to_2.py", "1", "2"),
            ("migrate_1_to_2.py", "1", "2"),
            ("0002_v1_to_v2.py", "1", "2"),
            ("V1_TO_V2.py", "1", "2"),
            ("v1-to-v2.py", "1", "2"),
            ("v2_to_v3_add_age.py", "2", "3"),
            ("v1_0_2_to_v1_0_3.py", "1.0.2", "1.0.3"),
            ("v2_to_v2_1.py", "2", "2.1"),
            ("v35_v36.py", "35", "36"),
            ("v002.py", "", "2"),
        ] {
            assert_eq!(said(path), Some((from.to_owned(), to.to_owned())), "{path}");
        }
    }

    #[test]
    fn other_names_say_no_version() {
        for path in [
            "v1_to_v2.txt",
            "_v1_to_v2.py",
            "__init__.py",
            "common.py",
            "add_to_v2.py",
            "v1_to_many.py",
            "rev1_to_2nd.py",
            "mp3_to_v2.py",
            "a_v2.py",
            "v1_to_v99999999999999999999999.py",
            "_to_.py",
            "é_to_ü.py",
        ] {
            assert_eq!(said(path), None, "{path}");
        }
        assert!(is_step("v1_to_v2.py") && !is_step("v002.py"));
    }

    #[test]
    fn another_step_is_called_as_its_neighbours_are() {
        let version = |text: &str| Version::parse(text).unwrap();
        for (path, from, to, wanted) in [
            ("a/v1_to_v2.py", "4", "5", "v4_to_v5.py"),
            ("v001_to_v002_tags.py", "2", "10", "v002_to_v010.py"),
            ("migrate_1_to_2.py", "2", "3", "migrate_2_to_3.py"),
            ("V1_TO_V2.py", "2", "3", "V2_TO_V3.py"),
            ("v1-to-v2.py", "2", "3", "v2-to-v3.py"),
            ("v1_0_to_v1_1.py", "1.1", "1.2", "v1_1_to_v1_2.py"),
            ("v35_v36.py", "36", "37", "v36_v37.py"),
            ("v002.py", "2", "3", "v003.py"),
        ] {
            assert_eq!(like(path, &version(from), &version(to)).as_deref(), Some(wanted), "{path}");
        }
        for path in ["add_age.py", "0002_v1_to_v2.py"] {
            assert_eq!(like(path, &version("2"), &version("3")), None, "{path}");
        }
    }

    #[test]
    fn versions_are_ordered_by_their_numbers() {
        let version = |text: &str| Version::parse(text).unwrap();
        assert!(version("2") < version("10") && version("1.9") < version("1.10") && version("0") < version("0.1"));
        assert_eq!(version("4"), version("v4.0.0"));
        assert_eq!(version("009").next(), Some(version("10")));
        assert_eq!(version("1.2").next(), None);
        assert_eq!(version(&u64::MAX.to_string()).next(), None);
        for no in ["", "v", "1.", "1.a", "-1", "1.2.3.4.5.6.7.8.9", "+1"] {
            assert!(Version::parse(no).is_none(), "{no}");
        }
    }

    #[test]
    fn a_name_may_say_less_than_the_constants() {
        let meant = |own: &str, named: &str| Version::parse(own).unwrap().is_meant_by(&Version::parse(named).unwrap());
        assert!(meant("1.3", "1") && meant("2.0.0", "2") && meant("1.0", "10") && meant("1.1", "11"));
        assert!(!meant("2", "3") && !meant("2", "20") && !meant("12", "1") && !meant("1", "0"));
    }
}
