//! What the new SQL files of a change speak of: old ones that speak of nothing of it need not be carried out.

use std::collections::HashSet;
use std::rc::Rc;

use crate::change::{Presence, TrackChange};
use crate::evaluate::sql_part::names;
use crate::go::is_go;
use crate::track::Track;
use crate::track::ends::{Ends, ReadError};
use crate::track::sql_files::{history, marks, only_adds};

/// Of shorter histories all is carried out.
const LEAST: usize = 40;

/// The words of the new files; `None` where more than they has to be asked, or where it is not worth it.
pub fn wanted(tracks: &[TrackChange], ends: &mut Ends<'_>) -> Result<Option<Rc<HashSet<String>>>, ReadError> {
    let is_plain = |change: &TrackChange| {
        change.track.kind.has_a_file_each()
            && matches!(change.presence, Presence::Kept)
            && change.track.declared.is_empty()
            && change.track.territory.is_none()
    };
    if !tracks.iter().all(is_plain) || !tracks.iter().any(|change| change.migrations >= Some(LEAST)) {
        return Ok(None);
    }
    let mut words = HashSet::new();
    for change in tracks {
        let history = history::read(&change.track, &mut ends.head)?;
        if history.steps.iter().any(|step| is_go(&step.path)) {
            return Ok(None);
        }
        if !change.touched {
            continue;
        }
        let base = Track { path: change.path_at_base().to_owned(), ..change.track.clone() };
        if !only_adds(&change.track, &base, ends) {
            return Ok(None);
        }
        let new: HashSet<&str> = change.new.iter().map(|migration| migration.name.as_str()).collect();
        for step in history.steps.iter().filter(|step| new.contains(step.name.as_str())) {
            let Some(source) = ends.head.text(&step.path)? else { return Ok(None) };
            words.extend(names(&marks::upgrade(source.text()).text));
        }
    }
    Ok(Some(Rc::new(words)))
}
