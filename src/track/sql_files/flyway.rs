//! What a project tells Flyway, as far as it decides what that minds.

use super::code::is_script;
use super::searched::any_file;
use crate::schema::token;
use crate::track::ends::{Modules, ReadError};

/// Whether it compares what has run with the files, as it does where nobody says otherwise.
pub fn validates(modules: &mut Modules<'_>) -> Result<bool, ReadError> {
    // Before it had its present name it did not, if nobody said so.
    Ok(!says(&["validateonmigrate"], "false", modules)?)
}

/// Whether it runs what sorts below the last one that has run.
pub fn runs_late_ones(modules: &mut Modules<'_>) -> Result<bool, ReadError> {
    says(&["outoforder"], "true", modules)
}

/// Whether it takes a file that has statements which no transaction may hold beside others.
pub fn mixes(modules: &mut Modules<'_>) -> Result<bool, ReadError> {
    // `allowMixedMigrations` was its name before 5.0.
    says(&["mixed", "allowmixedmigrations"], "true", modules)
}

/// What it says of such a file otherwise.
pub const MIXED: &str = "Flyway: Detected both transactional and non-transactional statements within the same migration (even \
                         though mixed is false)";

/// Whether it keeps a statement out of transactions that a database takes in one, where it says nothing there
/// (<https://github.com/flyway/flyway>, `SQLiteParser`).
pub fn keeps_alone(sql: &str) -> bool {
    let mut words = token::tokens(sql);
    words.next().is_some_and(|first| first.is("pragma")) && words.next().is_some_and(|what| what.is("foreign_keys"))
}

/// The letters of a file that its checksum is of: the lines without their ends, one after the other, so that blank lines
/// count nothing.
pub fn summed(text: &str) -> String {
    text.trim_start_matches('\u{feff}').split(['\r', '\n']).collect()
}

/// How many files are looked into.
const MOST: usize = 400;

/// Whether a setting has a value in any file that may be about Flyway: `validateOnMigrate(false)`, `validate-on-migrate: false`.
fn says(names: &[&str], value: &str, modules: &mut Modules<'_>) -> Result<bool, ReadError> {
    any_file(modules, MOST, may_configure, |text| is_set(text, names, value))
}

fn may_configure(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let has = |ending: &str| lower.ends_with(ending);
    let is_settings =
        ["yml", "yaml", "properties", "conf", "toml", "xml", "gradle", "kts"].iter().any(|ending| has(ending));
    let is_code = [".java", ".kt", ".scala", ".groovy"].iter().any(|ending| has(ending));
    is_settings
        || is_script(name)
        || is_code && ["flyway", "database", "datasource", "migrat"].iter().any(|word| lower.contains(word))
}

fn is_set(text: &str, names: &[&str], value: &str) -> bool {
    if !text.as_bytes().windows(6).any(|window| window.eq_ignore_ascii_case(b"flyway")) {
        return false;
    }
    if value == "false" && text.contains("com.googlecode.flyway") {
        return true;
    }
    text.lines().any(|line| {
        let bare: String =
            line.chars().filter(|letter| letter.is_alphanumeric()).collect::<String>().to_ascii_lowercase();
        names.iter().any(|name| {
            bare.split(name).nth(1).is_some_and(|rest| {
                rest.starts_with(value) || {
                    // `<property name="validateOnMigrate" value="false"/>`
                    rest.strip_prefix("value").is_some_and(|rest| rest.starts_with(value))
                }
            })
        })
    })
}

#[cfg(test)]
mod tests {
    use super::is_set;

    #[test]
    fn a_setting_is_read_in_any_spelling() {
        for text in [
            "Flyway.configure()\n  .validateOnMigrate(false)",
            "flyway.setValidateOnMigrate(false);",
            "spring:\n  flyway:\n    validate-on-migrate: false",
            "spring.flyway.validate-on-migrate=false",
            "<bean class=\"Flyway\"><property name=\"validateOnMigrate\" value=\"false\"/>",
        ] {
            assert!(is_set(text, &["validateonmigrate"], "false"), "{text}");
        }
        for text in ["flyway.validateOnMigrate=true", "validateOnMigrate(false)", "flyway"] {
            assert!(!is_set(text, &["validateonmigrate"], "false"), "{text}");
        }
    }
}
