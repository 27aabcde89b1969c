//! Exemptions of the configuration: objects that one engine has by intent.

use jiff::civil::Date;

use super::Reported;
use crate::change::Change;
use crate::finding::{Finding, Subject};
use crate::pattern::Pattern;
use crate::rules::stale_suppression;
use crate::source::Location;

/// Objects that one engine has by intent.
#[derive(Debug)]
pub struct Exemption {
    pub track: String,
    pub pattern: Pattern,
    pub reason: String,
    pub until: Option<Date>,
    pub location: Location,
}

/// Marks the findings that are about exempt objects alone, and returns the exemptions that are past their date or that
/// no object of their track bears out: findings of the rule `stale-suppression`, in the order of `exemptions`.
pub fn apply(reported: &mut [Reported], exemptions: &[Exemption], change: &Change, today: Date) -> Vec<Finding> {
    for one in reported.iter_mut().filter(|one| one.suppressed.is_none()) {
        let Some(exemption) = of_all(exemptions, &one.finding.subjects, today) else { continue };
        one.suppressed = Some(exemption.reason.clone());
        one.exempt = true;
    }
    exemptions.iter().filter_map(|exemption| stale(exemption, change, today)).collect()
}

/// The exemption in force of the first of these, where each of them has one.
pub fn of_all<'e>(exemptions: &'e [Exemption], subjects: &[Subject], today: Date) -> Option<&'e Exemption> {
    let in_force = || exemptions.iter().filter(|exemption| exemption.until.is_none_or(|until| until >= today));
    let exempting = subjects.iter().map(|subject| in_force().find(|exemption| covers(exemption, subject)));
    exempting.collect::<Option<Vec<_>>>()?.first().copied()
}

/// The exemption in force that an object of a track has, by any of its names.
pub fn of_object<'e>(exemptions: &'e [Exemption], track: &str, names: &[&str], today: Date) -> Option<&'e Exemption> {
    let subject = Subject { track: track.to_owned(), names: names.iter().map(|name| (*name).to_owned()).collect() };
    let mut in_force = exemptions.iter().filter(|exemption| exemption.until.is_none_or(|until| until >= today));
    in_force.find(|exemption| covers(exemption, &subject))
}

fn covers(exemption: &Exemption, subject: &Subject) -> bool {
    exemption.track == subject.track && subject.names.iter().any(|name| exemption.pattern.matches(name))
}

fn stale(exemption: &Exemption, change: &Change, today: Date) -> Option<Finding> {
    let pattern = &exemption.pattern.spelled;
    let (problem, message, help) = match exemption.until {
        Some(until) if until < today => (
            "expired",
            format!("the exemption of `{pattern}` ended on {until}, so it is not honoured"),
            "bring the object to the other track and take the exemption away, or give it a new date",
        ),
        _ => {
            let known = change.tracks.iter().find(|track| track.track.name == exemption.track);
            let Some(known) = known else {
                let message =
                    format!("the exemption of `{pattern}` is for a track `{}` that is not there", exemption.track);
                return Some(finding(exemption, "unknown", message, "name one of the tracks, or take it away"));
            };
            // A track that was not read, or whose objects are not listed, says nothing.
            if known.objects.is_empty() || known.objects.iter().any(|object| exemption.pattern.matches(object)) {
                return None;
            }
            (
                "unused",
                format!("the exemption of `{pattern}` matches nothing on `{}`", exemption.track),
                "take it away, or mend its pattern",
            )
        }
    };
    Some(finding(exemption, problem, message, help))
}

fn finding(exemption: &Exemption, problem: &str, message: String, help: &str) -> Finding {
    let key = format!("{problem}:{}:{}", exemption.track, exemption.pattern.spelled);
    let mut finding = Finding::new(&stale_suppression::RULE, key, message, exemption.location.clone());
    finding.track = Some(exemption.track.clone());
    finding.help = help.to_owned();
    finding
}
