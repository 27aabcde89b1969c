//! A page for the step summary on GitHub: every finding with its frames, and what was judged.
//!
//! Text from the repository becomes text on the page: no HTML, links, mentions or references come from it.

use std::io::{self, Write};

use annotate_snippets::{Group, Level, Renderer};

use super::graph::mermaid;
use super::{Judged, Report, Reported, Summary, frame, plain};
use crate::severity::Severity;
use crate::source::Location;

/// A step summary may have 1 MiB: so much for the findings, and so much for each of the three lists. A drawing is small.
const FINDINGS_BYTES: usize = 640 << 10;
const LIST_BYTES: usize = 100 << 10;
/// How wide a frame is before a page scrolls it.
const FRAME_WIDTH: usize = 120;

pub fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    write!(out, "## {}\n\n{}\n\n", heading(report.summary()), text(&report.verdict))?;
    let (suppressed, open): (Vec<_>, Vec<_>) = report.findings.iter().partition(|one| one.suppressed.is_some());
    write_within(FINDINGS_BYTES, &open, out, |reported, out| write_section(reported, out))?;
    if !report.chains.is_empty() {
        writeln!(out, "{}", mermaid::block(&report.chains, false))?;
    }
    write_within(LIST_BYTES, &report.notes, out, |note, out| write!(out, "> **Note:** {}\n\n", text(note)))?;
    write_judged(&report.judged, out)?;
    write_suppressed(&suppressed, out)
}

/// Writes as many items as fit into so many bytes, and how many did not.
fn write_within<T>(
    bytes: usize,
    items: &[T],
    out: &mut dyn Write,
    write_item: impl Fn(&T, &mut dyn Write) -> io::Result<()>,
) -> io::Result<()> {
    let mut room = bytes;
    for (index, item) in items.iter().enumerate() {
        let mut section = Vec::new();
        write_item(item, &mut section)?;
        let Some(rest) = room.checked_sub(section.len()) else {
            let left = items.len() - index;
            return write!(out, "\n*and {left} more, cut off because a step summary is limited to 1 MiB*\n\n");
        };
        room = rest;
        out.write_all(&section)?;
    }
    Ok(())
}

fn heading(summary: Summary) -> String {
    let sign = match summary {
        Summary { errors: 1.., .. } => "❌",
        Summary { warnings: 1.., .. } => "⚠️",
        _ => "✅",
    };
    format!("{sign} {}: {summary}", env!("CARGO_PKG_NAME"))
}

/// One finding, from its heading to its help.
fn write_section(reported: &Reported, out: &mut dyn Write) -> io::Result<()> {
    let finding = &reported.finding;
    let level = match reported.severity {
        Severity::Error => "Error",
        Severity::Warning => "Warning",
    };
    write!(out, "### {level}: {}\n\n", text(&finding.message))?;
    write!(out, "`{}` at {}", finding.rule.name, place(&finding.primary))?;
    if finding.pre_existing {
        write!(out, " ({})", super::PRE_EXISTING)?;
    }
    write!(out, "\n\n{}\n", frames(reported))?;
    for note in &finding.notes {
        write!(out, "{}\n\n", text(note))?;
    }
    if finding.help.is_empty() { Ok(()) } else { write!(out, "**Help:** {}\n\n", text(&finding.help)) }
}

/// The source frames in a block of code.
fn frames(reported: &Reported) -> String {
    let finding = &reported.finding;
    let level = match reported.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let mut group = Group::with_level(level).elements(frame::elements(finding, frame::MAX_RELATED, FRAME_WIDTH));
    let hidden = finding.related.len().saturating_sub(frame::MAX_RELATED);
    if hidden > 0 {
        group = group.element(Level::NOTE.message(format!("and {hidden} more")));
    }
    block(&Renderer::plain().term_width(FRAME_WIDTH).render(&[group]))
}

fn write_judged(judged: &[Judged], out: &mut dyn Write) -> io::Result<()> {
    if judged.is_empty() {
        return Ok(());
    }
    write!(out, "**Judged**\n\n")?;
    write_within(LIST_BYTES, judged, out, |judged, out| {
        let (track, noun) = (code(&judged.track), judged.kind.noun(judged.migrations));
        writeln!(out, "- {track}: {} {noun}, {} new", judged.migrations, judged.new_migrations)
    })?;
    writeln!(out)
}

fn write_suppressed(suppressed: &[&Reported], out: &mut dyn Write) -> io::Result<()> {
    if suppressed.is_empty() {
        return Ok(());
    }
    write!(out, "<details>\n<summary>{} suppressed</summary>\n\n", suppressed.len())?;
    write_within(LIST_BYTES, suppressed, out, |reported, out| {
        let finding = &reported.finding;
        let reason = text(reported.suppressed.as_deref().unwrap_or_default());
        let place = place(&finding.primary);
        writeln!(out, "- `{}` at {place}: {}: {reason}", finding.rule.name, text(&finding.message))
    })?;
    write!(out, "\n</details>\n")
}

fn place(location: &Location) -> String {
    code(&format!("{}:{}", location.path(), location.start().line))
}

/// A line of text in which what stands between two backticks stays code, as messages write names.
fn text(text: &str) -> String {
    let line = plain::line(text);
    // Four spaces before it would make all of it a block of code.
    let mut parts: Vec<&str> = line.trim().split('`').collect();
    // A backtick without a partner is a backtick.
    let single = if parts.len().is_multiple_of(2) { parts.pop() } else { None };
    let parts = parts.iter().enumerate().map(|(index, part)| match (index % 2, part.trim().is_empty()) {
        (0, _) => escape(part),
        (_, true) => "\\`\\`".to_owned(),
        (_, false) => format!("`{part}`"),
    });
    let single = single.map(|part| format!("\\`{}", escape(part)));
    parts.chain(single).collect()
}

/// Escapes what Markdown, HTML and GitHub's own references would take for more than text. A space without width parts a
/// mention, a reference or an address from what makes it one.
fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let before_word = chars.peek().is_some_and(|next| next.is_alphanumeric());
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '@' if before_word => out.push_str("@\u{200b}"),
            '#' if before_word => out.push_str("\\#\u{200b}"),
            ':' if chars.peek() == Some(&'/') => out.push_str(":\u{200b}"),
            '.' if ends_with_www(&out) => out.push_str("\u{200b}."),
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '(' | ')' | '#' | '+' | '-' | '!' | '|' | '~' | '$'
            | '=' => {
                out.extend(['\\', c]);
            }
            c => out.push(c),
        }
    }
    out
}

fn ends_with_www(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() >= 3 && bytes[bytes.len() - 3..].eq_ignore_ascii_case(b"www")
}

/// A code span, whatever backticks are in it.
fn code(text: &str) -> String {
    let line = plain::line(text);
    if line.trim().is_empty() {
        return "` `".to_owned();
    }
    let fence = "`".repeat(longest_run(&line) + 1);
    // The spaces keep a backtick at either end apart from the fence; Markdown takes one of them away at each end.
    let space = if line.contains('`') || line.starts_with(' ') && line.ends_with(' ') { " " } else { "" };
    format!("{fence}{space}{line}{space}{fence}")
}

/// A block of code whose fence is longer than any run of backticks in it.
fn block(text: &str) -> String {
    let fence = "`".repeat(longest_run(text).max(2) + 1);
    format!("{fence}text\n{}\n{fence}\n", text.trim_end_matches('\n'))
}

fn longest_run(text: &str) -> usize {
    text.split(|c| c != '`').map(str::len).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::super::graph::testing::graph;
    use super::super::testing::{self, finding, hostile, reported, sample};
    use super::*;
    use crate::source::Source;

    fn output(report: &Report) -> String {
        testing::written(|out| write(report, out))
    }

    #[test]
    fn a_summary_has_the_findings_their_frames_and_what_was_judged() {
        insta::assert_snapshot!(output(&sample()));
    }

    #[test]
    fn text_from_a_repository_is_only_text_on_the_page() {
        let shown = output(&hostile());
        testing::assert_harmless(&shown);
        insta::assert_snapshot!(shown);
    }

    #[test]
    fn a_chain_that_does_not_run_is_drawn() {
        let revisions = [("a", "None"), ("b", "'a'"), ("c", "'a'"), (r#"```\"]"#, "'c'")];
        let report = Report { chains: vec![graph(&revisions, &["a", "b"])], ..sample() };
        let shown = output(&report);
        let drawing = &shown[shown.find("```mermaid\nflowchart BT\n").unwrap()..shown.find("**Judged**").unwrap()];
        assert!(
            drawing.ends_with(
                "\n  end\n```\n\n> **Note:** track `mysql` is new in head, so there is nothing to compare it with\n\n"
            ),
            "{drawing}"
        );
        assert_eq!(drawing.matches("```").count(), 2, "{drawing}");
        assert!(drawing.contains(":::new"), "{drawing}");
    }

    #[test]
    fn names_in_backticks_stay_code_and_nothing_else_becomes_markup() {
        assert_eq!(text("add `a_b` to x_y"), "add `a_b` to x\\_y");
        assert_eq!(text("a ` <b>"), "a \\` &lt;b&gt;");
        assert_eq!(text("`` x"), "\\`\\` x");
        assert_eq!(
            text("@all #1 https://a.b www.a.b"),
            "@\u{200b}all \\#\u{200b}1 https:\u{200b}//a.b www\u{200b}.a.b"
        );
        assert_eq!(text("[a](b) ![c](d) |"), r"\[a\]\(b\) \!\[c\]\(d\) \|");
    }

    #[test]
    fn a_code_span_holds_any_path() {
        assert_eq!(code("a.py:1"), "`a.py:1`");
        assert_eq!(code("`a``b.py:1"), "``` `a``b.py:1 ```");
    }

    #[test]
    fn a_fence_is_longer_than_any_in_the_source() {
        let source = Source::new("m.py", "x = '''\n````\n'''\n");
        let reported = reported(finding("unevaluated", "m", Location::line(&source, 2, "")));
        let shown = testing::written(|out| write_section(&reported, out));
        assert!(shown.contains("\n`````text\n") && shown.contains("\n`````\n"), "{shown}");
    }

    #[test]
    fn a_summary_stays_below_githubs_limit_and_says_what_was_cut() {
        let source = Source::new("m.py", format!("{}\n", "x".repeat(500)).repeat(100));
        let finding = |n: usize| {
            let mut finding =
                finding("missing-revision", &format!("number {n}"), Location::line(&source, n % 100 + 1, "x"));
            finding.notes = vec!["*".repeat(5_000); 5];
            reported(finding)
        };
        let allowed = |n: usize| Reported { suppressed: Some("*".repeat(5_000)), ..finding(n) };
        let findings = (0..500).map(finding).chain((0..500).map(allowed)).collect();
        let report = Report { findings, notes: vec!["_".repeat(5_000); 500], ..sample() };
        let shown = output(&report);
        assert!(shown.len() < 1 << 20, "{}", shown.len());
        assert!(shown.contains("more, cut off because") && shown.contains("17 revisions"));
    }
}
