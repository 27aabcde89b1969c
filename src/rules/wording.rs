//! How rules put names into sentences.

pub use crate::source::is_near;

/// "a", "a and b", "a, b and c", "a, b and 3 more".
pub fn list(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [only] => only.clone(),
        [first, second] => format!("{first} and {second}"),
        [first, second, third] => format!("{first}, {second} and {third}"),
        [first, second, rest @ ..] => format!("{first}, {second} and {} more", rest.len()),
    }
}

/// "a", "a and b", "a, b and c", and so on, whatever their number.
pub fn all(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [only] => only.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// A name as it stands in a message.
pub fn quoted(name: &str) -> String {
    format!("`{name}`")
}
