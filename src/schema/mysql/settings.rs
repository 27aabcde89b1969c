//! What a session has set, as far as definitions heed it.

use super::lexer::{Token, tokens};
use super::parse::Reader;
use super::{Database, Done};

/// Which of the two servers it is, where something says so.
///
/// | what | MySQL 8 | MariaDB |
/// | --- | --- | --- |
/// | `IF [NOT] EXISTS` on columns, keys and `DROP INDEX` | 1064 ([ALTER](https://dev.mysql.com/doc/refman/8.4/en/alter-table.html)) | taken ([ALTER](https://mariadb.com/kb/en/alter-table/)) |
/// | `CREATE OR REPLACE TABLE`, `CREATE OR REPLACE INDEX` | 1064 | taken |
/// | a literal as the default of a text, a BLOB, JSON | 1101 ([defaults](https://dev.mysql.com/doc/refman/8.4/en/data-type-defaults.html)) | taken |
/// | a function as a default without brackets | 1064 | taken ([DEFAULT](https://mariadb.com/kb/en/create-table/#default-column-option)) |
/// | the clock with other digits than its column | 1067 | taken |
/// | a zero date as a default | 1067 (`NO_ZERO_DATE`) | taken |
/// | an expression in a key | taken ([functional keys](https://dev.mysql.com/doc/refman/8.4/en/create-index.html)) | 1064 |
/// | a key over a text without a length | 1170 | cut, and a hash where it is unique ([BLOB](https://mariadb.com/kb/en/blob/)) |
/// | `NULL` on a primary key's column | 1171 | taken |
/// | `REFERENCES` on a column | nothing before 9 ([foreign keys](https://dev.mysql.com/doc/refman/8.4/en/ansi-diff-foreign-keys.html)) | a foreign key |
/// | a longer text in a foreign key | taken | 1832, 1833 |
/// | a column of a unique key of several that goes | leaves the key | 1072 |
/// | `CONSTRAINT name CHECK` on a column | taken | 1064 |
/// | `DROP CHECK` | taken | 1064 |
/// | `uuid`, `inet6` | 1064 | types of their own |
/// | `INSERT … RETURNING` | 1064 | taken |
/// | several tables in one `DROP TABLE`, of which one is not there | drops none | drops the others |
///
/// What stands in the column of MariaDB is held against one in the tests; that of MySQL is from its manual.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Flavour {
    /// Nothing says: only what both refuse is refused.
    #[default]
    Unknown,
    MySql,
    MariaDb,
}

impl Flavour {
    /// Which one a name of the dialect says, if any: `mysql` is said of both.
    pub fn of_word(word: &str) -> Self {
        match word.to_ascii_lowercase().as_str() {
            "mariadb" | "maria" => Self::MariaDb,
            "mysql8" => Self::MySql,
            _ => Self::Unknown,
        }
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    pub flavour: Flavour,
    /// The server's own character set, where it is known.
    pub charset: Option<String>,
    pub(super) ansi_quotes: bool,
    pub(super) foreign_key_checks: bool,
    /// Whether a value that does not fit is refused.
    pub(super) strict: bool,
    /// The database that the schema is of, where a statement says so, and the current one.
    home: Option<String>,
    current: Option<String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            flavour: Flavour::Unknown,
            charset: None,
            ansi_quotes: false,
            foreign_key_checks: true,
            strict: true,
            home: None,
            current: None,
        }
    }
}

impl Settings {
    /// A name in the current database.
    pub(super) fn own(&self, name: &str) -> String {
        match &self.current {
            Some(current) if self.home.as_ref() != Some(current) => format!("{current}.{name}"),
            _ => name.to_owned(),
        }
    }

    /// A name with its database, which is left out where that is the schema's own.
    pub(super) fn qualified(&self, database: &str, name: &str) -> String {
        let is_system = SYSTEM.iter().any(|system| system.eq_ignore_ascii_case(database));
        match &self.home {
            Some(home) if home != database => format!("{database}.{name}"),
            None if is_system => format!("{database}.{name}"),
            _ => name.to_owned(),
        }
    }

    /// The most bytes of a character of the server's own set.
    pub(super) fn character_bytes(&self) -> u64 {
        match (&self.charset, self.flavour) {
            (Some(charset), _) => super::data_type::character_bytes(charset),
            (None, Flavour::MySql) => 4,
            (None, _) => 1,
        }
    }
}

const SYSTEM: [&str; 4] = ["information_schema", "mysql", "performance_schema", "sys"];

/// Whether a name is of another database than the schema's own.
pub(super) fn is_elsewhere(name: &str) -> bool {
    name.contains('.')
}

impl Database {
    pub(super) fn use_database(&mut self, reader: &mut Reader<'_>) -> Done {
        reader.skip(1);
        let name = reader.name()?;
        if self.settings.home.is_none() {
            self.settings.home = Some(name.clone());
        }
        self.settings.current = Some(name);
        Ok(())
    }

    /// `SET`: what is not known of it changes nothing here.
    pub(super) fn set(&mut self, text: &str) {
        for (name, value) in assignments(text) {
            let is_user = name.starts_with('@') && !name.starts_with("@@");
            let lower = name.trim_start_matches('@').to_ascii_lowercase();
            let scopes = ["session.", "local.", "global."];
            let lower = scopes.iter().find_map(|scope| lower.strip_prefix(scope)).unwrap_or(&lower).to_owned();
            let said = value.trim_matches(['\'', '"']).to_ascii_lowercase();
            if is_user || self.has_variable(&name) {
                self.assign(&name, value);
            } else if lower == "foreign_key_checks" {
                // What is put back from a variable is what it was at first.
                self.settings.foreign_key_checks = !matches!(said.as_str(), "0" | "off" | "false");
            } else if lower == "sql_mode" {
                // What a text adds to the mode is in it; what is put back is the server's own.
                let is_text = value.starts_with(['\'', '"']);
                self.settings.ansi_quotes = said.contains("ansi") && !said.contains("replace(");
                self.settings.strict = !is_text || said.contains("strict") || said.contains("traditional");
            }
        }
    }
}

/// What a `SET` assigns: names, and the text of their values.
fn assignments(text: &str) -> Vec<(String, &str)> {
    let all: Vec<Token<'_>> = tokens(text).skip(1).collect();
    let mut found = Vec::new();
    let mut at = 0;
    while at < all.len() {
        while all
            .get(at)
            .is_some_and(|token| ["session", "global", "local", "persist"].iter().any(|scope| token.is(scope)))
        {
            at += 1;
        }
        let Some(name) = all.get(at) else { break };
        let mut start = at + 1;
        if all.get(start).is_some_and(|token| token.is_symbol("=") || token.is_symbol(":=")) {
            start += 1;
        }
        let (mut end, mut depth) = (start, 0_i32);
        while let Some(token) = all.get(end) {
            depth += i32::from(token.is_symbol("(")) - i32::from(token.is_symbol(")"));
            if depth == 0 && token.is_symbol(",") {
                break;
            }
            end += 1;
        }
        if let (Some(first), Some(last)) = (all.get(start), all.get(end.wrapping_sub(1)))
            && start < end
        {
            found.push((name.text.to_owned(), &text[first.start..last.end()]));
        }
        at = end + 1;
    }
    found
}
