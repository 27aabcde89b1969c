//! What the rules are.

use std::io::Write;

use super::{Failure, PASSED, piped};
use crate::rules::{self, RULES};

/// One line a rule: its name, its severity, what it does.
pub fn list(out: &mut dyn Write) -> Result<u8, Failure> {
    let width = RULES.iter().map(|rule| rule.name.len()).max().unwrap_or_default();
    let mut text = String::new();
    for rule in RULES {
        text.push_str(&format!("{:width$}  {:7}  {}\n", rule.name, rule.severity.as_str(), rule.summary()));
    }
    text.push_str("\n`parity-check explain <rule>` says more.\n");
    piped(out.write_all(text.as_bytes()))?;
    Ok(PASSED)
}

/// The rule's documentation page.
pub fn explain(name: &str, out: &mut dyn Write) -> Result<u8, Failure> {
    let rule = rules::named(name).map_err(Failure::Other)?;
    let text = format!("# {} ({})\n\n{}", rule.name, rule.severity.as_str(), rule.page());
    piped(out.write_all(text.as_bytes()))?;
    Ok(PASSED)
}
