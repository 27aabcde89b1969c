//! The expressions of defaults, generated columns, checks and indexes: what PostgreSQL lets none of them say.

use sqlparser::ast::{self, Expr, FunctionArg, FunctionArgExpr, FunctionArguments};

use super::error::PgError;
use super::index::missing_column;
use super::state::{State, Table};
use super::types::{Family, canonical, family};
use super::{ident, object};

/// Where an expression stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Default,
    Generated,
    Index,
    Predicate,
}

impl Place {
    /// As `cannot use subquery in …` says it.
    fn one(self) -> &'static str {
        match self {
            Self::Default => "DEFAULT expression",
            Self::Generated => "column generation expression",
            Self::Index => "index expression",
            Self::Predicate => "index predicate",
        }
    }

    /// As `aggregate functions are not allowed in …` says it.
    fn many(self) -> &'static str {
        match self {
            Self::Default => "DEFAULT expressions",
            Self::Generated => "column generation expressions",
            Self::Index => "index expressions",
            Self::Predicate => "index predicates",
        }
    }
}

/// Functions whose answer may differ from one call to the next, whatever they are given (`pg_proc.provolatile`).
const NOT_IMMUTABLE: &[&str] = &[
    "now",
    "clock_timestamp",
    "statement_timestamp",
    "transaction_timestamp",
    "timeofday",
    "current_timestamp",
    "current_date",
    "current_time",
    "localtime",
    "localtimestamp",
    "current_user",
    "session_user",
    "current_role",
    "current_database",
    "current_schema",
    "current_setting",
    "random",
    "gen_random_uuid",
    "uuid_generate_v1",
    "uuid_generate_v1mc",
    "uuid_generate_v4",
    "nextval",
    "currval",
    "lastval",
    "to_char",
    "to_date",
    "to_number",
    "to_json",
    "to_jsonb",
    "row_to_json",
    "array_to_json",
    "json_build_object",
    "jsonb_build_object",
    "json_build_array",
    "jsonb_build_array",
    "concat",
    "concat_ws",
    "format",
    "array_to_string",
    "unaccent",
    "pg_backend_pid",
    "txid_current",
    "version",
];

/// Aggregates, without those whose names are used for other things.
const AGGREGATES: &[&str] = &[
    "count",
    "sum",
    "avg",
    "min",
    "max",
    "array_agg",
    "string_agg",
    "json_agg",
    "jsonb_agg",
    "bool_and",
    "bool_or",
    "every",
    "stddev",
    "variance",
];

const SETS: &[&str] =
    &["generate_series", "unnest", "regexp_split_to_table", "jsonb_array_elements", "json_array_elements"];

/// Calls `see` with an expression and all that it holds.
pub(super) fn each<'e>(expression: &'e Expr, see: &mut dyn FnMut(&'e Expr)) {
    see(expression);
    match expression {
        Expr::Nested(inner)
        | Expr::IsFalse(inner)
        | Expr::IsNotFalse(inner)
        | Expr::IsTrue(inner)
        | Expr::IsNotTrue(inner)
        | Expr::IsNull(inner)
        | Expr::IsNotNull(inner)
        | Expr::UnaryOp { expr: inner, .. }
        | Expr::Cast { expr: inner, .. }
        | Expr::Extract { expr: inner, .. }
        | Expr::Ceil { expr: inner, .. }
        | Expr::Floor { expr: inner, .. }
        | Expr::Trim { expr: inner, .. }
        | Expr::Collate { expr: inner, .. }
        | Expr::InSubquery { expr: inner, .. } => each(inner, see),
        Expr::IsDistinctFrom(one, two)
        | Expr::IsNotDistinctFrom(one, two)
        | Expr::BinaryOp { left: one, right: two, .. }
        | Expr::AnyOp { left: one, right: two, .. }
        | Expr::AllOp { left: one, right: two, .. }
        | Expr::Like { expr: one, pattern: two, .. }
        | Expr::ILike { expr: one, pattern: two, .. }
        | Expr::SimilarTo { expr: one, pattern: two, .. }
        | Expr::AtTimeZone { timestamp: one, time_zone: two }
        | Expr::Position { expr: one, r#in: two } => {
            each(one, see);
            each(two, see);
        }
        Expr::Between { expr, low, high, .. } => [expr, low, high].into_iter().for_each(|inner| each(inner, see)),
        Expr::Substring { expr, substring_from, substring_for, .. } => {
            each(expr, see);
            substring_from.iter().chain(substring_for).for_each(|inner| each(inner, see));
        }
        Expr::InList { expr, list, .. } => {
            each(expr, see);
            for inner in list {
                each(inner, see);
            }
        }
        Expr::Tuple(list) => list.iter().for_each(|inner| each(inner, see)),
        Expr::Array(array) => array.elem.iter().for_each(|inner| each(inner, see)),
        Expr::Case { operand, conditions, else_result, .. } => {
            operand.iter().chain(else_result).for_each(|inner| each(inner, see));
            for case in conditions {
                each(&case.condition, see);
                each(&case.result, see);
            }
        }
        Expr::Function(function) => arguments(function).for_each(|inner| each(inner, see)),
        _ => {}
    }
}

/// What a function is given.
pub(super) fn arguments(function: &ast::Function) -> impl Iterator<Item = &Expr> {
    let list = match &function.args {
        FunctionArguments::List(list) => list.args.as_slice(),
        _ => &[],
    };
    list.iter().filter_map(|argument| match argument {
        FunctionArg::Unnamed(FunctionArgExpr::Expr(inner))
        | FunctionArg::Named { arg: FunctionArgExpr::Expr(inner), .. } => Some(inner),
        _ => None,
    })
}

/// Refuses an expression that cannot stand in its place.
pub(super) fn check(expression: &Expr, place: Place, table: &Table, state: &State) -> Result<(), PgError> {
    let mut refused = None;
    each(expression, &mut |part| {
        if refused.is_none() {
            refused = check_part(part, place, table, state).err();
        }
    });
    match refused {
        Some(error) => Err(error),
        None => check_immutable(expression, place, table, state),
    }
}

fn check_part(part: &Expr, place: Place, table: &Table, state: &State) -> Result<(), PgError> {
    match part {
        Expr::Subquery(_) | Expr::Exists { .. } | Expr::InSubquery { .. } => {
            Err(PgError::not_supported(format!("cannot use subquery in {}", place.one())))
        }
        Expr::Identifier(_) if place == Place::Default => match missing_column(part, &Table::default()) {
            Some(_) => Err(PgError::not_supported("cannot use column reference in DEFAULT expression".to_owned())),
            None => Ok(()),
        },
        Expr::Identifier(name) if place == Place::Generated => {
            let name = ident(name);
            if let Some(missing) = missing_column(part, table) {
                return Err(PgError::unknown_column(&missing));
            }
            match table.column(&name) {
                Some(column) if column.generated.is_some() => {
                    let message = format!("cannot use generated column \"{name}\" in column generation expression");
                    Err(PgError::invalid_object(message))
                }
                _ => Ok(()),
            }
        }
        Expr::Function(function) => {
            let name = object(&function.name);
            let is_own = state.routines.contains_key(&name);
            if !is_own && function.over.is_some() {
                let message = format!("window functions are not allowed in {}", place.many());
                return Err(PgError { condition: "WindowingError", ..PgError::wrong_type(message) });
            }
            if !is_own && AGGREGATES.contains(&name.as_str()) {
                let message = format!("aggregate functions are not allowed in {}", place.many());
                return Err(PgError { condition: "GroupingError", ..PgError::wrong_type(message) });
            }
            if !is_own && SETS.contains(&name.as_str()) {
                let message = format!("set-returning functions are not allowed in {}", place.many());
                return Err(PgError::not_supported(message));
            }
            state.check_function(function, arguments(function).map(|argument| type_of(argument, table, state)))
        }
        _ => Ok(()),
    }
}

/// Refuses what may change where a value is kept.
fn check_immutable(expression: &Expr, place: Place, table: &Table, state: &State) -> Result<(), PgError> {
    let message = match place {
        Place::Generated => "generation expression is not immutable",
        Place::Index => "functions in index expression must be marked IMMUTABLE",
        Place::Predicate => "functions in index predicate must be marked IMMUTABLE",
        Place::Default => return Ok(()),
    };
    let mut changes = false;
    each(expression, &mut |part| changes |= may_change(part, table, state));
    if changes { Err(PgError::invalid_object(message.to_owned())) } else { Ok(()) }
}

/// Whether a part of an expression by itself may have another value the next time.
fn may_change(part: &Expr, table: &Table, state: &State) -> bool {
    match part {
        Expr::Function(function) => {
            let name = object(&function.name);
            if let Some(own) = state.routines.get(&name) {
                return own.iter().all(|routine| routine.may_change);
            }
            let given: Vec<&Expr> = arguments(function).collect();
            let last = || given.last().and_then(|last| type_of(last, table, state));
            match name.as_str() {
                "to_tsvector" | "to_tsquery" | "plainto_tsquery" | "phraseto_tsquery" | "websearch_to_tsquery" => {
                    given.len() == 1
                }
                "date_trunc" | "date_part" => given.len() == 2 && last().is_some_and(|own| is_zoned(&own)),
                "age" => given.len() == 1,
                name => NOT_IMMUTABLE.contains(&name),
            }
        }
        Expr::Extract { expr, .. } => type_of(expr, table, state).is_some_and(|own| is_zoned(&own)),
        Expr::Cast { expr, data_type, .. } => {
            let (Some(from), Ok(to)) = (type_of(expr, table, state), canonical(&data_type.to_string(), state)) else {
                return false;
            };
            cast_may_change(&from, &to)
        }
        _ => false,
    }
}

fn is_zoned(data_type: &str) -> bool {
    data_type.starts_with("timestamp") && data_type.ends_with("with time zone")
}

/// Whether a cast depends on settings: the time zone, the style of dates.
fn cast_may_change(from: &str, to: &str) -> bool {
    let is_moment = |data_type: &str| family(data_type) == Family::Moment;
    match (family(from), family(to)) {
        (Family::Text, Family::Moment) | (Family::Moment, Family::Text) => true,
        (Family::Moment, Family::Moment | Family::Time) => is_zoned(from) != is_zoned(to),
        _ => is_zoned(from) && !is_moment(to),
    }
}

/// The type of an expression, where that is plain.
pub(super) fn type_of(expression: &Expr, table: &Table, state: &State) -> Option<String> {
    match expression {
        Expr::Identifier(name) => table.column(&ident(name)).map(|column| column.data_type.clone()),
        Expr::CompoundIdentifier(parts) => {
            parts.last().and_then(|name| table.column(&ident(name))).map(|column| column.data_type.clone())
        }
        Expr::Nested(inner) | Expr::Collate { expr: inner, .. } => type_of(inner, table, state),
        Expr::Cast { data_type, .. } => canonical(&data_type.to_string(), state).ok(),
        Expr::Value(value) => match &value.value {
            ast::Value::Number(number, _) if number.contains(['.', 'e', 'E']) => Some("numeric".to_owned()),
            ast::Value::Number(number, _) => {
                Some(if number.parse::<i32>().is_ok() { "integer" } else { "bigint" }.to_owned())
            }
            ast::Value::Boolean(_) => Some("boolean".to_owned()),
            _ => None,
        },
        Expr::IsNull(_) | Expr::IsNotNull(_) | Expr::Exists { .. } | Expr::Like { .. } | Expr::ILike { .. } => {
            Some("boolean".to_owned())
        }
        Expr::BinaryOp { op, .. } => {
            use ast::BinaryOperator as Op;
            matches!(op, Op::Eq | Op::NotEq | Op::Lt | Op::LtEq | Op::Gt | Op::GtEq | Op::And | Op::Or)
                .then(|| "boolean".to_owned())
        }
        Expr::Function(function) => match object(&function.name).as_str() {
            "lower" | "upper" | "concat" | "md5" | "btrim" | "replace" => Some("text".to_owned()),
            "now" | "current_timestamp" | "clock_timestamp" => Some("timestamp with time zone".to_owned()),
            "current_date" => Some("date".to_owned()),
            "count" => Some("bigint".to_owned()),
            _ => None,
        },
        _ => None,
    }
}
