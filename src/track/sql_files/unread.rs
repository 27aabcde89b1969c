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
    let found = match runner {
        Runner::SqlMigrate => by_sql_migrate(text),
        Runner::Goose => by_goose(text),
        Runner::Dbmate => by_dbmate(text),
        _ => None,
    };
    let Some(unread) = found else { return Ok(None) };
    Ok(is_told(runner, modules)?.then_some(unread))
}

/// Whether more than marks says that a runner is the project's: a manifest or a script names it.
pub fn is_told(runner: Runner, modules: &mut Modules<'_>) -> Result<bool, ReadError> {
    let package = match runner {
        Runner::SqlMigrate => "rubenv/sql-migrate",
        Runner::Goose => "pressly/goose",
        Runner::Dbmate => "dbmate",
        _ => return Ok(false),
    };
    let may_say = |name: &str| name == "go.mod" || is_script(name);
    let names = |text: &str| text.lines().any(|line| line.contains(package) && !line.contains("// indirect"));
    any_file(modules, MOST, may_say, names)
}

/// Where a runner ends what it sends as one, in a part of a file without marks around statements: behind each line that ends
/// with a semicolon, whatever it stands in. `None` for a runner that does not split by lines.
pub fn line_ends(runner: Runner, text: &str) -> Option<Vec<usize>> {
    let splits = matches!(runner, Runner::SqlMigrate | Runner::Goose);
    let ends = lines(text).filter(|(_, line)| ends_statement(line)).map(|(start, line)| start + line.len());
    splits.then(|| ends.collect())
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

/// A file that does not begin with its mark, and a block or a statement on the way up that nothing ends
/// (<https://github.com/pressly/goose/blob/main/internal/sqlparser/parser.go>).
fn by_goose(text: &str) -> Option<Unread> {
    let refused = |said: &str, at| Some(Unread { said: format!("goose: failed to parse migration: {said}"), at });
    let (mut is_up, mut block, mut begun) = (false, None, None);
    for (start, line) in lines(text) {
        let line = if start == 0 { line.trim_start_matches('\u{feff}') } else { line };
        // Newer ones take its words in any case.
        let command = line.trim_start().strip_prefix("--").map(|said| said.trim().to_ascii_lowercase());
        match command.as_deref() {
            Some("+goose up") => is_up = true,
            Some("+goose down") if is_up => break,
            Some("+goose down") => return refused("must start with '-- +goose Up' annotation", start),
            Some("+goose statementbegin") => block = Some(start),
            Some("+goose statementend") => (block, begun) = (None, None),
            Some(_) if begun.is_none() => {}
            _ if line.trim().is_empty() => {}
            _ if !is_up => return refused(&format!("unexpected state 0 on line {line:?}"), start),
            _ if block.is_none() && ends_statement(line) => begun = None,
            _ => begun = begun.or(Some(start)),
        }
    }
    match (block, begun) {
        _ if !is_up => refused("must start with '-- +goose Up' annotation", 0),
        (Some(at), _) => refused("missing '-- +goose StatementEnd' annotation", at),
        (None, Some(at)) => refused("unexpected unfinished SQL query: missing semicolon?", at),
        (None, None) => None,
    }
}

/// A file without its mark, and statements above it (<https://github.com/amacneil/dbmate/blob/main/pkg/dbmate/migration.go>).
fn by_dbmate(text: &str) -> Option<Unread> {
    let refused = |said: &str, at| Some(Unread { said: format!("dbmate: {said}"), at });
    let is_mark = |line: &str, way: &str| {
        let said =
            line.strip_prefix("--").and_then(|said| said.trim_start().strip_prefix("migrate:")?.strip_prefix(way));
        said.is_some_and(|rest| rest.trim().is_empty() || rest.starts_with([' ', '\t']))
    };
    let mut first = None;
    for (start, line) in lines(text.trim_start_matches('\u{feff}')) {
        if is_mark(line, "up") {
            return first.and_then(|at| refused("does not support statements preceding the '-- migrate:up' block", at));
        }
        if is_mark(line, "down") {
            break;
        }
        if !line.trim().is_empty() && !line.trim_start().starts_with("--") {
            first = first.or(Some(start));
        }
    }
    refused("requires each migration to define an up block with '-- migrate:up'", first.unwrap_or(0))
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
            "\u{feff}-- a comment\n\n-- +goose NO TRANSACTION\n-- +goose up\nA;",
        ] {
            assert_eq!(by_goose(text), None, "{text}");
        }
        for (text, word, at) in [
            ("-- a comment\nA;\n", "unexpected state 0 on line \"A;\"", 13),
            ("-- a comment\n", "must start with", 0),
            ("-- +goose Up\n-- +goose StatementBegin\nA; B\n-- +goose Down\n", "missing '-- +goose StatementEnd'", 13),
        ] {
            let found = by_goose(text);
            assert!(found.as_ref().is_some_and(|found| found.said.contains(word) && found.at == at), "{found:?}");
        }
        assert_eq!(by_goose("-- +goose Up\nA;\nB\n-- +goose Down\nC;").map(|found| found.at), Some(16));
    }

    #[test]
    fn dbmate_reads_what_stands_below_its_mark() {
        for text in ["-- migrate:up\nA;\n-- migrate:down\n", "-- a comment\n\n--migrate:up transaction:false\nA"] {
            assert_eq!(by_dbmate(text), None, "{text}");
        }
        for (text, word, at) in [
            ("-- a comment\nA;\n", "requires each migration", 13),
            ("-- migrate:upward\n", "requires each migration", 0),
            ("A;\n-- migrate:up\nB;", "preceding", 0),
        ] {
            let found = by_dbmate(text);
            assert!(found.as_ref().is_some_and(|found| found.said.contains(word) && found.at == at), "{found:?}");
        }
    }
}
