//! Whether what a list names alters a schema at all.

use crate::python::bindings::{binding, imports};
use crate::python::lists::Entry;
use crate::source::{Source, words};
use crate::track::ends::Modules;
use crate::track::python_list::entry_text;
use crate::track::{Track, python_list};

/// Whether a list beside chains may alter a schema: something in its module does, where its entries are written, or in
/// what that imports if entries are code. Without it its migrations are those of a configuration, of documents, of rows.
pub fn may_alter_a_schema(track: &Track, modules: &mut Modules<'_>) -> bool {
    let name = track.list.as_deref().unwrap_or(python_list::DEFAULT_LIST);
    let (Ok(Some(list)), Ok(Some(module))) =
        (python_list::read(modules, &track.path, name), modules.module(&track.path))
    else {
        return true;
    };
    let mut written = list.entries.iter().map(|entry| &entry.location.source);
    let is_partial = !list.unread.is_empty() && binding(&module, name).is_some();
    if list.entries.is_empty() || is_partial || has_ddl(&module.source) || written.any(has_ddl) {
        return true;
    }
    let imports = imports(&module);
    let is_of_others = |word: &str, modules: &Modules<'_>| {
        let mut own = imports.iter().filter(|import| import.local == word).peekable();
        own.peek().is_some()
            && !own.any(|import| import.files(&track.path).iter().any(|file| python_list::has_file(modules, file)))
    };
    let unquoted = |text: &str| text.split(['"', '\'']).step_by(2).collect::<String>();
    let code = list.entries.iter().map(|entry| {
        let own = unquoted(entry.location.source.text().get(entry.location.range.clone()).unwrap_or_default());
        // Of an entry of a dict the place is its key.
        if own.contains(char::is_alphabetic) { own } else { unquoted(&entry_text(&entry.location)) }
    });
    let code: Vec<String> = code.collect();
    let words = || code.iter().flat_map(|text| words(text)).map(|(_, word)| word);
    // A variable of a function is code that puts a list together, of whatever it may be.
    if !words().any(|word| binding(&module, word).is_some() && !is_of_others(word, modules)) {
        return false;
    }
    let beside = python_list::files_beside(&track.path, modules);
    for import in imports {
        for file in import.files(&track.path) {
            let Ok(Some(source)) = modules.text(&file) else { continue };
            // What an entry names elsewhere may be anything.
            let is_elsewhere = !beside.contains(&file) && words().any(|word| word == import.local);
            if is_elsewhere || has_ddl(&source) {
                return true;
            }
        }
    }
    beside.iter().any(|file| modules.text(file).ok().flatten().is_some_and(|source| has_ddl(&source)))
}

/// Whether the entries of a list are made by classes of the project, and neither the list's module nor those that they come
/// from has SQL or speaks to a database: they are for something else that has migrations, such as a search engine.
pub(super) fn is_for_something_else(track: &Track, modules: &mut Modules<'_>) -> bool {
    let name = track.list.as_deref().unwrap_or(python_list::DEFAULT_LIST);
    let (Ok(Some(list)), Ok(Some(module))) =
        (python_list::read(modules, &track.path, name), modules.module(&track.path))
    else {
        return false;
    };
    let code =
        |entry: &Entry| entry.location.source.text().get(entry.location.range.clone()).unwrap_or_default().to_owned();
    let codes: Vec<String> = list.entries.iter().map(code).collect();
    if codes.is_empty() || !list.unread.is_empty() || !codes.iter().all(|code| is_made_by_a_class(code)) {
        return false;
    }
    let imports = imports(&module);
    let mut sources = vec![module.source.clone()];
    for (_, word) in codes.iter().flat_map(|code| words(code)) {
        for import in imports.iter().filter(|import| import.local == word) {
            let files = import.files(&track.path);
            let found: Vec<Source> = files.iter().filter_map(|file| modules.text(file).ok().flatten()).collect();
            // What is not here may be anything.
            if found.is_empty() {
                return false;
            }
            sources.extend(found);
        }
    }
    !sources.iter().any(speaks_to_a_database)
}

/// Whether code is a call of something that is named as classes are: `SchemaMigration(version=9, …)`.
fn is_made_by_a_class(code: &str) -> bool {
    let Some((callee, _)) = code.split_once('(') else { return false };
    let last = callee.rsplit('.').next().unwrap_or(callee);
    last.starts_with(|first: char| first.is_ascii_uppercase())
        && last.chars().all(|part| part.is_alphanumeric() || part == '_')
}

/// Whether a file's code, comments aside, has SQL or a word of those who send it.
fn speaks_to_a_database(source: &Source) -> bool {
    const WORDS: [&str; 9] = ["sql", "execute", "cursor", "conn", "database", "table", "pragma", "engine", "session"];
    let code = source.text().lines().map(|line| line.split('#').next().unwrap_or_default().to_ascii_lowercase());
    code.into_iter().any(|line| WORDS.iter().any(|word| line.contains(word)))
}

/// Whether a file has a word that code which alters a schema has.
fn has_ddl(source: &Source) -> bool {
    const SIGNS: [&str; 16] = [
        "create table",
        "alter table",
        "drop table",
        "create index",
        "create unique index",
        "create virtual",
        "create trigger",
        "create view",
        "create_all(",
        ".create(",
        "add_column",
        ".transform(",
        " column(",
        "sa.column(",
        ".sql\"",
        ".sql'",
    ];
    let text = source.text().to_ascii_lowercase();
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    SIGNS.iter().any(|sign| text.contains(sign))
}
