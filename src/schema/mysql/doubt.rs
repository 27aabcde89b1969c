//! What statements that are not carried out leave unknown: the names that they name. Nothing is refused for their sake.

use super::error::{Error, ErrorClass};
use super::lexer::{Kind, tokens};
use super::settings::is_elsewhere;
use super::state::same;
use super::{Database, parse};

/// The words after which the name of an object stands.
const LEADS: &[&str] = &[
    "table",
    "exists",
    "into",
    "view",
    "trigger",
    "procedure",
    "function",
    "event",
    "sequence",
    "on",
    "references",
    "update",
    "from",
    "join",
    "to",
    "as",
    "rename",
    "call",
    "index",
];

/// The words of a text.
fn words(text: &str) -> Vec<&str> {
    let words = text.split(|part: char| !(part.is_alphanumeric() || matches!(part, '_' | '$')));
    words.filter(|word| !word.is_empty()).collect()
}

/// Whether a word follows one after which the name of an object stands.
fn is_led(words: &[&str], index: usize) -> bool {
    index > 0 && LEADS.iter().any(|lead| words[index - 1].eq_ignore_ascii_case(lead))
}

impl Database {
    /// Notes the tables and other objects that a statement names, those in its texts included: they may be a statement, too.
    pub(super) fn doubt(&mut self, text: &str) {
        let mut names: Vec<String> = Vec::new();
        let all = words(text);
        for (index, word) in all.iter().enumerate() {
            if (is_led(&all, index) || self.state.has_relation(word)) && !parse::is_reserved(word) {
                names.push(word.to_lowercase());
            }
        }
        names.extend(tokens(text).filter(|token| token.kind == Kind::Text).map(|token| token.value().to_lowercase()));
        self.state.doubt.extend(names);
    }

    /// Notes that a statement may have been carried out, or not.
    pub fn may_have_run(&mut self, sql: &str) {
        self.doubt(sql);
    }

    fn is_in_doubt(&self, name: &str) -> bool {
        self.state.doubt.contains(&name.to_lowercase())
    }

    /// What a refusal is worth: nothing is said for certain where the statement names what is in doubt.
    pub(super) fn weigh(&self, text: &str, error: Error) -> Error {
        if self.state.doubt.is_empty() || error.class == ErrorClass::Unsupported || error.code == 1064 {
            return error;
        }
        // A column may have the name of a table that is in doubt, and be none the less certain.
        let all = words(text);
        let is_list =
            all.first().is_some_and(|verb| ["drop", "rename"].iter().any(|one| verb.eq_ignore_ascii_case(one)));
        let objects = all.iter().enumerate().filter(|(index, _)| {
            is_list || is_led(&all, *index) || *index > 0 && all[index - 1].eq_ignore_ascii_case("key")
        });
        let told = error.message.split('\'').skip(1).step_by(2).flat_map(words);
        let names = objects.map(|(_, word)| *word).chain(told);
        match names.into_iter().find(|name| self.is_in_doubt(name)) {
            Some(name) => Error::unsupported(format!("needs `{name}`, which a statement before it leaves unknown")),
            None => error,
        }
    }

    /// A table is not there.
    pub(super) fn missing(&self, name: &str) -> Error {
        let error = Error::no_such_table(name);
        self.unless_elsewhere(name, error)
    }

    /// What is refused for the sake of a name, unless others may have made it or it may have another one's case.
    pub(super) fn unless_elsewhere(&self, name: &str, error: Error) -> Error {
        if is_elsewhere(name) {
            return Error::unsupported(format!("needs `{name}`, which is in another database"));
        }
        if self.open {
            let error = Error::unsupported(format!("needs `{name}`, which no migration makes"));
            return Error { of_others: Some(name.to_owned()), ..error };
        }
        let other = self.state.tables.keys().chain(self.state.views.keys()).find(|other| same(other, name));
        match other {
            Some(other) => Error::unsupported(format!(
                "names `{name}` where `{other}` is there, which are one where `lower_case_table_names` says so"
            )),
            None => error,
        }
    }
}
