//! Steps as the lines of a revision's function: Alembic's operations (<https://alembic.sqlalchemy.org/en/latest/ops.html>),
//! or SQL where a step needs it or the project writes it.

use super::python::{self, string, strings};
use super::statements;
use super::step::Step;
use super::types::{self, Enums};
use crate::schema::model::{Column, ForeignKey, Index, IndexTerm, Name, Table};

/// How a project writes its revisions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// `op.add_column(…)`.
    Operations,
    /// `op.execute("ALTER TABLE … ADD COLUMN IF NOT EXISTS …")`.
    Sql,
}

/// Lines longer than this are broken.
const WIDTH: usize = 100;

/// The lines of a step, without the indentation that its function has. A guarded step does nothing where it is done
/// already.
pub fn lines(step: &Step, style: Style, guarded: bool, enums: &Enums) -> Vec<String> {
    // `checkfirst` says of a type what PostgreSQL has no words for.
    let is_type = matches!(step, Step::CreateType { .. } | Step::DropType { .. });
    let by_sql = if is_type { style == Style::Sql && !guarded } else { style == Style::Sql || guarded };
    let operation = if by_sql { None } else { operation(step, enums) };
    operation.unwrap_or_else(|| {
        let guarded = guarded || style == Style::Sql;
        statements::of(step, guarded).iter().flat_map(|statement| execute(statement)).collect()
    })
}

fn execute(statement: &[String]) -> Vec<String> {
    if let [only] = statement {
        let line = format!("op.execute({})", python::sql(only));
        if line.len() <= WIDTH {
            return vec![line];
        }
    }
    let pieces = statement.iter().map(|piece| format!("    {}", python::sql(piece)));
    std::iter::once("op.execute(".to_owned()).chain(pieces).chain([")".to_owned()]).collect()
}

/// `None` where Alembic has no operation that says it.
fn operation(step: &Step, enums: &Enums) -> Option<Vec<String>> {
    let one = |line: String| Some(vec![line]);
    match step {
        Step::RenameTable { from, to } => {
            one(format!("op.rename_table({}, {}{})", table_name(from), table_name(to), schema("schema", from)))
        }
        Step::RenameColumn { table, from, to } => one(format!(
            "op.alter_column({}, {}, new_column_name={}{})",
            table_name(table),
            name(from),
            name(to),
            schema("schema", table)
        )),
        Step::CreateTable(table) => create_table(table, enums),
        Step::DropTable(table) => {
            one(format!("op.drop_table({}{})", table_name(&table.name), schema("schema", &table.name)))
        }
        Step::AddColumn { table, column } => {
            let written = self::column(column, "", enums).filter(|_| !column.data_type.contains("serial"))?;
            let line = format!("op.add_column({}, {written}{})", table_name(table), schema("schema", table));
            Some(needs_rows_filled(column).into_iter().chain([line]).collect())
        }
        Step::DropColumn { table, column } => {
            one(format!("op.drop_column({}, {}{})", table_name(table), name(&column.name), schema("schema", table)))
        }
        Step::AlterColumn { table, from, to } => alter(table, from, to, enums),
        // Alembic has no words for some of what PostgreSQL's indexes have.
        Step::CreateIndex { index, .. } if !index.options.is_plain() => None,
        Step::CreateIndex { table, index } => one(create_index(table, index)),
        Step::DropIndex { table, index } => one(format!(
            "op.drop_index({}, table_name={}{})",
            name(&index.name),
            table_name(table),
            schema("schema", table)
        )),
        Step::AddUnique { table, name: own, unique } => one(format!(
            "op.create_unique_constraint({}, {}, {}{})",
            name(own),
            table_name(table),
            names(&unique.columns),
            schema("schema", table)
        )),
        Step::AddForeignKey { table, name: own, key } if !key.references.is_empty() => one(format!(
            "op.create_foreign_key({}, {}, {}, {}, {}{}{}{})",
            name(own),
            table_name(table),
            table_name(&key.table),
            names(&key.columns),
            names(&key.references),
            actions(key),
            schema("source_schema", table),
            schema("referent_schema", &key.table)
        )),
        Step::AddForeignKey { .. } => None,
        Step::AddCheck { table, name: own, check } => one(format!(
            "op.create_check_constraint({}, {}, {}{})",
            name(own),
            table_name(table),
            sql_text(&check.expression),
            schema("schema", table)
        )),
        Step::DropUnique { table, name, .. } => one(drop_constraint(table, name, "unique")),
        Step::DropCheck { table, name, .. } => one(drop_constraint(table, name, "check")),
        Step::DropForeignKey { table, name, .. } => one(drop_constraint(table, name, "foreignkey")),
        Step::CreateType { name, values } => {
            let values: String = values.iter().map(|value| string(value) + ", ").collect();
            one(format!("sa.Enum({values}{}).create(op.get_bind(), checkfirst=True)", named_type(name)))
        }
        Step::DropType { name, .. } => {
            one(format!("sa.Enum({}).drop(op.get_bind(), checkfirst=True)", named_type(name)))
        }
        // Before PostgreSQL 12 a value is added outside of a transaction alone
        // (<https://alembic.sqlalchemy.org/en/latest/api/runtime.html>, `autocommit_block`).
        Step::AddValue { .. } => {
            let inside = statements::of(step, true).into_iter().flat_map(|statement| execute(&statement));
            let begin = "with op.get_context().autocommit_block():".to_owned();
            Some([begin].into_iter().chain(inside.map(|line| format!("    {line}"))).collect())
        }
        Step::KeepValue { of, value } => one(format!(
            "# PostgreSQL takes no value out of a type: {} stays in {}.",
            string(value),
            string(of.as_str())
        )),
    }
}

fn named_type(name: &Name) -> String {
    format!("name={}{}", table_name(name), schema("schema", name))
}

/// What a reader is told of a column that rows which are there have no value for.
fn needs_rows_filled(column: &Column) -> Option<String> {
    column.needs_a_value().then(|| {
        "# NOT NULL without a default: refused where the table has rows. Give it a server_default, or fill it first."
            .to_owned()
    })
}

fn drop_constraint(table: &Name, own: &Name, sort: &str) -> String {
    format!(
        "op.drop_constraint({}, {}, type_={}{})",
        name(own),
        table_name(table),
        string(sort),
        schema("schema", table)
    )
}

fn name(name: &Name) -> String {
    string(name.as_str())
}

/// A table's name in its schema, which is said by a keyword of its own.
fn table_name(table: &Name) -> String {
    string(types::of_schema(table).1)
}

/// `, schema="shop"`, under the keyword that an operation has for it.
fn schema(keyword: &str, table: &Name) -> String {
    let (schema, _) = types::of_schema(table);
    schema.map(|schema| format!(", {keyword}={}", string(schema))).unwrap_or_default()
}

fn names(names: &[Name]) -> String {
    strings(names.iter().map(Name::as_str))
}

fn actions(key: &ForeignKey) -> String {
    let mut text = String::new();
    for (keyword, action) in [("ondelete", &key.on_delete), ("onupdate", &key.on_update)] {
        if let Some(action) = action {
            text.push_str(&format!(", {keyword}={}", string(action)));
        }
    }
    if key.deferred {
        text.push_str(", deferrable=True, initially=\"DEFERRED\"");
    } else if key.deferrable {
        text.push_str(", deferrable=True");
    }
    text
}

fn sql_text(sql: &str) -> String {
    format!("sa.text({})", python::sql(sql))
}

/// `sa.Column("c", sa.Text(), nullable=False)`.
fn column(column: &Column, more: &str, enums: &Enums) -> Option<String> {
    if column.collation.is_some() {
        return None;
    }
    let data_type = types::sqlalchemy(&column.data_type, enums)?;
    let mut text = format!("sa.Column({}, {data_type}{more}", name(&column.name));
    if let Some(generated) = &column.generated {
        text.push_str(&format!(", sa.Computed({}, persisted=True)", string(&generated.expression)));
    }
    if let Some(default) = &column.default {
        text.push_str(&format!(", server_default={}", sql_text(default)));
    }
    if !column.nullable || column.primary_key.is_some() {
        text.push_str(", nullable=False");
    }
    Some(text + ")")
}

fn create_table(table: &Table, enums: &Enums) -> Option<Vec<String>> {
    let key: Vec<&str> = table.primary_key().into_iter().map(Name::as_str).collect();
    let referring: Vec<&Name> = table.foreign_keys.iter().flat_map(|key| &key.columns).collect();
    let mut lines = vec!["op.create_table(".to_owned(), format!("    {},", table_name(&table.name))];
    for one in &table.columns {
        // SQLAlchemy numbers the rows of a single key of whole numbers unless it is told not to.
        let counts = key == [one.name.as_str()] && !referring.contains(&&one.name);
        let whole = matches!(one.data_type.as_str(), "integer" | "bigint" | "smallint");
        if one.data_type.contains("serial") && !counts {
            return None;
        }
        let more = if counts && whole { ", autoincrement=False" } else { "" };
        lines.push(format!("    {},", column(one, more, enums)?));
    }
    let named = |own: Option<&Name>| own.map(|own| format!(", name={}", name(own))).unwrap_or_default();
    let listed = |columns: &[&str]| columns.iter().map(|column| string(column)).collect::<Vec<_>>().join(", ");
    if !key.is_empty() {
        lines.push(format!("    sa.PrimaryKeyConstraint({}),", listed(&key)));
    }
    for unique in &table.uniques {
        let columns: Vec<&str> = unique.columns.iter().map(Name::as_str).collect();
        lines.push(format!("    sa.UniqueConstraint({}{}),", listed(&columns), named(unique.name.as_ref())));
    }
    for key in &table.foreign_keys {
        if key.references.is_empty() {
            return None;
        }
        let others: Vec<String> = key.references.iter().map(|column| format!("{}.{column}", key.table)).collect();
        let others = strings(others.iter().map(String::as_str));
        let (columns, own) = (names(&key.columns), named(key.name.as_ref()));
        lines.push(format!("    sa.ForeignKeyConstraint({columns}, {others}{}{own}),", actions(key)));
    }
    for check in &table.checks {
        let own = named(check.name.as_ref());
        lines.push(format!("    sa.CheckConstraint({}{own}),", sql_text(&check.expression)));
    }
    if let (Some(schema), _) = types::of_schema(&table.name) {
        lines.push(format!("    schema={},", string(schema)));
    }
    lines.push(")".to_owned());
    lines.extend(table.indexes.values().map(|index| create_index(&table.name, index)));
    Some(lines)
}

fn create_index(table: &Name, index: &Index) -> String {
    let parts: Vec<String> = index
        .parts
        .iter()
        .map(|part| match &part.term {
            IndexTerm::Column(column) if !part.descending => name(column),
            _ => sql_text(&statements::index_part(part)),
        })
        .collect();
    let unique = if index.unique { ", unique=True" } else { "" };
    let condition = index.predicate.as_ref();
    let condition = condition.map(|sql| format!(", postgresql_where={}", sql_text(sql))).unwrap_or_default();
    let schema = schema("schema", table);
    let (name, table) = (name(&index.name), table_name(table));
    format!("op.create_index({name}, {table}, [{}]{unique}{condition}{schema})", parts.join(", "))
}

/// A default goes before its type changes, which it may not follow.
fn alter(table: &Name, from: &Column, to: &Column, enums: &Enums) -> Option<Vec<String>> {
    let (column, schema) = (name(&to.name), schema("schema", table));
    let call = |what: String| format!("op.alter_column({}, {column}, {what}{schema})", table_name(table));
    let retyped = from.data_type != to.data_type;
    let mut lines = Vec::new();
    if retyped {
        if from.default.is_some() {
            lines.push(call("server_default=None".to_owned()));
        }
        let using = format!("{}::{}", types::identifier(to.name.as_str()), types::sql(&to.data_type));
        let data_type = types::sqlalchemy(&to.data_type, enums)?;
        lines.push(call(format!("type_={data_type}, postgresql_using={}", string(&using))));
    }
    match &to.default {
        Some(default) if retyped || from.default != to.default => {
            lines.push(call(format!("server_default={}", sql_text(default))));
        }
        None if from.default.is_some() && !retyped => lines.push(call("server_default=None".to_owned())),
        _ => {}
    }
    if from.nullable != to.nullable {
        lines.push(call(format!("nullable={}", if to.nullable { "True" } else { "False" })));
    }
    Some(lines)
}
