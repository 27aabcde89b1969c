//! What can be a column's default (<https://dev.mysql.com/doc/refman/8.4/en/data-type-defaults.html>).

use super::Flavour;
use super::data_type::DataType;
use super::state::Fallback;

/// Whether no server of the flavour takes it for a column of the type.
pub(super) fn is_invalid(data_type: &DataType, default: &Fallback, flavour: Flavour) -> bool {
    match default {
        Fallback::Expression(_) => false,
        Fallback::Clock { digits, .. } => {
            flavour == Flavour::MySql && (!data_type.is_moment() || data_type.digits() != *digits)
        }
        Fallback::Literal { value, text, is_text } => {
            let is_bits = text.starts_with(['x', 'X', 'b', 'B']) || text.starts_with("0x");
            !is_bits && literal_is_invalid(data_type, value, *is_text, flavour)
        }
    }
}

fn literal_is_invalid(data_type: &DataType, value: &str, is_text: bool, flavour: Flavour) -> bool {
    let length = data_type.arguments.first().copied().unwrap_or(u64::MAX);
    let listed =
        |part: &str| data_type.values.iter().any(|known| known.trim_end().eq_ignore_ascii_case(part.trim_end()));
    match data_type.name.as_str() {
        "tinyint" | "smallint" | "mediumint" | "int" | "bigint" => match value.trim().parse::<f64>() {
            Ok(number) => !fits(data_type, number),
            Err(_) => true,
        },
        "decimal" | "float" | "double" => match value.trim().parse::<f64>() {
            Ok(number) => {
                data_type.name == "decimal" && too_big(data_type, number) || data_type.unsigned && number < 0.0
            }
            Err(_) => true,
        },
        "char" | "varchar" => {
            let said = if flavour == Flavour::MariaDb { value } else { value.trim_end_matches(' ') };
            said.chars().count() as u64 > length
        }
        "binary" | "varbinary" => is_text && value.len() as u64 > length,
        "enum" => (is_text || flavour == Flavour::MariaDb) && !listed(value),
        "set" => is_text && !value.is_empty() && !value.split(',').all(listed),
        "date" | "datetime" | "timestamp" => {
            let digits = value.chars().filter(char::is_ascii_digit).count();
            // The number 0 is the moment that is none.
            let is_zero = !is_text && value.trim() == "0";
            !value.trim_start().starts_with(|first: char| first.is_ascii_digit())
                || digits < 5 && !is_zero
                || flavour == Flavour::MySql && value.chars().all(|part| !part.is_ascii_digit() || part == '0')
        }
        "time" | "year" => {
            // A day is no time of it.
            let is_day = !value.contains(':') && value.trim_start().get(1..).is_some_and(|rest| rest.contains('-'));
            is_day || !value.trim_start().starts_with(|first: char| first.is_ascii_digit() || "-+:".contains(first))
        }
        _ => false,
    }
}

#[allow(clippy::cast_precision_loss, reason = "the ends of the largest type are far apart from what is written")]
fn fits(data_type: &DataType, number: f64) -> bool {
    let bits = match data_type.name.as_str() {
        "tinyint" => 8,
        "smallint" => 16,
        "mediumint" => 24,
        "int" => 32,
        _ => 64,
    };
    let span = 2_f64.powi(bits);
    let number = number.round();
    if data_type.unsigned { (0.0..span).contains(&number) } else { (-span / 2.0..span / 2.0).contains(&number) }
}

fn too_big(data_type: &DataType, number: f64) -> bool {
    let digits = data_type.arguments.first().copied().unwrap_or(10);
    let scale = data_type.arguments.get(1).copied().unwrap_or(0);
    let whole = i32::try_from(digits.saturating_sub(scale)).unwrap_or(65);
    number.abs().trunc() >= 10_f64.powi(whole)
}
