//! The way back of a SQL file: behind a mark in it, or a file beside it.

use super::marks::{self, Upgrade};
use crate::path;
use crate::source::Source;
use crate::track::ends::Modules;

/// What takes a file back, and which file that is in; `None` where nothing does.
pub fn way_back(source: &Source, modules: &mut Modules<'_>) -> Option<(Source, Upgrade)> {
    if let Some(way) = marks::downgrade(source.text()) {
        return Some((source.clone(), way));
    }
    let (folder, name) = (path::folder(source.path()), path::name(source.path()));
    let other = modules.text(&path::join(folder, &other_name(name)?)).ok()??;
    let way = marks::upgrade(other.text());
    Some((other, way))
}

/// The name of the file for the way back of one for the way forth: `7_x.down.sql`, `7_x_down.sql`, `down.sql`.
fn other_name(name: &str) -> Option<String> {
    const SIGN: &str = "up";
    let is_edge = |byte: Option<&u8>| byte.is_none_or(|byte| matches!(byte, b'.' | b'_' | b'-'));
    let bytes = name.as_bytes();
    let is_whole = |at: &usize| {
        let before = at.checked_sub(1).and_then(|before| bytes.get(before));
        is_edge(before) && bytes.get(at + SIGN.len()) == Some(&b'.')
    };
    let at = name.match_indices(SIGN).map(|(at, _)| at).filter(is_whole).last()?;
    Some(format!("{}down{}", &name[..at], &name[at + SIGN.len()..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_back_is_called_like_the_way_forth() {
        for (forth, back) in [
            ("0007_x.up.sql", Some("0007_x.down.sql")),
            ("0007_x_up.sql", Some("0007_x_down.sql")),
            ("0007-sign-up.up.sql", Some("0007-sign-up.down.sql")),
            ("7.sqlite3.autocommit.up.sql", Some("7.sqlite3.autocommit.down.sql")),
            ("up.sql", Some("down.sql")),
            ("0007_setup.sql", None),
            ("0007_x.sql", None),
        ] {
            assert_eq!(other_name(forth).as_deref(), back, "{forth}");
        }
    }
}
