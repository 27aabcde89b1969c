//! Types as they are written (<https://dev.mysql.com/doc/refman/8.4/en/data-types.html>,
//! <https://mariadb.com/kb/en/data-types/>).

use super::{Parsed, Reader};
use crate::schema::mysql::Flavour;
use crate::schema::mysql::data_type::DataType;
use crate::schema::mysql::lexer::Kind;
use crate::schema::types::UNKNOWN_TYPE;

/// What a type takes in brackets.
#[derive(Clone, Copy)]
enum Shape {
    /// Nothing.
    Bare,
    /// How wide it is shown, which changes nothing.
    Width,
    /// It has to have a length.
    Length,
    /// It may have one; this one where it has none.
    Or(u64),
    /// Digits of a second.
    Digits,
    Decimal,
    Float,
    Double,
    /// A length that chooses among types of four sizes.
    Sized(&'static str),
    Values,
}

/// Names, what the server makes of them, and what they take.
const TYPES: &[(&str, &str, Shape)] = &[
    ("tinyint", "tinyint", Shape::Width),
    ("int1", "tinyint", Shape::Width),
    ("smallint", "smallint", Shape::Width),
    ("int2", "smallint", Shape::Width),
    ("mediumint", "mediumint", Shape::Width),
    ("middleint", "mediumint", Shape::Width),
    ("int3", "mediumint", Shape::Width),
    ("int", "int", Shape::Width),
    ("integer", "int", Shape::Width),
    ("int4", "int", Shape::Width),
    ("bigint", "bigint", Shape::Width),
    ("int8", "bigint", Shape::Width),
    ("decimal", "decimal", Shape::Decimal),
    ("dec", "decimal", Shape::Decimal),
    ("numeric", "decimal", Shape::Decimal),
    ("fixed", "decimal", Shape::Decimal),
    ("float", "float", Shape::Float),
    ("float4", "float", Shape::Float),
    ("double", "double", Shape::Double),
    ("float8", "double", Shape::Double),
    ("real", "double", Shape::Double),
    ("bit", "bit", Shape::Or(1)),
    ("char", "char", Shape::Or(1)),
    ("nchar", "char", Shape::Or(1)),
    ("varchar", "varchar", Shape::Length),
    ("varcharacter", "varchar", Shape::Length),
    ("nvarchar", "varchar", Shape::Length),
    ("binary", "binary", Shape::Or(1)),
    ("varbinary", "varbinary", Shape::Length),
    ("tinytext", "tinytext", Shape::Bare),
    ("text", "text", Shape::Sized("text")),
    ("mediumtext", "mediumtext", Shape::Bare),
    ("longtext", "longtext", Shape::Bare),
    ("tinyblob", "tinyblob", Shape::Bare),
    ("blob", "blob", Shape::Sized("blob")),
    ("mediumblob", "mediumblob", Shape::Bare),
    ("longblob", "longblob", Shape::Bare),
    ("date", "date", Shape::Bare),
    ("time", "time", Shape::Digits),
    ("datetime", "datetime", Shape::Digits),
    ("timestamp", "timestamp", Shape::Digits),
    ("year", "year", Shape::Width),
    ("enum", "enum", Shape::Values),
    ("set", "set", Shape::Values),
    ("json", "json", Shape::Bare),
    ("geometry", "geometry", Shape::Bare),
    ("point", "point", Shape::Bare),
    ("linestring", "linestring", Shape::Bare),
    ("polygon", "polygon", Shape::Bare),
    ("multipoint", "multipoint", Shape::Bare),
    ("multilinestring", "multilinestring", Shape::Bare),
    ("multipolygon", "multipolygon", Shape::Bare),
    ("geometrycollection", "geometrycollection", Shape::Bare),
    ("geomcollection", "geometrycollection", Shape::Bare),
];

/// Those that MariaDB alone has.
const MARIADB: &[(&str, &str, Shape)] = &[
    ("uuid", "uuid", Shape::Bare),
    ("inet4", "inet4", Shape::Bare),
    ("inet6", "inet6", Shape::Bare),
    ("number", "decimal", Shape::Decimal),
    ("varchar2", "varchar", Shape::Length),
    ("raw", "varbinary", Shape::Length),
    ("clob", "longtext", Shape::Bare),
    ("vector", "vector", Shape::Length),
];

impl Reader<'_> {
    pub(super) fn data_type(&mut self) -> Parsed<DataType> {
        // What whoever wrote the statement did not know.
        if self.peek().is_some_and(|token| token.kind == Kind::Quoted && token.value() == UNKNOWN_TYPE) {
            self.skip(1);
            return Ok(DataType::new(UNKNOWN_TYPE, &[]));
        }
        let Some(word) =
            self.peek().filter(|token| token.kind == Kind::Word).map(|token| token.text.to_ascii_lowercase())
        else {
            return Err(self.syntax());
        };
        if let Some(found) = self.phrase(&word)? {
            return self.with_attributes(found);
        }
        let known = TYPES.iter().find(|(name, ..)| *name == word);
        let own = || MARIADB.iter().find(|(name, ..)| *name == word && self.flavour() != Flavour::MySql);
        let vector = || MARIADB.iter().find(|(name, ..)| *name == word && *name == "vector");
        let Some((_, name, shape)) = known.or_else(own).or_else(vector) else { return Err(self.unknown_type(&word)) };
        self.skip(1);
        let varying = *name == "char" && self.eat("varying");
        if word == "double" {
            self.eat("precision");
        }
        let made = if varying { self.shaped("varchar", Shape::Length)? } else { self.shaped(name, *shape)? };
        self.with_attributes(made)
    }

    /// A type of more than one word, or one that stands for more.
    fn phrase(&mut self, word: &str) -> Parsed<Option<DataType>> {
        let made = match word {
            "bool" | "boolean" => {
                self.skip(1);
                DataType::new("tinyint", &[1])
            }
            "serial" => {
                self.skip(1);
                DataType { unsigned: true, ..DataType::new("bigint", &[]) }
            }
            "character" => {
                self.skip(1);
                if self.eat("varying") {
                    self.shaped("varchar", Shape::Length)?
                } else {
                    self.shaped("char", Shape::Or(1))?
                }
            }
            "national" => {
                self.skip(1);
                let varying = self.eat_any(&["varchar", "varcharacter"]);
                if !varying && !self.eat_any(&["char", "character"]) {
                    return Err(self.syntax());
                }
                let varying = varying || self.eat("varying");
                if varying { self.shaped("varchar", Shape::Length)? } else { self.shaped("char", Shape::Or(1))? }
            }
            "long" => {
                self.skip(1);
                if self.eat("varbinary") {
                    DataType::new("mediumblob", &[])
                } else {
                    if self.eat_any(&["char", "character"]) {
                        self.expect("varying")?;
                    } else {
                        self.eat_any(&["varchar", "varcharacter"]);
                    }
                    DataType::new("mediumtext", &[])
                }
            }
            _ => return Ok(None),
        };
        Ok(Some(made))
    }

    fn shaped(&mut self, name: &str, shape: Shape) -> Parsed<DataType> {
        let has = self.is_symbol("(");
        let made = |arguments: &[u64]| Ok(DataType::new(name, arguments));
        match shape {
            Shape::Width if has => {
                let width = self.list(Self::number)?;
                // MySQL 8 keeps no other width than that of a truth value.
                made(if name == "tinyint" && width == [1] { &[1] } else { &[] })
            }
            Shape::Length => {
                let length = self.list(Self::length)?;
                made(&length)
            }
            Shape::Or(_) if has => {
                let length = self.list(Self::length)?;
                made(&length)
            }
            Shape::Or(length) => made(&[length]),
            Shape::Digits if has => {
                let digits = self.list(Self::number)?;
                made(if digits == [0] { &[] } else { &digits })
            }
            Shape::Decimal => {
                let digits = if has { self.list(Self::number)? } else { Vec::new() };
                made(&[digits.first().copied().unwrap_or(10), digits.get(1).copied().unwrap_or(0)])
            }
            Shape::Float | Shape::Double if has => {
                let digits = self.list(Self::number)?;
                match (digits.as_slice(), shape) {
                    ([_, _], _) => made(&digits),
                    ([digits], Shape::Float) => Ok(DataType::new(if *digits > 24 { "double" } else { "float" }, &[])),
                    _ => Err(self.syntax()),
                }
            }
            Shape::Sized(kind) if has => {
                let length = self.list(Self::length)?.first().copied().unwrap_or_default();
                let bytes = if kind == "text" { self.settings.character_bytes() } else { 1 };
                let size = match length.saturating_mul(bytes) {
                    0..256 => "tiny",
                    256..65_536 => "",
                    65_536..16_777_216 => "medium",
                    _ => "long",
                };
                Ok(DataType::new(&format!("{size}{kind}"), &[]))
            }
            Shape::Values => {
                let values = self.list(Self::text)?;
                Ok(DataType { values, ..DataType::new(name, &[]) })
            }
            Shape::Bare | Shape::Width | Shape::Digits | Shape::Float | Shape::Double | Shape::Sized(_) => made(&[]),
        }
    }

    fn length(&mut self) -> Parsed<u64> {
        let length = self.number()?;
        // MariaDB takes bytes for characters in its other mode.
        self.eat_any(&["char", "byte"]);
        Ok(length)
    }

    /// What may stand after the name of a type, in any order.
    fn with_attributes(&mut self, mut made: DataType) -> Parsed<DataType> {
        loop {
            if made.is_number() && self.eat("unsigned") {
                made.unsigned = true;
            } else if made.is_number() && self.eat("zerofill") {
                (made.unsigned, made.zerofill) = (true, true);
            } else if made.is_number() && self.eat("signed") {
            } else if self.eat_all(&["character", "set"]) || self.eat_all(&["char", "set"]) || self.eat("charset") {
                made.charset = Some(self.option_value()?.to_ascii_lowercase());
            } else if self.is("byte") && made.is_text() {
                self.skip(1);
                made = bytes(&made);
            } else if self.eat_any(&["ascii", "unicode"]) || (made.is_text() && self.eat("binary")) {
            } else {
                break;
            }
        }
        if made.charset.as_deref() == Some("binary") && made.is_text() {
            made = bytes(&made);
        }
        Ok(made)
    }
}

/// What a text is that holds bytes.
fn bytes(text: &DataType) -> DataType {
    let name = match text.name.as_str() {
        "char" => "binary".to_owned(),
        "varchar" => "varbinary".to_owned(),
        other => other.replace("text", "blob"),
    };
    DataType::new(&name, &text.arguments)
}
