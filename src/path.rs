//! Paths in a repository: with `/` between their parts, and none at either end. The root is empty.

/// The folder that a path lies in.
pub fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// The last part of a path.
pub fn name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// The path of something in a folder.
pub fn join(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}

/// A folder, and all that it lies in up to the root.
pub fn and_above(folder: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(folder), |inner| (!inner.is_empty()).then(|| self::folder(inner)))
}

/// What follows a folder in the path of something inside of it; `None` for what lies elsewhere.
pub fn below<'p>(folder: &str, path: &'p str) -> Option<&'p str> {
    if folder.is_empty() { Some(path) } else { path.strip_prefix(folder)?.strip_prefix('/') }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_in_a_folder_is_told_from_what_only_begins_alike() {
        assert_eq!(
            (below("a", "a/b/c"), below("", "b"), below("a", "ab/c"), below("a", "a")),
            (Some("b/c"), Some("b"), None, None)
        );
    }

    #[test]
    fn what_lies_in_the_root_has_no_slash() {
        assert_eq!((folder("a/b/c"), folder("a")), ("a/b", ""));
        assert_eq!(and_above("a/b").collect::<Vec<_>>(), ["a/b", "a", ""]);
        assert_eq!(and_above("").collect::<Vec<_>>(), [""]);
        assert_eq!((join("a/b", "c"), join("", "c")), ("a/b/c".to_owned(), "c".to_owned()));
    }
}
