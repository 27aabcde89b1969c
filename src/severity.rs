//! How much a finding counts.

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    Error,
    Warning,
}

impl Severity {
    /// What a user calls it: `None` where that is no severity, `Some(None)` where a rule is off.
    pub fn read(text: &str) -> Option<Option<Self>> {
        match text {
            "error" => Some(Some(Self::Error)),
            "warn" | "warning" => Some(Some(Self::Warning)),
            "off" => Some(None),
            _ => None,
        }
    }

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}
