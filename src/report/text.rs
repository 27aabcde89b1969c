//! The report for people: source frames as a compiler shows them, then the verdict.

use std::io::{self, Write};

use annotate_snippets::{Group, Level, Renderer, renderer};

use super::{Report, Reported, Style, Summary, Verbosity, frame, plain};
use crate::severity::Severity;
use crate::source::Location;
use crate::track::Track;

const DEFAULT_WIDTH: usize = 100;
/// Narrower than that, nothing is readable.
const MIN_WIDTH: usize = 40;
/// A rule's name may leave less than that for what it says.
const MIN_TITLE: usize = 24;
/// So many of the findings that the base has, too, are shown in full.
const MAX_PRE_EXISTING: usize = 3;
/// What stands before a note: the gutter and `= note: `.
const NOTE_INDENT: usize = 14;

pub fn write(report: &Report, style: Style, out: &mut dyn Write) -> io::Result<()> {
    let renderer = renderer_for(style);
    let verbose = style.verbosity == Verbosity::Verbose;
    if verbose {
        write_context(report, out)?;
    }
    let shown = report.findings.iter().filter(|reported| verbose || reported.suppressed.is_none());
    let mut old = 0;
    for (index, reported) in shown.enumerate() {
        // A change answers for what it changes: what was there before is mentioned, and does not drown it.
        old += usize::from(reported.finding.pre_existing);
        if old > MAX_PRE_EXISTING && reported.finding.pre_existing && !verbose {
            continue;
        }
        let separator = if index > 0 { "\n" } else { "" };
        writeln!(out, "{separator}{}", renderer.render(&[group(reported, style)]))?;
    }
    if old > MAX_PRE_EXISTING && !verbose {
        let count = old - MAX_PRE_EXISTING;
        let title = format!("{count} more that are already on the base (--verbose shows them)");
        writeln!(out, "\n{}", renderer.render(&[Group::with_title(Level::NOTE.primary_title(title))]))?;
    }
    if style.verbosity == Verbosity::Quiet {
        return Ok(());
    }
    let summary = report.summary();
    if summary.errors + summary.warnings > 0 || verbose && summary.suppressed > 0 {
        writeln!(out)?;
    }
    for note in &report.notes {
        let title = Level::NOTE.primary_title(plain::wrap(&plain::line(note), width(style) - "note: ".len()));
        writeln!(out, "{}", renderer.render(&[Group::with_title(title)]))?;
    }
    // Nobody has said what is watched, or nothing else tells it.
    if !verbose && !report.tracks.is_empty() && (report.configuration.is_none() || report.judged.is_empty()) {
        let watching = plain::wrap(&plain::line(&watching(&report.tracks)), width(style) - 2);
        writeln!(out, "{}", watching.replace('\n', "\n  "))?;
    }
    writeln!(out, "{}: {}", colored(summary, style), plain::line(&report.verdict))
}

/// "watching sqlite (python-list, app/db.py) and postgres (alembic, app/versions)".
fn watching(tracks: &[Track]) -> String {
    let told = tracks.iter().map(|track| {
        let paths: Vec<&str> = track.directories().collect();
        format!("{} ({}, {})", track.name, track.kind.as_str(), paths.join(", "))
    });
    let told: Vec<String> = told.collect();
    match told.split_last() {
        Some((last, others)) if !others.is_empty() => format!("watching {} and {last}", others.join(", ")),
        _ => format!("watching {}", told.concat()),
    }
}

/// Why a command could not be carried out, with the place it is about, as it is shown on standard error.
pub fn failure(message: &str, place: Option<&Location>, help: Option<&str>, style: Style) -> String {
    let mut group = Group::with_title(Level::ERROR.primary_title(plain::line(message)));
    if let Some(place) = place {
        group = group.elements(frame::of_place(place, width(style)));
    }
    if let Some(help) = help {
        group = group.element(Level::HELP.message(plain::lines(help).trim_end().to_owned()));
    }
    renderer_for(style).render(&[group]) + "\n"
}

fn width(style: Style) -> usize {
    if style.width == 0 { DEFAULT_WIDTH } else { style.width.max(MIN_WIDTH) }
}

fn renderer_for(style: Style) -> Renderer {
    let renderer = if style.color { Renderer::styled().hyperlink(style.links) } else { Renderer::plain() };
    renderer.term_width(width(style))
}

/// What was compared, for those who ask.
fn write_context(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let range = &report.range;
    let name = |revision: &super::Revision| {
        let (name, id) = (plain::line(&revision.name), plain::line(short(&revision.id)));
        if name == id { name } else { format!("{name} ({id})") }
    };
    let merge_base = plain::line(short(&range.merge_base));
    writeln!(out, "comparing {} with {}, from their merge base {merge_base}", name(&range.head), name(&range.base))?;
    match &report.configuration {
        Some(path) => writeln!(out, "configuration: {}", plain::line(path))?,
        None => writeln!(out, "configuration: none, so the tracks are detected")?,
    }
    for track in &report.tracks {
        let (title, path) = (plain::line(&track.name), plain::line(&track.path));
        writeln!(out, "track {title}: {}, {}, {path}", track.kind.as_str(), track.database_title())?;
    }
    writeln!(out)
}

/// A commit id as git abbreviates it.
fn short(id: &str) -> &str {
    if id.len() == 40 { id.get(..10).unwrap_or(id) } else { id }
}

fn group(reported: &Reported, style: Style) -> Group<'static> {
    let finding = &reported.finding;
    let level = match (&reported.suppressed, reported.severity) {
        (Some(_), _) => Level::NOTE.with_name("suppressed"),
        (None, Severity::Error) => Level::ERROR,
        (None, Severity::Warning) => Level::WARNING,
    };
    let width = width(style);
    let related = if style.verbosity == Verbosity::Verbose { usize::MAX } else { frame::MAX_RELATED };
    let wrapped = |text: &str| plain::wrap(&plain::line(text), width - NOTE_INDENT);
    // `error[rule]: ` stands before the first line, and as much before the others.
    let named = if reported.suppressed.is_some() { "suppressed" } else { reported.severity.as_str() };
    let indent = named.len() + "[]: ".len() + finding.rule.name.len();
    let mut group = level
        .primary_title(plain::wrap(&plain::line(&finding.message), width.saturating_sub(indent).max(MIN_TITLE)))
        .id(finding.rule.name)
        .id_url(super::page_of(finding.rule))
        .elements(frame::elements(finding, related, width));
    let hidden = finding.related.len().saturating_sub(related);
    if hidden > 0 {
        group = group.element(Level::NOTE.message(format!("and {hidden} more")));
    }
    group = group.elements(finding.notes.iter().map(|note| Level::NOTE.message(wrapped(note))));
    if let Some(diff) = &finding.diff {
        group = group.element(Level::NOTE.message(plain::lines(diff).trim_end().to_owned()));
    }
    if finding.pre_existing {
        group = group.element(Level::NOTE.message(super::PRE_EXISTING));
    }
    if let Some(reason) = &reported.suppressed {
        group = group.element(Level::NOTE.message(wrapped(&format!("suppressed: {reason}"))));
    }
    if !finding.help.is_empty() {
        group = group.element(Level::HELP.message(wrapped(&finding.help)));
    }
    group
}

/// The counts, in the colour of the worst of them.
fn colored(summary: Summary, style: Style) -> String {
    let effect = match summary {
        _ if !style.color => return summary.to_string(),
        Summary { errors: 1.., .. } => renderer::DEFAULT_ERROR_STYLE,
        Summary { warnings: 1.., .. } => renderer::DEFAULT_WARNING_STYLE,
        _ => renderer::DEFAULT_NOTE_STYLE,
    };
    format!("{effect}{summary}{effect:#}")
}

#[cfg(test)]
mod tests {
    use super::super::testing::{self, hostile, sample};
    use super::*;

    fn render(report: &Report, style: Style) -> String {
        testing::written(|out| write(report, style, out))
    }

    fn plain_style(verbosity: Verbosity) -> Style {
        Style { width: 100, verbosity, ..Style::default() }
    }

    #[test]
    fn findings_are_shown_as_a_compiler_shows_them() {
        insta::assert_snapshot!(render(&sample(), plain_style(Verbosity::Normal)));
    }

    #[test]
    fn verbose_also_shows_the_range_the_tracks_and_what_is_suppressed() {
        insta::assert_snapshot!(render(&sample(), plain_style(Verbosity::Verbose)));
    }

    #[test]
    fn quiet_prints_findings_alone() {
        let shown = render(&sample(), plain_style(Verbosity::Quiet));
        assert!(shown.starts_with("error[missing-revision]") && !shown.contains("17 revisions"), "{shown}");
        assert_eq!(render(&Report { findings: Vec::new(), ..sample() }, plain_style(Verbosity::Quiet)), "");
    }

    #[test]
    fn a_report_without_findings_is_its_notes_and_its_verdict() {
        let clean = Report { findings: Vec::new(), notes: Vec::new(), ..sample() };
        let verdict = "no findings: 85 migrations on sqlite, 1 new; 17 revisions on postgres, none new\n";
        assert_eq!(render(&clean, plain_style(Verbosity::Normal)), verdict);
    }

    #[test]
    fn colour_is_there_when_asked_for_and_not_otherwise() {
        let style = Style { color: true, ..plain_style(Verbosity::Verbose) };
        assert!(render(&sample(), style).contains("\u{1b}["));
        assert!(!render(&sample(), plain_style(Verbosity::Verbose)).contains('\u{1b}'));
    }

    #[test]
    fn nothing_from_a_repository_starts_a_command_or_a_terminal_code() {
        let shown = render(&hostile(), plain_style(Verbosity::Verbose));
        testing::assert_harmless(&shown);
        insta::assert_snapshot!(shown);
    }

    #[test]
    fn windows_line_ends_look_like_any_other() {
        let shown = render(&sample(), plain_style(Verbosity::Normal));
        let windows = testing::with_windows_line_ends(sample());
        assert_eq!(render(&windows, plain_style(Verbosity::Normal)), shown);
    }

    #[test]
    fn many_related_places_are_cut_with_a_count() {
        let mut report = sample();
        let finding = &mut report.findings[0].finding;
        finding.related = vec![finding.related[0].clone(); 17];
        let shown = render(&report, plain_style(Verbosity::Normal));
        assert!(shown.contains("= note: and 12 more\n"), "{shown}");
        assert_eq!(shown.matches("added here").count(), 5, "{shown}");
        assert!(!render(&report, plain_style(Verbosity::Verbose)).contains("12 more"));
    }

    #[test]
    fn a_narrow_terminal_gets_wrapped_notes() {
        let shown = render(&sample(), Style { width: 60, ..plain_style(Verbosity::Normal) });
        let notes = shown.lines().filter(|line| line.contains("= note:") || line.starts_with("          "));
        assert!(notes.clone().count() > 2);
        assert!(notes.clone().all(|line| line.chars().count() <= 62), "{shown}");
    }
}
