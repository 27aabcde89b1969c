//! Projects that nobody would write: random operations in random order.

use std::path::{Path, PathBuf};

use crate::common::random::Random;

const PROJECTS: u64 = 300;
const SEED: u64 = 20_260_601;

/// Types with a default of each.
const TYPES: &[(&str, &str)] = &[
    ("sa.Integer()", "\"0\""),
    ("sa.String(40)", "\"\""),
    ("sa.String(12)", "\"it's\\\\new\""),
    ("sa.Text()", "\"x\""),
    ("sa.Boolean()", "sa.false()"),
    ("sa.DateTime()", "sa.func.now()"),
    ("mysql.DATETIME(fsp=6)", "sa.text(\"CURRENT_TIMESTAMP(6)\")"),
    ("sa.TIMESTAMP()", "sa.text(\"CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP\")"),
    ("sa.BigInteger()", "sa.text(\"-1\")"),
    ("sa.SmallInteger()", "sa.text(\"7\")"),
    ("mysql.TINYINT(1)", "\"1\""),
    ("mysql.INTEGER(unsigned=True)", "\"3\""),
    ("mysql.MEDIUMTEXT()", "\"long\""),
    ("sa.Numeric(10, 2)", "sa.text(\"1.5\")"),
    ("sa.Float()", "\"1\""),
    ("sa.Double()", "\"0\""),
    ("sa.Date()", "sa.text(\"'2020-01-31'\")"),
    ("sa.JSON()", "sa.text(\"'{}'\")"),
    ("sa.LargeBinary()", "\"b\""),
    ("sa.Enum(\"a\", \"b'b\", name=\"kinds\")", "\"a\""),
    ("sa.Enum(\"a\", \"bb\", native_enum=False, name=\"words\")", "\"bb\""),
    ("sa.CHAR(3)", "\"abc\""),
    ("sa.Time()", "sa.text(\"'10:00:00'\")"),
    ("sa.Interval()", "sa.func.now()"),
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
    let (kind, default) = random.pick(TYPES);
    let mut text = format!("sa.Column(\"{name}\", {kind}");
    if random.chance(30) {
        text += &format!(", server_default={default}");
    }
    if random.chance(30) {
        text += random.pick(&[", nullable=False", ", nullable=False", ", nullable=True"]);
    }
    if random.chance(8) {
        text += random.pick(&[", unique=True", ", index=True", ", comment=\"a note\""]);
    }
    text + ")"
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
    let key = random.pick(&[
        "sa.Column(\"id\", sa.Integer(), primary_key=True)",
        "sa.Column(\"id\", sa.Integer(), primary_key=True)",
        "sa.Column(\"id\", sa.Integer(), primary_key=True, autoincrement=False)",
        "sa.Column(\"id\", sa.Integer(), primary_key=True, server_default=\"5\")",
        "sa.Column(\"id\", sa.Integer(), sa.Identity(), primary_key=True)",
    ]);
    let mut parts = vec![key.to_owned()];
    parts.extend(names.iter().map(|name| column(name, random)));
    if random.chance(30) {
        let own = world.name("uq");
        parts.push(format!("sa.UniqueConstraint(\"{}\", name=\"{own}\")", random.pick(&names)));
        table.constraints.push((own, "unique"));
    }
    if random.chance(15) {
        parts.push("sa.UniqueConstraint(\"id\")".to_owned());
    }
    if random.chance(25) {
        let own = world.name("ck");
        let checked = if random.chance(5) { "id".to_owned() } else { random.pick(&names) };
        parts.push(format!("sa.CheckConstraint(\"`{checked}` IS NOT NULL\", name=\"{own}\")"));
        table.constraints.push((own, "check"));
    }
    if let (true, Some(other)) = (random.chance(35), world.tables.first().cloned()) {
        let own = world.name("fk");
        let action = random.pick(&["", ", ondelete=\"CASCADE\"", ", onupdate=\"CASCADE\"", ", ondelete=\"SET NULL\""]);
        let name = if random.chance(70) { format!(", name=\"{own}\"") } else { String::new() };
        parts
            .push(format!("sa.Column(\"owner_id\", sa.Integer(), sa.ForeignKey(\"{}.id\"{name}{action}))", other.name));
        if !name.is_empty() {
            table.constraints.push((own, "foreignkey"));
        }
        table.columns.push("owner_id".to_owned());
    }
    if random.chance(30) {
        parts.push(
            random.pick(&["mysql_engine=\"InnoDB\"", "mysql_charset=\"utf8mb4\"", "comment=\"it's\""]).to_owned(),
        );
    }
    let text = format!("op.create_table(\"{}\", {})", table.name, parts.join(", "));
    world.tables.push(table);
    Some(text)
}

fn index(world: &mut World, at: usize, object: &str, random: &mut Random) -> String {
    let name = world.name("ix");
    let table = &mut world.tables[at];
    let own = random.pick(&table.columns);
    let unique = random.pick(&["", "", ", unique=True", ", mysql_length=5", ", mysql_using=\"btree\""]);
    table.indexes.push(name.clone());
    let of = if object == "op" { format!("\"{}\", ", table.name) } else { String::new() };
    format!("{object}.create_index(\"{name}\", {of}[\"{own}\"]{unique})")
}

/// An operation on a table, of `op` or of a batch.
fn on_table(world: &mut World, at: usize, object: &str, random: &mut Random) -> Option<String> {
    let table = world.tables[at].clone();
    let of = if object == "op" { format!("\"{}\", ", table.name) } else { String::new() };
    let own = || table.columns.iter().filter(|name| *name != "id").cloned().collect::<Vec<_>>();
    Some(match random.below(13) {
        0 | 1 => {
            let name = new_column(&table, random)?;
            world.tables[at].columns.push(name.clone());
            format!("{object}.add_column({of}{})", column(&name, random))
        }
        2 => {
            let own = own();
            let name = (own.len() > 1).then(|| random.pick(&own))?;
            world.tables[at].columns.retain(|known| *known != name);
            format!("{object}.drop_column({of}\"{name}\")")
        }
        3 => {
            let (own, new) = (own(), new_column(&table, random)?);
            let name = (!own.is_empty()).then(|| random.pick(&own))?;
            world.tables[at].columns.retain(|known| *known != name);
            world.tables[at].columns.push(new.clone());
            let (kind, _) = random.pick(TYPES);
            format!("{object}.alter_column({of}\"{name}\", new_column_name=\"{new}\", existing_type={kind})")
        }
        4..=6 => {
            let own = own();
            let name = (!own.is_empty()).then(|| random.pick(&own))?;
            let (kind, default) = random.pick(TYPES);
            let what = random.pick(&[
                format!("type_={kind}"),
                format!("type_={kind}, existing_nullable=False"),
                format!("nullable=True, existing_type={kind}"),
                format!("nullable=False, existing_type={kind}, existing_server_default={default}"),
                format!("server_default={default}"),
                format!("server_default={default}, existing_type={kind}"),
                "server_default=None".to_owned(),
                format!("server_default=None, existing_type={kind}, existing_nullable=False"),
                format!("comment=\"so\", existing_type={kind}"),
            ]);
            format!("{object}.alter_column({of}\"{name}\", {what})")
        }
        7 => {
            let name = world.name("uq");
            world.tables[at].constraints.push((name.clone(), "unique"));
            format!("{object}.create_unique_constraint(\"{name}\", {of}[\"{}\"])", random.pick(&table.columns))
        }
        8 => {
            let name = world.name("ck");
            world.tables[at].constraints.push((name.clone(), "check"));
            let checked = table.columns.last()?;
            format!("{object}.create_check_constraint(\"{name}\", {of}\"`{checked}` IS NOT NULL\")")
        }
        9 => {
            let name = world.name("fk");
            let other = random.pick(&world.tables).name;
            world.tables[at].constraints.push((name.clone(), "foreignkey"));
            let column = table.columns.iter().find(|name| *name == "owner_id").map_or("id", String::as_str);
            format!("{object}.create_foreign_key(\"{name}\", {of}\"{other}\", [\"{column}\"], [\"id\"])")
        }
        10 => {
            let (name, kind) = (!table.constraints.is_empty()).then(|| random.pick(&table.constraints))?;
            world.tables[at].constraints.retain(|(known, _)| *known != name);
            let of = of.trim_end_matches(", ").to_owned();
            let of = if of.is_empty() { of } else { of + ", " };
            format!("{object}.drop_constraint(\"{name}\", {of}type_=\"{kind}\")")
        }
        11 => {
            let name = (!table.indexes.is_empty()).then(|| random.pick(&table.indexes))?;
            world.tables[at].indexes.retain(|known| *known != name);
            let of = if object == "op" { format!(", table_name=\"{}\"", table.name) } else { String::new() };
            format!("{object}.drop_index(\"{name}\"{of})")
        }
        _ => index(world, at, object, random),
    })
}

fn batch(world: &mut World, random: &mut Random) -> Option<String> {
    let at = random.below(world.tables.len());
    let table = world.tables.get(at)?.name.clone();
    let mut lines = Vec::new();
    for _ in 0..=random.below(3) {
        lines.extend(on_table(world, at, "batch_op", random).map(|line| format!("\n    {line}")));
    }
    (!lines.is_empty()).then(|| format!("with op.batch_alter_table(\"{table}\") as batch_op:{}", lines.concat()))
}

fn operation(world: &mut World, random: &mut Random) -> Option<String> {
    if world.tables.len() < 2 {
        return create_table(world, random);
    }
    let at = random.below(world.tables.len());
    let table = world.tables[at].clone();
    Some(match random.below(20) {
        0..=2 => create_table(world, random)?,
        3 if random.chance(50) => {
            world.tables.remove(at);
            format!("op.drop_table(\"{}\")", table.name)
        }
        4 if random.chance(50) => {
            let new = world.name("renamed");
            world.tables[at].name.clone_from(&new);
            format!("op.rename_table(\"{}\", \"{new}\")", table.name)
        }
        5 if random.chance(20) => format!("op.drop_constraint(\"x\", \"{}\")", table.name),
        6 if random.chance(20) => format!("op.alter_column(\"{}\", \"id\", nullable=False)", table.name),
        7 if random.chance(20) => format!("op.add_column(\"{}\", sa.Column(\"bare\", sa.String()))", table.name),
        8 | 9 => batch(world, random)?,
        _ => on_table(world, at, "op", random)?,
    })
}

fn project(seed: u64) -> Vec<String> {
    let random = &mut Random::new(seed);
    let mut world = World::default();
    let mut texts = Vec::new();
    for number in 0..=random.below(3) {
        let mut lines = Vec::new();
        for _ in 0..3 + random.below(7) {
            lines.extend(operation(&mut world, random));
        }
        let parent = number.checked_sub(1).map_or_else(|| "None".to_owned(), |parent| format!("\"r{parent}\""));
        let body = lines.join("\n").lines().fold(String::new(), |text, line| text + "    " + line + "\n");
        texts.push(format!(
            "import sqlalchemy as sa\nfrom alembic import op\nfrom sqlalchemy.dialects import mysql\n\n\
             revision = \"r{number}\"\ndown_revision = {parent}\n\n\ndef upgrade():\n{body}    pass\n"
        ));
    }
    texts
}

/// A folder for each project, below `root`.
pub fn projects(root: &Path) -> Vec<PathBuf> {
    let seed = std::env::var("PARITY_CHECK_SEED").map_or(SEED, |seed| seed.parse().expect("a number"));
    let write = |number: u64| {
        let folder = root.join(format!("seed{}", seed + number));
        std::fs::create_dir_all(folder.join("versions")).unwrap();
        for (number, text) in project(seed + number).iter().enumerate() {
            std::fs::write(folder.join(format!("versions/r{number}.py")), text).unwrap();
        }
        folder
    };
    (0..PROJECTS).map(write).collect()
}
