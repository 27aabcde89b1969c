//! Forms of the parts of a schema that are equal exactly where the database treats the parts as equal.

use super::model::{Column, ForeignKey, Generated, Index, IndexPart, IndexTerm, Name, Schema, Table, VirtualTable};
use super::token::{self, Kind, normal, normal_with};

/// A type, without regard to case and white space.
pub fn data_type(declared: &str) -> String {
    normal(declared)
}

/// The value that a column gets without one; `None` for `NULL`, however it is said.
pub fn default(column: &Column) -> Option<String> {
    // No column can be meant here, so that SQLite takes a quoted name for a string.
    let form = normal_with(column.default.as_deref()?, &|_| false);
    let form = without_cast(form.strip_prefix("+ ").unwrap_or(&form));
    Some(match form {
        "null" => return None,
        "true" => "1".to_owned(),
        "false" => "0".to_owned(),
        "current_time" | "current_date" | "current_timestamp" => form.to_owned(),
        // A bare word is a string, too.
        _ if is_word(form) => format!("'{}'", column.default.as_deref().unwrap_or_default().trim()),
        _ => form.to_owned(),
    })
}

/// A text without the type that PostgreSQL notes behind it: `'native'::character varying`.
fn without_cast(form: &str) -> &str {
    let mut tokens = token::tokens(form);
    let (Some(text), Some(cast)) = (tokens.next(), tokens.next()) else { return form };
    let is_type = |token: token::Token<'_>| {
        matches!(token.kind, Kind::Word | Kind::Quoted | Kind::Literal)
            || ["(", ")", "[", "]", ",", "."].contains(&token.text)
    };
    if text.kind == Kind::Text && cast.is_symbol("::") && tokens.all(is_type) { text.text } else { form }
}

fn is_word(form: &str) -> bool {
    let mut tokens = token::tokens(form);
    tokens.next().is_some_and(|token| token.kind == Kind::Word) && tokens.next().is_none()
}

/// An expression over the columns of a table. A `"quoted"` name that is none of them is a string to SQLite.
pub fn expression(table: &Table, expression: &str) -> String {
    normal_with(expression, &|name| {
        let name = Name::from(name);
        table.column(&name).is_some() || table.name == name
    })
}

/// Whether a row may hold `NULL` in this column; the row's own number may not, declared so or not.
pub fn nullable(table: &Table, column: &Column) -> bool {
    column.nullable && table.rowid_alias() != Some(column)
}

pub fn generated(table: &Table, generated: Option<&Generated>) -> Option<(String, bool)> {
    generated.map(|generated| (expression(table, &generated.expression), generated.stored))
}

/// Everything of a foreign key but its name. `schema` is the one that it stands in.
pub fn foreign_key(schema: &Schema, key: &ForeignKey) -> ForeignKey {
    let references = match (key.references.is_empty(), schema.tables.get(&key.table)) {
        (true, Some(table)) => table.primary_key().into_iter().cloned().collect(),
        _ => key.references.clone(),
    };
    ForeignKey { name: None, references, ..key.clone() }
}

/// The terms of an index with their collation and whether they descend.
pub fn index_parts(table: &Table, index: &Index) -> Vec<(String, Option<Name>, bool)> {
    let form = |part: &IndexPart| {
        let term = match &part.term {
            IndexTerm::Column(name) => name.as_str().to_ascii_lowercase(),
            IndexTerm::Expression(text) => format!("({})", expression(table, text)),
        };
        (term, part.collation.clone(), part.descending)
    };
    index.parts.iter().map(form).collect()
}

pub fn predicate(table: &Table, index: &Index) -> Option<String> {
    index.predicate.as_deref().map(|predicate| expression(table, predicate))
}

/// A trigger's or a view's whole text. `FOR EACH ROW` is what SQLite does anyway.
pub fn definition(sql: &str) -> String {
    normal(sql).replacen(" for each row ", " ", 1)
}

/// A virtual table's arguments; modules take either quote.
pub fn arguments(table: &VirtualTable) -> Vec<String> {
    table.arguments.iter().map(|argument| normal(&argument.replace('"', "'"))).collect()
}
