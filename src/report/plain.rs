//! Untrusted text made safe to print: nothing from a repository reaches a terminal, a log or a page as it is.
//!
//! Three dangers: control and direction characters (terminal codes, text that reads differently than it runs), line
//! breaks (a forged line), and the workflow commands of a CI runner. GitHub's runner takes `::command::` at the start
//! of a line, after any white space, and the older `##[command]` anywhere in one; others take `##word[command]`.

use std::fmt::Write;

/// Longer text is cut: a name that a project chose must not fill a log.
const MAX_CHARS: usize = 2_000;

/// One printable line of at most 2,000 characters. Characters that would act rather than show are written as escapes:
/// `\n`, `\u{1b}`.
pub fn line(text: &str) -> String {
    let mut out = String::with_capacity(text.len().min(MAX_CHARS));
    for (count, c) in text.chars().enumerate() {
        if count == MAX_CHARS {
            out.push('…');
            break;
        }
        match c {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '[' if opens_command(&out) => push_escape(&mut out, c),
            c if acts(c) => push_escape(&mut out, c),
            c => out.push(c),
        }
    }
    guard_start(out)
}

/// Lines of text, each of them safe, however long.
pub fn lines(text: &str) -> String {
    safe_lines(text, "    ")
}

/// The same of a statement, in which a tab may be part of a value.
pub fn statement(sql: &str) -> String {
    safe_lines(sql, "\t")
}

fn safe_lines(text: &str, tab: &str) -> String {
    let safe = |line: &str| {
        let mut out = String::with_capacity(line.len());
        for c in line.chars() {
            match c {
                '\t' => out.push_str(tab),
                '[' if opens_command(&out) => push_escape(&mut out, c),
                c if acts(c) => push_escape(&mut out, c),
                c => out.push(c),
            }
        }
        guard_start(out) + "\n"
    };
    text.lines().map(safe).collect()
}

/// Breaks a safe line at spaces into lines of at most `width` characters where words allow it, each of them safe.
pub fn wrap(line: &str, width: usize) -> String {
    let mut lines: Vec<String> = Vec::new();
    let mut current = String::new();
    let mut length = 0;
    for word in line.split(' ').filter(|word| !word.is_empty()) {
        let word_length = word.chars().count();
        if length > 0 && length + 1 + word_length > width {
            lines.push(guard_start(std::mem::take(&mut current)));
            length = 0;
        } else if length > 0 {
            current.push(' ');
            length += 1;
        }
        current.push_str(word);
        length += word_length;
    }
    lines.push(guard_start(current));
    lines.join("\n")
}

/// A character of a source line as one printable character, so that columns stay what they are; `before` is the
/// printable line up to it. Tabs stay.
pub fn source_char(c: char, before: &str) -> char {
    match c {
        '\t' => c,
        '\0'..='\u{1f}' => char::from_u32(u32::from(c) + 0x2400).unwrap_or('\u{fffd}'),
        '\u{7f}' => '\u{2421}',
        '[' if opens_command(before) => '［',
        c if acts(c) => '\u{fffd}',
        c => c,
    }
}

/// JSON text that is equal in value and safe to print: inside strings alone can there be anything to escape.
pub fn json(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c != '\n' && acts(c) || c == '[' && opens_command(&out) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                // Writing to a string cannot fail.
                let _ = write!(out, "\\u{unit:04x}");
            }
        } else {
            out.push(c);
        }
    }
    out
}

/// Whether a character changes how text around it shows, or shows nothing at all. The joiners that scripts and emoji
/// need are left alone.
fn acts(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// Whether a `[` after this text would make it a legacy command.
fn opens_command(before: &str) -> bool {
    before.trim_end_matches(|c: char| c.is_ascii_alphabetic()).ends_with("##")
}

/// Keeps a line from starting a workflow command.
fn guard_start(line: String) -> String {
    let start = line.trim_start();
    if !start.starts_with("::") {
        return line;
    }
    let indent = &line[..line.len() - start.len()];
    format!("{indent}\\u{{3a}}{}", &start[1..])
}

fn push_escape(out: &mut String, c: char) {
    // Writing to a string cannot fail.
    let _ = write!(out, "{}", c.escape_unicode());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_that_act_are_shown() {
        assert_eq!(
            line("a\x1b[31mb\r\nc\u{9b}d\u{202e}e\u{2028}f\tg"),
            r"a\u{1b}[31mb\r\nc\u{9b}d\u{202e}e\u{2028}f\tg"
        );
    }

    #[test]
    fn ordinary_text_of_any_script_stays_as_it_is() {
        for text in ["naïve 表 テーブル 🙂", "a::b", "x[0]", "می\u{200c}خواهم", "# [x]", "##", ""] {
            assert_eq!(line(text), text);
        }
    }

    #[test]
    fn no_line_starts_a_workflow_command() {
        assert_eq!(line("::error::x"), r"\u{3a}:error::x");
        assert_eq!(line(" \u{a0}::stop-commands::x"), " \u{a0}\\u{3a}:stop-commands::x");
        assert_eq!(line("a ##[error]x"), r"a ##\u{5b}error]x");
        assert_eq!(line("##vso[task.x]"), r"##vso\u{5b}task.x]");
        assert_eq!(source_char('[', "12 ##"), '［');
    }

    #[test]
    fn a_wrapped_line_starts_no_workflow_command() {
        assert_eq!(wrap("one two ::error::x three", 8), "one two\n\\u{3a}:error::x\nthree");
    }

    #[test]
    fn a_long_name_is_cut() {
        assert_eq!(line(&"x".repeat(9_999)).chars().count(), MAX_CHARS + 1);
    }

    #[test]
    fn json_keeps_its_value_and_loses_what_acts() {
        let value = "a\u{202e}b\u{9b}c\u{e0041}d ##[error]e\u{7f}";
        let safe = json(&serde_json::to_string_pretty(&[value]).unwrap());
        assert_eq!(serde_json::from_str::<Vec<String>>(&safe).unwrap(), [value]);
        assert!(safe.chars().all(|c| c == '\n' || !acts(c)), "{safe}");
        assert!(!safe.contains("##["), "{safe}");
    }
}
