//! Arguments only: what a user may type. Nothing here looks at the disk.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::report::{Format, Verbosity};

/// Stops the merge when a schema change reaches one database track and not the other.
///
/// Compares head with its merge base with base, as `git diff base...head` does. Reads the repository alone: it runs
/// none of the project's code and needs no database, no Python and no network.
#[derive(Debug, Parser)]
#[command(name = "parity-check", version, max_term_width = 100, args_conflicts_with_subcommands = true)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Option<Command>,
    #[command(flatten)]
    pub check: CheckArgs,
}

/// What the check itself takes.
#[derive(Args, Debug)]
pub struct CheckArgs {
    /// The commit to compare with: a branch, a tag, an id, `HEAD~3` [default: the configuration's `base`, the CI
    /// event's, pre-commit's, or the remote's default branch]
    #[arg(long, value_name = "REV")]
    pub base: Option<String>,
    /// The commit to judge [default: by hand the files as they are in the work tree; the CI event's, pre-commit's, or
    /// HEAD in CI and in hooks]
    #[arg(long, value_name = "REV", conflicts_with_all = ["staged", "worktree"])]
    pub head: Option<String>,
    /// Judge what is staged, before it is committed
    #[arg(long, conflicts_with = "worktree")]
    pub staged: bool,
    /// Judge the files as they are in the work tree, committed or not
    #[arg(long)]
    pub worktree: bool,
    #[command(flatten)]
    pub project: ProjectArgs,
    /// How to show what was found
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
    /// Write the report to this file instead of standard output
    #[arg(long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Whose configuration counts: head's, or that of the merge base, so that a change cannot relax its own check
    #[arg(long, value_enum, value_name = "END", default_value_t = ConfigFrom::Head, conflicts_with = "config")]
    pub config_from: ConfigFrom,
    /// Let warnings fail the check
    #[arg(long)]
    pub strict: bool,
    #[command(flatten)]
    pub look: LookArgs,
}

/// Whose configuration counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum ConfigFrom {
    #[default]
    Head,
    Base,
}

/// Which project a command is about.
#[derive(Args, Debug, Default)]
pub struct ProjectArgs {
    /// The repository, or any folder in it
    #[arg(long, value_name = "DIR", default_value = ".")]
    pub repo: PathBuf,
    /// A configuration file to use instead of the repository's own
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
}

/// How output looks.
#[derive(Args, Debug)]
pub struct LookArgs {
    /// When to colour the text
    #[arg(long, value_enum, value_name = "WHEN", default_value_t = ColorWhen::Auto)]
    pub color: ColorWhen,
    /// Also say what was compared, and show what is suppressed
    #[arg(short, long, conflicts_with = "quiet")]
    pub verbose: bool,
    /// Print findings alone
    #[arg(short, long)]
    pub quiet: bool,
}

impl LookArgs {
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
    /// Write a parity.toml with the tracks that were found
    Init(InitArgs),
    /// Explain a rule: what it finds, why that breaks, what to do
    Explain {
        /// A rule's name, such as `missing-revision`
        rule: String,
    },
    /// List the rules
    Rules,
    /// List the heads of every Alembic chain and the highest version of scripts; without either, the last of each list
    Heads(HeadsArgs),
    /// Draw every Alembic chain: its branches, merges, heads and gaps
    Graph(GraphArgs),
    /// Say what the check would have blocked in the history, commit by commit
    History(HistoryArgs),
    /// Write the Alembic revision that a change lacks
    Fix(FixArgs),
    /// Print the schema that a track's migrations make, or how two schemas differ
    Schema(SchemaArgs),
    /// Check every push with a pre-push hook
    InstallHook(HookArgs),
    /// Print a completion script for a shell
    Completions { shell: clap_complete::Shell },
    /// Build a small project in a temporary folder and check three steps of its story
    Demo {
        /// When to colour the text
        #[arg(long, value_enum, value_name = "WHEN", default_value_t = ColorWhen::Auto)]
        color: ColorWhen,
    },
}

#[derive(Args, Debug)]
pub struct InitArgs {
    #[command(flatten)]
    pub project: ProjectArgs,
    /// Print the configuration instead of writing it
    #[arg(long)]
    pub dry_run: bool,
}

#[derive(Args, Debug)]
pub struct HookArgs {
    /// The repository, or any folder in it
    #[arg(long, value_name = "DIR", default_value = ".")]
    pub repo: PathBuf,
    /// Take the hook away again
    #[arg(long)]
    pub uninstall: bool,
}

#[derive(Args, Debug)]
pub struct FixArgs {
    /// The commit to compare with, as the check takes it
    #[arg(long, value_name = "REV")]
    pub base: Option<String>,
    /// The commit to judge [default: the files as they are in the work tree]
    #[arg(long, value_name = "REV")]
    pub head: Option<String>,
    /// Print the revision instead of writing it
    #[arg(long)]
    pub dry_run: bool,
    #[command(flatten)]
    pub project: ProjectArgs,
}

#[derive(Args, Debug)]
pub struct HeadsArgs {
    /// The commit to read [default: by hand the files as they are in the work tree; HEAD in CI and in hooks]
    #[arg(long, value_name = "REV")]
    pub at: Option<String>,
    #[command(flatten)]
    pub project: ProjectArgs,
    /// How to show them
    #[arg(long, value_enum, default_value_t = ListFormat::Text)]
    pub format: ListFormat,
}

#[derive(Args, Debug)]
pub struct GraphArgs {
    /// The track [default: every Alembic chain]
    #[arg(long, value_name = "TRACK")]
    pub track: Option<String>,
    /// The commit to read [default: by hand the files as they are in the work tree; HEAD in CI and in hooks]
    #[arg(long, value_name = "REV")]
    pub at: Option<String>,
    /// Mark revisions that this commit has not [default: the configuration's `base`, or the remote's default branch]
    #[arg(long, value_name = "REV")]
    pub base: Option<String>,
    /// Draw every revision, and fold none into a count
    #[arg(long)]
    pub all: bool,
    #[command(flatten)]
    pub project: ProjectArgs,
    /// How to draw them
    #[arg(long, value_enum, default_value_t = GraphFormat::Text)]
    pub format: GraphFormat,
    /// When to colour the text
    #[arg(long, value_enum, value_name = "WHEN", default_value_t = ColorWhen::Auto)]
    pub color: ColorWhen,
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
    /// How many commits to judge at once [default: the number of processors]
    #[arg(long, value_name = "N")]
    pub jobs: Option<std::num::NonZeroUsize>,
    #[command(flatten)]
    pub project: ProjectArgs,
    /// How to show what was found
    #[arg(long, value_enum, default_value_t = ListFormat::Text)]
    pub format: ListFormat,
}

#[derive(Args, Debug)]
pub struct SchemaArgs {
    /// The track [default: the only one that has a schema]
    #[arg(long, value_name = "TRACK")]
    pub track: Option<String>,
    /// The commit to read [default: by hand the files as they are in the work tree; HEAD in CI and in hooks]
    #[arg(long, value_name = "REV")]
    pub at: Option<String>,
    /// A fresh database: all migrations, then the declared schemas [the default]
    #[arg(long, conflicts_with = "upgraded_from")]
    pub fresh: bool,
    /// A database that this commit built, after the migrations that are new since
    #[arg(long, value_name = "REV")]
    pub upgraded_from: Option<String>,
    /// Show what turns the first into the second: each a track, a declared file, `models` for those beside a chain, a
    /// commit, or `TRACK@REV`. Two tracks are compared as the check compares them: by what types keep, and without what only one engine has. Exits 1 where
    /// they differ
    #[arg(long, num_args = 2, value_names = ["A", "B"], conflicts_with_all = ["fresh", "upgraded_from"])]
    pub diff: Vec<String>,
    #[command(flatten)]
    pub project: ProjectArgs,
    /// How to show it
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
