//! Random operations of Alembic in random order, and the tables that they roughly leave.

use super::random::Random;

/// A type as SQLAlchemy and as SQL write it, and a default for it as both write that.
struct Sort {
    python: &'static str,
    sql: &'static str,
    python_default: &'static str,
    sql_default: &'static str,
}

const fn sort(
    python: &'static str,
    sql: &'static str,
    python_default: &'static str,
    sql_default: &'static str,
) -> Sort {
    Sort { python, sql, python_default, sql_default }
}

const INTEGER: usize = 0;
const TEXT: usize = 1;

const SORTS: &[Sort] = &[
    sort("sa.Integer()", "INTEGER", "\"0\"", "0"),
    sort("sa.Text()", "TEXT", "\"new\"", "'new'"),
    sort("sa.String(40)", "VARCHAR(40)", "\"\"", "''"),
    sort("sa.Boolean()", "BOOLEAN", "sa.text(\"false\")", "TRUE"),
    sort("sa.DateTime()", "TIMESTAMP", "sa.func.now()", "CURRENT_TIMESTAMP"),
    sort("sa.DateTime(timezone=True)", "TIMESTAMPTZ", "sa.text(\"CURRENT_TIMESTAMP\")", "now()"),
    sort("sa.BigInteger()", "BIGINT", "\"7\"", "-1"),
    sort("sa.SmallInteger()", "SMALLINT", "sa.text(\"1\")", "'3'"),
    sort("sa.Numeric(10, 2)", "NUMERIC(8, 3)", "\"0.5\"", "1.25"),
    sort("sa.Float()", "DOUBLE PRECISION", "\"1\"", "0"),
    sort("sa.Date()", "DATE", "sa.text(\"CURRENT_DATE\")", "'2026-01-01'"),
    sort("postgresql.JSONB()", "JSONB", "\"{}\"", "'[]'::jsonb"),
    sort("sa.JSON()", "JSON", "sa.text(\"'{}'\")", "'{}'"),
    sort("postgresql.UUID()", "UUID", "sa.text(\"gen_random_uuid()\")", "gen_random_uuid()"),
    sort("sa.LargeBinary()", "BYTEA", "sa.text(\"NULL\")", "NULL"),
    sort("postgresql.ARRAY(sa.Text())", "TEXT[]", "\"{}\"", "'{a,b}'"),
    sort("sa.CHAR(3)", "CHAR(3)", "\"abc\"", "'x'"),
    sort("sa.Time()", "TIME", "\"10:00:00\"", "'11:30:00'"),
];

const TABLES: &[&str] =
    &["users", "teams", "orders", "items", "notes", "tags", "logs", "order", "Mixed", "line_items", "user"];
const COLUMNS: &[&str] = &[
    "name",
    "title",
    "state",
    "size",
    "price",
    "body",
    "kind",
    "rank",
    "owner",
    "created_at",
    "group",
    "camelCase",
    "data",
    "level",
    "note",
];
const ENUMS: &[&str] = &["mood", "colour", "phase"];

/// A name in SQL.
fn quoted(name: &str) -> String {
    let plain = name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_' || byte.is_ascii_digit());
    if plain && !["order", "user", "group"].contains(&name) { name.to_owned() } else { format!("\"{name}\"") }
}

fn list_sql(names: &[String]) -> String {
    names.iter().map(|name| quoted(name)).collect::<Vec<_>>().join(", ")
}

fn list_python(names: &[String]) -> String {
    format!("{names:?}")
}

/// A line that executes SQL.
fn execute(sql: &str) -> String {
    // A quote before the end would be part of the end.
    let space = if sql.ends_with('"') { " " } else { "" };
    format!("op.execute(\"\"\"{sql}{space}\"\"\")")
}

#[derive(Clone)]
struct Column {
    name: String,
    sort: usize,
}

#[derive(Clone, Copy, PartialEq)]
enum Rule {
    Primary,
    Unique,
    Foreign,
    Check,
}

#[derive(Clone)]
struct Constraint {
    name: String,
    rule: Rule,
    columns: Vec<String>,
    /// The table that a foreign key refers to.
    to: String,
}

#[derive(Clone)]
struct Table {
    name: String,
    columns: Vec<Column>,
    constraints: Vec<Constraint>,
    indexes: Vec<(String, Vec<String>)>,
}

impl Table {
    fn names(&self) -> Vec<String> {
        self.columns.iter().map(|column| column.name.clone()).collect()
    }
}

/// Roughly what there is: enough to say mostly what PostgreSQL takes.
#[derive(Clone, Default)]
pub struct World {
    /// What the names of all tables and types begin with.
    space: String,
    tables: Vec<Table>,
    enums: Vec<String>,
    /// Each with its table.
    views: Vec<(String, String)>,
    /// For names of indexes and constraints.
    count: usize,
}

impl World {
    /// One beside others, of which it is the nth.
    pub fn beside(number: usize) -> Self {
        Self { space: format!("w{number}_"), count: 1_000 * number, ..Self::default() }
    }

    /// A table with a primary key `id`.
    pub fn a_table(&self, random: &mut Random) -> Option<String> {
        let is_keyed = |table: &&Table| {
            let is_key = |constraint: &Constraint| constraint.rule == Rule::Primary && constraint.columns == ["id"];
            table.constraints.iter().any(is_key)
        };
        let keyed: Vec<&Table> = self.tables.iter().filter(is_keyed).collect();
        (!keyed.is_empty()).then(|| random.pick(&keyed).name.clone())
    }

    fn fresh(&mut self, prefix: &str) -> String {
        self.count += 1;
        format!("{prefix}_{}", self.count)
    }

    fn is_viewed(&self, table: &str) -> bool {
        self.views.iter().any(|(_, over)| over == table)
    }

    fn is_referenced(&self, table: &str) -> bool {
        let refers = |constraint: &Constraint| constraint.rule == Rule::Foreign && constraint.to == table;
        self.tables.iter().any(|other| other.name != table && other.constraints.iter().any(refers))
    }

    fn unused_table(&self, random: &mut Random) -> Option<String> {
        let is_free = |name: &String| !self.tables.iter().any(|table| table.name == *name);
        let free: Vec<String> = TABLES.iter().map(|name| format!("{}{name}", self.space)).filter(is_free).collect();
        (!free.is_empty()).then(|| random.pick(&free))
    }
}

fn unused_column(table: &Table, random: &mut Random) -> Option<String> {
    let is_free = |name: &&&str| !table.columns.iter().any(|column| column.name == **name);
    let free: Vec<&str> = COLUMNS.iter().filter(is_free).copied().collect();
    (!free.is_empty()).then(|| random.pick(&free).to_owned())
}

/// `sa.Column(…)` for a new column.
fn python_column(column: &Column, flags: &str) -> String {
    format!("sa.Column(\"{}\", {}{flags})", column.name, SORTS[column.sort].python)
}

fn python_flags(column: &Column, random: &mut Random) -> String {
    let mut flags = String::new();
    if random.chance(30) {
        flags.push_str(", nullable=False");
    }
    if random.chance(30) {
        flags.push_str(&format!(", server_default={}", SORTS[column.sort].python_default));
    }
    flags
}

fn sql_flags(column: &Column, random: &mut Random) -> String {
    let mut flags = String::new();
    if random.chance(30) {
        flags.push_str(" NOT NULL");
    }
    if random.chance(30) {
        flags.push_str(&format!(" DEFAULT {}", SORTS[column.sort].sql_default));
    }
    flags
}

/// Columns of other types have no order, so that no index takes them.
fn has_order(column: &Column) -> bool {
    SORTS[column.sort].sql != "JSON"
}

fn some_columns(table: &Table, random: &mut Random) -> Vec<String> {
    let mut sorted: Vec<String> =
        table.columns.iter().filter(|column| has_order(column)).map(|column| column.name.clone()).collect();
    let mut chosen = Vec::new();
    for _ in 0..=random.below(2) {
        if !sorted.is_empty() {
            chosen.push(sorted.remove(random.below(sorted.len())));
        }
    }
    chosen
}

fn new_columns(random: &mut Random) -> Vec<Column> {
    let mut columns: Vec<Column> = Vec::new();
    for _ in 0..=random.below(4) {
        let name = random.pick(COLUMNS).to_owned();
        if !columns.iter().any(|column| column.name == name) {
            columns.push(Column { name, sort: random.below(SORTS.len()) });
        }
    }
    columns
}

/// The column `id` with a primary key, and the name of that.
fn primary_key(name: &str, count: usize, in_sql: bool, random: &mut Random) -> (String, String) {
    match random.below(4) {
        0 if in_sql => (format!("id INTEGER, CONSTRAINT pk_{count} PRIMARY KEY (id)"), format!("pk_{count}")),
        1 if in_sql => ("id BIGSERIAL PRIMARY KEY".to_owned(), format!("{name}_pkey")),
        2 if in_sql => ("id INTEGER GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY".to_owned(), format!("{name}_pkey")),
        _ if in_sql => ("id SERIAL PRIMARY KEY".to_owned(), format!("{name}_pkey")),
        0 => (
            format!(
                "sa.Column(\"id\", sa.Integer(), nullable=False), sa.PrimaryKeyConstraint(\"id\", name=\"pk_{count}\")"
            ),
            format!("pk_{count}"),
        ),
        1 => ("sa.Column(\"id\", sa.Integer()), sa.PrimaryKeyConstraint(\"id\")".to_owned(), format!("{name}_pkey")),
        2 => ("sa.Column(\"id\", sa.Integer(), sa.Identity(), primary_key=True)".to_owned(), format!("{name}_pkey")),
        _ => ("sa.Column(\"id\", sa.Integer(), primary_key=True)".to_owned(), format!("{name}_pkey")),
    }
}

/// A column that refers to another table, now and then.
fn parent(table: &mut Table, world: &World, in_sql: bool, random: &mut Random) -> Option<String> {
    let target = random.pick(&[None, None, world.tables.first(), world.tables.last()])?;
    let is_key = |constraint: &Constraint| constraint.rule == Rule::Primary;
    if !target.columns.iter().any(|column| column.name == "id") || !target.constraints.iter().any(is_key) {
        return None;
    }
    let action = random.pick(&["", "CASCADE", "SET NULL", "RESTRICT", "NO ACTION"]);
    let to = &target.name;
    table.columns.push(Column { name: "parent".to_owned(), sort: INTEGER });
    table.constraints.push(Constraint {
        name: format!("{}_parent_fkey", table.name),
        rule: Rule::Foreign,
        columns: vec!["parent".to_owned()],
        to: to.clone(),
    });
    Some(match (in_sql, action) {
        (true, "") => format!("parent INTEGER REFERENCES {}", quoted(to)),
        (true, action) => format!("parent INTEGER REFERENCES {} (id) ON DELETE {action}", quoted(to)),
        (false, "") => format!("sa.Column(\"parent\", sa.Integer(), sa.ForeignKey(\"{to}.id\"))"),
        (false, action) => format!(
            "sa.Column(\"parent\", sa.Integer()), sa.ForeignKeyConstraint([\"parent\"], [\"{to}.id\"], ondelete=\"{action}\")"
        ),
    })
}

/// Constraints behind the columns of a new table.
fn table_constraints(table: &mut Table, world: &mut World, in_sql: bool, random: &mut Random) -> Vec<String> {
    let mut parts = Vec::new();
    let unique = some_columns(table, random);
    if random.chance(25) && unique != ["id"] {
        let constraint_name = world.fresh("uq");
        let named = random.chance(60);
        parts.push(match (in_sql, named) {
            (true, true) => format!("CONSTRAINT {constraint_name} UNIQUE ({})", list_sql(&unique)),
            (true, false) => format!("UNIQUE ({})", list_sql(&unique)),
            (false, named) => {
                let columns: Vec<String> = unique.iter().map(|column| format!("\"{column}\"")).collect();
                let name = if named { format!(", name=\"{constraint_name}\"") } else { String::new() };
                format!("sa.UniqueConstraint({}{name})", columns.join(", "))
            }
        });
        if named {
            table.constraints.push(Constraint {
                name: constraint_name,
                rule: Rule::Unique,
                columns: unique,
                to: String::new(),
            });
        }
    }
    if random.chance(20) {
        let constraint_name = world.fresh("ck");
        let named = random.chance(60);
        parts.push(match (in_sql, named) {
            (true, true) => format!("CONSTRAINT {constraint_name} CHECK (id > 0)"),
            (true, false) => "CHECK (id > 0)".to_owned(),
            (false, true) => format!("sa.CheckConstraint(\"id > 0\", name=\"{constraint_name}\")"),
            (false, false) => "sa.CheckConstraint(\"id > 0\")".to_owned(),
        });
        if named {
            let columns = vec!["id".to_owned()];
            table.constraints.push(Constraint { name: constraint_name, rule: Rule::Check, columns, to: String::new() });
        }
    }
    parts
}

fn create_table(world: &mut World, random: &mut Random) -> Option<String> {
    let name = world.unused_table(random)?;
    let columns = new_columns(random);
    let mut table = Table { name: name.clone(), columns: Vec::new(), constraints: Vec::new(), indexes: Vec::new() };
    table.columns.push(Column { name: "id".to_owned(), sort: INTEGER });
    table.columns.extend(columns.clone());
    let key =
        |name: String| Constraint { name, rule: Rule::Primary, columns: vec!["id".to_owned()], to: String::new() };
    let in_sql = random.chance(40);
    let mut parts = Vec::new();
    let (id, key_name) = primary_key(&name, world.count, in_sql, random);
    world.count += 1;
    table.constraints.push(key(key_name));
    parts.push(id);
    for column in &columns {
        if in_sql {
            let mut flags = sql_flags(column, random);
            if random.chance(10) && has_order(column) {
                flags.push_str(" UNIQUE");
            }
            if random.chance(8) {
                flags.push_str(&format!(" CHECK ({} IS NOT NULL)", quoted(&column.name)));
            }
            parts.push(format!("{} {}{flags}", quoted(&column.name), SORTS[column.sort].sql));
        } else {
            let mut flags = python_flags(column, random);
            if random.chance(10) && has_order(column) {
                flags.push_str(random.pick(&[", unique=True", ", index=True", ", unique=True, index=True"]));
            }
            parts.push(python_column(column, &flags));
        }
    }
    parts.extend(parent(&mut table, world, in_sql, random));
    parts.extend(table_constraints(&mut table, world, in_sql, random));
    world.tables.push(table);
    Some(if in_sql {
        let guard = random.pick(&["", "", "IF NOT EXISTS "]);
        execute(&format!("CREATE TABLE {guard}{} ({})", quoted(&name), parts.join(", ")))
    } else {
        format!("op.create_table(\"{name}\", {})", parts.join(", "))
    })
}

fn drop_table(world: &mut World, random: &mut Random) -> Option<String> {
    if world.tables.len() < 2 {
        return None;
    }
    let at = random.below(world.tables.len());
    let name = world.tables[at].name.clone();
    let needed = world.is_viewed(&name) || world.is_referenced(&name);
    if needed && random.chance(40) {
        return None;
    }
    world.tables.remove(at);
    world.views.retain(|(_, over)| *over != name);
    for table in &mut world.tables {
        table.constraints.retain(|constraint| constraint.rule != Rule::Foreign || constraint.to != name);
    }
    Some(match random.below(3) {
        _ if needed => execute(&format!("DROP TABLE {} CASCADE", quoted(&name))),
        0 => execute(&format!("DROP TABLE IF EXISTS {}", quoted(&name))),
        _ => format!("op.drop_table(\"{name}\")"),
    })
}

fn add_column(table: &mut Table, world: &mut World, random: &mut Random) -> Option<String> {
    let column = Column { name: unused_column(table, random)?, sort: random.below(SORTS.len()) };
    let name = table.name.clone();
    table.columns.push(column.clone());
    Some(if random.chance(40) {
        let guard = random.pick(&["", "", "IF NOT EXISTS "]);
        let mut flags = sql_flags(&column, random);
        if random.chance(8) && has_order(&column) {
            flags.push_str(" UNIQUE");
        }
        if random.chance(8) {
            flags.push_str(&format!(" CONSTRAINT {} CHECK ({} IS NOT NULL)", world.fresh("ck"), quoted(&column.name)));
        }
        let more = match unused_column(table, random) {
            Some(other) if random.chance(20) => {
                table.columns.push(Column { name: other.clone(), sort: TEXT });
                format!(", ADD COLUMN {} TEXT", quoted(&other))
            }
            _ => String::new(),
        };
        let (table, column, kind) = (quoted(&name), quoted(&column.name), SORTS[column.sort].sql);
        execute(&format!("ALTER TABLE {table} ADD COLUMN {guard}{column} {kind}{flags}{more}"))
    } else {
        let mut flags = python_flags(&column, random);
        if random.chance(8) && has_order(&column) {
            flags.push_str(random.pick(&[", unique=True", ", index=True"]));
        }
        format!("op.add_column(\"{name}\", {})", python_column(&column, &flags))
    })
}

fn drop_column(table: &mut Table, world: &World, random: &mut Random) -> Option<String> {
    let name = table.name.clone();
    // Now and then one that others need.
    if table.columns.len() < 3 || (world.is_viewed(&name) && random.chance(80)) {
        return None;
    }
    let at = if random.chance(92) { 1 + random.below(table.columns.len() - 1) } else { 0 };
    let column = table.columns.remove(at).name;
    table.constraints.retain(|constraint| !constraint.columns.contains(&column));
    table.indexes.retain(|(_, columns)| !columns.contains(&column));
    let (quoted_table, quoted_column) = (quoted(&name), quoted(&column));
    Some(match random.below(6) {
        0 => execute(&format!("ALTER TABLE {quoted_table} DROP COLUMN {quoted_column}")),
        1 => execute(&format!("ALTER TABLE {quoted_table} DROP COLUMN IF EXISTS {quoted_column} CASCADE")),
        2 => execute(&format!("ALTER TABLE {quoted_table} DROP {quoted_column}, DROP COLUMN IF EXISTS nowhere")),
        _ => format!("op.drop_column(\"{name}\", \"{column}\")"),
    })
}

/// Types to which PostgreSQL turns one on its own, most of the time.
fn wider(sort: usize, random: &mut Random) -> usize {
    let wider: &[&str] = match SORTS[sort].sql {
        "INTEGER" => &["BIGINT", "NUMERIC(8, 3)", "DOUBLE PRECISION", "SMALLINT"],
        "SMALLINT" => &["INTEGER", "BIGINT"],
        "VARCHAR(40)" | "CHAR(3)" => &["TEXT"],
        "TEXT" => &["VARCHAR(40)", "CHAR(3)"],
        "DATE" => &["TIMESTAMP", "TIMESTAMPTZ"],
        "TIMESTAMP" => &["TIMESTAMPTZ", "DATE"],
        "JSON" => &["JSONB"],
        _ => &["TEXT", "VARCHAR(40)"],
    };
    let wanted = random.pick(wider);
    SORTS.iter().position(|sort| sort.sql == wanted).unwrap()
}

fn alter_column(table: &mut Table, world: &World, random: &mut Random) -> Option<String> {
    let name = table.name.clone();
    let at = 1 + random.below(table.columns.len().checked_sub(1).filter(|others| *others > 0)?);
    let column = table.columns[at].clone();
    let in_sql = random.chance(40);
    let (quoted_table, quoted_column) = (quoted(&name), quoted(&column.name));
    let alter = |what: &str| execute(&format!("ALTER TABLE {quoted_table} ALTER COLUMN {quoted_column} {what}"));
    let call = |what: &str| format!("op.alter_column(\"{name}\", \"{}\", {what})", column.name);
    let existing = SORTS[column.sort].python;
    Some(match random.below(5) {
        0 => {
            if world.is_viewed(&name) && random.chance(80) {
                return None;
            }
            let sort = if random.chance(90) { wider(column.sort, random) } else { random.below(SORTS.len()) };
            table.columns[at].sort = sort;
            let using = if random.chance(40) { Some(SORTS[sort].sql) } else { None };
            match (in_sql, using) {
                (true, None) => alter(&format!("TYPE {}", SORTS[sort].sql)),
                (true, Some(kind)) => alter(&format!("TYPE {kind} USING {quoted_column}::text::{kind}")),
                (false, None) => call(&format!("type_={}, existing_type={existing}", SORTS[sort].python)),
                (false, Some(kind)) => {
                    let using = format!("{quoted_column}::text::{kind}");
                    call(&format!("type_={}, postgresql_using='{using}'", SORTS[sort].python))
                }
            }
        }
        1 => match (in_sql, random.chance(50)) {
            (true, true) => alter("SET NOT NULL"),
            (true, false) => alter("DROP NOT NULL"),
            (false, true) => call(&format!("nullable=False, existing_type={existing}")),
            (false, false) => call("nullable=True"),
        },
        2 => match (in_sql, random.chance(60)) {
            (true, true) => alter(&format!("SET DEFAULT {}", SORTS[column.sort].sql_default)),
            (true, false) => alter("DROP DEFAULT"),
            (false, true) => call(&format!("server_default={}", SORTS[column.sort].python_default)),
            (false, false) => call("server_default=None"),
        },
        3 => {
            let new = unused_column(table, random)?;
            table.columns[at].name.clone_from(&new);
            for constraint in &mut table.constraints {
                rename_in(&mut constraint.columns, &column.name, &new);
            }
            for (_, columns) in &mut table.indexes {
                rename_in(columns, &column.name, &new);
            }
            if in_sql {
                execute(&format!("ALTER TABLE {quoted_table} RENAME COLUMN {quoted_column} TO {}", quoted(&new)))
            } else {
                call(&format!("new_column_name=\"{new}\""))
            }
        }
        _ => {
            let kind = &SORTS[column.sort];
            call(&format!(
                "nullable={}, server_default={}, type_={}, existing_nullable=True",
                random.pick(&["True", "False"]),
                kind.python_default,
                kind.python
            ))
        }
    })
}

fn rename_in(names: &mut [String], old: &str, new: &str) {
    for name in names {
        if name == old {
            new.clone_into(name);
        }
    }
}

fn create_index(table: &mut Table, world: &mut World, random: &mut Random) -> Option<String> {
    let columns = some_columns(table, random);
    let column = table.columns.iter().find(|column| Some(&column.name) == columns.first())?.clone();
    let index = world.fresh("ix");
    let name = table.name.clone();
    let (quoted_table, quoted_column) = (quoted(&name), quoted(&column.name));
    let is_text = ["TEXT", "VARCHAR(40)"].contains(&SORTS[column.sort].sql);
    table.indexes.push((index.clone(), columns.clone()));
    let python = list_python(&columns);
    Some(match random.below(10) {
        0 => format!("op.create_index(\"{index}\", \"{name}\", {python}, unique=True)"),
        1 => {
            let condition = format!("{quoted_column} IS NOT NULL");
            format!("op.create_index(\"{index}\", \"{name}\", {python}, postgresql_where=sa.text('{condition}'))")
        }
        2 if is_text => {
            format!("op.create_index(\"{index}\", \"{name}\", [sa.text('lower({quoted_column})')], unique=False)")
        }
        3 if is_text => execute(&format!("CREATE UNIQUE INDEX {index} ON {quoted_table} (lower({quoted_column}), id)")),
        4 => execute(&format!("CREATE INDEX {index} ON {quoted_table} ({}) WHERE id > 3", list_sql(&columns))),
        5 => {
            execute(&format!("CREATE INDEX IF NOT EXISTS {index} ON {quoted_table} ({quoted_column} DESC NULLS LAST)"))
        }
        6 => execute(&format!("CREATE INDEX {index} ON {quoted_table} USING hash ({quoted_column})")),
        7 => {
            // PostgreSQL names it.
            table.indexes.pop();
            execute(&format!("CREATE INDEX ON {quoted_table} ({})", list_sql(&columns)))
        }
        8 => format!("op.create_index(op.f(\"{index}\"), \"{name}\", {python}, if_not_exists=True)"),
        _ => format!("op.create_index(\"{index}\", \"{name}\", {python})"),
    })
}

fn drop_index(table: &mut Table, random: &mut Random) -> Option<String> {
    if table.indexes.is_empty() {
        return None;
    }
    let (index, _) = table.indexes.remove(random.below(table.indexes.len()));
    Some(match random.below(4) {
        0 => execute(&format!("DROP INDEX {index}")),
        1 => execute(&format!("DROP INDEX IF EXISTS {index}, {index}_too")),
        2 => format!("op.drop_index(\"{index}\")"),
        _ => format!("op.drop_index(\"{index}\", table_name=\"{}\")", table.name),
    })
}

fn create_constraint(table: &mut Table, world: &mut World, random: &mut Random) -> Option<String> {
    let name = table.name.clone();
    let quoted_table = quoted(&name);
    let in_sql = random.chance(35);
    let named = random.chance(65);
    let add = |constraint: &str, what: String| {
        let named = if named { format!("CONSTRAINT {constraint} ") } else { String::new() };
        execute(&format!("ALTER TABLE {quoted_table} ADD {named}{what}"))
    };
    let python_name = |constraint: &str| if named { format!("\"{constraint}\"") } else { "None".to_owned() };
    match random.below(4) {
        0 => {
            let columns = some_columns(table, random);
            if columns.is_empty() {
                return None;
            }
            let constraint = world.fresh("uq");
            if named {
                let (name, columns) = (constraint.clone(), columns.clone());
                table.constraints.push(Constraint { name, rule: Rule::Unique, columns, to: String::new() });
            }
            Some(if in_sql {
                add(&constraint, format!("UNIQUE ({})", list_sql(&columns)))
            } else {
                let (constraint, columns) = (python_name(&constraint), list_python(&columns));
                format!("op.create_unique_constraint({constraint}, \"{name}\", {columns})")
            })
        }
        1 => {
            let column =
                table.columns.iter().find(|column| column.sort == INTEGER && column.name != "id")?.name.clone();
            let target = if world.tables.is_empty() { table.clone() } else { random.pick(&world.tables) };
            let is_key = |constraint: &Constraint| constraint.rule == Rule::Primary && constraint.columns == ["id"];
            if !target.constraints.iter().any(is_key) {
                return None;
            }
            let constraint = world.fresh("fk");
            let to = target.name.clone();
            let columns = vec![column.clone()];
            if named {
                let (name, to) = (constraint.clone(), to.clone());
                table.constraints.push(Constraint { name, rule: Rule::Foreign, columns, to });
            }
            let action = random.pick(&["CASCADE", "SET NULL", "SET DEFAULT", "NO ACTION"]);
            Some(if in_sql {
                let column = quoted(&column);
                add(&constraint, format!("FOREIGN KEY ({column}) REFERENCES {} (id) ON UPDATE {action}", quoted(&to)))
            } else {
                let constraint = python_name(&constraint);
                format!(
                    "op.create_foreign_key({constraint}, \"{name}\", \"{to}\", [\"{column}\"], [\"id\"], ondelete=\"{action}\")"
                )
            })
        }
        2 => {
            let column = random.pick(&table.columns).name;
            let constraint = world.fresh("ck");
            if named {
                let (name, columns) = (constraint.clone(), vec![column.clone()]);
                table.constraints.push(Constraint { name, rule: Rule::Check, columns, to: String::new() });
            }
            let condition = format!("{} IS NOT NULL OR id > 0", quoted(&column));
            Some(if in_sql {
                add(&constraint, format!("CHECK ({condition})"))
            } else {
                format!("op.create_check_constraint({}, \"{name}\", '{condition}')", python_name(&constraint))
            })
        }
        _ => {
            if table.constraints.iter().any(|constraint| constraint.rule == Rule::Primary) {
                return None;
            }
            let columns = some_columns(table, random);
            if columns.is_empty() {
                return None;
            }
            let constraint = world.fresh("pk");
            let (own, key) = (constraint.clone(), columns.clone());
            let own = if named { own } else { format!("{name}_pkey") };
            table.constraints.push(Constraint { name: own, rule: Rule::Primary, columns: key, to: String::new() });
            Some(if in_sql {
                add(&constraint, format!("PRIMARY KEY ({})", list_sql(&columns)))
            } else {
                format!("op.create_primary_key({}, \"{name}\", {})", python_name(&constraint), list_python(&columns))
            })
        }
    }
}

fn drop_constraint(table: &mut Table, world: &World, random: &mut Random) -> Option<String> {
    if table.constraints.is_empty() {
        return None;
    }
    let at = random.below(table.constraints.len());
    if table.constraints[at].rule == Rule::Primary && world.is_referenced(&table.name) && random.chance(85) {
        return None;
    }
    let Constraint { name, rule, .. } = table.constraints.remove(at);
    let kind = match rule {
        Rule::Primary => "primary",
        Rule::Unique => "unique",
        Rule::Foreign => "foreignkey",
        Rule::Check => "check",
    };
    let (quoted_table, quoted_name) = (quoted(&table.name), quoted(&name));
    Some(match random.below(4) {
        0 => execute(&format!("ALTER TABLE {quoted_table} DROP CONSTRAINT {quoted_name}")),
        1 => execute(&format!("ALTER TABLE IF EXISTS {quoted_table} DROP CONSTRAINT IF EXISTS {quoted_name} CASCADE")),
        2 => format!("op.drop_constraint(\"{name}\", \"{}\")", table.name),
        _ => format!("op.drop_constraint(\"{name}\", \"{}\", type_=\"{kind}\")", table.name),
    })
}

fn rename_table(table: &mut Table, world: &mut World, random: &mut Random) -> Option<String> {
    let new = world.unused_table(random).filter(|new| *new != table.name)?;
    let old = std::mem::replace(&mut table.name, new.clone());
    for (_, over) in &mut world.views {
        if *over == old {
            over.clone_from(&new);
        }
    }
    for constraint in world.tables.iter_mut().flat_map(|table| &mut table.constraints).chain(&mut table.constraints) {
        if constraint.to == old {
            constraint.to.clone_from(&new);
        }
    }
    Some(if random.chance(40) {
        execute(&format!("ALTER TABLE {} RENAME TO {}", quoted(&old), quoted(&new)))
    } else {
        format!("op.rename_table(\"{old}\", \"{new}\")")
    })
}

fn enum_type(table: &mut Table, world: &mut World, random: &mut Random) -> Option<String> {
    let all = ENUMS.iter().map(|name| format!("{}{name}", world.space));
    let free: Vec<String> = all.filter(|name| !world.enums.contains(name)).collect();
    if world.enums.is_empty() || (!free.is_empty() && random.chance(30)) {
        let name = random.pick(&free);
        world.enums.push(name.clone());
        return Some(match random.below(3) {
            0 => execute(&format!("CREATE TYPE {name} AS ENUM ('low', 'high')")),
            1 => format!("postgresql.ENUM(\"low\", \"high\", name=\"{name}\").create(op.get_bind())"),
            _ => format!("sa.Enum(\"low\", \"high\", name=\"{name}\").create(op.get_bind(), checkfirst=True)"),
        });
    }
    let name = random.pick(&world.enums);
    Some(match random.below(4) {
        0 => {
            let place = random.pick(&["", " BEFORE 'high'", " AFTER 'low'"]);
            execute(&format!("ALTER TYPE {name} ADD VALUE IF NOT EXISTS 'v{}'{place}", random.below(3)))
        }
        1 => execute(&format!("DROP TYPE IF EXISTS {name}_old")),
        2 => {
            let column = unused_column(table, random)?;
            let (table, column) = (quoted(&table.name), quoted(&column));
            // It is not noted, so that nothing else asks for what an enum cannot do.
            execute(
                &format!("ALTER TABLE {table} ADD COLUMN IF NOT EXISTS {column}_e {name} DEFAULT 'low'")
                    .replace("\"_e", "_e\""),
            )
        }
        _ => {
            let column = format!("e{}", world.fresh(""));
            format!(
                "op.add_column(\"{}\", sa.Column(\"{column}\", postgresql.ENUM(\"low\", \"high\", name=\"{name}\", create_type=False), nullable=True))",
                table.name
            )
        }
    })
}

fn view(table: &Table, world: &mut World, random: &mut Random) -> String {
    if !world.views.is_empty() && random.chance(50) {
        let (name, _) = world.views.remove(random.below(world.views.len()));
        let guard = random.pick(&["", "IF EXISTS "]);
        return execute(&format!("DROP VIEW {guard}{name}"));
    }
    let name = world.fresh("v");
    world.views.push((name.clone(), table.name.clone()));
    let columns = match random.below(2) {
        0 => "*".to_owned(),
        _ => list_sql(&table.names()),
    };
    execute(&format!("CREATE VIEW {name} AS SELECT {columns} FROM {}", quoted(&table.name)))
}

/// Several operations in one `batch_alter_table`.
fn batch(table: &mut Table, world: &mut World, random: &mut Random) -> Option<String> {
    let name = table.name.clone();
    let mut lines = Vec::new();
    for _ in 0..=random.below(3) {
        let line = match random.below(6) {
            0 => add_column(table, world, random),
            1 => drop_column(table, world, random),
            2 => alter_column(table, world, random),
            3 => create_index(table, world, random),
            4 => create_constraint(table, world, random),
            _ => drop_constraint(table, world, random),
        };
        lines.extend(line);
    }
    // What is said of the table by name elsewhere is said without it here.
    let inside = |line: &String| {
        if line.starts_with("op.execute") || line.starts_with("op.drop_index") {
            return format!("    batch_op.{}", line.trim_start_matches("op."));
        }
        let line = line.replacen("op.", "batch_op.", 1);
        let (first, last) = (format!("\"{name}\", "), format!(", \"{name}\""));
        let said = if line.contains(&first) { first } else { last };
        format!("    {}", line.replacen(&said, "", 1))
    };
    let lines: Vec<String> = lines.iter().map(inside).collect();
    (!lines.is_empty()).then(|| format!("with op.batch_alter_table(\"{name}\") as batch_op:\n{}", lines.join("\n")))
}

/// What mostly works.
pub fn operation(world: &mut World, random: &mut Random) -> Option<String> {
    if world.tables.is_empty() || random.chance(15) {
        return create_table(world, random);
    }
    if random.chance(4) {
        return drop_table(world, random);
    }
    let at = random.below(world.tables.len());
    let mut table = world.tables.remove(at);
    let line = match random.below(20) {
        0..=3 => add_column(&mut table, world, random),
        4 | 5 => drop_column(&mut table, world, random),
        6..=8 => alter_column(&mut table, world, random),
        9 | 10 => create_index(&mut table, world, random),
        11 => drop_index(&mut table, random),
        12 | 13 => create_constraint(&mut table, world, random),
        14 | 15 => drop_constraint(&mut table, world, random),
        16 => rename_table(&mut table, world, random),
        17 => enum_type(&mut table, world, random),
        18 => Some(view(&table, world, random)),
        _ => batch(&mut table, world, random),
    };
    world.tables.insert(at, table);
    line
}

/// What PostgreSQL does not take.
pub fn wrong(world: &mut World, random: &mut Random) -> Option<String> {
    if world.tables.is_empty() {
        return Some("op.drop_table(\"nowhere\")".to_owned());
    }
    let table = random.pick(&world.tables);
    let name = &table.name;
    let in_sql = quoted(name);
    let column = &random.pick(&table.columns).name;
    let other = &random.pick(&world.tables).name;
    let constraint = table.constraints.first().map(|constraint| &constraint.name);
    Some(match random.below(34) {
        0 => format!("op.add_column(\"{name}\", sa.Column(\"{column}\", sa.Text()))"),
        1 => execute(&format!("ALTER TABLE {in_sql} ADD COLUMN {} INTEGER", quoted(column))),
        2 => format!("op.drop_column(\"{name}\", \"nothing\")"),
        3 => format!("op.create_table(\"{name}\", sa.Column(\"id\", sa.Integer(), primary_key=True))"),
        4 => format!("op.drop_table(\"{name}s\")"),
        5 => {
            let index = &world.tables.iter().find_map(|table| table.indexes.first())?.0;
            format!("op.create_index(\"{index}\", \"{name}\", [\"{column}\"])")
        }
        6 => format!("op.create_index(\"ix_wrong\", \"{name}\", [\"{column}\", \"nothing\"])"),
        7 => execute("DROP INDEX ix_wrong"),
        8 => format!("op.drop_constraint(\"nothing\", \"{name}\")"),
        9 => format!("op.create_check_constraint(\"{}\", \"{name}\", \"id > 0\")", constraint?),
        10 => format!("op.create_unique_constraint(\"{}\", \"{name}\", [\"{column}\"])", constraint?),
        11 => execute(&format!("ALTER TABLE {in_sql} ADD COLUMN wrong DATETIME")),
        12 => format!("op.create_foreign_key(None, \"{name}\", \"nowhere\", [\"{column}\"], [\"id\"])"),
        13 => format!("op.create_foreign_key(None, \"{name}\", \"{other}\", [\"{column}\"], [\"id\"])"),
        14 => {
            let target = &random.pick(&table.columns).name;
            format!("op.create_foreign_key(\"fk_wrong\", \"{name}\", \"{name}\", [\"id\"], [\"{target}\"])")
        }
        15 => format!("op.alter_column(\"{name}\", \"nothing\", nullable=True)"),
        16 => format!("op.alter_column(\"nowhere\", \"{column}\", server_default=None)"),
        17 => format!("op.alter_column(\"{name}\", \"id\", new_column_name=\"{column}\")"),
        18 => format!("op.rename_table(\"{name}\", \"{other}\")"),
        19 => {
            let default = random.pick(&["'none'", "1", "true", "now()", "1.5"]);
            execute(&format!("ALTER TABLE {in_sql} ALTER COLUMN {} SET DEFAULT {default}", quoted(column)))
        }
        20 => {
            let sort = random.below(SORTS.len());
            format!("op.alter_column(\"{name}\", \"{column}\", type_={})", SORTS[sort].python)
        }
        21 => execute(&format!("ALTER TABLE {in_sql} ADD PRIMARY KEY ({})", quoted(column))),
        22 => execute(&format!("CREATE TYPE {name}_kind AS ENUM ('a', 'a')")),
        23 => execute(&format!("ALTER TABLE {in_sql} ADD COLUMN wrong no_type")),
        24 => execute("CREATE VIEW v_wrong AS SELECT * FROM nowhere"),
        25 => format!("op.drop_table(\"{name}\")"),
        26 => format!("op.drop_index(\"{}\")", constraint?),
        27 => {
            let index = &table.indexes.first()?.0;
            format!("op.drop_constraint(\"{index}\", \"{name}\")")
        }
        28 => format!("op.create_check_constraint(\"ck_wrong\", \"{name}\", \"nothing > 0\")"),
        29 => execute("CREATE TABLE twice (a INTEGER, a TEXT)"),
        30 => execute(&format!("DROP TYPE {}", world.enums.first()?)),
        // Alembic itself refuses it in some versions.
        31 => execute(&format!("ALTER TABLE {in_sql} ADD UNIQUE ({0}, {0})", quoted(column))),
        32 => execute(&format!("ALTER TABLE {in_sql} DROP COLUMN id")),
        _ => {
            let default = random.pick(&["0", "'x'", "true", "'{}'", "now()"]);
            let sort = random.below(SORTS.len());
            execute(&format!("ALTER TABLE {in_sql} ADD COLUMN wrong {} DEFAULT {default}", SORTS[sort].sql))
        }
    })
}

/// A revision file that carries these lines out.
pub fn revision(id: &str, parent: Option<&str>, lines: &[String]) -> String {
    let body: Vec<String> =
        lines.iter().flat_map(|line| line.split('\n')).map(|line| format!("    {line}\n")).collect();
    let parent = parent.map_or_else(|| "None".to_owned(), |parent| format!("\"{parent}\""));
    format!(
        "from alembic import op\nimport sqlalchemy as sa\nfrom sqlalchemy.dialects import postgresql\n\n\
         revision = \"{id}\"\ndown_revision = {parent}\n\n\ndef upgrade():\n{}",
        body.concat()
    )
}
