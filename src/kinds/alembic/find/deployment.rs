//! Which databases a project is deployed with, by the files that start or configure it.

use std::collections::BTreeSet;

use memchr::memmem;

use super::dialect_of_scheme;
use crate::folders::is_skipped;
use crate::git::{EntryKind, Snapshot};
use crate::path;
use crate::schema::dialect::Dialect;
use crate::track::ends::ReadError;

/// So many folders are looked into, the upper ones first.
const MOST_FOLDERS: usize = 400;

/// A larger file is none of these.
const LONGEST: usize = 1 << 16;

/// The databases of the addresses in a project's files for containers, settings and environments; where they have none,
/// those of the images: one of these may be another service's.
pub(super) fn databases(snapshot: &Snapshot<'_>) -> Result<BTreeSet<Dialect>, ReadError> {
    let (mut found, mut images) = (BTreeSet::new(), BTreeSet::new());
    let mut folders = vec![String::new()];
    let mut next = 0;
    while let Some(folder) = folders.get(next).filter(|_| next < MOST_FOLDERS).cloned() {
        next += 1;
        for entry in snapshot.list(&folder)? {
            let path = path::join(&folder, &entry.name);
            match entry.kind {
                EntryKind::Directory if !is_skipped(&entry.name) => folders.push(path),
                EntryKind::File if is_telling(&entry.name) => {
                    let source = snapshot.read_text(&path, &entry)?;
                    let source = source.filter(|source| source.text().len() <= LONGEST);
                    for line in source.iter().flat_map(|source| lines(source.text())) {
                        found.extend(addressed(line));
                        images.extend(image(line));
                    }
                }
                _ => {}
            }
        }
    }
    Ok(if found.is_empty() { images } else { found })
}

/// Whether a file of this name may say with which database a project runs.
fn is_telling(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let is_settings = ["compose", "config", "settings"].iter().any(|word| name.contains(word));
    let ends = |ends: &[&str]| ends.iter().any(|end| name.ends_with(end));
    is_settings && ends(&[".yml", ".yaml", ".toml", ".ini", ".cfg"]) || name.starts_with(".env") || ends(&[".env"])
}

/// The lines of a text that are no comments.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim).filter(|line| !line.starts_with(['#', ';']))
}

/// The databases of the addresses in a line: `url: mysql+pymysql://…`.
fn addressed(line: &str) -> Vec<Dialect> {
    let of = |at: usize| {
        let front = line.get(..at)?;
        let is_scheme = |part: char| part.is_ascii_alphanumeric() || matches!(part, '+' | '_');
        let scheme = front.rsplit(|part| !is_scheme(part)).next()?;
        dialect_of_scheme(scheme)
    };
    memmem::find_iter(line.as_bytes(), b"://").filter_map(of).collect()
}

/// The database of an image: `image: docker.io/library/mysql:8.0`.
fn image(line: &str) -> Option<Dialect> {
    let image = line.trim_start_matches("- ").strip_prefix("image:")?.trim().trim_matches(['"', '\'']);
    let name = path::name(image).split([':', '@']).next().unwrap_or_default();
    let is_of = |dialect: &Dialect| dialect.facts().signs.images.iter().any(|known| name.contains(known));
    Dialect::ALL.into_iter().find(is_of).or_else(|| Dialect::of_scheme(name))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{mysql, postgres};

    #[test]
    fn a_deployment_names_its_database_by_an_address_or_an_image() {
        let of = |text: &'static str| {
            lines(text).flat_map(|line| addressed(line).into_iter().chain(image(line))).collect::<Vec<_>>()
        };
        assert_eq!(of("database_url: \"mysql+pymysql://root:1@mysql:3306/a\""), [mysql::DIALECT]);
        assert_eq!(of("DATABASE_URL=postgresql://a@b/c"), [postgres::DIALECT]);
        assert_eq!(of("  db:\n    image: mariadb:11"), [mysql::DIALECT]);
        assert_eq!(of("image: docker.io/pgvector/pgvector:pg16"), [postgres::DIALECT]);
        assert!(of("# image: mysql:8\nimage: openfga/openfga\nlink: https://mysql.example").is_empty());
    }
}
