//! The JSON Schema of the configuration says the same as the parser.

use std::collections::BTreeSet;

use parity_check::config::Config;
use parity_check::source::Source;
use serde_json::Value;

fn schema() -> Value {
    serde_json::from_str(include_str!("../../schemas/parity-toml.schema.json")).unwrap()
}

fn names(values: &Value) -> BTreeSet<String> {
    values.as_array().unwrap().iter().map(|value| value.as_str().unwrap().to_owned()).collect()
}

fn set<'a>(names: impl Iterator<Item = &'a str>) -> BTreeSet<String> {
    names.map(str::to_owned).collect()
}

/// A TOML document as JSON: a date becomes text.
fn as_json(text: &str) -> Value {
    serde_json::to_value(toml::from_str::<toml::Table>(text).unwrap())
        .map(|mut value| {
            flatten_dates(&mut value);
            value
        })
        .unwrap()
}

fn flatten_dates(value: &mut Value) {
    match value {
        Value::Object(object) if object.contains_key("$__toml_private_datetime") => {
            *value = object["$__toml_private_datetime"].clone();
        }
        Value::Object(object) => object.values_mut().for_each(flatten_dates),
        Value::Array(items) => items.iter_mut().for_each(flatten_dates),
        _ => {}
    }
}

/// The keys that the parser knows where `text` gives it one that it does not: its own message lists them.
fn known_keys(text: &str) -> BTreeSet<String> {
    let error = Config::parse(&Source::new("parity.toml", text)).unwrap_err();
    let (_, expected) = error.message.split_once("expected ").unwrap_or_else(|| panic!("{}", error.message));
    set(expected.split('`').skip(1).step_by(2))
}

#[test]
fn the_schema_names_every_key() {
    let schema = schema();
    let keys = |object: &Value| set(object["properties"].as_object().unwrap().keys().map(String::as_str));
    let properties = &schema["properties"];
    for (text, object) in [
        ("zzz = 1", &schema),
        ("[track.a]\nzzz = 1", &schema["$defs"]["track"]),
        ("[[parity]]\nzzz = 1", &properties["parity"]["items"]),
        ("[[exempt]]\nzzz = 1", &properties["exempt"]["items"]),
    ] {
        assert_eq!(keys(object), known_keys(text), "schemas/parity-toml.schema.json: the keys beside {text}");
        assert_eq!(object["additionalProperties"], false, "{text}");
    }
    let severities = known_keys("[rules]\nmissing-revision = 'zzz'");
    assert_eq!(names(&properties["rules"]["additionalProperties"]["enum"]), severities);
}

#[test]
fn the_schema_and_the_parser_agree_on_what_is_right() {
    let validator = jsonschema::options().should_validate_formats(true).build(&schema()).unwrap();
    let track = "[track.a]\nkind = 'python-list'\nmigrations = 'db/m.py'\n";
    let pair = format!("{track}[track.b]\nkind = 'alembic'\nmigrations = ['v', 'w']\n");
    for (text, right) in [
        (String::new(), true),
        ("base = 'origin/main'".to_owned(), true),
        (track.to_owned(), true),
        (format!("{pair}[[parity]]\ntracks = ['a', 'b']"), true),
        (format!("{track}list = 'L'\ndialect = 'mysql'\ndeclared = ['db/schema.py']"), true),
        ("[rules]\nmissing-revision = 'off'\nunevaluated = 'error'".to_owned(), true),
        ("[[exempt]]\ntrack = 'a'\nobject = 'x*'\nreason = 'why'\nuntil = 2027-01-31".to_owned(), true),
        ("base = ' '".to_owned(), false),
        ("base = 3".to_owned(), false),
        ("other = 1".to_owned(), false),
        ("[track.a]\nkind = 'python-list'".to_owned(), false),
        ("[track.a]\nkind = 'rails'\nmigrations = 'm'".to_owned(), false),
        (format!("{track}dialect = 'oracle'"), false),
        (format!("{track}extra = 1"), false),
        ("[track.a]\nkind = 'alembic'\nmigrations = '../m'".to_owned(), false),
        ("[track.a]\nkind = 'alembic'\nmigrations = '/m'".to_owned(), false),
        ("[track.a]\nkind = 'alembic'\nmigrations = []".to_owned(), false),
        (format!("{pair}[[parity]]\ntracks = ['a']"), false),
        (format!("{pair}[[parity]]\ntracks = ['a', 'a']"), false),
        ("[rules]\nno-such-rule = 'off'".to_owned(), false),
        ("[rules]\nmissing-revision = 'fatal'".to_owned(), false),
        ("[[exempt]]\ntrack = 'a'\nobject = 'x*'".to_owned(), false),
        ("[[exempt]]\ntrack = 'a'\nobject = 'x*'\nreason = ''".to_owned(), false),
        ("[[exempt]]\ntrack = 'a'\nobject = 'x*'\nreason = 'why'\nuntil = 'soon'".to_owned(), false),
    ] {
        assert_eq!(Config::parse(&Source::new("parity.toml", &*text)).is_ok(), right, "the parser on: {text}");
        assert_eq!(validator.is_valid(&as_json(&text)), right, "the schema on: {text}");
    }
}
