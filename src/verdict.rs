//! Puts a report together: what was judged, what was found, and the line that says so.

use jiff::civil::Date;

use crate::config::Config;
use crate::finding::Finding;
use crate::project::{Project, ProjectError};
use crate::report::{self, Judged, RangeSummary, Report};
use crate::track::ends::Ends;
use crate::track::{Change, TrackChange};

/// The report of a change that touched no file of any track.
pub fn untouched(range: RangeSummary, changed: usize) -> Report {
    let verdict = match changed {
        0 if range.base.id == range.head.id => "base and head are the same commit: nothing to judge".to_owned(),
        0 => "nothing changed since the merge base: nothing to judge".to_owned(),
        1 => "no watched file changed (1 file did): nothing to judge".to_owned(),
        count => format!("no watched file changed ({count} files did): nothing to judge"),
    };
    Report { range, tracks: Vec::new(), findings: Vec::new(), judged: Vec::new(), notes: Vec::new(), verdict }
}

/// The report of a change that was judged.
#[allow(clippy::too_many_arguments)]
pub fn report(
    range: RangeSummary,
    project: &Project,
    change: &Change,
    mut notes: Vec<String>,
    findings: Vec<Finding>,
    config: &Config,
    ends: &mut Ends<'_>,
    today: Date,
) -> Result<Report, ProjectError> {
    let _ = (ends, today);
    let mut reported = report::apply_severities(findings, &config.severities);
    report::sort(&mut reported);
    if project.pairs.is_empty() && project.tracks.len() == 1 {
        notes.push(format!(
            "only one track was found, `{}` ({}): there is no other to compare it with",
            project.tracks[0].name, project.tracks[0].path
        ));
    }
    let judged = change.tracks.iter().filter_map(judged).collect::<Vec<_>>();
    let verdict = verdict(&change.tracks);
    Ok(Report { range, tracks: project.tracks.clone(), findings: reported, judged, notes, verdict })
}

fn judged(change: &TrackChange) -> Option<Judged> {
    Some(Judged {
        track: change.track.name.clone(),
        kind: change.track.kind,
        migrations: change.migrations?,
        new_migrations: change.new.len(),
    })
}

/// "85 migrations on sqlite, 1 new; 17 revisions on postgres, none new".
fn verdict(tracks: &[TrackChange]) -> String {
    let parts: Vec<String> = tracks
        .iter()
        .map(|change| {
            let (name, kind) = (&change.track.name, change.track.kind);
            match change.migrations {
                Some(count) => {
                    let new = if change.new.is_empty() { "none".to_owned() } else { change.new.len().to_string() };
                    format!("{count} {} on {name}, {new} new", kind.noun(count))
                }
                None => format!("{} on {name} untouched", kind.noun(2)),
            }
        })
        .collect();
    parts.join("; ")
}
