//! Operations of packages that many projects have, as the statements that they send: `alembic_utils`
//! (<https://olirice.github.io/alembic_utils/>), `alembic-postgresql-enum` and `GeoAlchemy2`.

use super::super::super::interpreter::{Eval, Interpreter};
use super::super::super::object::Bind;
use super::super::super::operators::Known;
use super::super::super::value::{Args, Instance, Value};
use super::super::sqlalchemy::ddl::{known, literal, text_of};

/// The classes whose objects are made, replaced and dropped.
const ENTITIES: &[&str] =
    &["PGExtension", "PGFunction", "PGGrantTable", "PGMaterializedView", "PGPolicy", "PGTrigger", "PGView"];

/// Operations of GeoAlchemy2's that do in PostgreSQL what Alembic's own do.
const GEOSPATIAL: &[(&str, &str)] = &[
    ("add_geospatial_column", "add_column"),
    ("create_geospatial_index", "create_index"),
    ("create_geospatial_table", "create_table"),
    ("drop_geospatial_column", "drop_column"),
    ("drop_geospatial_index", "drop_index"),
    ("drop_geospatial_table", "drop_table"),
];

/// Alembic's own operation that one of GeoAlchemy2's is.
pub(super) fn plain(name: &str) -> Option<&'static str> {
    GEOSPATIAL.iter().find(|(known, _)| *known == name).map(|(_, plain)| *plain)
}

/// Whether a dotted name is a module of these packages.
pub(in super::super) fn is_module(dotted: &str) -> bool {
    matches!(dotted.split('.').next(), Some("alembic_utils" | "alembic_postgresql_enum"))
}

pub(in super::super) fn module<'a>(vm: &mut Interpreter<'a>, name: &str) -> Eval<'a, Option<Value<'a>>> {
    if let Some(entity) = ENTITIES.iter().find(|entity| **entity == name) {
        return Ok(Some(Value::Class(vm.record_class(entity))));
    }
    Ok(match name {
        "TableReference" => Some(Value::Class(vm.record_class("TableReference"))),
        "ColumnType" => {
            let class = vm.named_class("ColumnType");
            for column_type in ["COMMON", "ARRAY"] {
                class.names.borrow_mut().entry(column_type.into()).or_insert_with(|| Value::text(column_type));
            }
            Some(Value::Class(class))
        }
        "register_entities" => Some(Value::native("register_entities", |_, _| Ok(Value::None))),
        _ => None,
    })
}

/// The statements of an operation; `None` where it is none of these packages.
pub(super) fn statements<'a>(
    vm: &mut Interpreter<'a>,
    name: &str,
    args: &Args<'a>,
) -> Eval<'a, Option<Known<Vec<String>>>> {
    match name {
        "create_entity" | "drop_entity" | "replace_entity" | "revert_entity" => {
            let Some(Value::Instance(record)) = args.at(0, "target").cloned() else { return Ok(None) };
            if !ENTITIES.contains(&&*record.class.name) {
                return Ok(None);
            }
            let Some(entity) = Entity::of(&record) else {
                return Ok(Some(Err(vm.why("has an entity that is computed"))));
            };
            let cascade = matches!(args.at(1, "cascade"), Some(Value::Bool(true)));
            Ok(Some(Ok(match name {
                "create_entity" => entity.create(),
                "drop_entity" => vec![entity.drop(cascade)],
                _ => entity.replace(),
            })))
        }
        "sync_enum_values" => sync_enum_values(vm, args).map(Some),
        _ => Ok(None),
    }
}

/// Something that is made from a text.
struct Entity {
    class: String,
    schema: String,
    signature: String,
    definition: String,
    /// What a policy or a trigger is on.
    relation: String,
    is_constraint: bool,
    with_data: bool,
}

impl Entity {
    fn of(record: &Instance<'_>) -> Option<Self> {
        let args = record.positional();
        let given = |index: usize, name: &str| record.keyword(name).or_else(|| args.get(index).cloned());
        let text = |index: usize, name: &str| match given(index, name) {
            None => Some(String::new()),
            Some(value) => text_of(&value)?.ok(),
        };
        let unquoted =
            |text: String| text.split('"').collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ");
        let relation = unquoted(text(3, "on_entity").unwrap_or_default());
        Some(Self {
            class: record.class.name.to_string(),
            schema: unquoted(text(0, "schema")?),
            signature: unquoted(text(1, "signature")?),
            definition: text(2, "definition")?.trim().trim_end_matches(';').trim_end().to_owned(),
            relation: if relation.contains('.') { relation } else { format!("public.{relation}") },
            is_constraint: matches!(given(4, "is_constraint"), Some(Value::Bool(true))),
            with_data: !matches!(given(3, "with_data"), Some(Value::Bool(false))),
        })
    }

    fn name(&self) -> String {
        format!("\"{}\".\"{}\"", self.schema, self.signature)
    }

    /// A function's name in quotes, and its parameters.
    fn function(&self) -> (String, String) {
        let (name, parameters) = self.signature.split_once('(').unwrap_or((&self.signature, ")"));
        (format!("\"{}\".\"{}\"", self.schema, name.trim()), parameters.trim_end().trim_end_matches(')').to_owned())
    }

    /// The definition of a trigger on the table of its own schema.
    fn trigger(&self) -> String {
        let words: Vec<&str> = self.definition.split_whitespace().collect();
        let Some(on) = words.iter().position(|word| word.eq_ignore_ascii_case("on")) else {
            return self.definition.clone();
        };
        let Some(table) = words.get(on + 1) else { return self.definition.clone() };
        let bare = table.split_once('.').map_or(*table, |(_, bare)| bare);
        let action = self.definition.split_once(table).map_or("", |(_, action)| action);
        format!("{} ON {}.{bare}{action}", words[..on].join(" "), self.schema)
    }

    fn create(&self) -> Vec<String> {
        let (name, definition) = (self.name(), &self.definition);
        vec![match self.class.as_str() {
            "PGExtension" => format!("CREATE EXTENSION \"{}\" WITH SCHEMA \"{}\"", self.signature, self.schema),
            "PGFunction" => {
                let (name, parameters) = self.function();
                format!("CREATE FUNCTION {name}({parameters}) {definition}")
            }
            "PGMaterializedView" => {
                let data = if self.with_data { "WITH DATA" } else { "WITH NO DATA" };
                format!("CREATE MATERIALIZED VIEW {name} AS {definition} {data}")
            }
            "PGPolicy" => format!("CREATE POLICY {} ON {} {definition}", self.signature, self.relation),
            "PGTrigger" => {
                let constraint = if self.is_constraint { "CONSTRAINT " } else { "" };
                format!("CREATE {constraint}TRIGGER \"{}\" {}", self.signature, self.trigger())
            }
            "PGView" => format!("CREATE VIEW {name} AS {definition}"),
            // Rights are no part of a schema.
            _ => return Vec::new(),
        }]
    }

    fn drop(&self, cascade: bool) -> String {
        let name = self.name();
        let mut text = match self.class.as_str() {
            "PGExtension" => format!("DROP EXTENSION \"{}\"", self.signature),
            "PGFunction" => {
                let (name, parameters) = self.function();
                let plain = |parameter: &str| {
                    let lower = parameter.to_ascii_lowercase();
                    let end = lower.find("default").unwrap_or(parameter.len());
                    parameter.get(..end).unwrap_or(parameter).trim().to_owned()
                };
                let parameters: Vec<String> = parameters.split(',').map(plain).collect();
                format!("DROP FUNCTION {name}({})", parameters.join(", "))
            }
            "PGMaterializedView" => format!("DROP MATERIALIZED VIEW {name}"),
            "PGPolicy" => format!("DROP POLICY {} ON {}", self.signature, self.relation),
            "PGTrigger" => format!("DROP TRIGGER \"{}\" ON {}", self.signature, self.relation),
            "PGView" => format!("DROP VIEW {name}"),
            _ => return "SELECT 1".to_owned(),
        };
        if cascade {
            text += " CASCADE";
        }
        text
    }

    fn replace(&self) -> Vec<String> {
        let (name, definition) = (self.name(), &self.definition);
        let or_replace = |create: &str| create.replacen("CREATE ", "CREATE OR REPLACE ", 1);
        let again = |dropped: String| [vec![dropped], self.create()].concat();
        match self.class.as_str() {
            "PGFunction" => self.create().iter().map(|create| or_replace(create)).collect(),
            "PGView" => vec![format!(
                "do $$ begin CREATE OR REPLACE VIEW {name} AS {definition}; exception when others then DROP VIEW IF \
                 EXISTS {name}; CREATE VIEW {name} AS {definition}; end; $$ language 'plpgsql'"
            )],
            "PGMaterializedView" => again(format!("DROP MATERIALIZED VIEW IF EXISTS {name}")),
            "PGTrigger" => again(format!("DROP TRIGGER IF EXISTS \"{}\" ON {}", self.signature, self.relation)),
            "PGPolicy" => again(format!("DROP POLICY IF EXISTS {} ON {}", self.signature, self.relation)),
            _ => Vec::new(),
        }
    }
}

/// `op.sync_enum_values(…)`: the type is made anew beside the old one, and its columns are moved.
fn sync_enum_values<'a>(vm: &mut Interpreter<'a>, args: &Args<'a>) -> Eval<'a, Known<Vec<String>>> {
    let text = |value: Option<&Value<'a>>| value.and_then(text_of);
    let (Some(schema), Some(name)) = (text(args.at(0, "enum_schema")), text(args.at(1, "enum_name"))) else {
        return Ok(Err(vm.why("has an enum whose name is computed")));
    };
    let (schema, name) = (known!(schema), known!(name));
    let mut lists = Vec::new();
    for (index, key) in [(2, "new_values"), (3, "affected_columns"), (4, "enum_values_to_rename")] {
        let given = args.at(index, key).cloned().unwrap_or_else(|| Value::tuple(Vec::new()));
        lists.push(known!(vm.iterate(&given)?));
    }
    let [values, columns, renamed] = lists.as_slice() else { return Ok(Ok(Vec::new())) };
    let mut labels = Vec::new();
    for value in values {
        match text_of(value) {
            Some(label) => labels.push(literal(&known!(label))),
            None => return Ok(Err(vm.why("has an enum whose labels are computed"))),
        }
    }
    let mut pairs = Vec::new();
    for pair in renamed {
        let pair = known!(vm.iterate(pair)?);
        if let [old, new] = pair.as_slice()
            && let (Some(old), Some(new)) = (old.as_str(), new.as_str())
        {
            pairs.push((literal(old), literal(new)));
        }
    }
    let own = format!("\"{schema}\".\"{name}\"");
    let mut statements = vec![
        format!("ALTER TYPE {own} RENAME TO \"{name}_old\""),
        format!("CREATE TYPE {own} AS ENUM ({})", labels.join(", ")),
    ];
    for column in columns {
        let Some(moved) = move_column(vm, column, &own, &pairs)? else {
            return Ok(Err(vm.why("has a column that is computed")));
        };
        statements.extend(moved);
    }
    statements.push(format!("DROP TYPE \"{schema}\".\"{name}_old\""));
    Ok(Ok(statements))
}

/// What gives a column the new type; `None` where it is not known which column that is.
fn move_column<'a>(
    vm: &mut Interpreter<'a>,
    column: &Value<'a>,
    own: &str,
    renamed: &[(String, String)],
) -> Eval<'a, Option<Vec<String>>> {
    let (parts, is_array, default) = match column {
        Value::Instance(reference) => {
            let args = reference.positional();
            let given = |index: usize, name: &str| reference.keyword(name).or_else(|| args.get(index).cloned());
            // Older versions have no schema in front.
            let schema = reference.keyword("table_schema").or_else(|| args.get(2).and_then(|_| args.first().cloned()));
            let shift = usize::from(args.len() > 2);
            let parts = vec![schema, given(shift, "table_name"), given(shift + 1, "column_name")];
            let column_type = given(shift + 2, "column_type");
            let is_array = column_type.as_ref().and_then(Value::as_str) == Some("ARRAY");
            (parts, is_array, given(shift + 3, "existing_server_default"))
        }
        _ => {
            let Ok(parts) = vm.iterate(column)? else { return Ok(None) };
            let mut parts: Vec<Option<Value<'a>>> = parts.into_iter().map(Some).collect();
            parts.insert(0, None);
            (parts, false, None)
        }
    };
    let [schema, Some(Value::Str(table)), Some(Value::Str(name))] = parts.as_slice() else { return Ok(None) };
    let table = match schema.as_ref().and_then(Value::as_str) {
        Some(schema) => format!("\"{schema}\".\"{table}\""),
        None => format!("\"{table}\""),
    };
    let alter = format!("ALTER TABLE {table} ALTER COLUMN \"{name}\"");
    let default = default.as_ref().and_then(text_of).and_then(Result::ok);
    let mut statements = Vec::new();
    if default.is_some() {
        statements.push(format!("{alter} DROP DEFAULT"));
    }
    let (suffix, through) = if is_array { ("[]", "text[]") } else { ("", "text") };
    statements.push(format!("{alter} TYPE {own}{suffix} USING \"{name}\"::{through}::{own}{suffix}"));
    if let Some(default) = default {
        let plain = default.split("::").next().unwrap_or(&default).to_owned();
        let plain = renamed.iter().fold(plain, |text, (old, new)| text.replace(old, new));
        statements.push(format!("{alter} SET DEFAULT {plain}::{own}{suffix}"));
    }
    Ok(Some(statements))
}

/// Sends statements one after the other.
pub(super) fn send<'a>(vm: &mut Interpreter<'a>, bind: &dyn Bind<'a>, statements: &[String]) -> Eval<'a, ()> {
    statements.iter().try_for_each(|sql| bind.define(vm, sql))
}
