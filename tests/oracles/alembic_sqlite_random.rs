//! Projects that nobody would write, beside the real thing: random operations and batches in random order leave the same
//! schema on SQLite and in our evaluation, or are refused by both in the same words.
//!
//! `PARITY_CHECK_SEED` gives other projects. Skipped where there is no Alembic, as in `tests/alembic_sqlite.rs`.

use std::path::PathBuf;

use crate::common::random::Random;
use crate::real_chain::{differences, evaluate, oracle};
use parity_check::schema::sqlite;

const PROJECTS: u64 = 300;
const SEED: u64 = 20_260_401;

/// Types as SQLAlchemy and as SQL write them, with a default of each.
const TYPES: &[(&str, &str, &str)] = &[
    ("sa.Integer()", "INTEGER", "\"0\""),
    ("sa.String(40)", "VARCHAR(40)", "\"\""),
    ("sa.Text()", "TEXT", "\"it's new\""),
    ("sa.Boolean()", "BOOLEAN", "sa.false()"),
    ("sa.DateTime()", "DATETIME", "sa.func.now()"),
    ("sa.BigInteger()", "BIGINT", "sa.text(\"-1\")"),
    ("sa.Numeric(10, 2)", "DECIMAL(10,2)", "sa.text(\"1.5\")"),
    ("sa.Float()", "DOUBLE PRECISION", "\"1\""),
    ("sa.Date()", "date", "sa.text(\"CURRENT_DATE\")"),
    ("sa.JSON()", "JSON", "\"{}\""),
    ("sa.LargeBinary()", "BLOB", "sa.text(\"NULL\")"),
    ("sa.Uuid()", "UUID", "sa.text(\"(lower(hex(randomblob(16))))\")"),
    ("sa.Enum(\"a\", \"bb\", name=\"kinds\")", "TINYINT(1)", "\"a\""),
    ("sa.CHAR(3)", "NCHAR(3)", "\"abc\""),
    ("sa.Time()", "TIMESTAMP WITH TIME ZONE", "sa.text(\"'10:00'\")"),
];

const TABLES: &[&str] = &["users", "teams", "orders", "items", "notes", "order", "Mixed"];
const COLUMNS: &[&str] = &["name", "title", "state", "size", "price", "body", "group", "camelCase", "level", "note"];

#[derive(Clone, Default)]
struct Table {
    name: String,
    columns: Vec<String>,
    constraints: Vec<(String, &'static str)>,
    indexes: Vec<String>,
}

#[derive(Default)]
struct World {
    tables: Vec<Table>,
    count: usize,
}

impl World {
    fn name(&mut self, prefix: &str) -> String {
        self.count += 1;
        format!("{prefix}_{}", self.count)
    }
}

fn column(name: &str, random: &mut Random) -> String {
    let (kind, _, default) = random.pick(TYPES);
    let mut text = format!("sa.Column(\"{name}\", {kind}");
    if random.chance(30) {
        text += &format!(", server_default={default}");
    }
    if random.chance(25) {
        text += ", nullable=False";
    }
    text + ")"
}

fn quoted(name: &str) -> String {
    format!("\"{name}\"")
}

fn new_column(table: &Table, random: &mut Random) -> Option<String> {
    let free: Vec<&str> = COLUMNS.iter().copied().filter(|name| !table.columns.iter().any(|own| own == name)).collect();
    (!free.is_empty()).then(|| random.pick(&free).to_owned())
}

fn create_table(world: &mut World, random: &mut Random) -> Option<String> {
    let free: Vec<&str> =
        TABLES.iter().copied().filter(|name| !world.tables.iter().any(|table| table.name == *name)).collect();
    if free.is_empty() {
        return None;
    }
    let mut table = Table { name: random.pick(&free).to_owned(), columns: vec!["id".to_owned()], ..Table::default() };
    for _ in 0..=random.below(5) {
        table.columns.extend(new_column(&table, random));
    }
    let names: Vec<String> = table.columns[1..].to_vec();
    if random.chance(35) {
        return Some(in_sql(world, table, &names, random));
    }
    let mut parts = vec!["sa.Column(\"id\", sa.Integer(), primary_key=True)".to_owned()];
    parts.extend(names.iter().map(|name| column(name, random)));
    if random.chance(40) {
        let own = world.name("uq");
        parts.push(format!("sa.UniqueConstraint(\"{}\", name=\"{own}\")", random.pick(&names)));
        table.constraints.push((own, "unique"));
    }
    if random.chance(20) {
        parts.push(format!("sa.UniqueConstraint(\"{}\")", random.pick(&names)));
    }
    if random.chance(30) {
        let own = world.name("ck");
        parts.push(format!("sa.CheckConstraint(\"id > 0\", name=\"{own}\")"));
        table.constraints.push((own, "check"));
    }
    if let (true, Some(other)) = (random.chance(40), world.tables.first().cloned()) {
        let own = world.name("fk");
        let action = random.pick(&["", ", ondelete=\"CASCADE\"", ", onupdate=\"SET NULL\""]);
        parts.push(format!(
            "sa.ForeignKeyConstraint([\"{}\"], [\"{}.id\"], name=\"{own}\"{action})",
            random.pick(&names),
            other.name
        ));
        table.constraints.push((own, "foreignkey"));
    }
    if random.chance(15) {
        parts.push("sqlite_autoincrement=True".to_owned());
    }
    let text = format!("op.create_table(\"{}\", {})", table.name, parts.join(", "));
    world.tables.push(table);
    Some(text)
}

/// A table as people write it by hand.
fn in_sql(world: &mut World, mut table: Table, names: &[String], random: &mut Random) -> String {
    let key = random.pick(&[
        "id INTEGER PRIMARY KEY",
        "id INTEGER PRIMARY KEY AUTOINCREMENT",
        "id INTEGER NOT NULL PRIMARY KEY",
    ]);
    let mut parts = vec![key.to_owned()];
    for name in names {
        let (_, kind, _) = random.pick(TYPES);
        let more = random.pick(&[
            "",
            "",
            " NOT NULL",
            " UNIQUE",
            " DEFAULT 10",
            " DEFAULT 'x'",
            " DEFAULT (1 + 2)",
            " DEFAULT ''",
            " CHECK (id > 1)",
            " DEFAULT -1",
            " COLLATE NOCASE",
        ]);
        parts.push(format!("{} {kind}{more}", quoted(name)));
    }
    if random.chance(30) {
        parts.push(format!("UNIQUE ({})", quoted(&random.pick(names))));
    }
    if let (true, Some(other)) = (random.chance(40), world.tables.first().cloned()) {
        let own = world.name("fk");
        let (is_labelled, other) = (random.chance(50), quoted(&other.name));
        let label = if is_labelled { format!("CONSTRAINT {own} ") } else { String::new() };
        parts.push(format!(
            "{label}FOREIGN KEY ({}) REFERENCES {other} (id) ON DELETE CASCADE",
            quoted(&random.pick(names))
        ));
        if is_labelled {
            table.constraints.push((own, "foreignkey"));
        }
    }
    let text = format!("op.execute('''CREATE TABLE {} ({})''')", quoted(&table.name), parts.join(", "));
    world.tables.push(table);
    text
}

fn index(world: &mut World, at: usize, in_batch: bool, random: &mut Random) -> String {
    let name = world.name("ix");
    let table = &mut world.tables[at];
    let own = random.pick(&table.columns);
    let unique = random.pick(&["", "", ", unique=True", ", sqlite_where=sa.text(\"id > 5\")"]);
    table.indexes.push(name.clone());
    if in_batch {
        return format!("batch_op.create_index(\"{name}\", [\"{own}\"]{unique})");
    }
    let part = if random.chance(15) { "sa.text(\"lower(id)\")".to_owned() } else { format!("\"{own}\"") };
    format!("op.create_index(\"{name}\", \"{}\", [{part}]{unique})", table.name)
}

/// One line of a batch.
fn batched(world: &mut World, at: usize, random: &mut Random) -> Option<String> {
    let table = world.tables[at].clone();
    let own = || table.columns.iter().filter(|name| *name != "id").cloned().collect::<Vec<_>>();
    Some(match random.below(11) {
        0 | 1 => {
            let name = new_column(&table, random)?;
            world.tables[at].columns.push(name.clone());
            format!("batch_op.add_column({})", column(&name, random))
        }
        2 => {
            let own = own();
            let name = (own.len() > 1).then(|| random.pick(&own))?;
            world.tables[at].columns.retain(|known| *known != name);
            format!("batch_op.drop_column(\"{name}\")")
        }
        3 => {
            let (own, new) = (own(), new_column(&table, random)?);
            let name = (!own.is_empty()).then(|| random.pick(&own))?;
            world.tables[at].columns.retain(|known| *known != name);
            world.tables[at].columns.push(new.clone());
            format!("batch_op.alter_column(\"{name}\", new_column_name=\"{new}\")")
        }
        4 | 5 => {
            let own = own();
            let name = (!own.is_empty()).then(|| random.pick(&own))?;
            let (kind, _, default) = random.pick(TYPES);
            let what = random.pick(&[
                format!("type_={kind}"),
                "nullable=True".to_owned(),
                "nullable=False".to_owned(),
                format!("server_default={default}"),
                "server_default=None".to_owned(),
            ]);
            format!("batch_op.alter_column(\"{name}\", {what})")
        }
        6 => {
            let name = world.name("uq");
            world.tables[at].constraints.push((name.clone(), "unique"));
            format!("batch_op.create_unique_constraint(\"{name}\", [\"{}\"])", random.pick(&table.columns))
        }
        7 => {
            let name = world.name("ck");
            world.tables[at].constraints.push((name.clone(), "check"));
            format!("batch_op.create_check_constraint(\"{name}\", \"id <> 7\")")
        }
        8 => {
            let name = world.name("fk");
            let other = random.pick(&world.tables).name;
            world.tables[at].constraints.push((name.clone(), "foreignkey"));
            format!(
                "batch_op.create_foreign_key(\"{name}\", \"{other}\", [\"{}\"], [\"id\"])",
                random.pick(&table.columns)
            )
        }
        9 => {
            let (name, kind) = (!table.constraints.is_empty()).then(|| random.pick(&table.constraints))?;
            world.tables[at].constraints.retain(|(known, _)| *known != name);
            format!("batch_op.drop_constraint(\"{name}\", type_=\"{kind}\")")
        }
        _ => index(world, at, true, random),
    })
}

fn batch(world: &mut World, random: &mut Random) -> Option<String> {
    let at = random.below(world.tables.len());
    let table = world.tables.get(at)?.name.clone();
    let how = random.pick(&[
        "",
        "",
        "",
        ", recreate=\"always\"",
        ", naming_convention={\"uq\": \"uq_%(table_name)s_%(column_0_name)s\"}",
    ]);
    let mut lines = Vec::new();
    for _ in 0..=random.below(4) {
        lines.extend(batched(world, at, random).map(|line| format!("\n    {line}")));
    }
    (!lines.is_empty()).then(|| format!("with op.batch_alter_table(\"{table}\"{how}) as batch_op:{}", lines.concat()))
}

fn operation(world: &mut World, random: &mut Random) -> Option<String> {
    if world.tables.len() < 2 {
        return create_table(world, random);
    }
    let at = random.below(world.tables.len());
    let table = world.tables[at].clone();
    Some(match random.below(20) {
        0..=2 => create_table(world, random)?,
        3 | 4 => {
            let name = new_column(&table, random)?;
            world.tables[at].columns.push(name.clone());
            format!("op.add_column(\"{}\", {})", table.name, column(&name, random))
        }
        5 | 6 => index(world, at, false, random),
        7 => {
            let name = (!table.indexes.is_empty()).then(|| random.pick(&table.indexes))?;
            world.tables[at].indexes.retain(|known| *known != name);
            format!("op.drop_index(\"{name}\", table_name=\"{}\")", table.name)
        }
        8 => {
            world.tables.remove(at);
            format!("op.drop_table(\"{}\")", table.name)
        }
        9 => {
            let new = world.name("renamed");
            world.tables[at].name.clone_from(&new);
            format!("op.rename_table(\"{}\", \"{new}\")", table.name)
        }
        10 if random.chance(30) => {
            format!("op.execute('''INSERT INTO {} (id) VALUES ({})''')", quoted(&table.name), random.below(9))
        }
        11 if random.chance(40) => {
            let name = table.columns.last()?.clone();
            world.tables[at].columns.pop();
            format!("op.drop_column(\"{}\", \"{name}\")", table.name)
        }
        12 if random.chance(20) => {
            let name = world.name("v");
            format!("op.execute('''CREATE VIEW {name} AS SELECT id FROM {}''')", quoted(&table.name))
        }
        13 if random.chance(10) => format!("op.create_unique_constraint(\"uq\", \"{}\", [\"id\"])", table.name),
        _ => batch(world, random)?,
    })
}

fn project(seed: u64) -> Vec<String> {
    let random = &mut Random::new(seed);
    let mut world = World::default();
    let mut texts = Vec::new();
    for number in 0..=random.below(3) {
        let mut lines = Vec::new();
        for _ in 0..3 + random.below(8) {
            lines.extend(operation(&mut world, random));
        }
        let parent = number.checked_sub(1).map_or_else(|| "None".to_owned(), |parent| format!("\"r{parent}\""));
        let body = lines.join("\n").lines().fold(String::new(), |text, line| text + "    " + line + "\n");
        texts.push(format!(
            "import sqlalchemy as sa\nfrom alembic import op\n\nrevision = \"r{number}\"\ndown_revision = {parent}\n\n\n\
             def upgrade():\n{body}    pass\n"
        ));
    }
    texts
}

#[test]
fn random_operations_leave_what_sqlite_has() {
    let seed = std::env::var("PARITY_CHECK_SEED").map_or(SEED, |seed| seed.parse().expect("a number"));
    let root = tempfile::tempdir().unwrap();
    let folders: Vec<PathBuf> = (0..PROJECTS)
        .map(|number| {
            let folder = root.path().join(format!("seed{}", seed + number));
            std::fs::create_dir_all(folder.join("versions")).unwrap();
            for (number, text) in project(seed + number).iter().enumerate() {
                std::fs::write(folder.join(format!("versions/r{number}.py")), text).unwrap();
            }
            folder
        })
        .collect();
    let Some(executed) = oracle(sqlite::DIALECT, &folders) else { return };
    let refused = executed.iter().filter(|executed| !executed["error"].is_null()).count();
    println!("{refused} of {} projects are refused", folders.len());
    let mut failures = Vec::new();
    for (executed, found) in executed.iter().zip(&evaluate(sqlite::DIALECT, &folders)) {
        let wrong = differences(executed, found);
        if !wrong.is_empty() {
            failures.push(format!("{}:\n    {}", found.name, wrong.join("\n    ")));
        }
    }
    if !failures.is_empty() {
        println!("the projects are in {}", root.keep().display());
    }
    assert!(failures.is_empty(), "{} of {}:\n{}", failures.len(), folders.len(), failures.join("\n"));
}
