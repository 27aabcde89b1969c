//! Migrations that lie in a repository and that this program does not read: what to say where it finds none that it does.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use crate::folders::Walk;
use crate::git::{GitError, Snapshot};
use crate::path;

/// What keeps migrations in a form of its own, and how a file of it is told by its path. The sentence that ends with the
/// folder says the name in full: "Django's migrations in `app/migrations`".
struct Tool {
    name: &'static str,
    is_its: fn(folder: &str, file: &str) -> bool,
    /// What a user of it can do here.
    way_out: &'static str,
}

const NOT_READ: &str = "this program does not read them";
const NAMED: &str = "a lone directory is read where parity.toml names it";

const TOOLS: [Tool; 11] = [
    Tool { name: "Django's migrations", is_its: is_django, way_out: NOT_READ },
    Tool {
        name: "the migrations of Rails",
        is_its: |folder, file| is_last(folder, "migrate") && has_ending(file, &["rb"]),
        way_out: NOT_READ,
    },
    Tool {
        name: "Laravel's migrations",
        is_its: |folder, file| folder.ends_with("database/migrations") && has_ending(file, &["php"]),
        way_out: NOT_READ,
    },
    Tool {
        name: "Ecto's migrations",
        is_its: |folder, file| folder.contains("migrations") && has_ending(file, &["exs"]),
        way_out: NOT_READ,
    },
    Tool {
        name: "the migrations of Entity Framework",
        is_its: |folder, file| is_last(folder, "Migrations") && file.ends_with(".Designer.cs"),
        way_out: NOT_READ,
    },
    Tool {
        name: "migrations in JavaScript or TypeScript",
        is_its: |folder, file| {
            is_last(folder, "migrations") && begins_with_digit(file) && has_ending(file, &["js", "ts"])
        },
        way_out: NOT_READ,
    },
    Tool {
        name: "the change logs of Liquibase",
        is_its: |folder, file| {
            (folder.contains("changelog") || folder.contains("liquibase") || file.contains("changelog"))
                && has_ending(file, &["xml", "yaml", "yml"])
        },
        way_out: NOT_READ,
    },
    Tool { name: "a schema of Prisma", is_its: |_, file| file == "schema.prisma", way_out: NAMED },
    Tool {
        name: "the migrations of Flyway",
        is_its: |_, file| file.starts_with('V') && file.contains("__") && has_ending(file, &["sql"]),
        way_out: NAMED,
    },
    Tool {
        name: "a directory of migrations in SQL",
        is_its: |folder, file| folder.contains("migration") && has_ending(file, &["sql"]),
        way_out: NAMED,
    },
    Tool {
        name: "revisions without an `env.py`",
        is_its: |folder, file| is_last(folder, "versions") && has_ending(file, &["py"]) && file != "__init__.py",
        way_out: "a versions directory is read where parity.toml names it",
    },
];

/// So many are told of.
const MOST: usize = 3;

/// What migrations a tree has that are not read, a sentence for each without a full stop, those with most files first.
pub fn told(snapshot: &Snapshot<'_>) -> Result<Vec<String>, GitError> {
    // Of each tool how many files there are, and the folder with the first of them.
    let mut found: BTreeMap<usize, (usize, String)> = BTreeMap::new();
    Walk::own().each::<GitError>(snapshot, |whole, _| {
        let (folder, file) = (path::folder(whole), path::name(whole));
        if let Some(at) = TOOLS.iter().position(|tool| (tool.is_its)(folder, file)) {
            let (count, first) = found.entry(at).or_insert_with(|| (0, folder.to_owned()));
            *count += 1;
            if folder < first.as_str() {
                *first = folder.to_owned();
            }
        }
        Ok(ControlFlow::Continue(()))
    })?;
    let mut found: Vec<(usize, (usize, String))> = found.into_iter().collect();
    found.sort_by_key(|(at, (count, _))| (std::cmp::Reverse(*count), *at));
    let sentence = |(at, (_, folder)): (usize, (usize, String))| {
        let Tool { name, way_out, .. } = &TOOLS[at];
        let folder = if folder.is_empty() { "the root".to_owned() } else { format!("`{folder}`") };
        format!("found {name} in {folder}: {way_out}")
    };
    Ok(found.into_iter().take(MOST).map(sentence).collect())
}

fn is_django(folder: &str, file: &str) -> bool {
    is_last(folder, "migrations") && begins_with_digit(file) && has_ending(file, &["py"])
}

fn begins_with_digit(file: &str) -> bool {
    file.starts_with(|first: char| first.is_ascii_digit())
}

fn is_last(folder: &str, name: &str) -> bool {
    path::name(folder) == name
}

fn has_ending(file: &str, endings: &[&str]) -> bool {
    file.rsplit_once('.').is_some_and(|(_, ending)| endings.contains(&ending))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_told_by_the_path_of_a_file() {
        let tool = |whole: &str| {
            let (folder, file) = (path::folder(whole), path::name(whole));
            TOOLS.iter().find(|tool| (tool.is_its)(folder, file)).map(|tool| tool.name)
        };
        assert_eq!(tool("shop/migrations/0001_initial.py"), Some("Django's migrations"));
        assert_eq!(tool("db/migrate/20240101_users.rb"), Some("the migrations of Rails"));
        assert_eq!(tool("src/migrations/20240101-users.ts"), Some("migrations in JavaScript or TypeScript"));
        assert_eq!(tool("prisma/schema.prisma"), Some("a schema of Prisma"));
        assert_eq!(tool("db/V1__users.sql"), Some("the migrations of Flyway"));
        assert_eq!(tool("priv/repo/migrations/20240101_users.exs"), Some("Ecto's migrations"));
        assert_eq!(tool("src/main.py"), None);
    }
}
