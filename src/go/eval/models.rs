//! The tables that GORM makes of structs, for SQLite: names, columns and their types.

use std::rc::Rc;

use crate::go::package::Package;
use crate::go::syntax::{Field, Type};
use crate::schema::literals;
use crate::schema::types::UNKNOWN_TYPE;

/// What a struct says of its table.
#[derive(Clone, Debug)]
pub(super) struct Model {
    pub table: String,
    pub columns: Vec<Column>,
    /// The struct is the one that the program uses, and changes with it.
    pub is_live: bool,
}

#[derive(Clone, Debug)]
pub(super) struct Column {
    pub name: String,
    /// The field that it is of.
    field: Rc<str>,
    /// Its type and what else is said of it.
    definition: String,
}

impl Column {
    fn definition(&self) -> String {
        format!("{} {}", quoted(&self.name), self.definition).trim_end().to_owned()
    }

    /// Whether it is meant by a name: that of its field, or its own.
    pub(super) fn is_called(&self, name: &str) -> bool {
        *self.field == *name || self.name == name
    }
}

/// What makes a column the key of its table.
const KEY: &str = " PRIMARY KEY";

/// What lets no two rows have the same in a column.
const UNIQUE: &str = " UNIQUE";

fn quoted(name: &str) -> String {
    format!("`{}`", name.replace('`', "``"))
}

/// How statements are written for a database, by what stands around a name. What types a library gives columns is known for
/// SQLite alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    Backticks,
    Quotes,
}

impl Style {
    pub(super) fn quoted(self, name: &str) -> String {
        match self {
            Self::Backticks => quoted(name),
            Self::Quotes => format!("\"{}\"", name.replace('"', "\"\"")),
        }
    }

    /// A column of which the type is not known.
    pub(super) fn untyped(self, name: &str) -> String {
        match self {
            Self::Backticks => quoted(name),
            Self::Quotes => format!("{} \"{UNKNOWN_TYPE}\"", self.quoted(name)),
        }
    }

    /// The statement that makes a table.
    pub(super) fn table(self, table: &str, columns: &[Column]) -> String {
        let is_key = |column: &&Column| column.definition.contains(KEY);
        let keys: Vec<String> = columns.iter().filter(is_key).map(|column| self.quoted(&column.name)).collect();
        let mut parts: Vec<String> = columns.iter().map(|column| self.definition(column)).collect();
        if keys.len() > 1 {
            for part in &mut parts {
                *part = part.replace(KEY, "");
            }
            parts.push(format!("PRIMARY KEY ({})", keys.join(", ")));
        }
        format!("CREATE TABLE {} ({})", self.quoted(table), parts.join(", "))
    }

    pub(super) fn definition(self, column: &Column) -> String {
        if self == Self::Backticks {
            return column.definition();
        }
        let said = [KEY, UNIQUE].into_iter().filter(|words| column.definition.contains(words));
        self.untyped(&column.name) + &said.collect::<String>()
    }
}

/// Words of which GORM makes no plural in the usual way.
const IRREGULAR: [&str; 22] = [
    "person",
    "man",
    "child",
    "sex",
    "move",
    "mouse",
    "ox",
    "quiz",
    "matrix",
    "vertex",
    "index",
    "series",
    "species",
    "news",
    "equipment",
    "information",
    "money",
    "sheep",
    "fish",
    "rice",
    "police",
    "data",
];

/// The table of a type as GORM names it: in snake case, in the plural. `None` where the plural is not a regular one.
pub(super) fn table_name(of: &str) -> Option<String> {
    let name = snake(of);
    let last = name.rsplit('_').next().unwrap_or(&name);
    let before = |count: usize| name.get(..name.len().checked_sub(count)?).map(str::to_owned);
    if last.is_empty() || IRREGULAR.contains(&last) || last.ends_with("man") || last.ends_with(['f', 'o']) {
        return None;
    }
    if ["s", "fe", "us", "is", "um", "a", "media"].iter().any(|end| last.ends_with(end)) {
        return last.ends_with("ss").then(|| format!("{name}es"));
    }
    if last.ends_with('x') || last.ends_with("ch") || last.ends_with("sh") {
        return Some(format!("{name}es"));
    }
    if last.ends_with('y') && !["ay", "ey", "oy", "uy"].iter().any(|end| last.ends_with(end)) {
        return before(1).map(|stem| format!("{stem}ies"));
    }
    Some(format!("{name}s"))
}

/// A field's name as a column's: `UserID` is `user_id`.
pub(super) fn snake(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    let mut text = String::new();
    for (at, letter) in letters.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| letters.get(at));
        let after = letters.get(at + 1);
        let begins = before.is_some_and(|before| !before.is_uppercase() && *before != '_')
            || before.is_some_and(|before| before.is_uppercase()) && after.is_some_and(|after| after.is_lowercase());
        if letter.is_uppercase() && begins {
            text.push('_');
        }
        text.extend(letter.to_lowercase());
    }
    text
}

/// What a type of another package is, with that package, by the name that a package has for it.
pub(super) type Beside<'b> = dyn FnMut(&Package, &str) -> Option<(Type, Rc<Package>)> + 'b;

/// The columns of a struct; `None` where one of its parts is not told.
pub(super) fn columns(fields: &[Field], package: &Package, beside: &mut Beside<'_>, depth: u32) -> Option<Vec<Column>> {
    let depth = depth.checked_sub(1)?;
    let mut found = Vec::new();
    for field in fields {
        let tags = Tags::of(field);
        if tags.has("-") || !field.name.starts_with(char::is_uppercase) && !field.embedded {
            continue;
        }
        if field.embedded || tags.has("embedded") {
            let prefix = tags.value("embeddedprefix").unwrap_or_default();
            let kind = if let Type::Pointer(inner) = &field.kind { inner } else { &field.kind };
            let inner = match kind {
                Type::Named(name) if &**name == "gorm.Model" => model(),
                Type::Named(name) => match package.type_of(name) {
                    Some(Type::Struct(fields)) => columns(&fields, package, beside, depth)?,
                    Some(_) => return None,
                    None => match beside(package, name)? {
                        (Type::Struct(fields), home) => columns(&fields, &home, beside, depth)?,
                        _ => return None,
                    },
                },
                Type::Struct(fields) => columns(fields, package, beside, depth)?,
                _ => return None,
            };
            let named = |column: Column| Column { name: format!("{prefix}{}", column.name), ..column };
            found.extend(inner.into_iter().map(named));
            continue;
        }
        let Some(sort) = sort(&field.kind, &tags, package) else { continue };
        found.push(column(field, &tags, sort.unwrap_or_else(|| format!("\"{UNKNOWN_TYPE}\""))));
    }
    // Without a tag, a field `ID` is the key.
    if !found.iter().any(|column| column.definition.contains(KEY))
        && let Some(id) = found.iter_mut().find(|column| &*column.field == "ID")
    {
        id.definition.push_str(KEY);
    }
    Some(found)
}

/// The names of the columns that xorm makes of a struct; `None` where one of its parts is not told.
pub(super) fn synchronized(fields: &[Field]) -> Option<Vec<String>> {
    let mut found = Vec::new();
    for field in fields {
        let tag = field.tag.as_deref().unwrap_or_default();
        let own = tag.split_once("xorm:\"").and_then(|(_, rest)| rest.split_once('"')).map_or("", |(own, _)| own);
        if own == "-" || !field.name.starts_with(char::is_uppercase) {
            continue;
        }
        if field.embedded || own.split_whitespace().any(|word| word == "extends") {
            return None;
        }
        let named = own.split('\'').nth(1).map(str::to_owned);
        found.push(named.unwrap_or_else(|| snake(&field.name)));
    }
    (!found.is_empty()).then_some(found)
}

/// The columns of `gorm.Model`.
fn model() -> Vec<Column> {
    let one = |field: &str, name: &str, definition: &str| Column {
        name: name.to_owned(),
        field: field.into(),
        definition: definition.to_owned(),
    };
    vec![
        one("ID", "id", "integer PRIMARY KEY AUTOINCREMENT"),
        one("CreatedAt", "created_at", "datetime"),
        one("UpdatedAt", "updated_at", "datetime"),
        one("DeletedAt", "deleted_at", "datetime"),
    ]
}

/// The type of a field's column; nothing where it has none: it is another table's. `Some(None)` where it is not told.
#[expect(clippy::option_option, reason = "a field without a column is not one of an unknown type")]
fn sort(kind: &Type, tags: &Tags, package: &Package) -> Option<Option<String>> {
    if let Some(written) = tags.value("type") {
        return Some(Some(written.to_owned()));
    }
    let name = match kind {
        Type::Pointer(inner) => return sort(inner, tags, package),
        Type::Slice(of) => match &**of {
            Type::Named(name) if matches!(&**name, "byte" | "uint8") => return Some(Some("blob".to_owned())),
            Type::Named(name) if matches!(package.type_of(name), Some(Type::Struct(_))) => return None,
            Type::Pointer(inner) if matches!(&**inner, Type::Named(_)) => return None,
            _ => return Some(None),
        },
        Type::Named(name) => name,
        _ => return Some(None),
    };
    Some(Some(
        match &**name {
            "string" | "sql.NullString" => "text",
            "bool" | "sql.NullBool" => "numeric",
            "float32" | "float64" | "sql.NullFloat64" => "real",
            "time.Time" | "sql.NullTime" | "gorm.DeletedAt" => "datetime",
            "sql.NullInt64" | "sql.NullInt32" => "integer",
            _ if name.trim_start_matches('u').starts_with("int") => "integer",
            _ => {
                return match package.type_of(name) {
                    // An association, unless it is kept as a value.
                    Some(Type::Struct(_)) if !tags.has("serializer") => None,
                    Some(inner @ Type::Named(_)) => match sort(&inner, tags, package) {
                        Some(Some(sort)) => Some(Some(sort)),
                        _ => Some(None),
                    },
                    _ => Some(None),
                };
            }
        }
        .to_owned(),
    ))
}

fn column(field: &Field, tags: &Tags, sort: String) -> Column {
    let name = tags.value("column").map_or_else(|| snake(&field.name), str::to_owned);
    let mut definition = sort;
    if tags.has("primarykey") || tags.has("primary_key") {
        definition.push_str(KEY);
    }
    if tags.has("not null") {
        definition.push_str(" NOT NULL");
    }
    if tags.has("unique") {
        definition.push_str(UNIQUE);
    }
    if let Some(default) = tags.value("default").filter(|default| !default.is_empty()) {
        let plain = default.starts_with(['\'', '"', '('])
            || default.parse::<f64>().is_ok()
            || ["true", "false", "null", "current_timestamp"].contains(&default.to_ascii_lowercase().as_str());
        let written = if plain { default.to_owned() } else { literals::quoted(default) };
        definition.push_str(&format!(" DEFAULT {written}"));
    }
    Column { name, field: Rc::clone(&field.name), definition }
}

/// What `gorm:"…"` says of a field.
struct Tags(Vec<(String, String)>);

impl Tags {
    fn of(field: &Field) -> Self {
        let tag = field.tag.as_deref().unwrap_or_default();
        let own = tag.split_once("gorm:\"").and_then(|(_, rest)| rest.split_once('"')).map_or("", |(own, _)| own);
        let parts = own.split(';').map(|part| part.split_once(':').unwrap_or((part, "")));
        Self(parts.map(|(key, value)| (key.trim().to_ascii_lowercase(), value.trim().to_owned())).collect())
    }

    fn has(&self, key: &str) -> bool {
        self.0.iter().any(|(known, _)| known == key)
    }

    fn value(&self, key: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == key).map(|(_, value)| value.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_named_in_the_plural() {
        for (of, table) in [("User", "users"), ("UserRole", "user_roles"), ("Category", "categories"), ("Box", "boxes")]
        {
            assert_eq!(table_name(of).as_deref(), Some(table));
        }
        assert_eq!(["Person", "Status", "Photo"].map(table_name), [None, None, None]);
    }

    #[test]
    fn columns_are_named_in_snake_case() {
        for (field, column) in [("ID", "id"), ("UserID", "user_id"), ("HTTPPort", "http_port"), ("Name", "name")] {
            assert_eq!(snake(field), column);
        }
    }
}
