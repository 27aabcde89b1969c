//! Simple assignments at the left margin, read without parsing: a chain has thousands of revisions, and of nearly all of
//! them only four names are wanted.

use std::ops::Range;

use memchr::{memchr3, memmem};

use super::bindings::{Binding, Constant};

/// The last binding of each of `names`, in their order: what [`super::bindings::binding`] answers for a file that
/// parses. `None` where one of them is bound, or mentioned in code, in any way that takes the parser to understand.
pub fn bindings<const N: usize>(text: &str, names: [&str; N]) -> Option<[Option<Binding>; N]> {
    let mut found: [Option<Binding>; N] = std::array::from_fn(|_| None);
    let mentions: Vec<usize> = names.iter().flat_map(|name| memmem::find_iter(text.as_bytes(), name)).collect();
    let mut state = State::Code;
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        let end = start + line.len();
        let is_mentioned = mentions.iter().any(|at| (start..end).contains(at));
        // Nearly every line is neither about one of them nor part of a text.
        if is_mentioned || !matches!(state, State::Code) || memchr3(b'"', b'\'', b'\\', line.as_bytes()).is_some() {
            let code = line.trim_end_matches(['\n', '\r']);
            let assigned = names.iter().position(|name| matches!(state, State::Code) && binds(code, name));
            match assigned {
                Some(index) => found[index] = Some(simple(code, start)?),
                None => state = scan(code, state, &names)?,
            }
        }
        start = end;
    }
    matches!(state, State::Code).then_some(found)
}

/// Where a line begins.
#[derive(Clone, Copy)]
enum State {
    Code,
    /// Inside a string with this triple quote.
    Text(&'static str),
}

/// Whether a line begins with this name, as a word.
fn binds(line: &str, name: &str) -> bool {
    line.strip_prefix(name).is_some_and(|rest| !rest.starts_with(is_word))
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

/// `name = value` or `name: type = value`, where the value is a string, `None`, or a display of strings.
fn simple(line: &str, start: usize) -> Option<Binding> {
    let (left, value) = line.split_once('=')?;
    let target = left.split_once(':').map_or(left, |(name, _)| name);
    if !target.trim_end().chars().all(is_word) || value.starts_with('=') {
        return None;
    }
    let value = value.trim_start();
    let (constant, rest) = constant(value)?;
    let rest_trimmed = rest.trim_start();
    if !rest_trimmed.is_empty() && !rest_trimmed.starts_with('#') {
        return None;
    }
    let range: Range<usize> = start..start + line.len() - rest.len();
    Some(Binding { value: constant, range })
}

/// A constant and what stands behind it.
fn constant(text: &str) -> Option<(Constant, &str)> {
    if let Some(rest) = text.strip_prefix("None") {
        return (!rest.starts_with(is_word)).then_some((Constant::None, rest));
    }
    if let Some((text, rest)) = string(text) {
        return Some((Constant::Text(text.to_owned()), rest));
    }
    let close = if text.starts_with('(') { ')' } else { ']' };
    let mut rest = text.strip_prefix(['(', '['])?.trim_start();
    let mut texts = Vec::new();
    let mut commas = 0;
    loop {
        if let Some(rest) = rest.strip_prefix(close) {
            // `("a")` is no tuple.
            let is_display = close == ']' || commas > 0;
            return (is_display && !texts.is_empty()).then_some((Constant::Texts(texts), rest));
        }
        if commas < texts.len() {
            return None;
        }
        let (text, behind) = string(rest)?;
        texts.push(text.to_owned());
        rest = behind.trim_start();
        if let Some(behind) = rest.strip_prefix(',') {
            commas += 1;
            rest = behind.trim_start();
        }
    }
}

/// A string in single quotes of either sort, without escapes, that no other string follows.
fn string(text: &str) -> Option<(&str, &str)> {
    let quote = text.chars().next().filter(|quote| matches!(quote, '\'' | '"'))?;
    let (content, rest) = text[1..].split_once(quote)?;
    let plain =
        !content.contains('\\') && !rest.starts_with(['\'', '"']) && !rest.trim_start().starts_with(['\'', '"']);
    plain.then_some((content, rest))
}

/// Goes over a line and answers with the state at its end. `None` where the line holds one of the names in code, or
/// cannot be understood by itself.
fn scan(line: &str, mut state: State, names: &[&str]) -> Option<State> {
    let mut rest = line;
    loop {
        if let State::Text(quote) = state {
            let Some(end) = rest.find(quote) else { return Some(state) };
            // An escaped quote is for the parser.
            if rest[..end].ends_with('\\') {
                return None;
            }
            rest = &rest[end + 3..];
            state = State::Code;
        }
        let Some(character) = rest.chars().next() else { return Some(state) };
        match character {
            '#' => return Some(state),
            '\\' => return None,
            '"' | '\'' => match ["\"\"\"", "'''"].into_iter().find(|quote| rest.starts_with(quote)) {
                Some(quote) => {
                    state = State::Text(quote);
                    rest = &rest[3..];
                }
                None => rest = behind_string(rest, character)?,
            },
            _ if is_word(character) => {
                let length = rest.find(|next| !is_word(next)).unwrap_or(rest.len());
                if names.contains(&&rest[..length]) {
                    return None;
                }
                rest = &rest[length..];
            }
            _ => rest = &rest[character.len_utf8()..],
        }
    }
}

/// What stands behind the string that `text` begins with; `None` where it does not end on this line.
fn behind_string(text: &str, quote: char) -> Option<&str> {
    let mut escaped = false;
    for (at, character) in text.char_indices().skip(1) {
        match character {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if character == quote => return Some(&text[at + 1..]),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::python::Module;
    use crate::python::bindings::binding;
    use crate::source::Source;

    const NAMES: [&str; 2] = ["revision", "down_revision"];

    /// What is read without parsing, after making sure that the parser says the same.
    fn read(text: &str) -> Option<[Option<Binding>; 2]> {
        let quick = bindings(text, NAMES)?;
        let module = Module::parse(&Source::new("m.py", text)).unwrap();
        for (name, quick) in NAMES.iter().zip(&quick) {
            let parsed = binding(&module, name);
            let quick = quick.as_ref().map(|one| (one.value.clone(), one.range.clone()));
            assert_eq!(quick, parsed.map(|one| (one.value, one.range)), "{name} in {text}");
        }
        Some(quick)
    }

    #[test]
    fn what_templates_write_is_read_as_the_parser_reads_it() {
        for text in [
            "revision = 'a'\ndown_revision = None\n",
            "\"\"\"Doc\n\nrevision = 'no'\n\"\"\"\nfrom alembic import op\n\nrevision = \"a\"\ndown_revision = \"b\"  # why\n\n\
             def upgrade():\n    op.execute('''\nrevision = 1\n''')\n",
            "revision: str = 'a'\ndown_revision: Union[str, None] = ('b', 'c')\n",
            "revision = 'a'\r\ndown_revision = ['b',]\r\n",
            "'''one line'''\nrevision = 'a'\nrevision = 'b'\ndown_revision = ( 'x' , )\n",
            "x = 'it\\'s'; y = \"#\"  # \"\"\"\nrevision = 'a#b'\ndown_revision = None # '''\n",
            "revision_id = 1\nrevision = 'é'\ndown_revision = None",
        ] {
            let found = read(text).unwrap_or_else(|| panic!("not read: {text}"));
            assert!(found.iter().all(Option::is_some), "{text}");
        }
    }

    #[test]
    fn what_takes_a_parser_is_left_to_it() {
        for text in [
            "revision = make()\ndown_revision = None\n",
            "revision, down_revision = 'a', 'b'\n",
            "x = revision = 'a'\ndown_revision = None\n",
            "if True:\n    revision = 'a'\ndown_revision = None\n",
            "from base import revision\ndown_revision = None\n",
            "revision = 'a' 'b'\ndown_revision = None\n",
            "revision = 'a\\n'\ndown_revision = None\n",
            "revision = 'a'\ndown_revision = (\n    'b',\n)\n",
            "revision = ('a')\ndown_revision = None\n",
            "revision = 'a'; x = 1\ndown_revision = None\n",
            "revision = 'a'\ndown_revision = NoneSuch\n",
            "x = '''\\'''\nrevision = 'a'\n'''\nrevision = 'b'\ndown_revision = None\n",
            "revision == 'a'\n",
            "x = 1 + \\\n  2\nrevision = 'a'\n",
            "x = '''open\nrevision = 'a'\n",
        ] {
            assert!(bindings(text, NAMES).is_none(), "{text}");
        }
    }
}
