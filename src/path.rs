//! Paths in a repository: with `/` between their parts, and none at either end. The root is empty.

/// The folder that a path lies in.
pub fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

/// The path of something in a folder.
pub fn join(folder: &str, name: &str) -> String {
    if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_in_the_root_has_no_slash() {
        assert_eq!((folder("a/b/c"), folder("a")), ("a/b", ""));
        assert_eq!((join("a/b", "c"), join("", "c")), ("a/b/c".to_owned(), "c".to_owned()));
    }
}
