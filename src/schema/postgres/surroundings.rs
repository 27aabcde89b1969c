//! What surrounds the objects of a database: its schemas, what is in the one of names without a schema, the widths of columns.

use std::borrow::Cow;

use super::{Database, own};
use crate::schema::token::{self, Kind, Token};

impl Database {
    /// Notes a schema that is there without a statement that makes it.
    pub(super) fn add_schema(&mut self, name: &str) {
        if name != "public" {
            self.state.schemas.insert(name.to_owned());
        }
    }

    /// Notes that there may be schemas besides those that are known.
    pub(super) fn open_schemas(&mut self) {
        self.schemas_open = true;
    }

    /// How many characters a column holds: `Some(None)` where nothing bounds it, `None` where it is not there.
    #[allow(clippy::option_option, reason = "a column that is not there, and one without a bound")]
    pub fn width(&self, table: &str, column: &str) -> Option<Option<usize>> {
        let home = self.state.home.as_ref().and_then(|home| table.strip_prefix(home.as_str())?.strip_prefix('.'));
        let column = self.state.tables.get(&own(home.unwrap_or(table)))?.column(column)?;
        let length = column.data_type.strip_prefix("character").and_then(|rest| rest.split_once('('));
        Some(length.and_then(|(_, rest)| rest.strip_suffix(')')?.parse().ok()))
    }

    /// The same statement, in which what is in the schema of names without one has none in front.
    pub(super) fn at_home<'s>(&self, sql: &'s str) -> Cow<'s, str> {
        let Some(home) = self.state.home.as_deref() else { return Cow::Borrowed(sql) };
        let is_home = |token: &Token<'_>| match token.kind {
            Kind::Word => token.text.to_lowercase() == home,
            Kind::Quoted => token.value() == home,
            _ => false,
        };
        let tokens: Vec<Token<'_>> = token::tokens(sql).collect();
        let mut text = String::new();
        let mut from = 0;
        for (at, pair) in tokens.windows(2).enumerate() {
            let [name, dot] = pair else { continue };
            let is_first = at.checked_sub(1).and_then(|at| tokens.get(at)).is_none_or(|before| !before.is_symbol("."));
            if is_first && dot.is_symbol(".") && is_home(name) {
                text.push_str(&sql[from..name.start]);
                from = dot.end();
            }
        }
        if from == 0 { Cow::Borrowed(sql) } else { Cow::Owned(text + &sql[from..]) }
    }
}

/// What stands for a dot in a name in quotes, as long as a dot parts a schema from what is in it.
const DOT_IN_NAME: char = '\u{e000}';

/// The same statement, in which a name in quotes has no dot: `"shop.a"` is one name.
pub(super) fn without_dots_in_names(sql: &str) -> Cow<'_, str> {
    if !sql.contains('"') {
        return Cow::Borrowed(sql);
    }
    let mut text = String::new();
    let mut from = 0;
    for name in token::tokens(sql).filter(|token| token.text.starts_with('"') && token.text.contains('.')) {
        text.push_str(&sql[from..name.start]);
        text.extend(name.text.chars().map(|letter| if letter == '.' { DOT_IN_NAME } else { letter }));
        from = name.end();
    }
    if from == 0 { Cow::Borrowed(sql) } else { Cow::Owned(text + &sql[from..]) }
}

/// A name, a message or a text as a reader has it.
pub(super) fn with_dots_in_names(text: &str) -> Cow<'_, str> {
    if text.contains(DOT_IN_NAME) { Cow::Owned(text.replace(DOT_IN_NAME, ".")) } else { Cow::Borrowed(text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dot_in_a_name_parts_nothing() {
        let mut database = Database::default();
        database.execute("CREATE TABLE \"shop.a\" (id int, \"b.c\" text)").unwrap();
        database.execute("CREATE UNIQUE INDEX \"a.b_key\" ON public.\"shop.a\" (\"b.c\")").unwrap();
        database.execute("ALTER INDEX \"a.b_key\" RENAME TO \"a.c_key\"").unwrap();
        let refused = database.execute("DROP INDEX \"a.b_key\"").unwrap_err();
        assert_eq!(refused.message, "index \"a.b_key\" does not exist");
        let schema = database.snapshot();
        let table = schema.tables.values().next().unwrap();
        assert_eq!((table.name.as_str(), table.columns[1].name.as_str()), ("shop.a", "b.c"));
        assert_eq!(table.indexes.keys().next().unwrap().as_str(), "a.c_key");
        assert!(database.to_sql(&[]).contains("\"a.c_key\""));
    }

    #[test]
    fn a_column_holds_as_many_characters_as_its_type_says() {
        let mut database = Database::default();
        database.execute("CREATE TABLE v (a varchar(32), b varchar, c text)").unwrap();
        let widths = ["a", "b", "c", "d"].map(|column| database.width("public.v", column));
        assert_eq!(widths, [Some(Some(32)), Some(None), Some(None), None]);
    }
}
