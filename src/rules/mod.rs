//! The rules: pure functions from what a change does to findings. No git, no files, no printing.

use crate::change::Change;
use crate::finding::{Finding, Rule};

/// Declares a rule as a static whose doc comment is also its documentation page.
macro_rules! declare_rule {
    ($(#[doc = $doc:literal])+ $name:literal, $severity:ident, $check:path) => {
        $(#[doc = $doc])+
        pub static RULE: $crate::finding::Rule = $crate::finding::Rule {
            name: $name,
            severity: $crate::severity::Severity::$severity,
            doc: concat!($($doc, "\n"),+),
            check: $check,
        };
    };
}

/// Registers the rules: a module that is named here is compiled, run and documented, and cannot be forgotten.
macro_rules! rules {
    ($($module:ident),+ $(,)?) => {
        $(pub mod $module;)+
        /// Every rule, in the order in which the report explains them.
        pub static RULES: &[&Rule] = &[$(&$module::RULE),+];
    };
}

mod failing_help;
pub mod standing;
mod wording;

rules! {
    missing_revision,
    track_drift,
    schema_drift,
    model_drift,
    failing_migration,
    edited_history,
    downgrade_drift,
    version_gap,
    unregistered_migration,
    ignored_migration,
    invalid_revision,
    multiple_heads,
    parked_chain,
    foreign_table,
    broken_chain,
    duplicate_id,
    revision_id_too_long,
    lost_track,
    relaxed_configuration,
    unevaluated,
    stale_suppression,
}

/// The rule of this name, as it is written in a configuration or an `allow(…)`.
pub fn find(name: &str) -> Option<&'static Rule> {
    RULES.iter().copied().find(|rule| rule.name == name)
}

/// The same, or one sentence that says that there is none, and which one may be meant.
pub fn named(name: &str) -> Result<&'static Rule, String> {
    let near = || {
        let near = RULES.iter().map(|rule| (strsim::jaro_winkler(name, rule.name), rule.name));
        near.filter(|(likeness, _)| *likeness > 0.75).max_by(|a, b| a.0.total_cmp(&b.0))
    };
    find(name).ok_or_else(|| {
        let hint =
            near().map_or_else(|| "see `parity-check rules`".to_owned(), |(_, near)| format!("did you mean `{near}`?"));
        format!("there is no rule `{name}`; {hint}")
    })
}

/// What every rule finds in a change, in the order of the rules.
pub fn check(change: &Change) -> Vec<Finding> {
    RULES.iter().flat_map(|rule| (rule.check)(change)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_has_a_page_with_all_its_sections() {
        for rule in RULES {
            let page = rule.page();
            for section in ["What it does", "Why is this bad?", "Example", "Use instead", "References"] {
                assert!(page.contains(&format!("## {section}\n")), "{} lacks `{section}`", rule.name);
            }
            assert!(!rule.summary().is_empty() && !page.contains("To be written"), "{}", rule.name);
        }
    }

    #[test]
    fn names_are_kebab_case_and_unique() {
        for (index, rule) in RULES.iter().enumerate() {
            assert!(rule.name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-'), "{}", rule.name);
            assert!(RULES[..index].iter().all(|other| other.name != rule.name), "{}", rule.name);
        }
    }
}
