//! The versions of packages that a project asks for: what its lock and requirement files say.

use super::interpreter::Interpreter;

/// The first numbers of a version.
type Version = (u32, u32);

/// Files that say exactly which versions are installed, then those that only ask for some.
const FILES: &[&str] = &[
    "uv.lock",
    "poetry.lock",
    "pdm.lock",
    "Pipfile.lock",
    "requirements.txt",
    "constraints.txt",
    "pyproject.toml",
    "Pipfile",
    "setup.cfg",
    "setup.py",
];

impl Interpreter<'_> {
    /// Whether the project surely has this version of SQLAlchemy or a later one.
    pub(super) fn has_sqlalchemy(&mut self, wanted: Version) -> bool {
        self.least_sqlalchemy().is_some_and(|least| least >= wanted)
    }

    /// Whether the project may have an earlier version of SQLAlchemy by what it asks for.
    pub(super) fn may_have_sqlalchemy_before(&mut self, version: Version) -> bool {
        self.least_sqlalchemy().is_some_and(|least| least < version)
    }

    fn least_sqlalchemy(&mut self) -> Option<Version> {
        if let Some(known) = self.sqlalchemy {
            return known;
        }
        let found = self.least("sqlalchemy");
        self.sqlalchemy = Some(found);
        found
    }

    /// Whether the project surely has a version of Alembic before this one.
    pub(super) fn has_alembic_before(&mut self, wanted: Version) -> bool {
        self.nearest(|text| most_in(text, "alembic")).is_some_and(|most| most < wanted)
    }

    /// The least version of a package by the files nearest to the environment.
    fn least(&mut self, package: &str) -> Option<Version> {
        self.nearest(|text| least_in(text, package))
    }

    /// What the nearest file says that says anything.
    fn nearest(&mut self, read: impl Fn(&str) -> Option<Version>) -> Option<Version> {
        let path = self.environment.clone()?;
        let mut folder = crate::path::folder(&path).to_owned();
        loop {
            for name in FILES {
                let file = if folder.is_empty() { (*name).to_owned() } else { format!("{folder}/{name}") };
                let Some(text) = self.file_text(&file) else { continue };
                if let Some(found) = read(&text) {
                    return Some(found);
                }
            }
            if folder.is_empty() {
                return None;
            }
            folder = crate::path::folder(&folder).to_owned();
        }
    }
}

/// The least version of a package that a lock or requirement file asks for.
fn least_in(text: &str, package: &str) -> Option<Version> {
    version_in(text, package, asked_for)
}

/// The highest one that it allows.
fn most_in(text: &str, package: &str) -> Option<Version> {
    version_in(text, package, allowed)
}

/// The version that a lock file has of a package, or what is read of the words behind its name.
fn version_in(text: &str, package: &str, read: fn(&str) -> Option<Version>) -> Option<Version> {
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let lower = line.trim().to_ascii_lowercase();
        if lower == format!("name = \"{package}\"") {
            let version = lines.clone().take(3).find_map(|line| line.trim().strip_prefix("version = "));
            return version.and_then(number);
        }
        if lower.starts_with(&format!("\"{package}\": {{")) {
            let version = lines.clone().take_while(|line| !line.trim().starts_with('}'));
            return version
                .filter(|line| line.contains("\"version\""))
                .find_map(|line| number(line.split_once(':')?.1));
        }
        let bare = lower.trim_start_matches(['"', '\'', '-', ' ']);
        if let Some(rest) = bare.strip_prefix(package)
            && !rest.starts_with(|next: char| next.is_alphanumeric() || "-_.".contains(next))
            && let Some(found) = read(rest)
        {
            return Some(found);
        }
    }
    None
}

/// What stands behind a package's name: `[asyncio]>=2.0,<3`, ` = "^2.0"`, ` = {version = "2.0.1"}`.
fn asked_for(rest: &str) -> Option<Version> {
    let rest = match rest.strip_prefix('[') {
        Some(extras) => extras.split_once(']')?.1,
        None => rest,
    };
    let rest = rest.split(['#', ';']).next().unwrap_or_default();
    let rest = rest.split_once("version").map_or(rest, |(_, version)| version);
    let first = rest.find(|part: char| part.is_ascii_digit())?;
    let (sign, version) = rest.split_at(first);
    // An upper bound alone says nothing of the least.
    if sign.contains('<') || sign.contains('!') {
        let (_, others) = version.split_once(',')?;
        return asked_for(others);
    }
    number(version)
}

/// The highest version that such words allow: `==1.4.2` alone, or what is below an upper bound.
fn allowed(rest: &str) -> Option<Version> {
    let rest = rest.split(['#', ';']).next().unwrap_or_default();
    if let Some((_, exact)) = rest.split_once("==") {
        return number(exact);
    }
    let (_, bound) = rest.split_once('<')?;
    let (first, second) = number(bound)?;
    let bound = bound.trim_start_matches(['=', ' ', '"', '\'']);
    let length = bound.find(|part: char| !part.is_ascii_digit() && part != '.').unwrap_or(bound.len());
    let is_round = bound[..length].split('.').skip(2).all(|part| part.parse() == Ok(0_u32));
    if rest.contains("<=") || !is_round {
        return Some((first, second));
    }
    match second.checked_sub(1) {
        Some(second) => Some((first, second)),
        None => first.checked_sub(1).map(|first| (first, u32::MAX)),
    }
}

/// The first numbers of a text.
fn number(text: &str) -> Option<Version> {
    let start = text.find(|part: char| part.is_ascii_digit())?;
    let mut parts = text.get(start..)?.split(|part: char| !part.is_ascii_digit());
    let first = parts.next()?.parse().ok()?;
    Some((first, parts.next().and_then(|part| part.parse().ok()).unwrap_or(0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_least_version_is_read_however_it_is_written() {
        for (text, expected) in [
            ("[[package]]\nname = \"sqlalchemy\"\nversion = \"2.0.36\"\n", Some((2, 0))),
            ("\"sqlalchemy\": {\n  \"index\": \"pypi\",\n  \"version\": \"==1.4.50\"\n},", Some((1, 4))),
            ("alembic==1.13\nSQLAlchemy[asyncio]==2.1.4  # why\n", Some((2, 1))),
            ("sqlalchemy>=2.0,<3", Some((2, 0))),
            ("sqlalchemy<3,>=2.1", Some((2, 1))),
            ("dependencies = [\n    \"sqlalchemy~=2.1\",\n]", Some((2, 1))),
            ("sqlalchemy = \"^2.0.1\"", Some((2, 0))),
            ("sqlalchemy = {version = \"^1.4\", extras = [\"asyncio\"]}", Some((1, 4))),
            ("sqlalchemy<2", None),
            ("sqlalchemy", None),
            ("sqlalchemy-utils==0.41", None),
            ("flask-sqlalchemy==3.1", None),
        ] {
            assert_eq!(least_in(text, "sqlalchemy"), expected, "{text}");
        }
    }
    #[test]
    fn the_highest_version_is_what_no_later_one_satisfies() {
        for (text, expected) in [
            ("[[package]]\nname = \"alembic\"\nversion = \"1.4.3\"\n", Some((1, 4))),
            ("alembic==0.8.3", Some((0, 8))),
            ("alembic<1.5", Some((1, 4))),
            ("alembic>=0.8,<1.5.0", Some((1, 4))),
            ("alembic<1.5.3", Some((1, 5))),
            ("alembic<=1.4.2", Some((1, 4))),
            ("alembic<1", Some((0, u32::MAX))),
            ("alembic>=0.8.3", None),
            ("alembic", None),
        ] {
            assert_eq!(most_in(text, "alembic"), expected, "{text}");
        }
    }
}
