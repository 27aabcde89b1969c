//! A history for a person: what would have been blocked, what could not be judged, and how many commits were neither.

use jiff::tz::{Offset, TimeZone};
use jiff::{Timestamp, Zoned};

use super::History;
use super::outcome::{Broken, Counts, Outcome};
use crate::git::{Step, When};
use crate::report::plain;
use crate::severity::Severity;

/// A subject is cut at so many characters.
const MAX_SUBJECT: usize = 100;

/// The day and time that a commit says, where it is, if there is such a day.
pub fn date(when: When) -> Option<Zoned> {
    let offset = Offset::from_seconds(when.offset_minutes.checked_mul(60)?).ok()?;
    Some(Timestamp::from_second(when.seconds).ok()?.to_zoned(TimeZone::fixed(offset)))
}

pub fn text(history: &History) -> String {
    let mut text = String::new();
    let mut rest = history.steps.as_slice();
    while let [(step, outcome), after @ ..] = rest {
        rest = after;
        match outcome {
            Outcome::NotJudged { reason } => {
                // Before a project has its first track, one commit is like the other.
                let alike = after.iter().take_while(|(_, other)| other == outcome).count();
                text.push_str(&format!("{}\n", line(step)));
                if let Some((last, _)) = alike.checked_sub(1).and_then(|last| after.get(last)) {
                    let commits = if alike == 1 { "commit" } else { "commits" };
                    text.push_str(&format!("    and {alike} {commits} before it, down to {}\n", line(last)));
                }
                text.push_str(&format!("    not judged: {}\n\n", plain::line(reason)));
                rest = &after[alike..];
            }
            Outcome::Judged { rules, .. } if outcome.is_blocked() => {
                text.push_str(&format!("{}\n", line(step)));
                for broken in rules.iter().filter(|broken| broken.severity == Severity::Error) {
                    text.push_str(&format!("    {}\n", plain::line(&rule(broken))));
                }
                text.push('\n');
            }
            _ => {}
        }
    }
    text + &summary(Counts::of(history.steps.iter().map(|(_, outcome)| outcome)))
}

/// "2026-01-31 1234567 Add a column".
fn line(step: &Step) -> String {
    let date = date(step.committed).map_or("(no date)".to_owned(), |date| date.date().to_string());
    let mut subject: String = step.subject.chars().take(MAX_SUBJECT).collect();
    if subject.len() < step.subject.len() {
        subject.push('…');
    }
    plain::line(&format!("{date} {} {subject}", step.commit.id.short()))
}

fn rule(broken: &Broken) -> String {
    let count = if broken.count > 1 { format!(" ({} of them)", broken.count) } else { String::new() };
    format!("{}{count}: {}", broken.rule, broken.first.message)
}

fn summary(counts: Counts) -> String {
    let Counts { steps, blocked, passed, untouched, not_judged } = counts;
    if steps == 0 {
        return "there is no commit in this range\n".to_owned();
    }
    let commits = if steps == 1 { "commit" } else { "commits" };
    let mut text = format!(
        "{steps} {commits}: {blocked} would have been blocked, {passed} passed, {untouched} changed no watched file"
    );
    if not_judged > 0 {
        text.push_str(&format!(", {not_judged} could not be judged"));
    }
    text + "\n"
}
