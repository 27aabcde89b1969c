//! Sentences about one thing of a schema that is not the same everywhere.

use super::wording::{all, quoted};
use crate::finding::{Finding, Side, Standing};
use crate::schema::delta::Object;
use crate::track::Track;

/// What a track is called among the places that have a say: its file, or its name where there are many.
pub fn who(track: &Track) -> String {
    format!("`{}`", if track.kind.is_file() { &track.path } else { &track.name })
}

/// Whether `fix` writes migrations for a track.
pub fn has_writer(track: &Track) -> bool {
    track.kind.facts().written_for.contains(&track.dialect)
}

/// Whether it writes what gives the track something.
pub fn is_written(track: &Track, object: &Object) -> bool {
    let is_planned = matches!(
        object,
        Object::Table(_)
            | Object::Column { .. }
            | Object::Index { .. }
            | Object::Unique { .. }
            | Object::ForeignKey { .. }
    );
    has_writer(track) && is_planned
}

/// What a track is to do about something that it lacks, or that is to go.
pub fn todo(track: &Track, object: &Object, is_dropped: bool) -> String {
    let (noun, path) = (track.kind.noun(1), &track.path);
    if track.kind.is_state() {
        return todo_in_file(path, is_dropped);
    }
    match object {
        _ if is_dropped => format!("add a {noun} to `{path}` that drops it"),
        Object::Column { table, .. } => format!("add a {noun} to `{path}` that adds the column to `{table}`"),
        _ => format!("add a {noun} to `{path}` that creates it"),
    }
}

const ADD: &str = "add it to ";
const TAKE_OUT: &str = "take it out of ";

/// What is to be done in a file that states the end result.
pub fn todo_in_file(path: &str, is_dropped: bool) -> String {
    format!("{}`{path}`", if is_dropped { TAKE_OUT } else { ADD })
}

impl Standing {
    /// Where it is and where it is missing, or what each place says: "column `t.c` (TEXT): in `a`; missing in `b` and `c`".
    pub fn message(&self) -> String {
        let named = |sides: &[&Side]| all(&sides.iter().map(|side| side.who.clone()).collect::<Vec<_>>());
        let Some(attribute) = self.attribute else {
            let (there, not_there): (Vec<&Side>, Vec<&Side>) = self.sides.iter().partition(|side| side.says.is_some());
            let definition = &self.definition;
            let object = match &self.object {
                object if definition.is_empty() => object.to_string(),
                Object::Index { .. } => format!("{} {definition}", self.object),
                object => format!("{object} ({definition})"),
            };
            return if self.is_dropped {
                format!("{object}: gone from {}; still in {}", named(&not_there), named(&there))
            } else {
                format!("{object}: in {}; missing in {}", named(&there), named(&not_there))
            };
        };
        let mut said: Vec<(String, Vec<&Side>)> = Vec::new();
        for side in &self.sides {
            let says = side.says.clone().unwrap_or_default();
            match said.iter_mut().find(|(known, _)| *known == says) {
                Some((_, sides)) => sides.push(side),
                None => said.push((says, vec![side])),
            }
        }
        let said = said.iter().map(|(says, sides)| {
            let says = if says.is_empty() { "none".to_owned() } else { format!("`{says}`") };
            format!("{says} in {}", named(sides))
        });
        format!("{} of {}: {}", attribute.as_str(), self.object, said.collect::<Vec<_>>().join(", "))
    }

    /// All that is to be done, each once: what is to be written into files in one clause.
    pub fn todos(&self) -> Vec<String> {
        let mut todos: Vec<String> = Vec::new();
        let mut files: Vec<String> = Vec::new();
        let verb = if self.is_dropped { TAKE_OUT } else { ADD };
        for todo in self.sides.iter().map(|side| &side.todo).filter(|todo| !todo.is_empty()) {
            let (list, todo) = match todo.strip_prefix(verb) {
                Some(file) => (&mut files, file),
                None => (&mut todos, todo.as_str()),
            };
            if !list.iter().any(|known| known == todo) {
                list.push(todo.to_owned());
            }
        }
        if !files.is_empty() {
            todos.push(format!("{verb}{}", all(&files)));
        }
        todos
    }

    /// Takes the places over that another finding about the same knows of.
    pub fn extend(&mut self, other: &Self) {
        for side in &other.sides {
            match self.sides.iter_mut().find(|known| known.who == side.who) {
                Some(known) if known.todo.is_empty() => known.todo.clone_from(&side.todo),
                Some(_) => {}
                None => self.sides.push(side.clone()),
            }
        }
        for track in &other.tracks {
            if !self.tracks.contains(track) {
                self.tracks.push(track.clone());
            }
        }
    }
}

/// The sentence and the to-do of a missing revision whose migrations do one thing, which is missing elsewhere, too.
pub fn with_one(finding: &Finding, standing: &Standing) -> (String, String) {
    let mut standing = standing.clone();
    if let Some(track) = &finding.track
        && standing.attribute.is_none()
    {
        let says = standing.is_dropped.then(String::new);
        standing.sides.push(Side { who: quoted(track), says, todo: String::new() });
    }
    (standing.message(), todo_list(&finding.help, &standing.todos()))
}

/// The same where they do several things.
pub fn with_more(finding: &Finding, standings: &[Standing]) -> (String, String) {
    let mut places: Vec<String> = Vec::new();
    let mut todos = Vec::new();
    for standing in standings {
        let sides = standing.sides.iter().filter(|side| !side.todo.is_empty()).map(|side| side.who.clone());
        for who in sides {
            if !places.contains(&who) {
                places.push(who);
            }
        }
        todos.extend(standing.todos().into_iter().map(|todo| format!("{}: {todo}", standing.object)));
    }
    if places.is_empty() {
        return (finding.message.clone(), todo_list(&finding.help, &todos));
    }
    let verb = if places.len() == 1 { "does" } else { "do" };
    (format!("{}; {} {verb} not say it either", finding.message, all(&places)), todo_list(&finding.help, &todos))
}

fn todo_list(first: &str, more: &[String]) -> String {
    std::iter::once(first).chain(more.iter().map(String::as_str)).collect::<Vec<_>>().join("; ")
}
