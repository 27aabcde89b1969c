//! What a rule found: typed values that know nothing of severity, suppression or output.

use crate::rules::Rule;
use crate::source::Location;

/// One thing that one rule found. The report decides its severity and whether it is suppressed.
#[derive(Clone, Debug)]
pub struct Finding {
    pub rule: &'static Rule,
    /// The name of the track that has to change.
    pub track: Option<String>,
    /// One sentence without a full stop: what is wrong.
    pub message: String,
    /// Why it breaks, one paragraph an entry; may be empty.
    pub notes: Vec<String>,
    /// Of a text that differs, its lines with `-` and `+` before them.
    pub diff: Option<String>,
    /// What to do.
    pub help: String,
    /// Where the reader should look first, and where a suppression is written.
    pub primary: Location,
    pub related: Vec<Location>,
    /// What tells this finding from others of its rule, whatever line it moves to: a migration's name, a file.
    pub key: String,
    /// What it is about, for exemptions: one entry for each place in the schema.
    pub subjects: Vec<Subject>,
    /// The merge base has it too.
    pub pre_existing: bool,
}

/// A place in a track's schema, by every name that it may go by: an index is also its table's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    pub track: String,
    pub names: Vec<String>,
}

impl Finding {
    pub fn new(rule: &'static Rule, key: impl Into<String>, message: impl Into<String>, primary: Location) -> Self {
        Self {
            rule,
            track: None,
            message: message.into(),
            notes: Vec::new(),
            diff: None,
            help: String::new(),
            primary,
            related: Vec::new(),
            key: key.into(),
            subjects: Vec::new(),
            pre_existing: false,
        }
    }

    /// The primary location first, then the related ones in the order the rule gave them.
    pub fn locations(&self) -> impl Iterator<Item = (&Location, bool)> {
        std::iter::once((&self.primary, true)).chain(self.related.iter().map(|location| (location, false)))
    }

    /// 16 hexadecimal digits that stay the same while the finding does, on whatever line it stands.
    pub fn fingerprint(&self) -> String {
        let track = self.track.as_deref().unwrap_or_default();
        let material = [self.rule.name, track, self.primary.path(), self.key.as_str()].join("\0");
        format!("{:016x}", fnv1a(material.as_bytes()))
    }
}

/// FNV-1a, 64 bits (<http://www.isthe.com/chongo/tech/comp/fnv/>): the standard library's hasher may change between
/// releases, and a fingerprint must not.
pub(crate) fn fnv1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_fnv_1a() {
        assert_eq!(fnv1a(b""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(fnv1a(b"foobar"), 0x8594_4171_f739_67e8);
    }
}
