//! Which statements of old SQL files a change depends on: those that speak of what the new files speak of, and of what those
//! speak of. The others leave the tables alone that are compared.

use std::collections::HashSet;

use crate::schema::statement::{Effect, effect};
use crate::schema::token::{self, Kind, Token};
use crate::track::sql_files::marks;

/// A statement, as far as it decides whether it is carried out.
#[derive(Debug)]
pub struct Piece {
    names: HashSet<String>,
    objects: HashSet<String>,
    manner: Manner,
}

/// When a statement is carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Manner {
    /// Where it speaks of what is asked for.
    Named,
    /// With the others of its file.
    Frame,
    /// Always.
    Always,
    /// It may do anything: all is carried out.
    Opaque,
}

impl Piece {
    pub fn read(sql: &str) -> Self {
        const OPAQUE: [&str; 9] =
            ["do", "execute", "call", "prepare", "deallocate", "set", "use", "attach", "delimiter"];
        let mut tokens = token::tokens(sql).filter(|token| !token.is_symbol(";"));
        let (first, second) = (tokens.next(), tokens.next());
        let is = |token: &Option<Token<'_>>, words: &[&str]| {
            token.is_some_and(|token| words.iter().any(|word| token.is(word)))
        };
        let manner = match () {
            () if marks::client_file(sql).is_some() => Manner::Opaque,
            () if effect(sql) == Effect::Transaction || is(&first, &["pragma"]) => Manner::Frame,
            () if is(&first, &OPAQUE) || sql.contains("/*!") => Manner::Opaque,
            () if is(&first, &["create"]) && is(&second, &["extension", "schema"]) => Manner::Always,
            () if is(&first, &["alter"]) && is(&second, &["schema", "database", "default"]) => Manner::Opaque,
            () => Manner::Named,
        };
        Self { names: names(sql), objects: objects(sql), manner }
    }
}

/// Which pieces of which files are carried out for these words; `None` where that is not told by them.
pub(super) fn chosen(wanted: &HashSet<String>, files: &[Vec<Piece>]) -> Option<Vec<Vec<bool>>> {
    if files.iter().flatten().any(|piece| piece.manner == Manner::Opaque) {
        return None;
    }
    let all: HashSet<&str> = files.iter().flatten().flat_map(|piece| &piece.objects).map(String::as_str).collect();
    let mut asked: HashSet<&str> = wanted.iter().map(String::as_str).filter(|word| all.contains(word)).collect();
    let mut chosen: Vec<Vec<bool>> = files.iter().map(|pieces| vec![false; pieces.len()]).collect();
    loop {
        let mut is_done = true;
        for (file, pieces) in files.iter().enumerate() {
            for (at, piece) in pieces.iter().enumerate().filter(|(_, piece)| piece.manner == Manner::Named) {
                if !chosen[file][at] && piece.names.iter().any(|name| asked.contains(name.as_str())) {
                    chosen[file][at] = true;
                    let named = piece.names.iter().map(String::as_str).filter(|name| all.contains(name));
                    asked.extend(named);
                    is_done = false;
                }
            }
        }
        if is_done {
            break;
        }
    }
    for (pieces, chosen) in files.iter().zip(&mut chosen) {
        let has_any = chosen.iter().any(|is_chosen| *is_chosen);
        for (piece, is_chosen) in pieces.iter().zip(chosen) {
            *is_chosen |= piece.manner == Manner::Always || piece.manner == Manner::Frame && has_any;
        }
    }
    Some(chosen)
}

/// All words of a text that may be a name, in lower case: those in its literals, too, for functions are handed names so.
pub fn names(sql: &str) -> HashSet<String> {
    let is_name = |token: &Token<'_>| matches!(token.kind, Kind::Word | Kind::Quoted | Kind::Text);
    let last = |name: String| name.rsplit('.').next().map(|part| part.trim_matches('"').to_owned()).unwrap_or(name);
    token::tokens(sql).filter(is_name).map(|token| last(token.value().to_ascii_lowercase())).collect()
}

/// The names that tables, indexes, types and their like get.
fn objects(sql: &str) -> HashSet<String> {
    const BEFORE: [&str; 8] = ["table", "index", "view", "trigger", "function", "procedure", "sequence", "domain"];
    const BETWEEN: [&str; 9] =
        ["if", "not", "exists", "only", "concurrently", "or", "replace", "ignore", "materialized"];
    let mut found = HashSet::new();
    let mut tokens = token::tokens(sql).peekable();
    let mut last: Option<Token<'_>> = None;
    while let Some(token) = tokens.next() {
        let after = |words: &[&str]| last.is_some_and(|last| words.iter().any(|word| last.is(word)));
        // `ALTER COLUMN c TYPE text` names no type of the project's, and `RENAME COLUMN a TO b` no table.
        let is_before = BEFORE.iter().any(|word| token.is(word))
            || token.is("type") && after(&["create", "alter", "drop"])
            || token.is("to") && after(&["rename"]);
        last = Some(token);
        if !is_before {
            continue;
        }
        while tokens.next_if(|token| BETWEEN.iter().any(|word| token.is(word))).is_some() {}
        let is_name = |token: &Token<'_>| matches!(token.kind, Kind::Word | Kind::Quoted);
        let Some(mut name) = tokens.next_if(is_name) else { continue };
        while tokens.next_if(|token| token.is_symbol(".")).is_some() {
            let Some(part) = tokens.next_if(is_name) else { break };
            name = part;
        }
        found.insert(name.value().to_ascii_lowercase());
        // `DROP TABLE a, b`
        while tokens.next_if(|token| token.is_symbol(",")).is_some() {
            found.extend(tokens.next_if(is_name).map(|name| name.value().to_ascii_lowercase()));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen_of(wanted: &str, files: &[&[&str]]) -> Option<Vec<Vec<bool>>> {
        let files: Vec<Vec<Piece>> =
            files.iter().map(|pieces| pieces.iter().map(|sql| Piece::read(sql)).collect()).collect();
        chosen(&names(wanted), &files)
    }

    #[test]
    fn what_speaks_of_the_same_is_carried_out_and_nothing_else() {
        let files: [&[&str]; 4] = [
            &["BEGIN", "CREATE TABLE a (id INT, name TEXT)", "CREATE TABLE b (id INT REFERENCES c (id))", "COMMIT"],
            &["CREATE TABLE c (id INT)", "CREATE INDEX i ON a (name)"],
            &["ALTER TABLE b ADD COLUMN x mood", "CREATE EXTENSION citext"],
            &["CREATE TYPE mood AS ENUM ('sad')", "COMMENT ON TABLE a IS 'b'"],
        ];
        let told = chosen_of("ALTER TABLE b ADD COLUMN name TEXT", &files).unwrap();
        // A comment that says a table's name counts as speaking of it: too much is no mistake.
        assert_eq!(told[2], [true, true]);
        assert!(told[0][2] && told[0][0] && told[0][3] && told[1][0] && told[3][0]);
        let told = chosen_of("ALTER TABLE c ADD COLUMN y INT", &files[..2]).unwrap();
        assert_eq!(told, [vec![true, false, true, true], vec![true, false]]);
        let told = chosen_of("SELECT 1", &files).unwrap();
        assert_eq!(told[2], [false, true]);
    }

    #[test]
    fn what_may_do_anything_has_all_carried_out() {
        assert_eq!(chosen_of("a", &[&["CREATE TABLE a (id INT)", "DO $$ BEGIN END $$"]]), None);
        assert_eq!(chosen_of("a", &[&["SET search_path = b"]]), None);
    }
}
