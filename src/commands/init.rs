//! Writes a `parity.toml` with the tracks that detection finds.

use std::io::Write;
use std::path::Path;

use super::check::write_whole;
use super::{Failure, PASSED, piped};
use crate::cli::{CommonArgs, InitArgs};
use crate::config::FILE_NAME;
use crate::folders::FolderCache;
use crate::git::{Environment, HeadChoice, Repository, choose_base, choose_head, tree_to_judge};
use crate::kinds::detect;
use crate::project::ProjectError;
use crate::report::plain;
use crate::track::Track;
use crate::track::ends::Modules;

pub fn run(arguments: &InitArgs, common: &CommonArgs, out: &mut dyn Write) -> Result<u8, Failure> {
    let repository = Repository::open(&common.repo)?;
    // What is not committed yet counts: whoever sets this up may have just moved things.
    let choice = if repository.work_tree().is_some() { HeadChoice::Worktree } else { HeadChoice::Committed(None) };
    let environment = Environment::default();
    let (_, head) = choose_head(&repository, choice, &environment)?;
    let (_, tree) = tree_to_judge(&repository, head, choice, &environment)?;
    let base = choose_base(&repository, None, None, HeadChoice::Committed(None), head, &environment);
    let base = base.ok().map(|(name, _)| name);
    let find = |tree| {
        detect::tracks(&mut Modules::new(repository.snapshot(tree)), &mut FolderCache::new())
            .map_err(ProjectError::from)
    };
    let mut tracks = find(tree)?;
    if tracks.is_empty() {
        tracks = find(head.tree)?;
    }
    if tracks.is_empty() {
        return Err(ProjectError::no_tracks(&repository.snapshot(tree))?.into());
    }
    let text = configuration(&tracks, base.as_deref());
    match (arguments.dry_run, repository.work_tree()) {
        (false, Some(root)) => {
            let path = common.config.clone().unwrap_or_else(|| root.join(FILE_NAME));
            if path.exists() {
                piped(out.write_all(difference(&path, &text).as_bytes()))?;
                let shown = path.display();
                return Err(Failure::Other(format!("{shown} is there already and is left as it is")));
            }
            write_whole(&path, text.as_bytes())?;
            let tracks = if tracks.len() == 1 { "1 track".to_owned() } else { format!("{} tracks", tracks.len()) };
            piped(writeln!(out, "wrote {} with {tracks}; commit it", path.display()))?;
        }
        _ => piped(out.write_all(text.as_bytes()))?,
    }
    Ok(PASSED)
}

/// What the file that is there lacks or has besides, as a unified diff from it to what was found.
fn difference(path: &Path, found: &str) -> String {
    let there = std::fs::read_to_string(path).unwrap_or_default();
    let diff = similar::TextDiff::from_lines(there.as_str(), found);
    let text = diff.unified_diff().header(FILE_NAME, "what was found").to_string();
    // The file may hold anything; a terminal is to show it as text.
    text.lines().map(|line| plain::line(line) + "\n").collect()
}

/// The configuration of these tracks. Where they could be paired in several ways, each is there to be chosen from.
fn configuration(tracks: &[Track], base: Option<&str>) -> String {
    let mut document = toml_text(base, tracks);
    match detect::pairs(tracks) {
        Ok(pairs) => {
            for (first, second) in pairs {
                document.push_str(&parity(&tracks[first], &tracks[second], ""));
            }
        }
        Err(reason) => {
            document.push_str(&format!("\n# {reason}.\n# Keep the pairs that must stay in step:\n"));
            for (index, first) in tracks.iter().enumerate() {
                for second in tracks.iter().skip(index + 1).filter(|second| second.kind != first.kind) {
                    document.push_str(&parity(first, second, "# "));
                }
            }
        }
    }
    document
}

fn parity(first: &Track, second: &Track, comment: &str) -> String {
    let names = format!("[{}, {}]", quoted(&first.name), quoted(&second.name));
    format!("\n{comment}[[parity]]\n{comment}tracks = {names}\n")
}

fn toml_text(base: Option<&str>, tracks: &[Track]) -> String {
    let mut text = String::from("# What parity-check judges; see `parity-check rules`.\n");
    if let Some(base) = base {
        text.push_str(&format!("base = {}\n", quoted(base)));
    }
    for track in tracks {
        text.push_str(&format!("\n[track.{}]\n", quoted(&track.name)));
        text.push_str(&format!("kind = {}\n", quoted(track.kind.as_str())));
        text.push_str(&format!("dialect = {}\n", quoted(track.dialect.as_str())));
        let paths: Vec<String> = track.directories().map(quoted).collect();
        let migrations = match paths.as_slice() {
            [only] => only.clone(),
            several => format!("[{}]", several.join(", ")),
        };
        text.push_str(&format!("migrations = {migrations}\n"));
        if let Some(list) = track.list.as_deref().filter(|list| *list != crate::track::python_list::DEFAULT_LIST) {
            text.push_str(&format!("list = {}\n", quoted(list)));
        }
        if !track.declared.is_empty() {
            let declared: Vec<String> = track.declared.iter().map(|path| quoted(&path.path)).collect();
            text.push_str(&format!("declared = [{}]\n", declared.join(", ")));
        }
    }
    text
}

/// A TOML string; names and paths come from the repository and may hold anything.
fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use crate::kinds;
    use crate::schema::sqlite;
    use crate::source::Source;
    use crate::track::Declared;
    use crate::track::kind::Kind;

    fn track(name: &str, kind: Kind, path: &str) -> Track {
        let list = (kind == kinds::python_list::KIND).then(|| "STEPS".to_owned());
        let declared = list.iter().map(|_| Declared::new("s.py")).collect();
        Track { list, declared, ..Track::new(name, kind, sqlite::DIALECT, path) }
    }

    #[test]
    fn what_is_written_is_read_back_the_same() {
        let tracks =
            [track("a", kinds::python_list::KIND, "db/\"odd\"\nname.py"), track("b-c", kinds::alembic::KIND, "v")];
        let text = configuration(&tracks, Some("origin/main"));
        let config = Config::parse(&Source::new(FILE_NAME, text)).unwrap();
        let read: Vec<&Track> = config.tracks.iter().map(|configured| &configured.track).collect();
        assert_eq!(read, tracks.iter().collect::<Vec<_>>());
        assert_eq!((config.base.as_deref(), config.pairs), (Some("origin/main"), vec![(0, 1)]));
    }

    #[test]
    fn pairs_that_are_not_clear_are_left_to_choose() {
        let tracks = [
            track("a", kinds::python_list::KIND, "a.py"),
            track("b", kinds::alembic::KIND, "b"),
            track("c", kinds::alembic::KIND, "c"),
        ];
        let text = configuration(&tracks, None);
        assert!(text.contains("# tracks = [\"a\", \"b\"]") && text.contains("# tracks = [\"a\", \"c\"]"), "{text}");
        assert!(Config::parse(&Source::new(FILE_NAME, text)).unwrap().pairs.is_empty());
    }
}
