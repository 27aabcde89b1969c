//! What runners that read a file line by line refuse of it, before a database sees any of it.

use super::code::is_script;
use super::runner::Runner;
use super::searched::any_file;
use crate::track::ends::{Modules, ReadError};

/// Why a file is not read: in the words of its runner, and where in the text the reason stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unread {
    pub said: String,
    pub at: usize,
}

/// How many files are looked into.
const MOST: usize = 5_000;

/// Why the runner of a directory does not read a file; `None` where it does, where it is not known to be so strict, and where
/// nothing of the project but marks says that it is this runner.
pub fn refused(runner: Runner, text: &str, modules: &mut Modules<'_>) -> Result<Option<Unread>, ReadError> {
    let (package, found) = match runner {
        Runner::SqlMigrate => ("rubenv/sql-migrate", by_sql_migrate(text)),
        Runner::Goose => ("pressly/goose", by_goose(text)),
        _ => return Ok(None),
    };
    let Some(unread) = found else { return Ok(None) };
    let may_say = |name: &str| name == "go.mod" || is_script(name);
    let names = |text: &str| text.lines().any(|line| line.contains(package) && !line.contains("// indirect"));
    Ok(any_file(modules, MOST, may_say, names)?.then_some(unread))
}

/// The lines of a text, each with where it begins.
fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    text.split_inclusive('\n').map(move |line| {
        let start = at;
        at += line.len();
        (start, line.trim_end_matches(['\n', '\r']))
    })
}

/// Whether the last word before a comment ends a statement.
fn ends_statement(line: &str) -> bool {
    let words = line.split_ascii_whitespace().take_while(|word| !word.starts_with("--"));
    words.last().is_some_and(|word| word.ends_with(';'))
}

/// <https://github.com/rubenv/sql-migrate/blob/master/sqlparse/sqlparse.go>
fn by_sql_migrate(text: &str) -> Option<Unread> {
    let refused = |said: &str, at| Some(Unread { said: format!("sql-migrate: ERROR: {said}"), at });
    let unfinished =
        |at| refused("The last statement must be ended by a semicolon or '-- +migrate StatementEnd' marker.", at);
    let (mut has_way, mut block, mut begun) = (false, None, None);
    for (start, line) in lines(text) {
        if line.starts_with("-- ") && !line.starts_with("-- +") {
            continue;
        }
        let mut ends_block = false;
        if let Some(words) = line.strip_prefix("-- +migrate ") {
            match words.split_ascii_whitespace().next() {
                None => return refused("incomplete migration command", start),
                Some("Up" | "Down") => match begun {
                    Some(at) => return unfinished(at),
                    None => has_way = true,
                },
                Some("StatementBegin") if has_way => block = Some(start),
                Some("StatementEnd") if has_way => ends_block = block.take().is_some(),
                Some(_) => {}
            }
        }
        if has_way && !line.starts_with("-- +") && !line.trim().is_empty() {
            begun = begun.or(Some(start));
        }
        if ends_block || block.is_none() && ends_statement(line) {
            begun = None;
        }
    }
    match (block, begun) {
        (Some(at), _) => refused("saw '-- +migrate StatementBegin' with no matching '-- +migrate StatementEnd'", at),
        _ if !has_way => refused("no Up/Down annotations found, so no statements were executed.", 0),
        (None, Some(at)) => unfinished(at),
        (None, None) => None,
    }
}

/// A statement on the way up that nothing ends (<https://github.com/pressly/goose/blob/main/internal/sqlparser/parser.go>).
fn by_goose(text: &str) -> Option<Unread> {
    let (mut is_up, mut is_block, mut begun) = (false, false, None);
    for (start, line) in lines(text) {
        let command = line.strip_prefix("--").map(str::trim);
        match command {
            Some("+goose Up") => is_up = true,
            Some("+goose Down") => break,
            Some("+goose StatementBegin") => is_block = true,
            Some("+goose StatementEnd") => (is_block, begun) = (false, None),
            _ if !is_up || line.trim().is_empty() || begun.is_none() && line.trim_start().starts_with("--") => {}
            _ if !is_block && ends_statement(line) => begun = None,
            _ => begun = begun.or(Some(start)),
        }
    }
    let at = begun.filter(|_| !is_block)?;
    Some(Unread { said: "goose: unexpected unfinished SQL query: missing semicolon?".to_owned(), at })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sql_migrate_reads_its_own_words_and_whole_statements() {
        for text in [
            "-- +migrate Up notransaction\nA;\n\n-- +migrate Down\nB;\n",
            "-- a comment\n-- +migrate Up\nA\n  b; -- a comment\n-- nothing more",
            "-- +migrate Up\n-- +migrate StatementBegin\nA;\nB\n-- +migrate StatementEnd\n-- +migrate Down",
            "-- +migrate Up\n-- +migrate down\nA;\n",
        ] {
            assert_eq!(by_sql_migrate(text), None, "{text}");
        }
        for (text, word, at) in [
            ("-- +migrate up\nA;\n", "no Up/Down annotations", 0),
            ("-- +migrate Up\nA\n-- +migrate Down\n", "The last statement", 15),
            ("-- +migrate Up\nA;\n\nB -- ;\n", "The last statement", 19),
            ("-- +migrate Up\nA;\n-- +migrate Down\nB", "The last statement", 35),
            ("-- +migrate Up\n-- +migrate StatementBegin\nA;\n", "no matching", 15),
        ] {
            let found = by_sql_migrate(text);
            assert!(found.as_ref().is_some_and(|found| found.said.contains(word) && found.at == at), "{found:?}");
        }
    }

    #[test]
    fn goose_reads_whole_statements() {
        for text in [
            "-- +goose Up\nA;\n-- a comment\n-- +goose Down\nB",
            "-- +goose Up\n-- +goose StatementBegin\nA; B\n-- +goose StatementEnd\n",
            "-- +goose Up\nA\nb;\n",
        ] {
            assert_eq!(by_goose(text), None, "{text}");
        }
        assert_eq!(by_goose("-- +goose Up\nA;\nB\n-- +goose Down\nC;").map(|found| found.at), Some(16));
    }
}
