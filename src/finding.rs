//! What a rule is and what it finds: typed values that know nothing of suppression or output.

use std::collections::BTreeSet;

use crate::change::Change;
use crate::evaluate::models::compare::How;
use crate::evaluate::parity::What;
use crate::schema::delta::{Attribute, Object};
use crate::severity::Severity;
use crate::source::{Location, Place};

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

impl Rule {
    /// The documentation page as Markdown, without the margin that a doc comment has.
    pub fn page(&self) -> String {
        self.doc.lines().map(|line| line.strip_prefix(' ').unwrap_or(line).to_owned() + "\n").collect()
    }

    /// The first sentence of what it does.
    pub fn summary(&self) -> String {
        let page = self.page();
        let body = page.lines().skip_while(|line| line.starts_with('#') || line.is_empty());
        let paragraph = body.take_while(|line| !line.is_empty()).collect::<Vec<_>>().join(" ");
        match paragraph.split_once(". ") {
            Some((first, _)) => first.to_owned(),
            None => paragraph.trim_end_matches('.').to_owned(),
        }
    }
}

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
    pub primary: Place,
    pub related: Vec<Location>,
    /// What in the change it comes from: who mends it finds it by that.
    pub cause: Cause,
    /// What tells this finding from others of its rule, whatever line it moves to: a migration's name, a file.
    pub key: String,
    /// What it is about, for exemptions: one entry for each place in the schema.
    pub subjects: Vec<Subject>,
    /// The merge base has it too.
    pub pre_existing: bool,
    /// It is about how migrations follow each other, so that a drawing of them helps.
    pub is_of_order: bool,
    /// No database breaks by it: a warning, unless the configuration says what the rule's severity is.
    pub weak: bool,
    /// What follows from it, and is told with it.
    pub explains: Vec<Explained>,
    /// How what it is about stands elsewhere, for it to be told with others that are about the same.
    pub standing: Option<Standing>,
}

/// What in a change a finding comes from, as far as a new migration makes up for it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Cause {
    /// Something that no new migration makes up for.
    #[default]
    Other,
    /// One track has new migrations, and another one, by its name, gets none.
    Step { on: String, not_on: String },
    /// A difference of a pair; the tracks by their indexes.
    Pair { on: usize, not_on: usize, object: Object, what: What },
    /// A difference between the models beside a track and its migrations.
    Models { track: String, object: Object, how: How },
    /// An old migration that is edited, and how, where others may be edited in the same way.
    Edit { migration: String, how: Option<Rewording> },
    /// Something that is gone or that cannot be read, so that it may hide what is lacking.
    Hides,
}

impl Cause {
    /// Whether something is lacking on a track.
    pub fn is_lack(&self) -> bool {
        matches!(self, Self::Step { .. } | Self::Pair { .. } | Self::Models { .. })
    }
}

/// The words that an edit takes away, and those that it puts there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rewording {
    pub gone: BTreeSet<String>,
    pub new: BTreeSet<String>,
}

/// Findings on the same track that follow from another one.
#[derive(Clone, Debug)]
pub struct Explained {
    pub rule: &'static str,
    pub which: Which,
    pub note: Note,
}

/// What is said of a finding with its cause.
#[derive(Clone, Debug)]
pub enum Note {
    /// The cause says it all.
    Nothing,
    /// What it says itself.
    Own,
    /// The cause says it too, with what is to be done about it: it is a try at what the cause asks for.
    Try,
    Text(String),
}

/// Which findings of a rule.
#[derive(Clone, Debug)]
pub enum Which {
    All,
    /// Those with this key.
    Key(String),
    /// Those with this key, on whatever track.
    Any(String),
    /// Those whose primary place is in this file.
    In(String),
    /// Those by which something lacks on the track that is made by these migrations of this other one.
    Made {
        on: String,
        by: Vec<String>,
    },
    /// Those by which something lacks on the track that this text names.
    Lacking(String),
}

/// How one thing of a schema stands in each place that has a say about it.
#[derive(Clone, Debug)]
pub struct Standing {
    pub object: Object,
    /// What of it differs; `None` where it is there or not.
    pub attribute: Option<Attribute>,
    /// What it is, in few words; may be empty.
    pub definition: String,
    /// It was there before, and is to go everywhere.
    pub is_dropped: bool,
    /// The tracks that it is about.
    pub tracks: Vec<String>,
    /// What made it what it is on the side that changed it: a track and its migration.
    pub made: Option<(String, String)>,
    /// The track that has no such thing, where it is one.
    pub lacking: Option<String>,
    pub sides: Vec<Side>,
}

/// One place that has a say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Side {
    /// As it is called in a sentence.
    pub who: String,
    /// What it says: `None` where it has no such thing.
    pub says: Option<String>,
    /// What is to be done there for all to say the same; empty where nothing is.
    pub todo: String,
}

/// A place in a track's schema, by every name that it may go by: an index is also its table's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    pub track: String,
    pub names: Vec<String>,
}

impl Finding {
    pub fn new(
        rule: &'static Rule,
        key: impl Into<String>,
        message: impl Into<String>,
        primary: impl Into<Place>,
    ) -> Self {
        Self {
            rule,
            track: None,
            message: message.into(),
            notes: Vec::new(),
            diff: None,
            help: String::new(),
            primary: primary.into(),
            related: Vec::new(),
            cause: Cause::Other,
            key: key.into(),
            subjects: Vec::new(),
            pre_existing: false,
            is_of_order: false,
            weak: false,
            explains: Vec::new(),
            standing: None,
        }
    }

    /// Adds a related place, unless it is nowhere or is shown already.
    pub fn relate(&mut self, location: &Location, label: impl Into<String>) {
        let is_shown =
            self.locations().any(|(known, _)| known.path() == location.path() && known.range == location.range);
        if let Some(place) = Place::of(location).filter(|_| !is_shown) {
            self.related.push(Location::clone(&place.labelled(label)));
        }
    }

    /// The primary location first, then the related ones in the order the rule gave them.
    pub fn locations(&self) -> impl Iterator<Item = (&Location, bool)> {
        std::iter::once((&*self.primary, true)).chain(self.related.iter().map(|location| (location, false)))
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
