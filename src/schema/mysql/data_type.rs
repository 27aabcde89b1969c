//! Types of MySQL, in the form in which it keeps them (<https://dev.mysql.com/doc/refman/8.4/en/data-types.html>).

use std::fmt;

use super::Flavour;
use crate::schema::literals::quoted;
use crate::schema::types::UNKNOWN_TYPE;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DataType {
    /// Its name in small letters, as the server writes it: `int`, `varchar`, `decimal`.
    pub name: String,
    /// Its length or its digits.
    pub arguments: Vec<u64>,
    pub unsigned: bool,
    pub zerofill: bool,
    /// Of an `enum` or a `set`.
    pub values: Vec<String>,
    pub charset: Option<String>,
    pub collation: Option<String>,
}

impl DataType {
    pub fn new(name: &str, arguments: &[u64]) -> Self {
        Self { name: name.to_owned(), arguments: arguments.to_vec(), ..Self::default() }
    }

    pub fn is(&self, names: &[&str]) -> bool {
        names.iter().any(|name| self.name == *name)
    }

    pub fn is_integer(&self) -> bool {
        self.is(&["tinyint", "smallint", "mediumint", "int", "bigint"])
    }

    pub fn is_number(&self) -> bool {
        self.is_integer() || self.is(&["decimal", "float", "double"])
    }

    /// Whether it holds characters of some character set.
    pub fn is_text(&self) -> bool {
        self.is(&["char", "varchar"]) || self.is_long_text()
    }

    pub fn is_long_text(&self) -> bool {
        self.is(&["tinytext", "text", "mediumtext", "longtext"])
    }

    pub fn is_blob(&self) -> bool {
        self.is(&["tinyblob", "blob", "mediumblob", "longblob"])
    }

    /// Whether a key over it needs a length, and MySQL gives it no literal as its default.
    pub fn is_lob(&self) -> bool {
        self.is_long_text() || self.is_blob() || self.is(&["json"]) || self.is_geometry()
    }

    pub fn is_bytes(&self) -> bool {
        self.is(&["binary", "varbinary"]) || self.is_blob()
    }

    pub fn is_geometry(&self) -> bool {
        self.is(&[
            "geometry",
            "point",
            "linestring",
            "polygon",
            "multipoint",
            "multilinestring",
            "multipolygon",
            "geometrycollection",
        ])
    }

    pub fn is_moment(&self) -> bool {
        self.is(&["datetime", "timestamp"])
    }

    /// The digits of a second that it keeps.
    pub fn digits(&self) -> u64 {
        self.arguments.first().copied().unwrap_or(0)
    }

    /// The most bytes that a key takes of it; `bytes` is what a character takes of the server's own set.
    pub fn key_bytes(&self, length: Option<u64>, bytes: u64) -> u64 {
        let first = self.arguments.first().copied();
        match self.name.as_str() {
            _ if self.is_text() => {
                let most = length.or(first).unwrap_or(1);
                most.saturating_mul(self.charset.as_deref().map_or(bytes, character_bytes))
            }
            _ if self.is_bytes() => length.or(first).unwrap_or(1),
            "tinyint" | "year" => 1,
            "smallint" => 2,
            "mediumint" | "date" => 3,
            "int" | "float" => 4,
            "time" => 3 + self.digits().div_ceil(2),
            "timestamp" => 4 + self.digits().div_ceil(2),
            "datetime" => 5 + self.digits().div_ceil(2),
            "bit" => first.unwrap_or(1).div_ceil(8),
            "decimal" => first.unwrap_or(10).div_ceil(2),
            // The number of a word, and a bit for each.
            "enum" => {
                if self.values.len() < 256 {
                    1
                } else {
                    2
                }
            }
            "set" => match self.values.len().div_ceil(8) {
                bytes @ 0..=4 => bytes.max(1) as u64,
                _ => 8,
            },
            _ => 8,
        }
    }

    /// Whether a column of the one type can refer to one of the other
    /// (<https://dev.mysql.com/doc/refman/8.4/en/create-table-foreign-keys.html>): sizes and signs of whole numbers are
    /// equal, texts have one character set, of any length. `None` where that is not known.
    pub fn refers_to(&self, other: &Self, server: Option<&str>) -> Option<bool> {
        if self.is(&[UNKNOWN_TYPE]) || other.is(&[UNKNOWN_TYPE]) {
            return None;
        }
        if self.is_text() && other.is_text() {
            let text = |one: &Self| !one.is_long_text();
            if text(self) != text(other) {
                return Some(false);
            }
            let set = |one: &Self| one.charset.clone().or_else(|| server.map(str::to_owned));
            return match (set(self), set(other)) {
                (Some(one), Some(other)) if canonical(&one) != canonical(&other) => Some(false),
                (None, Some(_)) | (Some(_), None) => None,
                _ => match (&self.collation, &other.collation) {
                    (Some(one), Some(other)) => Some(one == other),
                    (None, None) => Some(true),
                    _ => None,
                },
            };
        }
        // The words of an enum are kept as numbers.
        let is_list = |one: &Self| one.is(&["enum", "set"]);
        if is_list(self) && other.is_text() || self.is_text() && is_list(other) {
            return Some(false);
        }
        if self.is(&["binary", "varbinary"]) && other.is(&["binary", "varbinary"]) {
            return Some(true);
        }
        if self.is_integer() && other.is_integer() {
            return Some(self.name == other.name && self.unsigned == other.unsigned);
        }
        if self.name == other.name {
            // Whether digits count is the engine's own.
            return if self.arguments == other.arguments && self.unsigned == other.unsigned {
                Some(true)
            } else {
                None
            };
        }
        let is_odd = |one: &Self| one.is(&["enum", "set", "year", "bit", "uuid", "inet6", "inet4", "json"]);
        if is_odd(self) || is_odd(other) { None } else { Some(false) }
    }

    /// The type as another flavour may name it: MariaDB keeps a document as a text.
    #[must_use]
    pub fn kept(mut self, flavour: Flavour) -> Self {
        if flavour == Flavour::MariaDb && self.name == "json" {
            self.name = "longtext".to_owned();
            self.charset = Some("utf8mb4".to_owned());
        }
        self
    }
}

/// The most bytes of a character.
pub(super) fn character_bytes(charset: &str) -> u64 {
    match charset {
        "utf8mb4" | "utf16" | "utf16le" | "utf32" | "gb18030" => 4,
        "utf8" | "utf8mb3" | "ujis" | "eucjpms" => 3,
        "ucs2" | "big5" | "sjis" | "cp932" | "gbk" | "gb2312" | "euckr" => 2,
        _ => 1,
    }
}

fn canonical(charset: &str) -> &str {
    if charset == "utf8" { "utf8mb3" } else { charset }
}

impl fmt::Display for DataType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        let values: Vec<String> = self.values.iter().map(|value| quoted(value)).collect();
        let arguments: Vec<String> = self.arguments.iter().map(u64::to_string).collect();
        if !values.is_empty() {
            write!(f, "({})", values.join(","))?;
        } else if !arguments.is_empty() {
            write!(f, "({})", arguments.join(","))?;
        }
        if self.unsigned {
            f.write_str(" unsigned")?;
        }
        if self.zerofill {
            f.write_str(" zerofill")?;
        }
        Ok(())
    }
}
