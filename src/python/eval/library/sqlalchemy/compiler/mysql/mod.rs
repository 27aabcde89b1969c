//! Tables as SQLAlchemy's compilers write them for MySQL and MariaDB (<https://docs.sqlalchemy.org/en/20/dialects/mysql.html>).

mod types;

use std::rc::Rc;

use super::super::super::super::interpreter::{Eval, Interpreter};
use super::super::super::super::value::{Instance, Value};
use super::{
    Autoincrement, Column, Compiler, DefaultText, Given, Index, IndexOptions, Options, Table, TableName, is_integer,
};
use crate::schema::dialect::Dialect;
use crate::schema::mysql::DIALECT;

/// MySQL's compilers, which are MariaDB's, too.
#[derive(Debug)]
pub(in super::super::super) struct Mysql;

/// A name as a statement writes it: in quotes, which are right for every name.
pub(in super::super::super) fn identifier(name: &str) -> String {
    format!("`{}`", name.replace('`', "``"))
}

/// A text as a statement writes it: a backslash means something there.
pub(in super::super::super) fn literal(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "''"))
}

/// The options of a table, in the order in which they stand behind it.
const TABLE_OPTIONS: [(&str, &str); 22] = [
    ("engine", "ENGINE="),
    ("auto_increment", "AUTO_INCREMENT="),
    ("avg_row_length", "AVG_ROW_LENGTH="),
    ("checksum", "CHECKSUM="),
    ("default_charset", "DEFAULT CHARSET="),
    ("charset", "CHARSET="),
    ("default_character_set", "DEFAULT CHARACTER SET "),
    ("character_set", "CHARACTER SET "),
    ("collate", "COLLATE "),
    ("default_collate", "DEFAULT COLLATE="),
    ("comment", "COMMENT="),
    ("compression", "COMPRESSION="),
    ("key_block_size", "KEY_BLOCK_SIZE="),
    ("max_rows", "MAX_ROWS="),
    ("min_rows", "MIN_ROWS="),
    ("pack_keys", "PACK_KEYS="),
    ("row_format", "ROW_FORMAT="),
    ("stats_persistent", "STATS_PERSISTENT="),
    ("partition_by", "PARTITION BY "),
    ("partitions", "PARTITIONS "),
    ("subpartition_by", "SUBPARTITION BY "),
    ("subpartitions", "SUBPARTITIONS "),
];

/// What is given under MySQL's name for something, or MariaDB's.
fn own<'a>(option: Given<'_, 'a>, key: &str) -> Option<Value<'a>> {
    let given = option(&format!("mysql_{key}")).or_else(|| option(&format!("mariadb_{key}")));
    given.filter(|value| !matches!(value, Value::None))
}

fn text(value: &Value<'_>) -> Option<String> {
    value.as_str().map(str::to_owned).or_else(|| value.as_int().map(|number| number.to_string()))
}

/// Whether a column is the one of its key that counts by itself.
fn counts(column: &Column, key: &[String]) -> bool {
    let is_auto = match column.autoincrement {
        Autoincrement::Yes => return key.contains(&column.name) && column.default.is_none(),
        Autoincrement::No => false,
        Autoincrement::Auto => !column.refers,
        Autoincrement::IgnoreForeign => true,
    };
    let is_free = column.default.is_none() && !column.filled && column.computed.is_none();
    is_auto && is_free && key == [column.name.clone()] && is_integer(&column.data_type.sql)
}

/// A default as it stands behind a column of a table: what is computed stands in brackets, unless it is the clock with its
/// digits, or has `ON UPDATE` behind it.
fn default(default: &DefaultText) -> String {
    let sql = default.sql();
    let lower = sql.trim_start().to_ascii_lowercase();
    let has_digits = |name: &str| {
        let rest = lower.strip_prefix(name).and_then(|rest| rest.strip_prefix('('));
        rest.is_some_and(|rest| rest.starts_with(|digit: char| digit.is_ascii_digit()))
    };
    let is_plain = lower.starts_with(['\'', '"', '('])
        || lower.contains("on update")
        || has_digits("now")
        || has_digits("current_timestamp")
        || lower.chars().all(|part| part.is_alphanumeric() || part == '_');
    if default.is_function && !is_plain { format!("({sql})") } else { sql.to_owned() }
}

/// A column as `MODIFY` and `CHANGE` state it: all of it, anew.
pub(in super::super::super) fn whole(
    data_type: &str,
    nullable: bool,
    counts: bool,
    default: Option<&DefaultText>,
) -> String {
    let mut text = format!("{data_type} {}", if nullable { "NULL" } else { "NOT NULL" });
    if counts {
        text += " AUTO_INCREMENT";
    }
    if let Some(default) = default {
        text += &format!(" DEFAULT {}", default.sql());
    }
    text
}

impl Compiler for Mysql {
    fn dialect(&self) -> Dialect {
        DIALECT
    }

    fn identifier(&self, name: &str) -> String {
        identifier(name)
    }

    fn literal(&self, text: &str) -> String {
        literal(text)
    }

    fn has_schemas(&self) -> bool {
        true
    }

    fn has_enums(&self) -> bool {
        true
    }

    fn written(&self, vm: &Interpreter<'_>, name: &str, record: &Rc<Instance<'_>>) -> Option<String> {
        types::written(vm, name, record)
    }

    fn demands_lengths(&self) -> bool {
        true
    }

    fn states_columns_anew(&self) -> bool {
        true
    }

    fn prepared(&self, name: &str) -> Option<String> {
        Some(identifier(name))
    }

    fn type_sql<'a>(&self, vm: &mut Interpreter<'a>, value: &Value<'a>) -> Eval<'a, Result<String, String>> {
        types::sql(vm, value)
    }

    fn specification(&self, column: &Column, key: &[String], _options: Options) -> Result<String, String> {
        let data_type = column.data_type.sql.as_ref().map_err(Clone::clone)?;
        let mut text = format!("{} {data_type}", identifier(&column.name));
        if let Some(computed) = &column.computed {
            text += &format!(" GENERATED ALWAYS AS ({})", computed.expression);
            text += match computed.persisted {
                Some(true) => " STORED",
                Some(false) => " VIRTUAL",
                None => "",
            };
        }
        if !column.nullable {
            text += " NOT NULL";
        } else if data_type.starts_with("TIMESTAMP") {
            text += " NULL";
        }
        if counts(column, key) {
            text += " AUTO_INCREMENT";
        } else if let Some(default) = &column.default {
            text += &format!(" DEFAULT {}", self::default(default));
        }
        Ok(text)
    }

    fn index(&self, index: &Index, table: &str, guard: &str) -> String {
        let unique = if index.unique { "UNIQUE " } else { "" };
        let kind = index.options.kind.as_ref().map(|kind| format!("{kind} ")).unwrap_or_default();
        let part = |(at, part): (usize, &Result<String, String>)| {
            let sql = match part {
                Ok(column) => identifier(column),
                Err(sql) => sql.clone(),
            };
            let length = index.options.lengths.get(at).copied().flatten();
            length.map_or(sql.clone(), |length| format!("{sql}({length})"))
        };
        let parts: Vec<String> = index.parts.iter().enumerate().map(part).collect();
        let mut text =
            format!("CREATE {unique}{kind}INDEX {guard}{} ON {table} ({})", identifier(&index.name), parts.join(", "));
        if let Some(parser) = &index.options.parser {
            text += &format!(" WITH PARSER {parser}");
        }
        if let Some(method) = &index.options.method {
            text += &format!(" USING {method}");
        }
        text
    }

    fn index_options<'a>(&self, option: Given<'_, 'a>, columns: &[Value<'a>]) -> IndexOptions {
        let named = |key: &str| own(option, key).as_ref().and_then(text);
        let lengths = match own(option, "length") {
            Some(Value::Int(length)) => vec![Some(length); columns.len()],
            Some(Value::Dict(lengths)) => {
                let lengths = lengths.items.borrow();
                let name = |column: &Value<'a>| match column {
                    Value::Instance(record) => super::super::records::own_name(record),
                    other => other.as_str().map(str::to_owned),
                };
                let length = |column: &Value<'a>| {
                    let name = name(column)?;
                    let found = lengths.iter().find(|(key, _)| key.0.as_str() == Some(name.as_str()));
                    found.and_then(|(_, length)| length.as_int())
                };
                columns.iter().map(length).collect()
            }
            _ => Vec::new(),
        };
        IndexOptions { kind: named("prefix"), lengths, parser: named("with_parser"), method: named("using") }
    }

    fn index_part(&self, sql: String, is_text: bool) -> String {
        let is_word = sql.chars().all(|part| part.is_alphanumeric() || matches!(part, '_' | '$' | '`'));
        let has_order = [" DESC", " ASC"].iter().any(|order| sql.ends_with(order));
        if is_text || is_word || has_order { sql } else { format!("({sql})") }
    }

    fn words(&self, option: Given<'_, '_>) -> String {
        let quoted = |key: &str, value: String| match key {
            "comment" | "compression" => literal(&value),
            _ => value,
        };
        let comment = option("comment").filter(|comment| comment.as_str().is_some());
        let words = TABLE_OPTIONS.iter().filter_map(|(key, words)| {
            let given = own(option, key).or_else(|| comment.clone().filter(|_| *key == "comment"))?;
            Some(format!("{words}{}", quoted(key, text(&given)?)))
        });
        words.collect::<Vec<_>>().join(" ")
    }

    fn create(&self, table: &Table, guard: &str) -> Result<String, String> {
        let key = table.key();
        let mut lines = Vec::new();
        for column in &table.columns {
            let of_table = |said: String| format!("(in table '{}', column '{}'): {said}", table.name, column.name);
            lines.push(self.specification(column, &key, table.options).map_err(of_table)? + &self.checks(column));
        }
        lines.extend(self.lines(table, false));
        let name = TableName { name: table.name.clone(), schema: table.schema.clone(), ..TableName::default() };
        Ok(format!("CREATE TABLE {guard}{} (\n    {}\n){}", self.quoted(&name), lines.join(",\n    "), table.words))
    }
}
