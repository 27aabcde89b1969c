//! Chains of Alembic that nobody would write: random graphs, in the spellings that are about.

use std::collections::BTreeSet;

use crate::common::Files;
use crate::common::random::Random;

/// What an upgrade does.
#[derive(Clone, Copy, PartialEq)]
pub enum Effect {
    /// A table, refused where it is there already.
    Table,
    /// A table, where it is not there already.
    TableIfMissing,
    Nothing,
}

/// How a revision is written; nothing that Alembic reads of it depends on that.
#[derive(Clone)]
pub struct Look {
    pub quote: char,
    pub annotated: bool,
    /// Bare where it can be, a tuple, a list, a tuple over several lines.
    pub parents: usize,
    /// `None`, an empty tuple, or no line at all where there is nothing to name.
    pub blanks: usize,
    pub docstring: String,
    pub comment: String,
    pub downgrade: &'static str,
    /// The upgrade's arguments stand on lines of their own.
    pub wide: bool,
}

#[derive(Clone)]
pub struct Step {
    pub file: String,
    pub id: String,
    pub parents: Vec<String>,
    pub labels: Vec<String>,
    pub effect: Effect,
    pub table: String,
    pub column: &'static str,
    pub look: Look,
    /// Alembic takes it for a revision.
    pub is_loaded: bool,
}

#[derive(Clone)]
pub struct Project {
    /// Where `env.py` is.
    pub folder: &'static str,
    pub steps: Vec<Step>,
    pub windows: bool,
    /// The id at which a configuration says that the chain ends.
    pub parked: Option<String>,
}

pub fn look(random: &mut Random) -> Look {
    Look {
        quote: if random.chance(50) { '"' } else { '\'' },
        annotated: random.chance(40),
        parents: random.below(4),
        blanks: random.below(3),
        docstring: "A step.".to_owned(),
        comment: String::new(),
        downgrade: "pass",
        wide: false,
    }
}

/// The names as a Python value.
pub fn value(names: &[String], spelling: usize, look: &Look) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("{0}{name}{0}", look.quote)).collect();
    match (quoted.as_slice(), spelling) {
        ([], _) => if look.blanks == 1 { "()" } else { "None" }.to_owned(),
        ([only], 0) => only.clone(),
        (all, 2) => format!("[{}]", all.join(", ")),
        (all, 3) => format!("(\n    {},\n)", all.join(",\n    ")),
        (all, _) => format!("({},)", all.join(", ")),
    }
}

pub fn text(step: &Step) -> String {
    let look = &step.look;
    let typed = |name: &str, sort: &str| if look.annotated { format!("{name}: {sort}") } else { name.to_owned() };
    let mut text = format!("\"\"\"{}\n\nRevision ID: {}\n\"\"\"\nfrom alembic import op\n", look.docstring, step.id);
    text += "import sqlalchemy as sa\n\n# revision identifiers, used by Alembic.\n";
    text += &format!("{} = {1}{2}{1}\n", typed("revision", "str"), look.quote, step.id);
    let names = "str | tuple[str, ...] | None";
    if step.is_loaded {
        text += &format!("{} = {}\n", typed("down_revision", names), value(&step.parents, look.parents, look));
    }
    if !step.labels.is_empty() || look.blanks != 2 {
        text += &format!("{} = {}\n", typed("branch_labels", names), value(&step.labels, look.parents, look));
    }
    text += "depends_on = None\n\n\ndef upgrade():\n";
    text += &format!("    {}\n", look.comment);
    let table = &step.table;
    text += &match step.effect {
        Effect::Nothing => "    pass\n".to_owned(),
        Effect::TableIfMissing if look.wide => {
            format!(
                "    op.execute(\n        \"\"\"CREATE TABLE IF NOT EXISTS\n        {table} (id {})\"\"\"\n    )\n",
                step.column
            )
        }
        Effect::TableIfMissing => {
            format!("    op.execute(\"CREATE TABLE IF NOT EXISTS {table} (id {})\")\n", step.column)
        }
        Effect::Table => {
            let sort = if step.column == "INTEGER" { "sa.Integer()" } else { "sa.Text()" };
            let between = if look.wide { "\n        " } else { " " };
            format!("    op.create_table('{table}',{between}sa.Column(\"id\", {sort}))\n")
        }
    };
    text + &format!("\n\ndef downgrade():\n    {}\n", look.downgrade)
}

impl Project {
    pub fn files(&self) -> Files {
        let env = format!("{}/env.py", self.folder);
        let mut files = Files::from([(env, b"from alembic import context\n\n# postgresql\n".to_vec())]);
        if let Some(parked) = &self.parked {
            let track =
                format!("kind = \"alembic\"\ndialect = \"postgres\"\nmigrations = \"{}/versions\"", self.folder);
            let text = format!("[track.old]\n{track}\nparked = \"{parked}\"\n");
            files.insert("parity.toml".to_owned(), text.into_bytes());
        }
        for step in &self.steps {
            let text = if self.windows { text(step).replace('\n', "\r\n") } else { text(step) };
            files.insert(format!("{}/versions/{}", self.folder, step.file), text.into_bytes());
        }
        files
    }

    pub fn at(&self, id: &str) -> Option<usize> {
        self.steps.iter().position(|step| step.id == id)
    }

    pub fn is_followed(&self, id: &str) -> bool {
        self.steps.iter().any(|step| step.parents.iter().any(|parent| parent == id))
    }

    /// The ids that nothing follows.
    pub fn heads(&self) -> Vec<String> {
        let ids: BTreeSet<&String> = self.steps.iter().map(|step| &step.id).collect();
        ids.into_iter().filter(|id| !self.is_followed(id)).cloned().collect()
    }

    /// The ids of a revision and of all that comes before it.
    pub fn before(&self, id: &str) -> BTreeSet<String> {
        let mut seen = BTreeSet::from([id.to_owned()]);
        let mut open = vec![id.to_owned()];
        while let Some(id) = open.pop() {
            let Some(at) = self.at(&id) else { continue };
            open.extend(self.steps[at].parents.iter().filter(|parent| seen.insert((*parent).clone())).cloned());
        }
        seen
    }

    /// Adds a revision and answers with its id.
    pub fn add(&mut self, parents: Vec<String>, random: &mut Random) -> String {
        let number = self.steps.len();
        let id = match self.steps.first().map_or(random.below(3), |first| first.id.len() % 3) {
            0 => format!("{number:02}{:04x}{:06x}", random.below(0xffff), random.below(0xff_ffff)),
            1 => format!("{number:04}_step_{}", ["one", "two", "six"][random.below(3)]),
            _ => format!("r{number:04}{:03x}", random.below(0xfff)),
        };
        let file = match random.below(3) {
            0 => format!("{id}.py"),
            1 => format!("{id}_a_step.py"),
            _ => format!("2026_01_{number:02}_{id}.py"),
        };
        let effect = match random.below(5) {
            _ if parents.len() > 1 => Effect::Nothing,
            0 | 1 => Effect::Table,
            _ => Effect::TableIfMissing,
        };
        let table = format!("t_{id}");
        let (labels, column, look, is_loaded) = (Vec::new(), "INTEGER", look(random), true);
        self.steps.push(Step { file, id: id.clone(), parents, labels, effect, table, column, look, is_loaded });
        id
    }
}

/// A chain that runs: with one head, or with two that labels tell apart.
pub fn chain(random: &mut Random) -> Project {
    let mut project = Project { folder: "alembic", steps: Vec::new(), windows: false, parked: None };
    let count = 5 + random.below(21);
    project.add(Vec::new(), random);
    if random.chance(25) {
        let trunk = 1 + random.below(count / 3);
        while project.steps.len() < trunk {
            let heads = project.heads();
            project.add(heads, random);
        }
        let fork = project.heads();
        for (label, end) in [("left", count.midpoint(trunk).max(trunk + 1)), ("right", count)] {
            let mut last = project.add(fork.clone(), random);
            project.steps.last_mut().unwrap().labels.push(label.to_owned());
            while project.steps.len() < end {
                last = project.add(vec![last], random);
            }
        }
        return project;
    }
    if random.chance(20) {
        project.steps[0].labels.push("main".to_owned());
    }
    while project.steps.len() < count - 1 {
        let heads = project.heads();
        let head = heads[random.below(heads.len())].clone();
        let parents = match random.below(10) {
            0 | 1 if heads.len() > 1 => heads,
            2 => vec![project.steps[random.below(project.steps.len())].id.clone()],
            _ => vec![head],
        };
        project.add(parents, random);
    }
    let heads = project.heads();
    project.add(heads, random);
    project
}
