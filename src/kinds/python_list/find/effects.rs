//! Whether what a list names alters a schema at all.

use crate::python::bindings::{binding, imports};
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
