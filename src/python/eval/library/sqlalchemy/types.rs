//! SQLAlchemy's types as SQL (<https://docs.sqlalchemy.org/en/20/core/type_basics.html>), as its compilers write them.

use std::rc::Rc;

use super::super::super::formatting::PRINTED;
use super::super::super::interpreter::{Eval, Interpreter};
use super::super::super::operators::{Known, forget_text};
use super::super::super::value::{Args, Class, Instance, Role, Value};
use super::ddl::{identifier, literal};
use super::dialect::DialectValue;
use super::{companions, compiler};
use crate::schema::dialect::Dialect;

/// A type, ready to be written behind a column.
pub(in super::super) fn sql<'a>(
    vm: &mut Interpreter<'a>,
    value: &Value<'a>,
    dialect: Dialect,
) -> Eval<'a, Known<String>> {
    // Types hold types, as deep as a migration likes.
    vm.enter_call()?;
    let written = outermost(vm, value, dialect)?;
    vm.calls -= 1;
    Ok(written)
}

/// `str(type)`: one that was reflected is PostgreSQL's own, and the general ones are written for no database.
pub(in super::super) fn printed<'a>(vm: &mut Interpreter<'a>, value: &Value<'a>) -> Eval<'a> {
    let Value::Instance(record) = value else { return Ok(vm.unknown(PRINTED)) };
    let is_sql = record.class.name.chars().all(|part| part.is_ascii_uppercase() || matches!(part, '_' | '0'..='9'));
    let dialect = if is_sql { Dialect::Postgres } else { Dialect::Sqlite };
    Ok(match sql(vm, value, dialect)? {
        Ok(text) => Value::text(text),
        Err(_) => vm.unknown(PRINTED),
    })
}

fn outermost<'a>(vm: &mut Interpreter<'a>, value: &Value<'a>, dialect: Dialect) -> Eval<'a, Known<String>> {
    let (class, record) = match value {
        Value::Class(class) => (class.clone(), None),
        Value::Instance(instance) => (instance.class.clone(), Some(instance.clone())),
        Value::Unknown(why) => return Ok(Err(forget_text(why))),
        other => {
            let reason = format!("has a type that is a {}", other.type_name());
            return Ok(Err(vm.why(reason)));
        }
    };
    if class.location.is_some() || (class.find("impl").is_some() && class.role != Role::Record) {
        return own_type(vm, value, &class, record.as_ref(), dialect);
    }
    let empty = Rc::new(Instance { class: class.clone(), names: super::super::super::value::Names::default().into() });
    let own = record.as_ref().unwrap_or(&empty);
    if class.is_named("ChoiceType") {
        return match companions::choices_kept_in(own) {
            Some(kept) => sql(vm, &kept, dialect),
            None => Ok(Ok("VARCHAR(255)".to_owned())),
        };
    }
    if let Some(known) = companions::written(own, dialect) {
        return Ok(Ok(known));
    }
    written(vm, &class.name.clone(), record.as_ref().unwrap_or(&empty), dialect)
}

/// A type of the project's own: what it says of itself, else what it is made of.
fn own_type<'a>(
    vm: &mut Interpreter<'a>,
    value: &Value<'a>,
    class: &Rc<Class<'a>>,
    record: Option<&Rc<Instance<'a>>>,
    dialect: Dialect,
) -> Eval<'a, Known<String>> {
    let receiver = match record {
        Some(_) => value.clone(),
        None => vm.call(value, Args::default())?,
    };
    // Called through the type, so that one may be static.
    if class.find("get_col_spec").is_some() {
        let text = vm.call_method(&receiver, "get_col_spec", Args::default())?;
        return match text.as_str() {
            Some(text) => Ok(Ok(text.to_owned())),
            None => Ok(Err(vm.why("has a type whose SQL is computed"))),
        };
    }
    if class.find("load_dialect_impl").is_some() {
        let described: Value<'a> = Value::Object(Rc::new(DialectValue(dialect)));
        let args = Args { positional: vec![described], keyword: Vec::new() };
        let found = vm.call_method(&receiver, "load_dialect_impl", args)?;
        return sql(vm, &found, dialect);
    }
    if let Some(stored) = class.find("impl") {
        if let (Value::Class(stored), Some(record)) = (&stored, record) {
            let made = Instance { class: stored.clone(), names: record.names.borrow().clone().into() };
            return sql(vm, &Value::Instance(Rc::new(made)), dialect);
        }
        return sql(vm, &stored, dialect);
    }
    let base = class.lineage().find(|base| base.location.is_none() && base.role == Role::Record);
    match (base, record) {
        (Some(base), Some(record)) => written(vm, &base.name.clone(), record, dialect),
        (Some(base), None) => sql(vm, &Value::Class(base), dialect),
        _ => Ok(Err(vm.why(format!("has the type `{}`, which is not followed", class.name)))),
    }
}

/// A type by the name of its class.
fn written<'a>(
    vm: &mut Interpreter<'a>,
    name: &str,
    record: &Rc<Instance<'a>>,
    dialect: Dialect,
) -> Eval<'a, Known<String>> {
    let args = record.positional();
    let postgres = dialect == Dialect::Postgres;
    let given = ["length", "precision", "scale", "dim", "timezone"].into_iter().filter_map(|name| record.keyword(name));
    if !matches!(name, "Enum" | "ENUM" | "ARRAY" | "Variant")
        && let Some(Value::Unknown(why)) =
            given.chain(args.iter().cloned()).find(|value| matches!(value, Value::Unknown(_)))
    {
        return Ok(Err(forget_text(&why)));
    }
    let number = |index: usize, name: &str| {
        record.keyword(name).or_else(|| args.get(index).cloned()).and_then(|value| value.as_int())
    };
    let flag = |index: usize, name: &str| {
        matches!(record.keyword(name).or_else(|| args.get(index).cloned()), Some(Value::Bool(true)))
    };
    if dialect == Dialect::Mysql
        && let Some(text) = compiler::mysql::written(vm, name, record)
    {
        return Ok(Ok(text));
    }
    let sized = |name: &str, length: Option<i64>| match length {
        Some(length) => format!("{name}({length})"),
        None => name.to_owned(),
    };
    let timed = |name: &str, zone: bool, precision: Option<i64>| {
        if postgres {
            format!("{} {} TIME ZONE", sized(name, precision), if zone { "WITH" } else { "WITHOUT" })
        } else {
            name.to_owned()
        }
    };
    Ok(Ok(match name {
        "Integer" | "INTEGER" | "INT" => "INTEGER".to_owned(),
        "BigInteger" | "BIGINT" => "BIGINT".to_owned(),
        "SmallInteger" | "SMALLINT" => "SMALLINT".to_owned(),
        "Boolean" | "BOOLEAN" | "BOOL" => "BOOLEAN".to_owned(),
        "String" | "VARCHAR" | "Unicode" => sized("VARCHAR", number(0, "length")),
        "NVARCHAR" => sized("NVARCHAR", number(0, "length")),
        "CHAR" | "NCHAR" => sized(name, number(0, "length")),
        "Text" | "TEXT" | "UnicodeText" if dialect == Dialect::Sqlite => sized("TEXT", number(0, "length")),
        "Text" | "TEXT" | "UnicodeText" => "TEXT".to_owned(),
        "DateTime" if postgres => timed("TIMESTAMP", flag(0, "timezone"), None),
        "DateTime" => "DATETIME".to_owned(),
        "TIMESTAMP" => timed("TIMESTAMP", flag(0, "timezone"), number(1, "precision")),
        "Time" | "TIME" => timed("TIME", flag(0, "timezone"), number(1, "precision")),
        "Date" => "DATE".to_owned(),
        "Float" | "FLOAT" if dialect == Dialect::Sqlite => "FLOAT".to_owned(),
        "Float" | "FLOAT" => sized("FLOAT", number(0, "precision")),
        "Double" if dialect == Dialect::Sqlite => "DOUBLE".to_owned(),
        "Double" | "DOUBLE_PRECISION" => "DOUBLE PRECISION".to_owned(),
        "Numeric" | "NUMERIC" | "DECIMAL" => {
            let base = if name == "DECIMAL" { "DECIMAL" } else { "NUMERIC" };
            match (number(0, "precision"), number(1, "scale")) {
                (Some(precision), Some(scale)) => format!("{base}({precision}, {scale})"),
                (Some(precision), None) => format!("{base}({precision})"),
                _ => base.to_owned(),
            }
        }
        "LargeBinary" | "Binary" | "PickleType" if postgres => "BYTEA".to_owned(),
        "LargeBinary" | "Binary" | "PickleType" => "BLOB".to_owned(),
        "Uuid" | "UUID" | "PGUUID" => {
            let native = !matches!(record.keyword("native_uuid"), Some(Value::Bool(false)));
            // One in capitals is what it is called, whatever the database has.
            let is_sql = name != "Uuid" && dialect == Dialect::Sqlite;
            if is_sql || postgres && native { "UUID".to_owned() } else { "CHAR(32)".to_owned() }
        }
        "Interval" | "INTERVAL" if postgres => match record.keyword("fields").as_ref().and_then(Value::as_str) {
            Some(fields) => format!("INTERVAL {fields}"),
            None => sized("INTERVAL", number(0, "precision").filter(|_| name == "INTERVAL")),
        },
        "Interval" => "DATETIME".to_owned(),
        "ARRAY" => {
            let Some(item) = record.keyword("item_type").or_else(|| args.first().cloned()) else {
                return Ok(Err(vm.why("has an array of nothing")));
            };
            let dimensions = number(2, "dimensions").unwrap_or(1).clamp(1, 8);
            let item = match sql(vm, &item, dialect)? {
                Ok(item) => item,
                Err(why) => return Ok(Err(why)),
            };
            item + &"[]".repeat(usize::try_from(dimensions).unwrap_or(1))
        }
        "Enum" | "ENUM" => return enumeration(vm, record, dialect),
        "BIT" => {
            let base = if flag(1, "varying") { "BIT VARYING" } else { "BIT" };
            sized(base, number(0, "length"))
        }
        "Variant" => {
            let variant = args.get(1).cloned();
            let meant = args.iter().skip(2).any(|known| known.as_str().is_some_and(|known| is_dialect(known, dialect)));
            let chosen = if meant { variant } else { args.first().cloned() };
            match chosen {
                Some(chosen) => return sql(vm, &chosen, dialect),
                None => return Ok(Err(vm.why("has a type that is not known"))),
            }
        }
        "NullType" | "TypeDecorator" | "UserDefinedType" | "TypeEngine" => {
            return Ok(Err(vm.why("has a column without a type")));
        }
        // `INET`, `JSONB`, `TSVECTOR`, and what another database would have.
        _ if name.chars().all(|part| part.is_ascii_uppercase() || part.is_ascii_digit() || part == '_') => {
            name.replace('_', " ")
        }
        "DATERANGE" => name.to_owned(),
        _ => return Ok(Err(vm.why(format!("has the type `{name}`, which is not followed")))),
    }))
}

pub(in super::super) fn is_dialect(name: &str, dialect: Dialect) -> bool {
    match dialect {
        Dialect::Postgres => matches!(name, "postgresql" | "postgres"),
        Dialect::Sqlite => name == "sqlite",
        Dialect::Mysql => matches!(name, "mysql" | "mariadb"),
    }
}

/// A native enum type, as PostgreSQL has them.
#[derive(Clone, Debug)]
pub(in super::super) struct NativeEnum {
    /// With its schema in front, as a statement writes it.
    pub name: String,
    pub plain: String,
    pub labels: Vec<String>,
    /// Whether its labels are known.
    pub is_known: bool,
    /// Made by itself with the first table that uses it.
    pub creates: bool,
}

impl NativeEnum {
    pub fn create(&self) -> String {
        if !self.is_known {
            return format!("CREATE TYPE {}", self.name);
        }
        let labels: Vec<String> = self.labels.iter().map(|label| literal(label)).collect();
        format!("CREATE TYPE {} AS ENUM ({})", self.name, labels.join(", "))
    }
}

/// The check that a type brings along: the labels of an enum that is kept as text, where it is asked for.
pub(super) fn check<'a>(vm: &mut Interpreter<'a>, value: &Value<'a>, column: &str) -> Eval<'a, Option<Known<String>>> {
    let Value::Instance(record) = value else { return Ok(None) };
    let is_enum = record.class.is_named("Enum");
    if record.class.role != Role::Record
        || !matches!(record.keyword("create_constraint"), Some(Value::Bool(true)))
        || (is_enum && !matches!(record.keyword("native_enum"), Some(Value::Bool(false))))
        || !(is_enum || record.class.is_named("Boolean"))
    {
        return Ok(None);
    }
    if !is_enum {
        return Ok(None);
    }
    let (labels, own) = match labels(vm, record)? {
        Ok(found) => found,
        Err(why) => return Ok(Some(Err(why))),
    };
    let given = record.keyword("name").and_then(|name| name.as_str().map(str::to_owned));
    let named = given.or(own.map(|own| own.to_lowercase()));
    let named = named.map(|name| format!("CONSTRAINT {} ", identifier(&name))).unwrap_or_default();
    let labels: Vec<String> = labels.iter().map(|label| literal(label)).collect();
    Ok(Some(Ok(format!("{named}CHECK ({} IN ({}))", identifier(column), labels.join(", ")))))
}

/// A type of the catalog as SQLAlchemy reflects it.
pub(super) fn reflected<'a>(vm: &mut Interpreter<'a>, data_type: &str) -> Eval<'a> {
    let (base, rest) = data_type.split_once('(').unwrap_or((data_type, ""));
    let arguments = rest.split(')').next().unwrap_or_default();
    let zone = data_type.ends_with("with time zone");
    let base = base.trim().to_ascii_lowercase();
    let class = match base.as_str() {
        "character varying" | "varchar" => "VARCHAR",
        "character" | "char" => "CHAR",
        "text" => "TEXT",
        "integer" | "serial" | "int" => "INTEGER",
        "bigint" | "bigserial" => "BIGINT",
        "smallint" | "smallserial" => "SMALLINT",
        "boolean" => "BOOLEAN",
        "numeric" | "decimal" => "NUMERIC",
        "real" => "REAL",
        "double precision" => "DOUBLE_PRECISION",
        "date" => "DATE",
        "uuid" => "UUID",
        "json" => "JSON",
        "jsonb" => "JSONB",
        "bytea" => "BYTEA",
        "blob" => "BLOB",
        "tinyint" => "TINYINT",
        "mediumint" => "MEDIUMINT",
        "float" => "FLOAT",
        "double" => "DOUBLE",
        "tinytext" => "TINYTEXT",
        "mediumtext" => "MEDIUMTEXT",
        "longtext" => "LONGTEXT",
        _ if base.starts_with("timestamp") || base == "datetime" => "TIMESTAMP",
        _ if base.starts_with("time") => "TIME",
        _ => return Ok(vm.unknown("depends on the class of a reflected type")),
    };
    let class = Value::Class(class_of(vm, class));
    let mut args = Args::default();
    for argument in arguments.split(',').filter_map(|argument| argument.trim().parse().ok()) {
        args.positional.push(Value::Int(argument));
    }
    if zone {
        args.keyword.push(("timezone".into(), Value::Bool(true)));
    }
    vm.call(&class, args)
}

/// What SQLAlchemy's own types inherit from.
const BASES: &[(&str, &str)] = &[
    ("VARCHAR", "String"),
    ("NVARCHAR", "Unicode"),
    ("CHAR", "String"),
    ("Text", "String"),
    ("TEXT", "Text"),
    ("Unicode", "String"),
    ("UnicodeText", "Text"),
    ("CLOB", "Text"),
    ("Enum", "String"),
    ("ENUM", "Enum"),
    ("INTEGER", "Integer"),
    ("INT", "INTEGER"),
    ("BigInteger", "Integer"),
    ("BIGINT", "BigInteger"),
    ("SmallInteger", "Integer"),
    ("SMALLINT", "SmallInteger"),
    ("BOOLEAN", "Boolean"),
    ("NUMERIC", "Numeric"),
    ("DECIMAL", "Numeric"),
    ("Float", "Numeric"),
    ("FLOAT", "Float"),
    ("REAL", "Float"),
    ("Double", "Float"),
    ("DOUBLE_PRECISION", "Double"),
    ("TIMESTAMP", "DateTime"),
    ("DATETIME", "DateTime"),
    ("DATE", "Date"),
    ("TIME", "Time"),
    ("UUID", "Uuid"),
    ("JSONB", "JSON"),
    ("BYTEA", "LargeBinary"),
    ("BLOB", "LargeBinary"),
    ("DOUBLE", "Double"),
    ("TINYINT", "Integer"),
    ("MEDIUMINT", "Integer"),
    ("TINYTEXT", "String"),
    ("MEDIUMTEXT", "String"),
    ("LONGTEXT", "String"),
];

/// The class of one of SQLAlchemy's own types, one for each name.
pub(in super::super) fn class_of<'a>(vm: &mut Interpreter<'a>, name: &'static str) -> Rc<Class<'a>> {
    match BASES.iter().find(|(known, _)| *known == name) {
        Some((_, base)) => {
            let base = class_of(vm, base);
            vm.record_class_under(name, &base)
        }
        None => vm.record_class(name),
    }
}

/// The name of a type that has a class of its own.
pub(super) fn known_name(name: &str) -> Option<&'static str> {
    BASES.iter().flat_map(|(one, other)| [*one, *other]).find(|known| *known == name)
}

/// The enum that a type is, where it is a native one.
pub(in super::super) fn native_enum<'a>(
    vm: &mut Interpreter<'a>,
    value: &Value<'a>,
) -> Eval<'a, Option<Known<NativeEnum>>> {
    let Value::Instance(record) = value else { return Ok(None) };
    if !record.class.is_named("Enum") {
        if record.class.is_named("ARRAY") {
            let item = record.keyword("item_type").or_else(|| record.positional().first().cloned());
            let Some(item) = item else { return Ok(None) };
            vm.enter_call()?;
            let found = native_enum(vm, &item)?;
            vm.calls -= 1;
            return Ok(found);
        }
        if let Some(stored) = decorated_enum(record) {
            return native_enum(vm, &Value::Instance(stored));
        }
        return Ok(None);
    }
    if record.class.role != Role::Record {
        return Ok(None);
    }
    if matches!(record.keyword("native_enum"), Some(Value::Bool(false))) {
        return Ok(None);
    }
    let is_named = matches!(record.keyword("name"), Some(Value::Str(_)));
    let (is_known, (labels, own)) = match labels(vm, record)? {
        Ok(found) => (true, found),
        Err(_) if is_named => (false, (Vec::new(), None)),
        Err(why) => return Ok(Some(Err(why))),
    };
    let name = match record.keyword("name") {
        Some(Value::Str(name)) => name.to_string(),
        Some(Value::Unknown(why)) => return Ok(Some(Err(forget_text(&why)))),
        _ => match own {
            Some(own) => own.to_lowercase(),
            None => return vm.raise("CompileError", "PostgreSQL ENUM type requires a name."),
        },
    };
    let schema = record.keyword("schema").and_then(|schema| schema.as_str().map(str::to_owned));
    // The general type has this option since SQLAlchemy 2.1; before, it is given and means nothing.
    let is_heard = &*record.class.name == "ENUM" || vm.has_sqlalchemy((2, 1));
    let creates = !is_heard || !matches!(record.keyword("create_type"), Some(Value::Bool(false)));
    let plain = match &schema {
        Some(schema) if schema != "public" => format!("{schema}.{name}"),
        _ => name.clone(),
    };
    let name = match &schema {
        Some(schema) => format!("{}.{}", identifier(schema), identifier(&name)),
        None => identifier(&name),
    };
    Ok(Some(Ok(NativeEnum { name, plain, labels, is_known, creates })))
}

/// The enum that a `TypeDecorator` of the project keeps its values in: it hands on to it what happens to its column, and what
/// it does not have itself (`TypeDecorator._set_parent`, `__getattr__`).
pub(in super::super::super) fn decorated_enum<'a>(record: &Rc<Instance<'a>>) -> Option<Rc<Instance<'a>>> {
    let class = &record.class;
    if class.location.is_none() || !class.is_named("TypeDecorator") || class.find("load_dialect_impl").is_some() {
        return None;
    }
    let stored = match class.find("impl")? {
        Value::Instance(stored) => stored,
        // Without a name of its own it is one whose arguments are not followed.
        Value::Class(stored) if matches!(record.keyword("name"), Some(Value::Str(_))) => {
            Rc::new(Instance { class: stored, names: record.names.borrow().clone().into() })
        }
        _ => return None,
    };
    let is_enum = stored.class.role == Role::Record && stored.class.is_named("Enum");
    is_enum.then_some(stored)
}

pub(super) type Labels = (Vec<String>, Option<String>);

/// The labels of an enum, and the name of the class that has them.
pub(super) fn labels<'a>(vm: &mut Interpreter<'a>, record: &Rc<Instance<'a>>) -> Eval<'a, Known<Labels>> {
    let args = record.positional();
    if let Some(Value::Class(class)) = args.first() {
        if let Some(callable) = record.keyword("values_callable")
            && !matches!(callable, Value::None)
        {
            let given = Args { positional: vec![Value::Class(class.clone())], keyword: Vec::new() };
            let values = vm.call(&callable, given)?;
            return match vm.iterate(&values)? {
                Ok(values) => {
                    let texts = values.iter().map(|value| value.plain().as_str().unwrap_or_default().to_owned());
                    Ok(Ok((texts.collect(), Some(class.name.to_string()))))
                }
                Err(why) => Ok(Err(why)),
            };
        }
        let members = vm.enum_members(class);
        let names = members.iter().filter_map(|member| match member {
            Value::Instance(member) => member.get("name")?.as_str().map(str::to_owned),
            _ => None,
        });
        return Ok(Ok((names.collect(), Some(class.name.to_string()))));
    }
    let mut labels = Vec::new();
    for value in &args {
        match &*value.plain() {
            Value::Str(label) => labels.push(label.to_string()),
            Value::Unknown(why) => return Ok(Err(forget_text(why))),
            _ => {}
        }
    }
    Ok(Ok((labels, None)))
}

fn enumeration<'a>(vm: &mut Interpreter<'a>, record: &Rc<Instance<'a>>, dialect: Dialect) -> Eval<'a, Known<String>> {
    if dialect == Dialect::Postgres
        && let Some(native) = native_enum(vm, &Value::Instance(record.clone()))?
    {
        return Ok(native.map(|native| native.name));
    }
    let longest = match labels(vm, record)? {
        Ok((labels, _)) => labels.iter().map(|label| label.chars().count()).max().unwrap_or(0),
        Err(why) => return Ok(Err(why)),
    };
    let is_native = record.flag("native_enum") != Some(false);
    if dialect == Dialect::Mysql && is_native {
        return Ok(labels(vm, record)?.map(|(labels, _)| {
            let labels: Vec<String> = labels.iter().map(|label| compiler::mysql::literal(label)).collect();
            format!("ENUM({})", labels.join(","))
        }));
    }
    let length = record.keyword("length").and_then(|length| length.as_int());
    if length.is_none() && longest == 0 {
        return Ok(Ok("VARCHAR".to_owned()));
    }
    Ok(Ok(format!("VARCHAR({})", length.unwrap_or_else(|| i64::try_from(longest).unwrap_or(i64::MAX)))))
}
