//! The parts of a SQL file that its runner carries out, by the marks of the runners that keep both ways in one file.

use std::ops::Range;

use super::runner::Runner;
use crate::schema::token::{Token, tokens};

/// What of a file runs when a database is upgraded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upgrade {
    /// The file's text, as long as it is, with blanks for what does not run.
    pub text: String,
    /// What its runner sends as one statement, whatever is in it.
    pub whole: Vec<Range<usize>>,
    /// Its runner opens no transaction for it.
    pub no_transaction: bool,
    /// The runner that the marks are of.
    pub runner: Option<Runner>,
}

/// What a line says to a runner.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mark {
    Up(Runner),
    Down(Runner),
    Begin,
    End,
    NoTransaction,
}

fn mark(line: &str) -> Option<Mark> {
    let line = line.trim_start_matches('\u{feff}').trim();
    let said = line.strip_prefix("--").or_else(|| line.strip_prefix('#'))?.trim_start();
    let mut words = said.split_ascii_whitespace();
    let (first, second) = (words.next()?, words.next().unwrap_or_default().to_ascii_lowercase());
    let of = |runner| match second.as_str() {
        "up" => Some(Mark::Up(runner)),
        "down" => Some(Mark::Down(runner)),
        "statementbegin" => Some(Mark::Begin),
        "statementend" => Some(Mark::End),
        "no" | "notransaction" => Some(Mark::NoTransaction),
        _ => None,
    };
    match first {
        "+goose" => of(Runner::Goose),
        "+migrate" => of(Runner::SqlMigrate),
        "migrate:up" => Some(Mark::Up(Runner::Dbmate)),
        "migrate:down" => Some(Mark::Down(Runner::Dbmate)),
        "rambler" => of(Runner::Unknown),
        "---" if second == "!ups" => Some(Mark::Up(Runner::Unknown)),
        "---" if second == "!downs" => Some(Mark::Down(Runner::Unknown)),
        "!Ups" => Some(Mark::Up(Runner::Unknown)),
        "!Downs" | "//@UNDO" => Some(Mark::Down(Runner::Unknown)),
        _ => None,
    }
}

/// Whether a file has a mark as sql-migrate alone takes it: there its other marks are in that case, too.
fn minds_case(text: &str) -> bool {
    text.lines().any(|line| line.starts_with("-- +migrate Up"))
}

/// Whether a line has a mark of sql-migrate's in letters that it does not take.
fn is_in_other_case(line: &str) -> bool {
    let word = line.split_once("+migrate").map(|(_, rest)| rest.trim_start());
    word.is_some_and(|word| word.starts_with(|first: char| first.is_ascii_lowercase()) && !word.starts_with("no"))
}

/// Where drizzle ends a statement.
const BREAKPOINT: &str = "--> statement-breakpoint";

/// Reads what of a file runs.
pub fn upgrade(text: &str) -> Upgrade {
    // Where nothing is marked, all of it runs; where something is, what is marked.
    let is_marked = text.lines().any(|line| matches!(mark(line), Some(Mark::Up(_))));
    read(text, !is_marked, true)
}

/// Reads what of a file takes it back; `None` where nothing of it is marked so.
pub fn downgrade(text: &str) -> Option<Upgrade> {
    let minds_case = minds_case(text);
    let is_down = |line: &str| matches!(mark(line), Some(Mark::Down(_))) && !(minds_case && is_in_other_case(line));
    text.lines().any(is_down).then(|| read(text, false, false))
}

/// The same of one way, `forth` or back.
fn read(text: &str, mut runs: bool, forth: bool) -> Upgrade {
    let mut found =
        Upgrade { text: String::with_capacity(text.len()), whole: Vec::new(), no_transaction: false, runner: None };
    // sqlx's way to say so.
    found.no_transaction = text.trim_start_matches('\u{feff}').starts_with("-- no-transaction");
    let mut begun: Option<usize> = None;
    let minds_case = minds_case(text);
    for line in text.split_inclusive('\n') {
        let start = found.text.len();
        if let Some(mark) = mark(line).filter(|_| !(minds_case && is_in_other_case(line))) {
            match mark {
                Mark::Up(_) if !forth => runs = false,
                Mark::Up(runner) => {
                    runs = true;
                    found.runner = Some(runner);
                    let rest = line.to_ascii_lowercase();
                    found.no_transaction |= rest.contains("transaction:false") || rest.contains("notransaction");
                }
                Mark::Down(_) => runs = !forth,
                Mark::Begin => begun = runs.then_some(start + line.len()),
                Mark::End => found.whole.extend(begun.take().map(|begin| begin..start)),
                Mark::NoTransaction => found.no_transaction = true,
            }
            blank(line, &mut found.text);
        } else if runs && begun.is_none() && client_file(line).is_some() {
            found.whole.push(start..start + line.len());
            found.text.push_str(line);
        } else if !runs || line.trim_start().starts_with('\\') || (start == 0 && line.trim() == "\u{feff}") {
            // What `psql` is told is no SQL.
            blank(line, &mut found.text);
        } else if let Some(at) = line.find(BREAKPOINT) {
            found.runner = found.runner.or(Some(Runner::Drizzle));
            found.text.push_str(&line[..at]);
            found.text.push(';');
            blank(&line[at + 1..], &mut found.text);
        } else if let Some(rest) = line.strip_prefix('\u{feff}').filter(|_| start == 0) {
            found.text.push_str("   ");
            found.text.push_str(rest);
        } else {
            found.text.push_str(line);
        }
    }
    found
}

/// A text with blanks for what is said to a client alone: the rows after `COPY … FROM stdin;`, up to their `\.`, and the
/// commands of SQLite's shell (`.bail on`).
pub fn without_words_to_a_client(text: &str) -> String {
    let mut left = String::with_capacity(text.len());
    let (mut is_within, mut rows_end) = (false, 0);
    for line in text.split_inclusive('\n') {
        let start = left.len();
        if start < rows_end || !is_within && is_of_shell(line) {
            blank(line, &mut left);
            continue;
        }
        left.push_str(line);
        let said = line.split("--").next().unwrap_or_default().trim_end();
        if said.trim_start().is_empty() {
            continue;
        }
        is_within = !said.ends_with(';');
        if !is_within && copies_from_input(&left) {
            rows_end = end_of_rows(text, left.len()).unwrap_or_default();
        }
    }
    left
}

/// Whether a line between statements is a command of SQLite's shell.
fn is_of_shell(line: &str) -> bool {
    let command =
        line.strip_prefix('.').filter(|command| command.starts_with(|first: char| first.is_ascii_lowercase()));
    command.is_some() && client_file(line).is_none()
}

/// Whether the last statement of a text asks for rows that follow it.
fn copies_from_input(text: &str) -> bool {
    let whole = text.trim_end().trim_end_matches(';');
    let last = &whole[whole.rfind(';').map_or(0, |at| at + 1)..];
    let words: Vec<Token<'_>> = tokens(last).collect();
    let is_copy = words.first().is_some_and(|first| first.is("copy"));
    is_copy && words.windows(2).any(|pair| pair[0].is("from") && pair[1].is("stdin"))
}

/// Where the rows that begin here end; `None` where no line says so.
fn end_of_rows(text: &str, from: usize) -> Option<usize> {
    let mut at = from;
    text.get(from..)?.split_inclusive('\n').find_map(|line| {
        at += line.len();
        (line.trim_end() == "\\.").then_some(at)
    })
}

/// The file of SQL that a line tells the client to carry out: MySQL's `source x.sql` and `\\. x.sql`, SQLite's `.read x.sql`,
/// `psql`'s `\\i x.sql`. Other words of a line that begins so are a statement's.
pub fn client_file(line: &str) -> Option<&str> {
    const COMMANDS: [&str; 6] = ["source", "\\.", ".read", "\\i", "\\ir", "\\include"];
    let (command, rest) = line.trim().split_once([' ', '\t'])?;
    let file = rest.trim().trim_end_matches(';').trim().trim_matches(['\'', '"']);
    let is_file = file.to_ascii_lowercase().ends_with(".sql") && !file.contains(['(', ',', ';', '\n']);
    (COMMANDS.iter().any(|known| command.eq_ignore_ascii_case(known)) && is_file).then_some(file)
}

/// As many bytes as a text has, and its line breaks.
fn blank(text: &str, into: &mut String) {
    into.extend(text.bytes().map(|byte| if matches!(byte, b'\n' | b'\r') { char::from(byte) } else { ' ' }));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn runs(text: &str) -> Vec<String> {
        let upgrade = upgrade(text);
        assert_eq!(upgrade.text.len(), text.len());
        upgrade.text.split_ascii_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn what_goes_back_never_runs() {
        for text in [
            "-- +goose Up\nA;\n-- +goose Down\nB;",
            "x\n-- +migrate Up\nA;\n-- +migrate Down\nB;",
            "-- migrate:up\r\nA;\r\n-- migrate:down\r\nB;",
            "--+goose up\nA;\n--+goose down\nB;",
            "\u{feff}-- migrate:up transaction:false\nA;\n-- migrate:down\n",
            "A;",
            "\u{feff}A;",
        ] {
            assert_eq!(runs(text), ["A;"], "{text}");
        }
        assert!(runs("-- +migrate Up\nA;\n-- +migrate down\nB;").contains(&"B;".to_owned()));
        assert_eq!(runs("-- +goose Up\n-- +goose Down\nB;"), [""; 0]);
    }

    #[test]
    fn what_goes_back_is_told_from_what_goes_forth() {
        let back = |text: &str| {
            let found = downgrade(text)?;
            assert_eq!(found.text.len(), text.len());
            Some(found.text.split_ascii_whitespace().map(str::to_owned).collect::<Vec<_>>().join(" "))
        };
        for text in [
            "-- +goose Up\nA;\n-- +goose Down\nB;",
            "x\n-- +migrate Up\nA;\n-- +migrate Down\nB;",
            "-- migrate:up\r\nA;\r\n-- migrate:down\r\nB;",
        ] {
            assert_eq!(back(text).as_deref(), Some("B;"), "{text}");
        }
        assert_eq!(back("-- +goose Up\nA;\n-- +goose Down\n").as_deref(), Some(""));
        assert_eq!(back("-- +migrate Up\nA;\n-- +migrate down\nB;"), None);
        assert_eq!(back("A;"), None);
    }

    #[test]
    fn breakpoints_end_statements_and_client_commands_are_none() {
        assert_eq!(
            runs("A\n--> statement-breakpoint\nB;--> statement-breakpoint\n\\set x 1\nC"),
            ["A", ";", "B;;", "C"]
        );
        assert_eq!(upgrade("A;--> statement-breakpoint").runner, Some(Runner::Drizzle));
    }

    #[test]
    fn a_command_of_the_client_names_a_file() {
        for line in ["SOURCE a/x.sql;", "source a/x.sql\n", "\\. a/x.sql", ".read 'a/x.sql'", "\\i a/x.sql"] {
            assert_eq!(client_file(line), Some("a/x.sql"), "{line}");
        }
        for line in ["source TEXT,", "source VARCHAR(9) DEFAULT 'x.sql',", "\\set x 1", "source", ".headers on"] {
            assert_eq!(client_file(line), None, "{line}");
        }
        let text = "CREATE TABLE a (x);\nsource y.sql\nCREATE TABLE b (x);";
        assert_eq!(
            upgrade(text).whole.iter().map(|range| text[range.clone()].trim()).collect::<Vec<_>>(),
            ["source y.sql"]
        );
    }

    #[test]
    fn what_is_said_to_a_client_alone_is_no_sql() {
        let left = |text: &str| {
            let left = without_words_to_a_client(text);
            assert_eq!(left.len(), text.len());
            left.split_ascii_whitespace().map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(left(".bail on\nA;\n.mode csv\nB\n.5;\n"), ["A;", "B", ".5;"]);
        assert_eq!(left("COPY t (a)\n  FROM stdin;\nb;\n.x\n\\.\nC;"), ["COPY", "t", "(a)", "FROM", "stdin;", "C;"]);
        assert_eq!(left("COPY t FROM stdin;\nb"), ["COPY", "t", "FROM", "stdin;", "b"]);
        let twice = "COPY t FROM stdin;\nb\n\\.\n\nC;\n\nCOPY u FROM stdin;\nd\n\\.\n";
        assert_eq!(left(twice), ["COPY", "t", "FROM", "stdin;", "C;", "COPY", "u", "FROM", "stdin;"]);
        assert_eq!(left(".read x.sql\nA;"), [".read", "x.sql", "A;"]);
        assert_eq!(left("INSERT INTO t VALUES ('a\n.b');"), ["INSERT", "INTO", "t", "VALUES", "('a", ".b');"]);
    }

    #[test]
    fn a_block_is_one_statement() {
        let text = "-- +goose Up\n-- +goose StatementBegin\nA; B;\n-- +goose StatementEnd\nC;\n";
        let upgrade = upgrade(text);
        assert_eq!(upgrade.whole.iter().map(|range| text[range.clone()].trim()).collect::<Vec<_>>(), ["A; B;"]);
        assert!(super::upgrade("-- +goose NO TRANSACTION\n-- +goose Up\nA;").no_transaction);
    }
}
