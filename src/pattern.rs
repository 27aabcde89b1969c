//! Patterns for the names of objects in a schema, as a configuration writes them.

use globset::{GlobBuilder, GlobSet};

/// A name with `*` and `?`; case does not matter.
#[derive(Clone, Debug)]
pub struct Pattern {
    /// As it is written.
    pub spelled: String,
    matcher: GlobSet,
}

impl Pattern {
    /// Fails with what is wrong with it, in a user's words.
    pub fn new(spelled: String) -> Result<Self, String> {
        let glob = GlobBuilder::new(&spelled).case_insensitive(true).build();
        let glob = glob.map_err(|error| format!("the pattern cannot be read: {}", error.kind()))?;
        // A set of one: `compile_matcher` panics where a pattern is too much.
        let matcher = GlobSet::builder().add(glob).build();
        let matcher =
            matcher.map_err(|_| "the pattern cannot be read: it is too long, or nests too deeply".to_owned())?;
        Ok(Self { spelled, matcher })
    }

    pub fn matches(&self, name: &str) -> bool {
        self.matcher.is_match(name)
    }
}

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.spelled == other.spelled
    }
}

impl Eq for Pattern {}
