//! What a project's history shows of how it works.

use std::collections::BTreeSet;

use crate::evaluate::models::RevisionsFirst;
use crate::git::{ChangedFile, Commit, Parent};
use crate::path;
use crate::track::ends::{Ends, ReadError};
use crate::track::{Track, ddl};

/// So far back is looked, in commits along first parents, and in those of them that bring a revision of something new.
const MOST_COMMITS: usize = 400;
const MOST_REVISIONS: usize = 12;

/// Fewer are no custom.
const FEWEST: usize = 3;

/// What a revision says that makes something.
const MAKES: [&str; 3] = ["add_column(", "create_table(", "ADD COLUMN"];

/// Whether revisions come first here and their models later: of the last commits before the merge base that bring a
/// revision which makes a table or a column, how many touch nothing in the folders of the models.
pub(super) fn revisions_first(
    track: &Track,
    models: &BTreeSet<String>,
    ends: &Ends<'_>,
) -> Result<Option<RevisionsFirst>, ReadError> {
    let snapshot = &ends.base.snapshot;
    let repository = snapshot.repository();
    let at = Commit { id: ends.merge_base, tree: snapshot.tree() };
    let folders: BTreeSet<&str> = models.iter().map(|file| path::folder(file)).collect();
    let mut found = RevisionsFirst { alone: 0, all: 0 };
    for step in repository.first_parents(None, at, MOST_COMMITS)? {
        let Parent::Here(parent) = step.parent else { continue };
        let changed = repository.changed_files(parent.tree, step.commit.tree)?;
        let after = repository.snapshot(step.commit.tree);
        let mut makes = false;
        for file in changed.iter().filter(|file| is_new_revision(track, file)) {
            let entry = file.new.as_ref();
            let text = entry.map(|entry| after.read_text(&file.path, entry)).transpose()?.flatten();
            makes |= text.is_some_and(|text| MAKES.iter().any(|word| text.text().contains(word)));
        }
        if !makes {
            continue;
        }
        found.all += 1;
        let is_of_models =
            |file: &ChangedFile| !track.has_file(&file.path) && folders.contains(path::folder(&file.path));
        found.alone += usize::from(!changed.iter().any(is_of_models));
        if found.all == MOST_REVISIONS {
            break;
        }
    }
    Ok((found.alone >= FEWEST && found.alone * 2 >= found.all).then_some(found))
}

fn is_new_revision(track: &Track, file: &ChangedFile) -> bool {
    file.old.is_none() && ddl::is_python(&file.path) && track.directories().any(|own| path::folder(&file.path) == own)
}
