//! The rules: pure functions from what a change does to findings. No git, no files, no printing.

use crate::finding::Finding;
use crate::track::Change;

/// A named check.
#[derive(Debug)]
pub struct Rule {
    /// Kebab-case; says what is wrong and reads well in `allow(<rule>)`.
    pub name: &'static str,
    pub severity: Severity,
    /// The documentation page in Markdown: the doc comment of the rule.
    pub doc: &'static str,
    pub check: fn(&Change) -> Vec<Finding>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    Error,
    Warning,
}

impl Severity {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

/// Declares a rule as a static whose doc comment is also its documentation page.
macro_rules! declare_rule {
    ($(#[doc = $doc:literal])+ $name:literal, $severity:ident, $check:path) => {
        $(#[doc = $doc])+
        pub static RULE: $crate::rules::Rule = $crate::rules::Rule {
            name: $name,
            severity: $crate::rules::Severity::$severity,
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

rules! {
    missing_revision,
    invalid_revision,
    lost_track,
    unevaluated,
    stale_suppression,
}

/// The rule of this name, as it is written in a configuration or an `allow(…)`.
pub fn find(name: &str) -> Option<&'static Rule> {
    RULES.iter().copied().find(|rule| rule.name == name)
}

/// What every rule finds in a change, in the order of the rules.
pub fn check(change: &Change) -> Vec<Finding> {
    RULES.iter().flat_map(|rule| (rule.check)(change)).collect()
}
