//! What libraries make of a list of migrations.

use super::{Element, Id};
use crate::go::syntax::File;

/// A library that runs lists of migrations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Library {
    /// go-gormigrate/gormigrate and xormigrate, which is made after it: the ids of those that have run are recorded, and
    /// what is not recorded is run in the list's order.
    Gormigrate,
    /// rubenv/sql-migrate: the same, in the order of the ids.
    SqlMigrate,
    /// GuiaBolso/darwin: the versions and the checksums of the scripts are recorded, and run is what is higher than all.
    Darwin,
}

impl Library {
    /// The library that a type is of: by the path that the file imports it from, else by the name in front of it.
    pub(super) fn of(name: &str, file: &File) -> Option<Self> {
        let (package, _) = name.split_once('.')?;
        let imported = file.imports.iter().find(|(known, _)| **known == *package);
        let path = imported.map_or(package, |(_, path)| path.as_str());
        let is = |sign: &str| path.contains(sign);
        match () {
            () if is("gormigrate") || is("xormigrate") => Some(Self::Gormigrate),
            () if is("sql-migrate") => Some(Self::SqlMigrate),
            () if is("darwin") => Some(Self::Darwin),
            () => None,
        }
    }

    /// Whether an id is a text, and no number, whatever stands in it.
    pub(super) fn keeps_ids_as_texts(self) -> bool {
        self != Self::Darwin
    }

    /// Whether a script may not even be formatted anew.
    pub fn keeps_checksums(self) -> bool {
        self == Self::Darwin
    }

    /// Whether the order in which ids are written says nothing.
    pub fn is_free_in_its_order(self) -> bool {
        match self {
            Self::Gormigrate | Self::SqlMigrate | Self::Darwin => true,
        }
    }

    /// Brings migrations into the order in which they are run.
    pub(super) fn sort(self, elements: &mut [Element]) {
        match self {
            Self::Gormigrate => {}
            Self::SqlMigrate => elements.sort_by_cached_key(|element| {
                let id = element.id.as_ref().map(|(id, _)| id.to_string()).unwrap_or_default();
                // One without a number in front comes after those with one.
                (leading_number(&id).unwrap_or(u64::MAX), id)
            }),
            Self::Darwin => elements.sort_by(|one, other| version(one).total_cmp(&version(other))),
        }
    }
}

/// The number that an id begins with.
fn leading_number(id: &str) -> Option<u64> {
    let end = id.find(|part: char| !part.is_ascii_digit()).unwrap_or(id.len());
    id.get(..end)?.parse().ok()
}

fn version(element: &Element) -> f64 {
    element.id.as_ref().and_then(|(id, _): &(Id, _)| id.to_string().parse().ok()).unwrap_or(f64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Source;

    #[test]
    fn a_library_is_told_by_its_path_or_by_the_name_in_front() {
        let text = "package a\nimport m \"github.com/rubenv/sql-migrate\"\nimport \"github.com/go-gormigrate/gormigrate/v2\"\n";
        let file = File::parse(&Source::new("m.go", text)).unwrap();
        let of = |name: &str| Library::of(name, &file);
        assert_eq!(of("m.Migration"), Some(Library::SqlMigrate));
        assert_eq!(of("gormigrate.Migration"), Some(Library::Gormigrate));
        assert_eq!(of("xormigrate.Migration"), Some(Library::Gormigrate));
        assert_eq!([of("other.Migration"), of("migration")], [None, None]);
    }

    #[test]
    fn an_id_begins_with_its_number() {
        assert_eq!([leading_number("10_a"), leading_number("007"), leading_number("a")], [Some(10), Some(7), None]);
    }
}
