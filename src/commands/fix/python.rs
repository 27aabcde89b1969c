//! Python source: the one place where text of a repository becomes a literal.

/// A string literal. Whatever the text holds, it stays one string on one line.
pub fn string(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '\\' => out.push_str("\\\\"),
            '"' => out.push_str("\\\""),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            ' '..='~' => out.push(c),
            // Letters of any script read as they are; everything else could show as what it isn't.
            c if c.is_alphanumeric() => out.push(c),
            c => match u32::from(c) {
                code @ 0..=0xff => out.push_str(&format!("\\x{code:02x}")),
                code @ 0x100..=0xffff => out.push_str(&format!("\\u{code:04x}")),
                code => out.push_str(&format!("\\U{code:08x}")),
            },
        }
    }
    out.push('"');
    out
}

/// A list of string literals.
pub fn strings<'a>(texts: impl IntoIterator<Item = &'a str>) -> String {
    let texts: Vec<String> = texts.into_iter().map(string).collect();
    format!("[{}]", texts.join(", "))
}

/// SQL for `sa.text` and `op.execute`, as a literal: a colon before a word would begin a parameter there
/// (<https://docs.sqlalchemy.org/en/20/core/sqlelement.html#sqlalchemy.sql.expression.text>).
pub fn sql(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    let mut before = ' ';
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        let is_word = |c: char| c.is_alphanumeric() || c == '_' || c == '$';
        let begins = c == ':' && rest.peek().is_some_and(|next| is_word(*next));
        if begins && before != ':' && before != '\\' && !is_word(before) {
            escaped.push('\\');
        }
        escaped.push(c);
        before = c;
    }
    string(&escaped)
}

/// Text for a docstring or a comment: one line of letters, digits and plain punctuation.
pub fn prose(text: &str) -> String {
    let keep = |c: char| if c.is_alphanumeric() || " -_.,:()`/".contains(c) { c } else { ' ' };
    let kept: String = text.chars().map(keep).take(200).collect();
    kept.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_a_name_holds_it_stays_one_string() {
        assert_eq!(string(r#""); import os"#), r#""\"); import os""#);
        assert_eq!(string("a\\\"\n\u{202e}\u{0}é\u{1f600}"), "\"a\\\\\\\"\\n\\u202e\\x00é\\U0001f600\"");
        assert_eq!(strings(["a", "\""]), r#"["a", "\""]"#);
    }

    #[test]
    fn a_colon_begins_no_parameter() {
        assert_eq!(sql("x::text = 'a:b' or y = ' :z'"), "\"x::text = 'a:b' or y = ' \\\\:z'\"");
    }

    #[test]
    fn prose_ends_no_docstring() {
        assert_eq!(prose("a\"\"\"\nb\\"), "a b");
    }
}
