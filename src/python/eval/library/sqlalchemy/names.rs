//! The names that SQLAlchemy's modules have, in any version from 1.3 to 2.1: what has none of them is misspelt.

/// A line for each module, and its names below.
const NAMES: &str = include_str!("names.txt");

/// The names of a module; `None` where they are not kept here.
fn names(dotted: &str) -> Option<impl Iterator<Item = &'static str>> {
    let mut lines = NAMES.lines();
    lines.find(|line| line.strip_suffix(':') == Some(dotted))?;
    Some(lines.take_while(|line| line.starts_with(' ')).flat_map(str::split_whitespace))
}

/// Whether a module has this name in some version.
pub(super) fn has(dotted: &str, name: &str) -> bool {
    names(dotted).is_some_and(|mut names| names.any(|known| known == name))
}

/// Whether a module surely has no such name, in this version or in a later one: it has one that is nearly the same.
pub(in super::super) fn lacks(dotted: &str, name: &str) -> bool {
    !name.starts_with('_') && !super::INNER.contains(&name) && nearest(dotted, name).is_some()
}

/// The name that is meant by one which a module does not have.
pub(in super::super) fn nearest(dotted: &str, name: &str) -> Option<&'static str> {
    if names(dotted)?.any(|known| known == name) {
        return None;
    }
    let same = names(dotted)?.filter(|known| known.eq_ignore_ascii_case(name));
    let same = same.min_by_key(|known| strsim::damerau_levenshtein(name, known));
    same.or_else(|| super::super::misspelt(name, names(dotted)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_misspelt_is_told_from_what_may_come_later() {
        for (name, meant) in
            [("Boolena", "Boolean"), ("Sting", "String"), ("integer", "Integer"), ("Datetime", "DateTime")]
        {
            assert_eq!(nearest("sqlalchemy", name), Some(meant), "{name}");
        }
        for name in ["Column", "Uuid", "Vector", "Columns", "Money", "JSONB"] {
            assert_eq!(nearest("sqlalchemy", name), None, "{name}");
        }
        assert_eq!(nearest("sqlalchemy.orm", "Sesion"), None);
        assert_eq!(nearest("sqlalchemy.dialects.postgresql", "JOSNB"), Some("JSONB"));
    }
}
