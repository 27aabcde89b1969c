//! A form of names that a project has of its own, as its configuration describes it: `{version}/{dialect}-{slug}.{direction}.sql`.

use std::ops::Range;

use regex::{Captures, Regex};

use super::name::{Name, Part, Version};
use crate::schema::dialect::Named as Database;

/// A form of paths below a track's folder, with parts that have a name.
#[derive(Clone, Debug)]
pub struct Pattern {
    text: String,
    form: Regex,
}

/// Two are one where they are written alike.
impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Pattern {}

/// The parts that a pattern can have.
const PARTS: [&str; 4] = ["version", "slug", "dialect", "direction"];

/// Words for a way, and what each means.
const WAYS: [(&str, Part); 16] = [
    ("up", Part::Up),
    ("forward", Part::Up),
    ("upgrade", Part::Up),
    ("apply", Part::Up),
    ("do", Part::Up),
    ("deploy", Part::Up),
    ("migrate", Part::Up),
    ("down", Part::Down),
    ("back", Part::Down),
    ("backward", Part::Down),
    ("downgrade", Part::Down),
    ("undo", Part::Down),
    ("rollback", Part::Down),
    ("revert", Part::Down),
    ("drop", Part::Down),
    ("verify", Part::Down),
];

impl Pattern {
    /// Reads a pattern; a clause in a user's words where it is none.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut form = String::from("^");
        let mut seen: Vec<&str> = Vec::new();
        let mut rest = text;
        let mut touches = false;
        while !rest.is_empty() {
            let Some(inner) = rest.strip_prefix('{') else {
                let end = rest.find('{').unwrap_or(rest.len());
                form += &regex::escape(&rest[..end]);
                rest = &rest[end..];
                touches = false;
                continue;
            };
            let Some((name, behind)) = inner.split_once('}') else {
                return Err("has a `{` without its `}`".to_owned());
            };
            let Some(part) = PARTS.iter().find(|part| **part == name) else {
                return Err(format!("has no part `{name}`: known are `version`, `slug`, `dialect` and `direction`"));
            };
            if seen.contains(part) {
                return Err(format!("has `{part}` twice"));
            }
            if touches {
                return Err(format!("has nothing between `{{{part}}}` and the part before it"));
            }
            seen.push(part);
            touches = true;
            // What ends a version is no part of it.
            let next = behind.chars().next();
            let joins: String = ['.', '_', '-'].iter().filter(|join| Some(**join) != next).collect();
            form += &match *part {
                "version" => format!("(?P<version>[vV]?[0-9]+(?:[{}][0-9]+)*)", regex::escape(&joins)),
                "slug" => "(?P<slug>[^/]*)".to_owned(),
                "dialect" => "(?P<dialect>[A-Za-z0-9]+)".to_owned(),
                _ => "(?P<direction>[A-Za-z]+)".to_owned(),
            };
            rest = behind;
        }
        if !seen.contains(&"version") {
            return Err("has no `{version}`, so that nothing tells in which order files run".to_owned());
        }
        form.push('$');
        let form = Regex::new(&form).map_err(|_| "is too long".to_owned())?;
        Ok(Self { text: text.to_owned(), form })
    }

    /// As it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// How many folders deep its files lie.
    pub fn depth(&self) -> usize {
        self.text.matches('/').count()
    }

    /// What a path below the track's folder says; `None` where it has another form.
    pub fn read(&self, path: &str) -> Option<Name> {
        let found = self.form.captures(path)?;
        let version = Version::parse(found.name("version")?.as_str())?;
        let database = match found.name("dialect") {
            Some(word) => Some(Database::of_word(word.as_str())?),
            None => None,
        };
        let part = match found.name("direction") {
            Some(word) => way(word.as_str())?,
            None => Part::Whole,
        };
        let slug = found.name("slug").map(|slug| slug.as_str().to_owned()).unwrap_or_default();
        Some(Name { version: Some(version), slug, database, is_loose: false, part })
    }

    /// A path of the same form as another one, with another version and, where it has one, another text.
    pub fn like(&self, path: &str, version: &str, slug: &str) -> Option<String> {
        let found = self.form.captures(path)?;
        Some(replaced(path, &found, &[("version", version), ("slug", slug)]))
    }

    /// The same path for the way that another path is for.
    pub fn for_the_way_of(&self, path: &str, other: &str) -> Option<String> {
        let (found, other) = (self.form.captures(path)?, self.form.captures(other)?);
        Some(replaced(path, &found, &[("direction", other.name("direction")?.as_str())]))
    }
}

fn way(word: &str) -> Option<Part> {
    WAYS.iter().find(|(known, _)| known.eq_ignore_ascii_case(word)).map(|(_, part)| *part)
}

fn replaced(path: &str, found: &Captures<'_>, parts: &[(&str, &str)]) -> String {
    let places = parts.iter().filter_map(|(name, text)| Some((found.name(name)?.range(), *text)));
    let mut places: Vec<(Range<usize>, &str)> = places.collect();
    places.sort_by_key(|(range, _)| std::cmp::Reverse(range.start));
    let mut made = path.to_owned();
    for (range, text) in places {
        made.replace_range(range, text);
    }
    made
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::postgres;

    #[test]
    fn a_pattern_tells_the_parts_of_a_path() {
        let pattern = Pattern::parse("{version}/{dialect}-{slug}.{direction}.sql").unwrap();
        let name = pattern.read("v1.2/pgsql-add_x.apply.sql").unwrap();
        assert_eq!(name.version.unwrap().numbers, [1, 2]);
        assert_eq!((name.slug.as_str(), name.part), ("add_x", Part::Up));
        assert_eq!(name.database, Some(Database::Known(postgres::DIALECT)));
        assert_eq!(pattern.read("v1.2/pgsql-add_x.undo.sql").unwrap().part, Part::Down);
        for other in ["v1.2/pgsql-x.sql", "v1.2/other-x.up.sql", "pgsql-x.up.sql", "v1.2/a/pgsql-x.up.sql"] {
            assert_eq!(pattern.read(other), None, "{other}");
        }
        let made = pattern.like("v1.2/pgsql-add_x.up.sql", "v1.3", "y").unwrap();
        assert_eq!(made, "v1.3/pgsql-y.up.sql");
        assert_eq!(pattern.for_the_way_of(&made, "v1/pgsql-a.undo.sql").as_deref(), Some("v1.3/pgsql-y.undo.sql"));
        // What stands behind a version ends it.
        let pattern = Pattern::parse("{version}_{slug}.sql").unwrap();
        let name = pattern.read("0001_2_users.sql").unwrap();
        assert_eq!((name.version.unwrap().numbers, name.slug.as_str()), (vec![1], "2_users"));
    }

    #[test]
    fn what_is_no_pattern_says_why() {
        for (text, why) in [
            ("{slug}.sql", "has no `{version}`"),
            ("{version", "without its `}`"),
            ("{version}{slug}.sql", "has nothing between `{slug}` and"),
            ("{number}.sql", "has no part `number`"),
            ("{version}_{version}.sql", "twice"),
        ] {
            assert!(Pattern::parse(text).unwrap_err().contains(why), "{text}");
        }
    }
}
