//! Writes the migration that a change lacks: a revision of Alembic's, or a file of SQL.

use std::io::Write;
use std::path::Path;

use jiff::civil::DateTime;

use self::convert::Converter;
use self::judge::{Form, Lack, Material, Revisions, Verdict, Why};
use self::operations::Style;
use self::plan::{Plan, Planner};
use self::template::Content;
use super::{FOUND, Failure, PASSED, piped};
use crate::Request;
use crate::cli::{CommonArgs, FixArgs};
use crate::git::{Environment, HeadChoice, Repository};
use crate::report::plain;
use crate::track::Track;
use crate::track::alembic::DEFAULT_ID_LENGTH;
use crate::track::chain::ChainChange;

mod convert;
mod file;
mod judge;
mod keys;
mod naming;
mod operations;
mod place;
mod plan;
mod python;
mod renames;
mod sqlite;
mod statements;
mod step;
mod template;
mod types;

pub fn run(arguments: &FixArgs, common: &CommonArgs, out: &mut dyn Write) -> Result<u8, Failure> {
    let repository = Repository::open(&common.repo)?;
    let head = match (&arguments.head, repository.work_tree()) {
        (Some(head), _) => HeadChoice::Committed(Some(head)),
        (None, Some(_)) => HeadChoice::Worktree,
        (None, None) => HeadChoice::Committed(None),
    };
    let environment = Environment::from_process();
    let now = jiff::Zoned::now().datetime();
    let request = Request {
        repository: &common.repo,
        base: arguments.base.as_deref(),
        head,
        config: common.config.as_deref(),
        config_from_base: false,
        rules: &[],
        environment: &environment,
        today: now.date(),
    };
    let verdict = crate::over(&request, judge::lacks)?;
    let root = if arguments.dry_run { None } else { Some(repository.work_tree().ok_or_else(bare)?) };
    let mut told = Told { out, left: false };
    let lacks = match verdict {
        Verdict::Lacks(lacks) => lacks,
        Verdict::Nothing(why) => {
            for one in why {
                match one {
                    Why::InOrder(why) => told.line(&format!("nothing to write: {why}"))?,
                    Why::Left(why) => told.left(&format!("nothing is written: {why}"))?,
                }
            }
            Vec::new()
        }
    };
    let mut done: Vec<&str> = Vec::new();
    for lack in &lacks {
        if done.contains(&lack.track.name.as_str()) {
            continue;
        }
        done.push(&lack.track.name);
        // One chain gets one revision, whatever it lacks from how many others.
        let all: Vec<&Lack> = lacks.iter().filter(|other| other.track.name == lack.track.name).collect();
        fix(&all, root, now, &mut told)?;
    }
    Ok(if told.left { FOUND } else { PASSED })
}

fn bare() -> Failure {
    Failure::Other("there is no work tree to write to: `--dry-run` prints the revision".to_owned())
}

/// What the user reads, and whether something is left to do.
struct Told<'w> {
    out: &'w mut dyn Write,
    left: bool,
}

impl Told<'_> {
    fn line(&mut self, text: &str) -> Result<(), Failure> {
        Ok(piped(writeln!(self.out, "{}", plain::line(text)))?)
    }

    fn left(&mut self, text: &str) -> Result<(), Failure> {
        self.left = true;
        self.line(text)
    }

    /// What a plan for a track leaves to say.
    fn rest(&mut self, track: &Track, notes: &[String], by_hand: &[String]) -> Result<(), Failure> {
        for note in notes {
            self.line(&format!("note: {note}"))?;
        }
        for left in by_hand {
            self.left(&format!("left to do on `{}`: {left}", track.name))?;
        }
        Ok(())
    }
}

/// Writes what one track lacks, and says what is left.
fn fix(lacks: &[&Lack], root: Option<&Path>, now: DateTime, told: &mut Told<'_>) -> Result<(), Failure> {
    let Some(first) = lacks.first() else { return Ok(()) };
    if !first.track.kind.is_chain() && first.track.dialect.facts().tables.are_made_anew {
        return sqlite_file(lacks, root, now, told);
    }
    let mut plan = Plan::default();
    for lack in lacks {
        match &lack.material {
            Some(material) => plan.extend(planned(lack, material)),
            None => by_hand(lack, told)?,
        }
        for reason in &lack.unknown {
            told.left(reason)?;
        }
    }
    let found = lacks.iter().find_map(|lack| Some((*lack, lack.material.as_ref()?)));
    let Some((lack, material)) = found else { return Ok(()) };
    if plan.steps.is_empty() {
        if plan.by_hand.is_empty() && lack.unknown.is_empty() {
            told.left(&nothing(lack))?;
        }
    } else {
        let migrations: Vec<&str> = lacks.iter().flat_map(|lack| &lack.migrations).map(String::as_str).collect();
        match &material.form {
            Form::Revision(revisions) => revision(&first.track, revisions, &plan, &migrations, root, now, told)?,
            Form::File(directory) => {
                let lay = |step: step::Step, guarded| {
                    statements::of(&step, guarded).into_iter().map(|pieces| laid_out(&pieces))
                };
                let steps = || plan.steps.iter();
                let up = steps().flat_map(|one| lay(one.step.clone(), one.guarded)).collect();
                let down = steps().rev().flat_map(|one| lay(one.step.inverse(), one.guarded)).collect();
                let words = migrations.first().copied().unwrap_or_default();
                file::write(&first.track, directory, &file::Texts { up, down }, words, root, now, told)?;
            }
        }
    }
    told.rest(&first.track, &plan.notes, &plan.by_hand)
}

/// A statement in its pieces, each part of a table on a line of its own.
fn laid_out(pieces: &statements::Statement) -> String {
    let last = pieces.len().saturating_sub(1);
    let lines = pieces.iter().enumerate().map(|(at, piece)| {
        let indent = if at > 0 && at < last { "    " } else { "" };
        format!("{indent}{}", piece.trim_end())
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// Writes what a directory of files for SQLite lacks.
fn sqlite_file(lacks: &[&Lack], root: Option<&Path>, now: DateTime, told: &mut Told<'_>) -> Result<(), Failure> {
    let mut all = sqlite::Statements::default();
    let mut done: Vec<&str> = Vec::new();
    for lack in lacks {
        let Some(material) = &lack.material else {
            by_hand(lack, told)?;
            continue;
        };
        let sides = sqlite::Sides {
            dialect: lack.on.dialect,
            own: lack.track.dialect,
            source: &material.source,
            target: &material.target,
        };
        let new = lack.differences.iter().filter(|difference| {
            let others = lacks.iter().filter(|other| done.contains(&other.on.name.as_str()));
            !others.flat_map(|other| &other.differences).any(|known| known.object == difference.object)
        });
        let mut made = sqlite::statements(&sides, &new.cloned().collect::<Vec<_>>());
        all.up.append(&mut made.up);
        made.down.append(&mut all.down);
        all.down = made.down;
        all.by_hand.append(&mut made.by_hand);
        all.notes.append(&mut made.notes);
        done.push(&lack.on.name);
        for reason in &lack.unknown {
            told.left(reason)?;
        }
    }
    let found = lacks.iter().find_map(|lack| Some((*lack, lack.material.as_ref()?)));
    let Some((lack, material)) = found else { return Ok(()) };
    if let Form::File(directory) = &material.form
        && !all.up.is_empty()
    {
        let words = lack.migrations.first().map_or("", String::as_str);
        let texts = file::Texts { up: all.up, down: all.down };
        file::write(&lack.track, directory, &texts, words, root, now, told)?;
    } else if all.by_hand.is_empty() && lack.unknown.is_empty() {
        told.left(&nothing(lack))?;
    }
    told.rest(&lack.track, &all.notes, &all.by_hand)
}

fn planned(lack: &Lack, material: &Material) -> Plan {
    let convert = Converter {
        dialect: lack.on.dialect,
        own: lack.track.dialect,
        source: &material.source,
        target: &material.target,
        exact: material.exact,
        by_hand: Vec::new(),
        notes: Vec::new(),
    };
    let planner = Planner::new(convert, material.target.clone(), material.fresh.clone());
    let plan = planner.plan(material.renames.clone(), &lack.differences);
    Plan { asks: material.are_guessed, ..plan }
}

/// What is to be done where no revision can be written.
fn by_hand(lack: &Lack, told: &mut Told<'_>) -> Result<(), Failure> {
    let track = &lack.track;
    let (noun, path) = (track.kind.noun(1), &track.path);
    if lack.differences.is_empty() && lack.is_computed {
        return told.left(&nothing(lack));
    }
    if lack.differences.is_empty() {
        let what = lack.migrations.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        return told.left(&format!(
            "nothing is written for `{}`: what {what} does, or what `{}` has, is not known; add a {noun} to `{path}` \
             by hand",
            track.name, track.name
        ));
    }
    let todo = if track.kind.is_state() {
        format!("say the same in `{path}` by hand")
    } else {
        format!("add a {noun} to `{path}` by hand")
    };
    told.left(&format!("nothing is written for `{}`: {todo}", track.name))?;
    for difference in &lack.differences {
        told.left(&format!("left to do on `{}`: {}", track.name, plan::said(difference)))?;
    }
    Ok(())
}

/// What to say where a revision is asked for and there is nothing that it would have to do.
fn nothing(lack: &Lack) -> String {
    let (name, on, path) = (&lack.track.name, &lack.on.name, &lack.track.path);
    let comment = lack.on.kind.facts().comment;
    format!(
        "nothing is written for `{name}`: as far as it can be computed, what is new on `{on}` asks for no table, column \
         or key; add a revision to `{path}` by hand, or say at the entry why none is needed: \
         `{comment} parity: allow(missing-revision) <reason>`"
    )
}

/// Writes or prints a revision.
fn revision(
    track: &Track,
    material: &Revisions,
    plan: &Plan,
    migrations: &[&str],
    root: Option<&Path>,
    now: DateTime,
    told: &mut Told<'_>,
) -> Result<(), Failure> {
    let parent = head(track, &material.chain)?;
    let style = style(&material.chain);
    let lines = |steps: &mut dyn Iterator<Item = (step::Step, bool)>| -> Vec<String> {
        steps.flat_map(|(step, guarded)| operations::lines(&step, style, guarded, &plan.enums)).collect()
    };
    let mut upgrade = Vec::new();
    for one in &plan.steps {
        upgrade.extend(one.step.question().filter(|_| plan.asks).map(|question| format!("# {question}")));
        upgrade.extend(lines(&mut std::iter::once((one.step.clone(), one.guarded))));
    }
    if upgrade.is_empty() {
        return told.left(&format!("nothing is written for `{}`: no statement would change what differs", track.name));
    }
    let mut downgrade = lines(&mut plan.steps.iter().rev().map(|one| (one.step.inverse(), one.guarded)));
    // A function needs more than comments.
    if !downgrade.is_empty() && downgrade.iter().all(|line| line.starts_with('#')) {
        downgrade.push("pass".to_owned());
    }
    // What only makes room for something, or is a type of its columns, is not what it is about.
    let prepares = |step: &step::Step| {
        matches!(step, step::Step::CreateType { .. }) || plan.steps.iter().any(|other| step.makes_room_for(&other.step))
    };
    let first = plan.steps.iter().map(|one| &one.step).find(|step| !prepares(step));
    let words = match (migrations.first(), first) {
        // A number alone says nothing.
        (Some(name), _) if name.chars().any(char::is_alphabetic) => (*name).to_owned(),
        (_, Some(first)) => first.words(),
        (Some(name), None) => (*name).to_owned(),
        (None, None) => String::new(),
    };
    let existing = naming::Existing {
        revisions: &material.chain.merged.revisions,
        files: &material.files,
        limit: Some(longest_id(&material.chain)),
    };
    let named = naming::name(
        existing,
        &words,
        &upgrade.join(
            "
",
        ),
        now,
    );
    let message = match migrations {
        [] => words,
        several => several.join(", ").replace('_', " "),
    };
    let file = format!("{}.py", named.stem);
    let path = if track.path.is_empty() { file.clone() } else { format!("{}/{file}", track.path) };
    let date = now.strftime("%Y-%m-%d %H:%M:%S").to_string();
    let content = Content { message, id: named.id, parent, date, upgrade, downgrade };
    let text = template::render(material.template.as_deref(), &path, &content);
    match root {
        None => {
            told.line(&format!("would write {path}"))?;
            piped(told.out.write_all(plain::lines(&text).as_bytes()))?;
        }
        Some(root) => {
            let directory = place::directory(root, &track.path)?;
            place::write_new(&directory, &file, &text)?;
            told.line(&format!("wrote {path}, after `{}`:", content.parent))?;
            for planned in &plan.steps {
                told.line(&format!("  {}", planned.step))?;
            }
            for question in plan.steps.iter().filter(|_| plan.asks).filter_map(|one| one.step.question()) {
                told.line(&format!("note: {question}"))?;
            }
        }
    }
    Ok(())
}

/// The revision that a new one follows.
fn head(track: &Track, chain: &ChainChange) -> Result<String, Failure> {
    let name = &track.name;
    let fail = |why: String| Err(Failure::Other(plain::line(&why)));
    if !chain.merged.is_known() {
        return fail(format!(
            "nothing is written for `{name}`: it computes an id or a parent, so its head is not known"
        ));
    }
    let heads: Vec<&str> = chain.merged.heads().into_iter().filter_map(|head| head.id.as_deref()).collect();
    match heads.as_slice() {
        [only] => Ok((*only).to_owned()),
        [] => fail(format!("nothing is written for `{name}`: its chain has no head")),
        several => {
            let listed = several.iter().map(|head| format!("`{head}`")).collect::<Vec<_>>().join(", ");
            fail(format!(
                "nothing is written for `{name}`: its chain has {} heads to merge first: {listed}",
                several.len()
            ))
        }
    }
}

/// How most revisions of a chain are written.
fn style(chain: &ChainChange) -> Style {
    const OPERATIONS: [&str; 6] =
        ["op.add_column(", "op.create_table(", "op.create_index(", "op.alter_column(", "op.drop_column(", "batch_op."];
    let texts = || chain.merged.revisions.iter().map(|revision| revision.location.source.text());
    let is_sql = |text: &&str| {
        let upper = text.to_ascii_uppercase();
        text.contains("op.execute(") && (upper.contains("IF NOT EXISTS") || upper.contains("IF EXISTS"))
    };
    let by_sql = texts().filter(is_sql).count();
    let by_operations = texts().filter(|text| OPERATIONS.iter().any(|operation| text.contains(operation))).count();
    if by_sql > by_operations { Style::Sql } else { Style::Operations }
}

/// How long a new id may be: as long as those that are there, and as Alembic's table is where nothing widens it.
fn longest_id(chain: &ChainChange) -> usize {
    let ids = chain.head.revisions.iter().filter_map(|revision| revision.id.as_deref());
    ids.map(|id| id.chars().count()).chain([DEFAULT_ID_LENGTH]).max().unwrap_or(DEFAULT_ID_LENGTH)
}
