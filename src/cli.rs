//! Arguments only: what a user may type. Nothing here looks at the disk.

use std::ffi::OsStr;
use std::path::PathBuf;

use clap::builder::{PossibleValue, TypedValueParser};
use clap::error::ErrorKind;
use clap::parser::ValueSource;
use clap::{Args, CommandFactory as _, FromArgMatches as _, Id, Parser, Subcommand, ValueEnum};

use crate::finding::Rule;
use crate::report::{Format, Verbosity};
use crate::rules::{self, RULES};
use crate::severity::Severity;

/// Stops the merge when a schema change reaches one database track and not the other.
///
/// Compares head with its merge base with base, as `git diff base...head` does. By hand, head is what the work tree has,
/// committed or not. Reads the repository alone: it runs none of the project's code and needs no database, no Python and
/// no network.
#[derive(Debug, Parser)]
#[command(name = "parity-check", version, max_term_width = 100, after_help = AFTER)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Option<Command>,
    #[command(flatten)]
    pub check: CheckArgs,
    #[command(flatten)]
    pub common: CommonArgs,
}

const AFTER: &str = "\
Exit codes: 0 no errors, 1 findings, 2 the check could not be carried out.
First time here? `parity-check history` says what it would have blocked in this repository.";

impl Cli {
    /// What the process was asked for. Prints help, and what is wrong with the arguments, and ends then.
    pub fn from_process() -> Self {
        let matches = Self::command().get_matches();
        if let Some(name) = matches.subcommand_name() {
            let is_said = |id: &str| matches.value_source(id) == Some(ValueSource::CommandLine);
            // What the check takes is no business of another command, and would be ignored without a word.
            if let Some(id) = CheckArgs::ids().find(|id| is_said(id.as_str())) {
                let message = format!(
                    "`--{}` stands before `{name}`, where it means nothing: write it behind, if `parity-check {name} \
                     --help` has it",
                    id.as_str().replace('_', "-")
                );
                Self::command().error(ErrorKind::ArgumentConflict, message).exit();
            }
        }
        Self::from_arg_matches(&matches).unwrap_or_else(|error| error.exit())
    }
}

/// What the check itself takes.
#[derive(Args, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is an option of its own")]
pub struct CheckArgs {
    /// The commit to compare with: a branch, a tag, an id, `HEAD~3` [default: the configuration's `base`, the CI
    /// event's, pre-commit's, or the remote's default branch]
    #[arg(long, value_name = "REV", env = "PARITY_CHECK_BASE", value_parser = revision)]
    pub base: Option<String>,
    /// The commit to judge [default: by hand the files as they are in the work tree; the CI event's, pre-commit's, or
    /// HEAD in CI and in hooks]
    #[arg(long, value_name = "REV", env = "PARITY_CHECK_HEAD", value_parser = revision, conflicts_with_all = ["staged", "worktree"])]
    pub head: Option<String>,
    /// Judge what is staged, before it is committed
    #[arg(long, conflicts_with = "worktree")]
    pub staged: bool,
    /// Judge the files as they are in the work tree, committed or not
    #[arg(long)]
    pub worktree: bool,
    /// How to show what was found
    #[arg(long, alias = "output-format", value_enum, default_value_t = Format::Text, env = "PARITY_CHECK_FORMAT", hide_env_values = true)]
    pub format: Format,
    /// Write the report to this file instead of standard output
    #[arg(long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Write it to a file in another format besides, such as `sarif=parity.sarif`; may be given several times
    #[arg(long, value_name = "FORMAT=FILE", value_parser = report)]
    pub report: Vec<(Format, PathBuf)>,
    /// Let a rule count as `error` or `warn`, or turn it `off`, such as `unevaluated=error`; may be given several times
    #[arg(long = "rule", value_name = "RULE=SEVERITY", value_parser = RuleSeverity)]
    pub rules: Vec<(&'static str, Option<Severity>)>,
    /// Whose configuration counts: head's, or that of the merge base, so that a change cannot relax its own check
    #[arg(long, value_enum, value_name = "END", default_value_t = ConfigFrom::Head, conflicts_with = "config")]
    pub config_from: ConfigFrom,
    /// Let warnings fail the check
    #[arg(long, env = "PARITY_CHECK_STRICT", value_parser = clap::builder::FalseyValueParser::new(), hide_env_values = true)]
    pub strict: bool,
    /// Exit with 0 whatever is found; a check that cannot be carried out still exits with 2
    #[arg(long)]
    pub exit_zero: bool,
}

impl CheckArgs {
    fn ids() -> impl Iterator<Item = Id> {
        let command = Self::augment_args(clap::Command::new("check"));
        command.get_arguments().map(|argument| argument.get_id().clone()).collect::<Vec<_>>().into_iter()
    }
}

/// A name of a commit, as far as its form goes.
fn revision(text: &str) -> Result<String, String> {
    if text.trim().is_empty() {
        return Err("it is empty: a variable that was to name the commit has no value".to_owned());
    }
    if let Some((from, to)) = text.split_once("...").or_else(|| text.split_once("..")) {
        let (from, to) = (if from.is_empty() { "HEAD" } else { from }, if to.is_empty() { "HEAD" } else { to });
        return Err(format!("this is a range: write `--base {from} --head {to}`"));
    }
    Ok(text.to_owned())
}

fn report(text: &str) -> Result<(Format, PathBuf), String> {
    let (format, file) = text.split_once('=').ok_or("write a format and a file, such as `sarif=parity.sarif`")?;
    if file.is_empty() {
        return Err("the file has no name".to_owned());
    }
    let known = || Format::value_variants().iter().filter_map(ValueEnum::to_possible_value);
    let format = Format::from_str(format, true).map_err(|_| {
        let names: Vec<String> = known().map(|value| value.get_name().to_owned()).collect();
        format!("there is no format `{format}`; there are {}", names.join(", "))
    })?;
    Ok((format, PathBuf::from(file)))
}

/// Reads `rule=severity`, and lists the rules for a shell that completes them.
#[derive(Clone, Debug)]
struct RuleSeverity;

impl TypedValueParser for RuleSeverity {
    type Value = (&'static str, Option<Severity>);

    fn parse_ref(
        &self,
        command: &clap::Command,
        _: Option<&clap::Arg>,
        value: &OsStr,
    ) -> Result<Self::Value, clap::Error> {
        let wrong = |message: String| command.clone().error(ErrorKind::ValueValidation, message);
        let text = value.to_string_lossy();
        let (name, severity) = text.split_once('=').unwrap_or((&text, ""));
        let rule = rules::named(name).map_err(wrong)?;
        match Severity::read(severity) {
            Some(severity) => Ok((rule.name, severity)),
            None => Err(wrong(format!("`--rule {text}`: write `{}=error`, `=warn` or `=off`", rule.name))),
        }
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        let of_rule = |rule: &&'static Rule| {
            let name = rule.name;
            ["error", "warn", "off"].map(|severity| PossibleValue::new(format!("{name}={severity}")))
        };
        Some(Box::new(RULES.iter().flat_map(of_rule)))
    }
}

/// Reads the name of a rule, and lists them for a shell that completes them.
#[derive(Clone, Debug)]
struct RuleName;

impl TypedValueParser for RuleName {
    type Value = String;

    fn parse_ref(&self, _: &clap::Command, _: Option<&clap::Arg>, value: &OsStr) -> Result<String, clap::Error> {
        Ok(value.to_string_lossy().into_owned())
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(RULES.iter().map(|rule| PossibleValue::new(rule.name).help(rule.summary()))))
    }
}

/// Whose configuration counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum ConfigFrom {
    #[default]
    Head,
    Base,
}

/// What every command takes, before its name or behind it.
#[derive(Args, Debug)]
pub struct CommonArgs {
    /// The repository, or any folder in it
    #[arg(
        long,
        value_name = "DIR",
        default_value = ".",
        global = true,
        env = "PARITY_CHECK_REPO",
        hide_env_values = true
    )]
    pub repo: PathBuf,
    /// A configuration file to use instead of the repository's own
    #[arg(long, value_name = "FILE", global = true, env = "PARITY_CHECK_CONFIG", hide_env_values = true)]
    pub config: Option<PathBuf>,
    /// When to colour the text
    #[arg(long, value_enum, value_name = "WHEN", default_value_t = ColorWhen::Auto, global = true, env = "PARITY_CHECK_COLOR", hide_env_values = true)]
    pub color: ColorWhen,
    /// Also say what was compared, and show what is suppressed
    #[arg(short, long, conflicts_with = "quiet", global = true)]
    pub verbose: bool,
    /// Print findings alone
    #[arg(short, long, global = true)]
    pub quiet: bool,
}

impl CommonArgs {
    pub fn verbosity(&self) -> Verbosity {
        match (self.verbose, self.quiet) {
            (true, _) => Verbosity::Verbose,
            (_, true) => Verbosity::Quiet,
            _ => Verbosity::Normal,
        }
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum ColorWhen {
    /// On a terminal that has not set `NO_COLOR`
    #[default]
    Auto,
    Always,
    Never,
}

#[derive(Debug, Subcommand)]
pub enum Command {
    /// Check a change; this is what happens where no command is named
    Check(Box<CheckArgs>),
    /// Write a parity.toml with the tracks that were found
    Init(InitArgs),
    /// Explain a rule: what it finds, why that breaks, what to do
    Explain {
        /// A rule's name, such as `missing-revision`
        #[arg(value_parser = RuleName, hide_possible_values = true)]
        rule: String,
    },
    /// List the rules
    Rules,
    /// List what comes last on each track: the heads of a chain, the highest version, the last entry or file
    Heads(HeadsArgs),
    /// Draw every Alembic chain: its branches, merges, heads and gaps
    Graph(GraphArgs),
    /// Say what the check would have blocked in the history, commit by commit
    History(HistoryArgs),
    /// Write the revision or the file that a change lacks
    Fix(FixArgs),
    /// Print the schema that a track's migrations make, or how two schemas differ
    Schema(SchemaArgs),
    /// Print what the new migrations send to their databases, statement by statement
    Sql(SqlArgs),
    /// Check every push with a pre-push hook
    InstallHook(HookArgs),
    /// Print a completion script for a shell
    Completions { shell: clap_complete::Shell },
    /// Print the manual page, in roff
    Man,
    /// Build a small project in a temporary folder and check three steps of its story
    Demo,
}

#[derive(Args, Debug)]
pub struct InitArgs {
    /// Print the configuration instead of writing it
    #[arg(long)]
    pub dry_run: bool,
}

#[derive(Args, Debug)]
pub struct HookArgs {
    /// Take the hook away again
    #[arg(long)]
    pub uninstall: bool,
}

#[derive(Args, Debug)]
pub struct FixArgs {
    /// The commit to compare with, as the check takes it
    #[arg(long, value_name = "REV", env = "PARITY_CHECK_BASE", value_parser = revision)]
    pub base: Option<String>,
    /// The commit to judge [default: the files as they are in the work tree]
    #[arg(long, value_name = "REV", value_parser = revision)]
    pub head: Option<String>,
    /// Print the revision instead of writing it
    #[arg(long)]
    pub dry_run: bool,
}

#[derive(Args, Debug)]
pub struct HeadsArgs {
    /// The commit to read [default: by hand the files as they are in the work tree; HEAD in CI and in hooks]
    #[arg(long, value_name = "REV", value_parser = revision)]
    pub at: Option<String>,
    /// How to show them
    #[arg(long, value_enum, default_value_t = ListFormat::Text)]
    pub format: ListFormat,
}

impl SchemaArgs {
    /// The track that is asked for.
    pub fn wanted(&self) -> Option<&str> {
        self.named.as_deref().or(self.track.as_deref())
    }
}

#[derive(Args, Debug)]
pub struct GraphArgs {
    /// The track [default: every track that is a chain]
    #[arg(value_name = "TRACK", conflicts_with = "track")]
    pub named: Option<String>,
    /// The same, for scripts that were written before it could stand alone
    #[arg(long, value_name = "TRACK", hide = true)]
    pub track: Option<String>,
    /// The commit to read [default: by hand the files as they are in the work tree; HEAD in CI and in hooks]
    #[arg(long, value_name = "REV", value_parser = revision)]
    pub at: Option<String>,
    /// Mark revisions that this commit has not [default: the configuration's `base`, or the remote's default branch]
    #[arg(long, value_name = "REV", value_parser = revision)]
    pub base: Option<String>,
    /// Draw every revision, and fold none into a count
    #[arg(long)]
    pub all: bool,
    /// How to draw them
    #[arg(long, value_enum, default_value_t = GraphFormat::Text)]
    pub format: GraphFormat,
}

impl GraphArgs {
    /// The track that is asked for.
    pub fn wanted(&self) -> Option<&str> {
        self.named.as_deref().or(self.track.as_deref())
    }
}

/// How a chain is drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum GraphFormat {
    /// A tree for a terminal, the newest revision first
    #[default]
    Text,
    /// A block of Mermaid for a pull request or a page
    Mermaid,
    /// Graphviz
    Dot,
}

#[derive(Args, Debug)]
pub struct HistoryArgs {
    /// The commits to judge, each against its first parent: `A..B`, or a commit for the last 100 up to it
    #[arg(value_name = "RANGE", default_value = "HEAD")]
    pub range: String,
    /// Judge as many of the last commits as it takes to have this many that touch a track
    #[arg(short = 'n', long, value_name = "N")]
    pub number: Option<std::num::NonZeroUsize>,
    /// How many commits to judge at once [default: the number of processors]
    #[arg(long, value_name = "N")]
    pub jobs: Option<std::num::NonZeroUsize>,
    /// How to show what was found
    #[arg(long, value_enum, default_value_t = ListFormat::Text)]
    pub format: ListFormat,
}

#[derive(Args, Debug)]
pub struct SchemaArgs {
    /// The track [default: the only one that has a schema]
    #[arg(value_name = "TRACK", conflicts_with = "track")]
    pub named: Option<String>,
    /// The same, for scripts that were written before it could stand alone
    #[arg(long, value_name = "TRACK", hide = true)]
    pub track: Option<String>,
    /// The commit to read [default: by hand the files as they are in the work tree; HEAD in CI and in hooks]
    #[arg(long, value_name = "REV", value_parser = revision)]
    pub at: Option<String>,
    /// A fresh database: all migrations, then the declared schemas [the default]
    #[arg(long, conflicts_with = "upgraded_from")]
    pub fresh: bool,
    /// A database that this commit built, after the migrations that are new since
    #[arg(long, value_name = "REV", value_parser = revision)]
    pub upgraded_from: Option<String>,
    /// Show what turns the first into the second: each a track, a declared file, `models` for those beside a chain, a
    /// commit, or `TRACK@REV`. Two tracks are compared as the check compares them: by what types keep, and without what only one engine has. Exits 1 where
    /// they differ
    #[arg(long, num_args = 2, value_names = ["A", "B"], conflicts_with_all = ["fresh", "upgraded_from"])]
    pub diff: Vec<String>,
    /// How to show it
    #[arg(long, value_enum, default_value_t = SchemaFormat::Sql)]
    pub format: SchemaFormat,
}

#[derive(Args, Debug)]
pub struct SqlArgs {
    /// The track [default: every one with a new migration]
    #[arg(long, value_name = "TRACK")]
    pub track: Option<String>,
    /// Only tracks for this database, by the name that the configuration has for it
    #[arg(long, value_name = "DATABASE")]
    pub dialect: Option<String>,
    /// The commit to compare with, as the check takes it
    #[arg(long, value_name = "REV", env = "PARITY_CHECK_BASE", value_parser = revision)]
    pub base: Option<String>,
    /// The commit to read [default: by hand the files as they are in the work tree; HEAD in CI and in hooks]
    #[arg(long, value_name = "REV", value_parser = revision)]
    pub head: Option<String>,
    /// How to show them
    #[arg(long, value_enum, default_value_t = SchemaFormat::Sql)]
    pub format: SchemaFormat,
}

/// How a schema is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum SchemaFormat {
    #[default]
    Sql,
    Json,
}

/// How a command that lists things shows them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum ListFormat {
    #[default]
    Text,
    Json,
}
