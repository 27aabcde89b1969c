//! The rule `unregistered-migration`.

use crate::finding::{Explained, Finding, Note, Which};
use crate::change::stray::{Misfit, Stray};
use crate::change::Change;
use crate::track::Track;

declare_rule! {
    /// ## What it does
    /// Finds functions that a change adds beside the registered migrations and does not register, and entries that name a
    /// function which nothing defines.
    ///
    /// A function is taken for a migration where its name begins with the same word as those of registered ones, it takes
    /// as many parameters, does something with them, and nothing speaks of it: no code or text in its module, and none of
    /// the project, tests and comments aside. A word is what stands before the first underscore behind those in front:
    /// `_migrate` in `_migrate_users` and `_migrate_pets`, and numbers are alike, as in `m001_users` and `m002_pets`. A word
    /// that only one registered function begins with does not count, unless it has `migrat` or `upgrade` in it. What goes
    /// through the list is its runner, and functions with a decorator are let be.
    ///
    /// In Go the word ends before the first capital, too: `add` in `addUsers` and `add_pets`, `migrate` in
    /// `migrateUsersAge`, `m` with any number in `m001Users`. Functions go with functions and methods with methods, of the
    /// slice's package, with parameters of the same types. One whose name begins with a capital is let be, for other
    /// packages can call it, and so is one that anything in the package speaks of. Where nothing speaks of a function whose
    /// text defines tables, its parameters alone tell it, whatever its name; and so does its type of a variable that is a
    /// migration of gormigrate's.
    ///
    /// Where every entry is a class of the list's module on one base, a new class on that base that nothing speaks of is one, too.
    ///
    /// ## Why is this bad?
    /// A migration that no list has never runs. The tests that call it by its name are green, a review sees a migration,
    /// and no database gets it. An entry without its function stops the program when it loads the module.
    ///
    /// ## Example
    /// ```python
    /// def _migrate_users(cursor, conn):
    ///     cursor.execute("CREATE TABLE users (id INTEGER PRIMARY KEY)")
    ///
    /// def _migrate_users_age(cursor, conn):
    ///     cursor.execute("ALTER TABLE users ADD COLUMN age INTEGER")
    ///
    /// MIGRATIONS = [("users", _migrate_users)]
    /// ```
    ///
    /// ## Use instead
    /// ```python
    /// MIGRATIONS = [("users", _migrate_users), ("users_age", _migrate_users_age)]
    /// ```
    ///
    /// ## References
    /// - [Python: resolution of names](https://docs.python.org/3/reference/executionmodel.html#resolution-of-names)
    "unregistered-migration", Error, check
}

fn check(change: &Change) -> Vec<Finding> {
    let tracks = change.tracks.iter();
    tracks.flat_map(|change| change.strays.iter().map(|stray| finding(&change.track, stray))).collect()
}

fn finding(track: &Track, stray: &Stray) -> Finding {
    let (name, list) = (&stray.name, track.list.as_deref().unwrap_or("the list"));
    let (kind, message, note, help) = match &stray.what {
        Misfit::Unregistered { like } => (
            "unregistered",
            format!("`{name}` looks like a migration of `{}`, and no entry has it", track.name),
            format!("it is named as `{like}` is, takes as much, and nothing calls it: it never runs"),
            format!("add it to `{list}`, or give it another name"),
        ),
        Misfit::Unnamed { like } => (
            "unregistered",
            format!("`{name}` looks like a migration of `{}`, and no entry has it", track.name),
            format!("it is made as `{like}` is, and nothing names it: it never runs"),
            format!("add it to `{list}`, or take it away"),
        ),
        Misfit::Undefined { entry, what_happens } => (
            "undefined",
            format!("the entry `{entry}` of `{}` names `{name}`, which nothing defines", track.name),
            (*what_happens).to_owned(),
            "define it, or take the entry away".to_owned(),
        ),
        Misfit::DefinedLater { entry } => (
            "later",
            format!("the entry `{entry}` of `{}` names `{name}`, which is defined further down", track.name),
            "Python stops with a NameError when it loads the module".to_owned(),
            format!("put `{list}` behind it"),
        ),
        Misfit::NotInModule { entry, module } => (
            "missing",
            format!("the entry `{entry}` of `{}` names `{name}`, which `{module}` does not have", track.name),
            "Python stops with an ImportError when it loads the module".to_owned(),
            "define it there, or take the entry away".to_owned(),
        ),
    };
    let mut finding = Finding::new(&RULE, format!("{kind} {name}"), message, stray.location.clone());
    finding.track = Some(track.name.clone());
    finding.notes.push(note);
    finding.help = help;
    finding.pre_existing = stray.pre_existing;
    // A list that does not load is not evaluated, and one with an entry that does nothing only in part.
    if !matches!(stray.what, Misfit::Unregistered { .. } | Misfit::Unnamed { .. }) {
        let note = format!("what `{list}` does is not known until then");
        finding.explains.push(Explained { rule: "unevaluated", which: Which::In(track.path.clone()), note: Note::Text(note) });
    }
    finding
}
