//! The types of packages that many projects have beside SQLAlchemy, by their documentation: `sqlmodel`,
//! `sqlalchemy-utils`, `fastapi-users`, `advanced-alchemy`, `GeoAlchemy2` and `pgvector`.

use std::cell::Cell;
use std::rc::Rc;

use super::super::super::interpreter::{Eval, Interpreter};
use super::super::super::value::{Instance, Value};
use super::compiler::{self, Compiler};
use super::ddl::{TableName, identifier};
use crate::schema::dialect::Dialect;

/// Types whose classes are known by their names.
const TYPES: &[&str] = &[
    "ArrowType",
    "AutoString",
    "BIT",
    "BigIntIdentity",
    "ChoiceType",
    "ColorType",
    "CountryType",
    "CurrencyType",
    "DateRangeType",
    "DateTimeRangeType",
    "DateTimeUTC",
    "EmailType",
    "EncryptedString",
    "EncryptedText",
    "EncryptedType",
    "EnrichedDateTimeType",
    "EnrichedDateType",
    "GUID",
    "Geography",
    "Geometry",
    "HALFVEC",
    "IPAddressType",
    "Int8RangeType",
    "IntRangeType",
    "JSONType",
    "JsonB",
    "LocaleType",
    "LtreeType",
    "NumericRangeType",
    "PasswordType",
    "PhoneNumberType",
    "Raster",
    "SPARSEVEC",
    "ScalarListType",
    "StringEncryptedType",
    "TIMESTAMPAware",
    "TSVectorType",
    "TimezoneType",
    "URLType",
    "UUIDType",
    "VECTOR",
    "Vector",
    "WeekDaysType",
];

/// Whether a dotted name is a module of a package whose types are known.
pub(in super::super) fn is_module(dotted: &str) -> bool {
    let mut parts = dotted.split('.');
    match parts.next() {
        // What else they have below are functions.
        Some("sqlalchemy_utils") => {
            matches!(parts.next(), None | Some("types" | "functions" | "aggregates"))
        }
        Some("geoalchemy2") => matches!(parts.next(), None | Some("types" | "functions" | "elements" | "shape")),
        Some("pgvector") => matches!(parts.next(), None | Some("sqlalchemy" | "psycopg" | "asyncpg")),
        Some("fastapi_users_db_sqlalchemy") => matches!(parts.next(), None | Some("generics")),
        Some("advanced_alchemy") => matches!(parts.next(), None | Some("types")),
        _ => false,
    }
}

/// `oslo_db.sqlalchemy.types`: its own types, and SQLAlchemy's `String` with words for one engine of MySQL's.
pub(in super::super) fn oslo<'a>(vm: &mut Interpreter<'a>, name: &str) -> Eval<'a, Option<Value<'a>>> {
    match name {
        // Beside a length it takes what MySQL's cluster has instead.
        "String" => Ok(Some(Value::native("String", |vm, mut args| {
            args.keyword.retain(|(name, _)| !name.starts_with("mysql_ndb_"));
            match super::module(vm, "String")? {
                Some(class) => vm.call(&class, args),
                None => Ok(Value::None),
            }
        }))),
        "JsonEncodedDict" | "JsonEncodedList" | "JsonEncodedType" => super::module(vm, "Text"),
        "SoftDeleteInteger" => super::module(vm, "Integer"),
        _ => Ok(None),
    }
}

/// `social_sqlalchemy.storage`: its `JSONType` keeps documents as text.
pub(in super::super) fn social<'a>(vm: &mut Interpreter<'a>, name: &str) -> Eval<'a, Option<Value<'a>>> {
    if name == "JSONType" { super::module(vm, "Text") } else { Ok(None) }
}

pub(in super::super) fn module<'a>(vm: &mut Interpreter<'a>, name: &str) -> Eval<'a, Option<Value<'a>>> {
    if matches!(name, "Timestamp" | "generic_repr") {
        let kept = vm.kept_module("sqlalchemy_utils.models")?;
        return vm.attribute(&kept, name);
    }
    let known = TYPES.iter().find(|known| **known == name);
    Ok(known.map(|known| Value::Class(vm.record_class(known))))
}

/// `sqlmodel`, which has names of SQLAlchemy's under its own.
pub(in super::super) fn sqlmodel<'a>(vm: &mut Interpreter<'a>, name: &str) -> Eval<'a, Option<Value<'a>>> {
    if let Some(own) = super::orm::field(vm, name) {
        return Ok(Some(own));
    }
    match module(vm, name)? {
        Some(own) => Ok(Some(own)),
        None if super::names::has("sqlalchemy", name) || name == "Session" => super::module(vm, name),
        None => Ok(None),
    }
}

/// How a type is written; `None` where it is none of these packages, or where that is not known.
pub(super) fn written(record: &Instance<'_>, dialect: Dialect) -> Option<String> {
    let args = record.positional();
    let is_unknown = Cell::new(false);
    let given = |index: usize, name: &str| {
        let value = record.keyword(name).or_else(|| args.get(index).cloned());
        is_unknown.set(is_unknown.get() || value.as_ref().is_some_and(|value| value.as_unknown().is_some()));
        value
    };
    let number = |index: usize, name: &str| given(index, name).and_then(|value| value.as_int());
    let sized = |name: &str, length: Option<i64>| match length {
        Some(length) => format!("{name}({length})"),
        None => name.to_owned(),
    };
    let postgres = compiler::is_general(dialect);
    let text = match &*record.class.name {
        "AutoString" if compiler::of(dialect).is_some_and(Compiler::demands_lengths) => {
            sized("VARCHAR", Some(number(0, "length").unwrap_or(255)))
        }
        "AutoString" => sized("VARCHAR", number(0, "length")),
        "EmailType" => sized("VARCHAR", Some(number(0, "length").unwrap_or(255))),
        "ColorType" | "PhoneNumberType" => {
            let index = usize::from(record.class.is_named("PhoneNumberType"));
            sized("VARCHAR", Some(number(index, "max_length").unwrap_or(20)))
        }
        "IPAddressType" => sized("VARCHAR", Some(number(0, "max_length").unwrap_or(50))),
        "TimezoneType" => "VARCHAR(50)".to_owned(),
        "LocaleType" => "VARCHAR(10)".to_owned(),
        "CountryType" => "VARCHAR(2)".to_owned(),
        "CurrencyType" => "VARCHAR(3)".to_owned(),
        "ScalarListType" | "EncryptedText" | "URLType" => "TEXT".to_owned(),
        "EncryptedString" | "StringEncryptedType" => "VARCHAR".to_owned(),
        "EncryptedType" | "PasswordType" if postgres => "BYTEA".to_owned(),
        "GUID" | "UUIDType" if postgres => "UUID".to_owned(),
        "GUID" => "CHAR(36)".to_owned(),
        "JSONType" if postgres => "JSON".to_owned(),
        "JSONType" => "TEXT".to_owned(),
        "JsonB" if postgres => "JSONB".to_owned(),
        "JsonB" => "JSON".to_owned(),
        "BigIntIdentity" => if postgres { "BIGINT" } else { "INTEGER" }.to_owned(),
        "DateTimeUTC" | "EnrichedDateTimeType" if postgres => "TIMESTAMP WITH TIME ZONE".to_owned(),
        "TIMESTAMPAware" if postgres => {
            let zone = matches!(given(0, "timezone"), Some(Value::Bool(true)));
            format!("TIMESTAMP {} TIME ZONE", if zone { "WITH" } else { "WITHOUT" })
        }
        "TIMESTAMPAware" => "TIMESTAMP".to_owned(),
        "DateTimeUTC" | "EnrichedDateTimeType" | "ArrowType" if !postgres => "DATETIME".to_owned(),
        "ArrowType" => "TIMESTAMP WITHOUT TIME ZONE".to_owned(),
        "EnrichedDateType" => "DATE".to_owned(),
        "DateRangeType" if postgres => "DATERANGE".to_owned(),
        "DateTimeRangeType" if postgres => "TSRANGE".to_owned(),
        "IntRangeType" if postgres => "INT4RANGE".to_owned(),
        "Int8RangeType" if postgres => "INT8RANGE".to_owned(),
        "NumericRangeType" if postgres => "NUMRANGE".to_owned(),
        "WeekDaysType" if postgres => "BIT(7)".to_owned(),
        "LtreeType" if postgres => "LTREE".to_owned(),
        "TSVectorType" if postgres => "TSVECTOR".to_owned(),
        "Vector" | "VECTOR" => sized("VECTOR", number(0, "dim")),
        "HALFVEC" => sized("HALFVEC", number(0, "dim")),
        "SPARSEVEC" => sized("SPARSEVEC", number(0, "dim")),
        "Geometry" | "Geography" if postgres => {
            let base = record.class.name.to_ascii_lowercase();
            match given(0, "geometry_type") {
                Some(Value::None) => base,
                Some(Value::Str(kind)) if kind.is_empty() => base,
                Some(Value::Str(kind)) => format!("{base}({kind},{})", number(1, "srid").unwrap_or(-1)),
                None => format!("{base}(GEOMETRY,{})", number(1, "srid").unwrap_or(-1)),
                Some(_) => return None,
            }
        }
        "Raster" if postgres => "raster".to_owned(),
        _ => return None,
    };
    (!is_unknown.get()).then_some(text)
}

/// The type that `ChoiceType` keeps its choices in, where it is given one.
pub(super) fn choices_kept_in<'a>(record: &Instance<'a>) -> Option<Value<'a>> {
    record.keyword("impl").or_else(|| record.positional().get(1).cloned()).filter(|kept| !matches!(kept, Value::None))
}

/// The index that GeoAlchemy2 makes beside a column of its types.
pub(super) fn spatial_index(data_type: &Value<'_>, table: &TableName, column: &str) -> Option<String> {
    let flag = |record: &Rc<Instance<'_>>, name: &str| record.flag(name);
    let record = match data_type {
        Value::Instance(record) => Some(record),
        _ => None,
    };
    let class = match data_type {
        Value::Class(class) => class,
        Value::Instance(record) => &record.class,
        _ => return None,
    };
    if class.location.is_some() || !matches!(&*class.name, "Geometry" | "Geography" | "Raster") {
        return None;
    }
    if record.is_some_and(|record| flag(record, "spatial_index") == Some(false)) {
        return None;
    }
    let name = identifier(column);
    let part = match &*class.name {
        "Raster" => format!("ST_ConvexHull({name})"),
        _ if record.is_some_and(|record| flag(record, "use_N_D_index") == Some(true)) => {
            format!("{name} gist_geometry_ops_nd")
        }
        _ => name,
    };
    let index = identifier(&format!("idx_{}_{column}", table.name));
    Some(format!("CREATE INDEX {index} ON {} USING gist ({part})", table.quoted()))
}

/// The checks that `PostGIS` adds where `GeoAlchemy2` has it manage a column without a modifier of its type
/// (<https://postgis.net/docs/AddGeometryColumn.html>).
pub(super) fn spatial_checks(data_type: &Value<'_>, column: &str) -> Vec<String> {
    let Value::Instance(record) = data_type else { return Vec::new() };
    let is_spatial = record.class.location.is_none() && record.class.is_named("Geometry");
    let is_checked = match record.flag("use_typmod") {
        Some(has_modifier) => !has_modifier,
        None => record.flag("management") == Some(true),
    };
    if !is_spatial || !is_checked {
        return Vec::new();
    }
    let name = identifier(column);
    let check = |of: &str, condition: String| {
        let own = identifier(&format!("enforce_{of}_{column}"));
        format!("CONSTRAINT {own} CHECK ({condition})")
    };
    vec![
        check("dims", format!("st_ndims({name}) > 0")),
        check("srid", format!("st_srid({name}) > 0")),
        check("geotype", format!("geometrytype({name}) IS NOT NULL OR {name} IS NULL")),
    ]
}
