//! Which databases a project is deployed with, by the files that start or configure it.

use std::collections::BTreeSet;

use memchr::memmem;

use super::{chains, is_skipped};
use crate::git::{EntryKind, Snapshot};
use crate::path;
use crate::schema::dialect::Dialect;
use crate::track::ends::ReadError;

/// So many folders are looked into, the upper ones first.
const MOST_FOLDERS: usize = 400;

/// A larger file is none of these.
const LONGEST: usize = 1 << 16;

/// What images of PostgreSQL are called, beside `postgres`.
const IMAGES_OF_POSTGRES: [&str; 4] = ["postgis", "pgvector", "timescale", "postgresql"];

/// The databases of the addresses and the images in a project's files for containers, settings and environments: an image
/// may be that of another service, so that where the addresses name one server it is that.
pub(super) fn databases(snapshot: &Snapshot<'_>) -> Result<BTreeSet<Dialect>, ReadError> {
    let (mut found, mut named) = (BTreeSet::new(), BTreeSet::new());
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
                    for line in source.iter().flat_map(|source| told_lines(source.text())) {
                        named.extend(addressed(line));
                        found.extend(image(line));
                    }
                }
                _ => {}
            }
        }
    }
    let servers = named.iter().filter(|dialect| **dialect != Dialect::Sqlite).count();
    if servers != 1 {
        named.append(&mut found);
    }
    Ok(named)
}

/// Whether a file of this name may say with which database a project runs.
fn is_telling(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let is_settings = ["compose", "config", "settings"].iter().any(|word| name.contains(word));
    let ends = |ends: &[&str]| ends.iter().any(|end| name.ends_with(end));
    is_settings && ends(&[".yml", ".yaml", ".toml", ".ini", ".cfg"]) || name.starts_with(".env") || ends(&[".env"])
}

/// The lines of a text that are no comment.
fn told_lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim).filter(|line| !line.starts_with(['#', ';']))
}

/// The databases of the addresses in a line: `url: mysql+pymysql://…`.
fn addressed(line: &str) -> Vec<Dialect> {
    let of = |at: usize| {
        let front = line.get(..at)?;
        let is_scheme = |part: char| part.is_ascii_alphanumeric() || matches!(part, '+' | '_');
        let scheme = front.rsplit(|part| !is_scheme(part)).next()?;
        chains::dialect_of_scheme(scheme)
    };
    memmem::find_iter(line.as_bytes(), b"://").filter_map(of).collect()
}

/// The database of an image: `image: docker.io/library/mysql:8.0`.
fn image(line: &str) -> Option<Dialect> {
    let image = line.trim_start_matches("- ").strip_prefix("image:")?.trim().trim_matches(['"', '\'']);
    let name = image.rsplit('/').next().unwrap_or(image).split([':', '@']).next().unwrap_or_default();
    let is_postgres = IMAGES_OF_POSTGRES.iter().any(|known| name.contains(known));
    if is_postgres { Some(Dialect::Postgres) } else { chains::dialect_of_name(name) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deployment_names_its_database_by_an_address_or_an_image() {
        let of = |text: &str| -> Vec<Dialect> {
            told_lines(text).flat_map(|line| addressed(line).into_iter().chain(image(line))).collect()
        };
        assert_eq!(of("database_url: \"mysql+pymysql://root:1@mysql:3306/a\""), [Dialect::Mysql]);
        assert_eq!(of("DATABASE_URL=postgresql://a@b/c"), [Dialect::Postgres]);
        assert_eq!(of("  db:\n    image: mariadb:11"), [Dialect::Mysql]);
        assert_eq!(of("image: docker.io/pgvector/pgvector:pg16"), [Dialect::Postgres]);
        assert!(of("# image: mysql:8\nimage: openfga/openfga\nlink: https://mysql.example").is_empty());
    }
}
