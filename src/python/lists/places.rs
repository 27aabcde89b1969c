//! Lists of bare SQL texts: where the code that runs them counts, nothing but its place tells one.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use super::List;
use crate::schema::statement::is_statement;
use crate::source::words;

/// What the entry at a place is told by, from 0.
pub fn name(at: usize) -> String {
    format!("#{}", at + 1)
}

/// Whether code tells the entries of its list by their places: it counts them, takes them by an index, or keeps how many
/// have run.
pub fn are_counted(code: &str, list: &str) -> bool {
    let signs = [format!("enumerate({list}"), format!("len({list})"), format!("{list}[")];
    code.contains("user_version") || signs.iter().any(|sign| code.contains(sign.as_str()))
}

/// Whether the place of an entry decides whether it has run, whatever it is called: the code keeps how many have run, takes
/// what comes after some, or holds the place against how many have run.
pub fn decide(code: &str, list: &str) -> bool {
    let sign = format!("{list}[");
    let is_slice = |at: usize| code[at + sign.len()..].split(']').next().is_some_and(|index| index.contains(':'));
    let range = format!("len({list}))");
    let is_rest = |at: usize| {
        let front = code[..at].rsplit('\n').next().unwrap_or_default();
        front.rsplit_once("range(").is_some_and(|(_, from)| from.contains(','))
    };
    code.contains("user_version")
        || code.contains(&format!("islice({list},"))
        || code.match_indices(&sign).any(|(at, _)| is_slice(at))
        || code.match_indices(&range).any(|(at, _)| is_rest(at))
        || loops(code, &format!("enumerate({list}")).any(|(counter, body)| is_held(counter, body))
}

/// Whether the number of an entry is only held against that of a database in a loop over the list, so that all entries of one
/// number run together: what has run is noted after the loop.
pub fn run_in_groups(code: &str, list: &str) -> bool {
    loops(code, list).any(|(number, body)| {
        let mut places = words(body).filter(|(_, word)| *word == number).peekable();
        places.peek().is_some() && places.all(|(at, word)| is_ordered(body, at, word))
    })
}

/// Whether a number, or the one after it under a name of its own, is compared by order with another one.
fn is_held(number: &str, body: &str) -> bool {
    let own = body.lines().filter_map(|line| {
        let (name, value) = line.split_once('=')?;
        let is_next = value.trim().strip_prefix(number).is_some_and(|rest| rest.trim_start().starts_with('+'));
        is_next.then(|| name.trim())
    });
    let names: HashSet<&str> = own.chain([number]).collect();
    words(body).any(|(at, word)| names.contains(word) && is_ordered(body, at, word))
}

/// Whether a word at a place stands beside a sign that compares by order: `number <= done`, `done >= number + 1`.
fn is_ordered(code: &str, at: usize, word: &str) -> bool {
    let before = code[..at].trim_end_matches([' ', '(']);
    let before = before.strip_suffix('=').unwrap_or(before);
    let after = code[at + word.len()..].trim_start();
    let after = after
        .strip_prefix('+')
        .map_or(after, |rest| rest.trim_start().trim_start_matches(|digit: char| digit.is_ascii_digit()));
    let after = after.trim_start_matches([' ', ')']);
    before.ends_with('<') || before.ends_with('>') && !before.ends_with("->") || after.starts_with(['<', '>'])
}

/// What each loop over something binds first, and the code that is run with it.
fn loops<'c>(code: &'c str, over: &str) -> impl Iterator<Item = (&'c str, &'c str)> {
    let sign = format!(" in {over}");
    let starts: Vec<usize> = code.match_indices(&sign).map(|(at, _)| at).collect();
    starts.into_iter().filter_map(move |at| {
        let is_whole = !code[at + sign.len()..].starts_with(|next: char| next.is_alphanumeric() || next == '_');
        let (front, targets) = code[..at].rsplit_once("for ").filter(|_| is_whole)?;
        let (_, first) = words(targets).next()?;
        let indent = front.rsplit('\n').next().unwrap_or_default();
        let rest = &code[at + sign.len()..];
        let is_statement = indent.trim().is_empty() || indent.trim() == "async";
        let body = if is_statement { block(rest, indent.len()) } else { in_brackets(rest) };
        Some((first, body))
    })
}

/// The lines after the first that are indented more than so far.
fn block(text: &str, indent: usize) -> &str {
    let mut end = 0;
    for (at, line) in text.split_inclusive('\n').enumerate() {
        let inner = line.trim_start();
        if at > 0 && !inner.is_empty() && line.len() - inner.len() <= indent {
            break;
        }
        end += line.len();
    }
    &text[..end]
}

/// A text as far as to the bracket that closes what is around it.
fn in_brackets(text: &str) -> &str {
    let mut depth = 0_i32;
    let end = text.find(|sign: char| {
        match sign {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            _ => {}
        }
        depth < 0
    });
    &text[..end.unwrap_or(text.len())]
}

/// The places at which an entry has another name than it had, and was not moved: neither name is elsewhere in the other list.
pub fn renamed<T: AsRef<str>>(old: &[T], new: &[T]) -> BTreeSet<usize> {
    let all = |names: &'_ [T]| -> HashSet<String> { names.iter().map(|name| name.as_ref().to_owned()).collect() };
    let (before, after) = (all(old), all(new));
    let is_renamed = |(was, is): (&T, &T)| !after.contains(was.as_ref()) && !before.contains(is.as_ref());
    old.iter().zip(new).enumerate().filter(|(_, pair)| is_renamed(*pair)).map(|(at, _)| at).collect()
}

/// Calls entries by their places where they are SQL and nothing else; `texts` are the module's constants.
pub(super) fn apply(list: &mut List, texts: &BTreeMap<String, String>) {
    let is_sql = |name: &str| {
        let text = texts.get(name).map_or(name, String::as_str);
        // What an f-string begins with tells it, too.
        is_statement(text.trim_start_matches(['f', 'F', '"', '\'']))
    };
    if !list.unread.is_empty() || !list.entries.iter().all(|entry| is_sql(&entry.name)) {
        return;
    }
    for (at, entry) in list.entries.iter_mut().enumerate() {
        entry.name = name(at);
        entry.acts = true;
    }
}
