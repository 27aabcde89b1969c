//! What a program is answered that asks for the catalog: by a query, or by `SHOW`, which is one in other words.

use super::values::Value;
use crate::schema::literals::quoted;
use crate::schema::mysql::Database;
use crate::schema::mysql::lexer::{Token, tokens};

/// A value of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    Null,
    Number(i64),
    Text(String),
}

/// The rows of an answer, with the names of their columns.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// None where not all of them are known; each row then says alone that it is there.
    pub columns: Vec<String>,
    pub rows: Vec<Vec<Cell>>,
}

impl Database {
    /// What a query is answered; `None` where the catalog does not tell.
    pub fn answer(&self, sql: &str) -> Option<Answer> {
        let sql = sql.trim().trim_end_matches(';');
        let shown = shown(sql, self);
        let (columns, rows) = self.answer_of(shown.as_deref().unwrap_or(sql))?;
        let cell = |value: Value| {
            Some(match value {
                Value::Null => Cell::Null,
                Value::Number(number) => Cell::Number(number),
                Value::Text(text) => Cell::Text(text),
                // Its name is not known.
                Value::Database => return None,
            })
        };
        let rows: Option<Vec<Vec<Cell>>> =
            rows.into_iter().map(|row| row.into_iter().map(cell).collect::<Option<Vec<Cell>>>()).collect();
        Some(Answer { columns, rows: rows? })
    }
}

/// `SHOW TABLES`, `SHOW COLUMNS FROM t`, `SHOW INDEX FROM t`, `DESCRIBE t` as a query of `information_schema`.
fn shown(sql: &str, database: &Database) -> Option<String> {
    let all: Vec<Token<'_>> = tokens(sql).collect();
    let is = |at: usize, words: &[&str]| all.get(at).is_some_and(|token| words.iter().any(|word| token.is(word)));
    let rest = |at: usize| all.get(at).map_or("", |token| &sql[token.start..]);
    if is(0, &["describe", "desc"]) && all.len() == 2 {
        return columns_of(&all[1].value(), database, "");
    }
    if !is(0, &["show"]) {
        return None;
    }
    let mut at = 1;
    while is(at, &["full", "extended"]) {
        at += 1;
    }
    let what = at;
    at += 1;
    if is(what, &["tables"]) {
        let mut query = "SELECT table_name FROM information_schema.tables WHERE 1 = 1".to_owned();
        if is(at, &["like"]) {
            query += &format!(" AND table_name LIKE {}", quoted(&all.get(at + 1)?.value()));
        } else if at < all.len() {
            return None;
        }
        return Some(query);
    }
    if !is(at, &["from", "in"]) {
        return None;
    }
    let table = all.get(at + 1)?.value();
    at += 2;
    if is(what, &["columns", "fields"]) {
        let more = if is(at, &["like"]) {
            format!(" AND column_name LIKE {}", quoted(&all.get(at + 1)?.value()))
        } else if is(at, &["where"]) {
            format!(" AND ({})", renamed(rest(at + 1), &[("field", "column_name"), ("type", "column_type")]))
        } else if at < all.len() {
            return None;
        } else {
            String::new()
        };
        return columns_of(&table, database, &more);
    }
    if is(what, &["index", "indexes", "keys"]) {
        let names = [("key_name", "index_name")];
        let more = match is(at, &["where"]) {
            true => format!(" AND ({})", renamed(rest(at + 1), &names)),
            false if at < all.len() => return None,
            false => String::new(),
        };
        database.state().table(&table)?;
        return Some(format!(
            "SELECT table_name AS `Table`, non_unique AS Non_unique, index_name AS Key_name, seq_in_index AS Seq_in_index, \
             column_name AS Column_name FROM information_schema.statistics WHERE table_name = {}{more}",
            quoted(&table)
        ));
    }
    None
}

fn columns_of(table: &str, database: &Database, more: &str) -> Option<String> {
    // What is not there is refused, which a query would not be.
    database.state().table(table)?;
    Some(format!(
        "SELECT column_name AS Field, column_type AS Type, is_nullable AS `Null` FROM information_schema.columns \
         WHERE table_name = {}{more}",
        quoted(table)
    ))
}

/// A condition with the columns of `SHOW` under the names that the catalog has for them.
fn renamed(condition: &str, names: &[(&str, &str)]) -> String {
    let (mut text, mut end) = (String::new(), 0);
    for token in tokens(condition) {
        let name =
            names.iter().find(|(shown, _)| token.value().eq_ignore_ascii_case(shown) && !token.text.starts_with('\''));
        text += &condition[end..token.start];
        text += name.map_or(token.text, |(_, name)| name);
        end = token.end();
    }
    text + &condition[end..]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn show_answers_from_the_catalog() {
        let mut database = Database::default();
        database.execute("CREATE TABLE a (id INT PRIMARY KEY, label VARCHAR(5)); CREATE INDEX i ON a (label)").unwrap();
        let texts = |sql: &str| {
            let answer = database.answer(sql)?;
            let cell = |cell: &Cell| match cell {
                Cell::Text(text) => text.clone(),
                other => format!("{other:?}"),
            };
            Some(answer.rows.iter().map(|row| row.iter().map(cell).collect::<Vec<_>>().join(" ")).collect::<Vec<_>>())
        };
        assert_eq!(texts("SHOW TABLES"), Some(vec!["a".to_owned()]));
        assert_eq!(texts("SHOW TABLES LIKE 'b%'"), Some(Vec::new()));
        assert_eq!(texts("SHOW COLUMNS FROM `a` LIKE 'label'"), Some(vec!["label varchar(5) YES".to_owned()]));
        assert_eq!(texts("SHOW COLUMNS FROM a WHERE Field = 'nope'"), Some(Vec::new()));
        assert_eq!(
            texts("SHOW INDEX FROM a WHERE Key_name = 'i'"),
            Some(vec!["a Number(1) i Number(1) label".to_owned()])
        );
        assert_eq!(texts("SHOW INDEX FROM nope"), None);
        assert_eq!(texts("SELECT count(*) FROM a"), None);
    }
}
