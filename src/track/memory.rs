//! What is learned at one commit and helps at others: neighbouring commits share most of their files.

use std::any::Any;
use std::collections::HashSet;

use crate::git::ObjectId;

/// What is known of other commits.
#[derive(Debug, Default)]
pub struct Memory {
    /// Go files without a list, by their content and by how likely their names made one.
    pub without_lists: HashSet<(ObjectId, u8)>,
    /// Trees that are known to have a track.
    pub with_tracks: HashSet<ObjectId>,
    /// What was evaluated there, in the form that the evaluation gives it.
    evaluated: Option<Box<dyn Any>>,
}

impl Memory {
    /// What was evaluated, as somebody keeps it: one such form at a time.
    pub fn evaluated<T: Any + Default>(&mut self) -> &mut T {
        if !self.evaluated.as_ref().is_some_and(|kept| kept.is::<T>()) {
            self.evaluated = None;
        }
        let kept = self.evaluated.get_or_insert_with(|| Box::new(T::default()));
        match kept.downcast_mut() {
            Some(kept) => kept,
            None => unreachable!("it was made as one a moment ago"),
        }
    }
}
