//! Comments that allow a finding, with a reason: `# parity: allow(missing-revision) PostgreSQL gets it in #1402`.

use std::ops::Range;

use jiff::civil::Date;

use super::Reported;
use crate::finding::Finding;
use crate::rules::{self, RULES};
use crate::source::{Location, Source};

const FORM: &str = "write `parity: allow(<rule>) <reason>`, or with a last day `parity: allow(<rule>, until = 2027-01-31) \
    <reason>`";
/// Words that people write for `allow`, from other linters.
const NEAR_WORDS: [&str; 6] = ["allow", "ignore", "disable", "suppress", "noqa", "skip"];

/// One comment that asks for a suppression, well formed or not.
#[derive(Clone, Debug)]
pub struct Allow {
    /// The comment, without the white space at its end.
    pub location: Location,
    /// The change added its line. False until the caller, who knows the change, says so.
    pub added: bool,
    /// Nothing but white space stands before it on its line.
    alone: bool,
    request: Result<Request, String>,
}

/// What a well-formed comment asks for.
#[derive(Clone, Debug, Default)]
struct Request {
    rules: Vec<String>,
    until: Option<Date>,
    reason: String,
}

/// The suppressions that a file's comments ask for, in the order of `comments`: the byte ranges of its real comments,
/// in which each begins with its `#`, `--`, `//` or `/*`.
pub fn parse_allows(source: &Source, comments: impl IntoIterator<Item = Range<usize>>) -> Vec<Allow> {
    let allow = |range: Range<usize>| {
        let comment = source.text().get(range.clone())?.trim_end();
        let request = parse(comment)?;
        let line_start = source.line_range(source.line_at(range.start)).start;
        let alone = source.text()[line_start..range.start].trim().is_empty();
        let location = Location::new(source, range.start..range.start + comment.len(), "");
        Some(Allow { location, added: false, alone, request })
    };
    comments.into_iter().filter_map(allow).collect()
}

/// Marks the findings that a comment allows, and returns what is wrong with the comments: findings of the rule
/// `stale-suppression`, in the order of `allows`. A comment is honoured through its last day; one that suppresses
/// nothing is reported only where the change added it.
pub fn apply(reported: &mut [Reported], allows: &[Allow], today: Date) -> Vec<Finding> {
    let mut stale = Vec::new();
    for allow in allows {
        match &allow.request {
            Err(problem) => stale.push(allow.finding("malformed", problem.clone(), FORM.to_owned())),
            Ok(request) => stale.extend(apply_request(reported, allow, request, today)),
        }
    }
    stale
}

fn apply_request(reported: &mut [Reported], allow: &Allow, request: &Request, today: Date) -> Vec<Finding> {
    if request.reason.is_empty() {
        let message = "this suppression gives no reason, so it is not honoured".to_owned();
        return vec![allow.finding("no-reason", message, FORM.to_owned())];
    }
    if let Some(until) = request.until.filter(|until| *until < today) {
        let message = format!("this suppression ended on {until}, so it is not honoured");
        let help = "resolve the finding and take the comment away, or give it a new date".to_owned();
        return vec![allow.finding("expired", message, help)];
    }
    request.rules.iter().filter_map(|rule| apply_rule(reported, allow, rule, &request.reason)).collect()
}

fn apply_rule(reported: &mut [Reported], allow: &Allow, rule: &str, reason: &str) -> Option<Finding> {
    if rules::find(rule).is_none() {
        let message = format!("there is no rule `{rule}`, so this suppresses nothing");
        return Some(allow.finding(&format!("unknown:{rule}"), message, help_for_unknown(rule)));
    }
    let mut used = false;
    for one in reported.iter_mut().filter(|one| one.finding.rule.name == rule && allow.covers(&one.finding.primary)) {
        one.suppressed.get_or_insert_with(|| reason.to_owned());
        used = true;
    }
    if used || !allow.added {
        return None;
    }
    let message = format!("no finding of `{rule}` is on this line or the next, so this suppresses nothing");
    let help = "take it away, or move it to the line that the finding points to, or alone on the line above".to_owned();
    Some(allow.finding(&format!("unused:{rule}"), message, help))
}

fn help_for_unknown(rule: &str) -> String {
    let near = RULES.iter().map(|known| (strsim::damerau_levenshtein(rule, known.name), known.name)).min();
    match near.filter(|(distance, name)| *distance <= name.len() / 3) {
        Some((_, name)) => format!("did you mean `{name}`?"),
        None => "`parity-check rules` lists the rules".to_owned(),
    }
}

impl Allow {
    /// A comment at the end of a line is about that line, one that stands alone also about the next.
    fn covers(&self, primary: &Location) -> bool {
        let (line, at) = (primary.start().line, self.location.start().line);
        primary.path() == self.location.path() && (line == at || self.alone && line == at + 1)
    }

    fn finding(&self, problem: &str, message: String, help: String) -> Finding {
        let mut finding =
            Finding::new(&rules::stale_suppression::RULE, self.key(problem), message, self.location.clone());
        finding.help = help;
        finding.pre_existing = !self.added;
        finding
    }

    /// Two comments can say the same; the code they are about tells them apart, whatever line it moves to.
    fn key(&self, problem: &str) -> String {
        let Location { source, range, .. } = &self.location;
        let line = self.location.start().line;
        let about =
            if self.alone { source.line(line + 1) } else { &source.text()[source.line_range(line).start..range.start] };
        [problem, &source.text()[range.clone()], about.trim()].join("\n")
    }
}

/// What a comment asks for; `None` where it is no suppression, as in `# parity: both tracks have this`.
fn parse(comment: &str) -> Option<Result<Request, String>> {
    let comment = comment.strip_suffix("*/").unwrap_or(comment);
    let text = comment.trim_start_matches(['#', '-', '/', '*', ' ', '\t']).trim_end();
    let text = text.strip_prefix("parity")?.trim_start().strip_prefix(':')?.trim_start();
    let word_end = text.find(|c: char| !c.is_alphanumeric()).unwrap_or(text.len());
    let (word, rest) = text.split_at(word_end);
    let near = NEAR_WORDS.iter().any(|known| strsim::damerau_levenshtein(&word.to_lowercase(), known) <= 1);
    if !near {
        return None;
    }
    let rest = rest.trim_start();
    if word != "allow" {
        // Prose can begin with such a word too; a parenthesis makes it a request.
        return rest.starts_with('(').then(|| Err(format!("this suppresses nothing: `{word}` is not `allow`")));
    }
    let Some(inner) = rest.strip_prefix('(') else {
        return Some(Err("this suppresses nothing: `allow` lacks its parentheses".to_owned()));
    };
    let Some((items, reason)) = inner.split_once(')') else {
        return Some(Err("this suppresses nothing: its parenthesis is not closed".to_owned()));
    };
    // `allow(…): why` and `allow(…) - why` are how some write it.
    let reason = reason.trim_start_matches([':', '-', '–', '—', ' ', '\t']).trim();
    Some(parse_items(items).map(|request| Request { reason: reason.to_owned(), ..request }))
}

fn parse_items(items: &str) -> Result<Request, String> {
    let mut request = Request::default();
    for item in items.split(',').map(str::trim).filter(|item| !item.is_empty()) {
        match item.split_once('=').map(|(key, value)| (key.trim(), value.trim())) {
            Some(("until", value)) => request.until = Some(parse_date(value)?),
            Some((key, _)) => return Err(format!("this suppresses nothing: `{key}` is not `until`")),
            None => request.rules.push(item.to_owned()),
        }
    }
    if request.rules.is_empty() {
        return Err("this suppresses nothing: `allow` names no rule".to_owned());
    }
    Ok(request)
}

fn parse_date(value: &str) -> Result<Date, String> {
    let date = value.parse().ok().filter(|_| value.len() == "2027-01-31".len());
    date.ok_or_else(|| format!("this suppresses nothing: `{value}` is no date as in 2027-01-31"))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::super::testing::{finding, locate, reported};
    use super::*;
    use crate::python::Module;

    const TODAY: Date = date(2026, 12, 1);

    fn comments(source: &Source) -> Vec<Range<usize>> {
        Module::parse(source).unwrap().comments().collect()
    }

    /// Applies the comments of a file, all of them added, to findings of `missing-revision` on `targets`.
    fn run(text: &str, targets: &[&str]) -> (Vec<Option<String>>, Vec<Finding>) {
        let source = Source::new("m.py", text);
        let mut findings: Vec<Reported> = targets
            .iter()
            .map(|target| reported(finding("missing-revision", target, locate(&source, target, ""))))
            .collect();
        let mut allows = parse_allows(&source, comments(&source));
        for allow in &mut allows {
            allow.added = true;
        }
        let stale = apply(&mut findings, &allows, TODAY);
        (findings.into_iter().map(|one| one.suppressed).collect(), stale)
    }

    fn messages(stale: &[Finding]) -> Vec<&str> {
        stale.iter().map(|finding| finding.message.as_str()).collect()
    }

    fn assert_suppressed(text: &str, reason: &str) {
        let (suppressed, stale) = run(text, &["target"]);
        assert_eq!(suppressed, [Some(reason.to_owned())], "{text}");
        assert!(stale.is_empty(), "{text}: {stale:?}");
    }

    fn assert_not_suppressed(text: &str, message: &str) {
        let (suppressed, stale) = run(text, &["target"]);
        assert_eq!(suppressed, [None], "{text}");
        assert_eq!(messages(&stale), [message], "{text}");
        assert_eq!(stale[0].rule.name, "stale-suppression");
    }

    #[test]
    fn a_comment_suppresses_on_its_line_and_alone_on_the_line_above() {
        assert_suppressed("target = 1  # parity: allow(missing-revision) in #1402\n", "in #1402");
        assert_suppressed("if 1:\n    # parity: allow(missing-revision) in #1402 \r\n    target = 1\n", "in #1402");
        assert_suppressed("#parity:allow( missing-revision , until = 2026-12-01 )why\ntarget = 1", "why");
    }

    #[test]
    fn a_comment_at_the_end_of_a_line_is_not_about_the_next() {
        let unused = "no finding of `missing-revision` is on this line or the next, so this suppresses nothing";
        assert_not_suppressed("a = 1  # parity: allow(missing-revision) why\ntarget = 1\n", unused);
        assert_not_suppressed("# parity: allow(missing-revision) why\n\ntarget = 1\n", unused);
    }

    #[test]
    fn a_comment_in_a_string_is_none() {
        let (suppressed, stale) = run("target = '# parity: allow(missing-revision) why'\n", &["target"]);
        assert_eq!((suppressed, stale.len()), (vec![None], 0));
    }

    #[test]
    fn several_rules_are_each_held_to_their_own() {
        let text = "target = 1  # parity: allow(missing-revision, unevaluated) why\n";
        let (suppressed, stale) = run(text, &["target"]);
        assert_eq!(suppressed, [Some("why".to_owned())]);
        let unused = "no finding of `unevaluated` is on this line or the next, so this suppresses nothing";
        assert_eq!(messages(&stale), [unused]);
    }

    #[test]
    fn a_reason_is_required() {
        let message = "this suppression gives no reason, so it is not honoured";
        assert_not_suppressed("target = 1  # parity: allow(missing-revision)\n", message);
    }

    #[test]
    fn punctuation_is_no_reason() {
        let message = "this suppression gives no reason, so it is not honoured";
        assert_not_suppressed("target = 1  # parity: allow(missing-revision) -\n", message);
        assert_suppressed("target = 1  # parity: allow(missing-revision): why\n", "why");
    }

    #[test]
    fn a_date_is_its_last_day() {
        assert_suppressed("target = 1  # parity: allow(missing-revision, until = 2026-12-01) why\n", "why");
        let message = "this suppression ended on 2026-11-30, so it is not honoured";
        assert_not_suppressed("target = 1  # parity: allow(missing-revision, until=2026-11-30) why\n", message);
    }

    #[test]
    fn an_unknown_rule_gets_the_near_one_named() {
        let (_, stale) = run("a = 1  # parity: allow(mising-revision) why\n", &[]);
        assert_eq!(messages(&stale), ["there is no rule `mising-revision`, so this suppresses nothing"]);
        assert_eq!(stale[0].help, "did you mean `missing-revision`?");
        let (_, stale) = run("a = 1  # parity: allow(everything) why\n", &[]);
        assert_eq!(stale[0].help, "`parity-check rules` lists the rules");
    }

    #[test]
    fn a_misspelt_comment_is_reported() {
        for (comment, problem) in [
            ("parity: alow(missing-revision) x", "`alow` is not `allow`"),
            ("parity: ignore(missing-revision) x", "`ignore` is not `allow`"),
            ("parity: allow missing-revision x", "`allow` lacks its parentheses"),
            ("parity: allow(missing-revision x", "its parenthesis is not closed"),
            ("parity: allow() x", "`allow` names no rule"),
            ("parity: allow(missing-revision, till = 2027-01-31) x", "`till` is not `until`"),
            ("parity: allow(missing-revision, until = soon) x", "`soon` is no date as in 2027-01-31"),
            ("parity: allow(missing-revision, until = 2027-02-30) x", "`2027-02-30` is no date as in 2027-01-31"),
        ] {
            assert_not_suppressed(
                &format!("target = 1  # {comment}\n"),
                &format!("this suppresses nothing: {problem}"),
            );
        }
    }

    #[test]
    fn prose_is_no_suppression() {
        for prose in [
            "parity: both tracks have this",
            "parity: f(x) == f(-x)",
            "parity",
            "keep parity: allow(x)",
            "parity: skip this",
        ] {
            assert!(parse(&format!("# {prose}")).is_none(), "{prose}");
        }
    }

    #[test]
    fn every_kind_of_comment_is_read() {
        for comment in
            ["# parity: allow(a) b", "-- parity: allow(a) b", "// parity: allow(a) b", "/* parity: allow(a) b */"]
        {
            let request = parse(comment).unwrap().unwrap();
            assert_eq!((request.rules[0].as_str(), request.reason.as_str()), ("a", "b"), "{comment}");
        }
    }

    #[test]
    fn an_old_comment_that_suppresses_nothing_is_left_alone_but_its_faults_are_not() {
        let source = Source::new("m.py", "# parity: allow(unevaluated) why\n# parity: allow(unevaluated)\n");
        let allows = parse_allows(&source, comments(&source));
        let stale = apply(&mut [], &allows, TODAY);
        assert_eq!(messages(&stale), ["this suppression gives no reason, so it is not honoured"]);
        assert!(stale[0].pre_existing);
    }

    #[test]
    fn a_fingerprint_follows_its_line_and_tells_equal_comments_apart() {
        let comment = "# parity: allow(unevaluated) why\n";
        let (_, first) = run(&format!("{comment}a = 1\n{comment}b = 1\n"), &[]);
        let (_, moved) = run(&format!("x = 1\n\n{comment}a = 1\n"), &[]);
        assert_eq!(first[0].fingerprint(), moved[0].fingerprint());
        assert_ne!(first[0].fingerprint(), first[1].fingerprint());
    }
}
