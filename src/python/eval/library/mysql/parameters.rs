//! The values that statements are given: written into the text, as PyMySQL does it.

use super::super::super::value::Value;
use super::super::sqlalchemy::compiler::mysql::literal;

/// A statement with its values in it; `None` where one of them is missing or not known.
pub(in super::super) fn bound(sql: &str, given: Option<&Value<'_>>) -> Option<String> {
    let Some(given) = given.filter(|given| !matches!(given, Value::None)) else { return Some(sql.to_owned()) };
    let named = |name: &str| match given {
        Value::Dict(dict) => {
            let items = dict.items.borrow();
            items.iter().find(|(key, _)| key.0.as_str() == Some(name)).map(|(_, value)| value.clone())
        }
        _ => None,
    };
    let listed: Vec<Value<'_>> = match given {
        Value::Tuple(tuple) => tuple.items.clone(),
        Value::List(list) => list.0.borrow().clone(),
        Value::Dict(_) => Vec::new(),
        one => vec![one.clone()],
    };
    let mut listed = listed.into_iter();
    let (mut text, mut rest) = (String::new(), sql);
    while let Some(at) = rest.find(['%', ':', '\'']) {
        let (before, found) = rest.split_at(at);
        text += before;
        let name =
            |from: &str| from.chars().take_while(|part| part.is_alphanumeric() || *part == '_').collect::<String>();
        if let Some(after) = found.strip_prefix('\'') {
            let end = after.find('\'').map_or(found.len(), |end| end + 2);
            text += &found[..end];
            rest = &found[end..];
        } else if let Some(after) = found.strip_prefix("%s") {
            text += &written(&listed.next()?)?;
            rest = after;
        } else if let Some((key, after)) = found.strip_prefix("%(").and_then(|from| from.split_once(")s")) {
            text += &written(&named(key)?)?;
            rest = after;
        } else if let Some(after) = found.strip_prefix("%%") {
            text.push('%');
            rest = after;
        } else if let Some(key) = found.strip_prefix(':').map(name).filter(|key| !key.is_empty())
            && let Some(value) = named(&key)
        {
            text += &written(&value)?;
            rest = &found[1 + key.len()..];
        } else {
            text += &found[..1];
            rest = &found[1..];
        }
    }
    Some(text + rest)
}

/// A statement with nothing in the place of its values: of those it is not known what they are.
pub(in super::super) fn blank(sql: &str) -> String {
    let (mut text, mut rest) = (String::new(), sql);
    while let Some(at) = rest.find('%') {
        text += &rest[..at];
        let found = &rest[at..];
        rest = if let Some(after) = found.strip_prefix("%s") {
            text += "NULL";
            after
        } else if let Some((_, after)) = found.strip_prefix("%(").and_then(|from| from.split_once(")s")) {
            text += "NULL";
            after
        } else {
            text.push('%');
            &found[1..]
        };
    }
    text + rest
}

fn written(value: &Value<'_>) -> Option<String> {
    Some(match &*value.plain() {
        Value::None => "NULL".to_owned(),
        Value::Bool(value) => i32::from(*value).to_string(),
        Value::Int(number) => number.to_string(),
        Value::Str(text) => literal(text),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_stand_where_their_marks_stood() {
        let list = Value::tuple(vec![Value::text("it's"), Value::Int(5)]);
        assert_eq!(
            bound("a = %s AND b LIKE '%s' AND c > %s", Some(&list)).unwrap(),
            "a = 'it''s' AND b LIKE '%s' AND c > 5"
        );
        assert_eq!(bound("a = %s", Some(&Value::tuple(Vec::new()))), None);
        assert_eq!(bound("a = :b AND c = ':d'", None).unwrap(), "a = :b AND c = ':d'");
    }
}
