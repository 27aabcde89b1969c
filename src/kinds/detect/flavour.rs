//! Whether the server of a MySQL track is MySQL or MariaDB, where the images that a project runs say that plainly.

use crate::git::{EntryKind, GitError, Snapshot};
use crate::path;
use crate::schema::dialect::Dialect;
use crate::schema::mysql::Flavour;
use crate::track::Track;

/// Where compose files and CI's workflows are.
const FOLDERS: [&str; 6] = ["", "docker", ".docker", "deploy", "dev", ".github/workflows"];

/// Which server the image of this name and tag is for; `None` where it is for none of a dialect's.
type Server = fn(&str, &str) -> Option<Flavour>;

/// Says of tracks whose dialect is that of several servers which one they are for. A project that runs both has either.
pub fn settle(tracks: &mut [Track], snapshot: &Snapshot<'_>) -> Result<(), GitError> {
    for dialect in Dialect::ALL {
        let Some(server) = dialect.facts().signs.server else { continue };
        let is_open = |track: &&mut Track| track.dialect == dialect && track.flavour == Flavour::Unknown;
        if tracks.iter_mut().any(|track| is_open(&track)) {
            let flavour = of_images(snapshot, server)?;
            tracks.iter_mut().filter(is_open).for_each(|track| track.flavour = flavour);
        }
    }
    Ok(())
}

fn of_images(snapshot: &Snapshot<'_>, server: Server) -> Result<Flavour, GitError> {
    let mut found: Vec<Flavour> = Vec::new();
    for folder in FOLDERS {
        for entry in snapshot.list(folder)? {
            let is_yaml = matches!(entry.name.rsplit('.').next(), Some("yml" | "yaml"));
            let is_one = folder.ends_with("workflows")
                || entry.name.contains("compose")
                || matches!(entry.name.as_str(), ".gitlab-ci.yml" | ".travis.yml");
            if entry.kind != EntryKind::File || !is_yaml || !is_one {
                continue;
            }
            // What is no text says nothing.
            let Ok(Some(source)) = snapshot.read_text(&path::join(folder, &entry.name), &entry) else { continue };
            found.extend(source.text().lines().filter_map(|line| of_line(line, server)));
        }
    }
    let first = found.first().copied().unwrap_or_default();
    Ok(if found.iter().all(|one| *one == first) { first } else { Flavour::Unknown })
}

/// What an `image:` of a database server says.
fn of_line(line: &str, server: Server) -> Option<Flavour> {
    let line = line.trim_start().trim_start_matches("- ");
    let image = line.strip_prefix("image:")?.trim().trim_matches(['"', '\'']);
    let name = path::name(image);
    let (name, tag) = name.split_once(':').unwrap_or((name, "latest"));
    server(name, tag)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::mysql;

    #[test]
    fn an_image_says_which_server_it_is() {
        let of_line = |line| of_line(line, mysql::DIALECT.facts().signs.server.unwrap());
        assert_eq!(of_line("    image: mariadb:10.11"), Some(Flavour::MariaDb));
        assert_eq!(of_line("    - image: 'docker.io/library/mysql:8.0'"), Some(Flavour::MySql));
        assert_eq!(of_line("image: mysql:5.7"), Some(Flavour::Unknown));
        assert_eq!(of_line("image: postgres:16"), None);
        assert_eq!(of_line("name: mysql"), None);
    }
}
