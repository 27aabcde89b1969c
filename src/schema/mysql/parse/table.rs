//! `CREATE TABLE` and what stands in its brackets and after them.

use super::column::ColumnDef;
use super::key::Rule;
use super::{Parsed, Reader};
use crate::schema::mysql::error::Error;
use crate::schema::mysql::lexer::Kind;

#[derive(Clone, Debug)]
pub(in crate::schema::mysql) struct CreateTable {
    pub name: String,
    pub temporary: bool,
    pub if_not_exists: bool,
    pub or_replace: bool,
    pub content: Content,
}

#[derive(Clone, Debug)]
pub(in crate::schema::mysql) enum Content {
    Like(String),
    Elements(Vec<Element>, Options),
    /// Its columns come from a query, with those that are written.
    Query,
}

#[derive(Clone, Debug)]
pub(in crate::schema::mysql) enum Element {
    Column(Box<ColumnDef>),
    Rule(Rule),
}

/// The options of a table that mean something here.
#[derive(Clone, Debug, Default)]
pub(in crate::schema::mysql) struct Options {
    pub engine: Option<String>,
    pub charset: Option<String>,
    pub collation: Option<String>,
}

/// Options that take a value, with or without `=`.
const VALUED: &[&str] = &[
    "auto_increment",
    "autoextend_size",
    "avg_row_length",
    "checksum",
    "comment",
    "compression",
    "connection",
    "delay_key_write",
    "encryption",
    "engine_attribute",
    "insert_method",
    "key_block_size",
    "max_rows",
    "min_rows",
    "pack_keys",
    "password",
    "row_format",
    "secondary_engine",
    "secondary_engine_attribute",
    "stats_auto_recalc",
    "stats_persistent",
    "stats_sample_pages",
    "storage",
    "table_checksum",
    "tablespace",
    "transactional",
    "page_checksum",
    "page_compressed",
    "page_compression_level",
    "sequence",
];

impl Reader<'_> {
    /// What follows `CREATE [OR REPLACE] [TEMPORARY] TABLE`.
    pub fn create_table(&mut self, or_replace: bool, temporary: bool) -> Parsed<CreateTable> {
        let if_not_exists = self.if_not_exists();
        let name = self.object()?;
        let content = self.table_content()?;
        Ok(CreateTable { name, temporary, if_not_exists, or_replace, content })
    }

    fn table_content(&mut self) -> Parsed<Content> {
        if self.eat("like") {
            let other = self.object()?;
            self.expect_end()?;
            return Ok(Content::Like(other));
        }
        if self.is_symbol("(") && self.ahead(1).is_some_and(|next| next.is("like")) {
            self.skip(2);
            let other = self.object()?;
            self.expect_symbol(")")?;
            self.expect_end()?;
            return Ok(Content::Like(other));
        }
        let is_query = |reader: &Self| reader.is_any(&["as", "select", "with", "values", "ignore", "replace", "table"]);
        let in_brackets =
            self.is_symbol("(") && self.ahead(1).is_some_and(|next| next.is("select") || next.is_symbol("("));
        if in_brackets || (is_query(self) && !self.are(&["with", "system"])) {
            return Ok(Content::Query);
        }
        let elements =
            if self.is_symbol("(") { self.list(Self::element)?.into_iter().flatten().collect() } else { Vec::new() };
        let mut options = Options::default();
        self.options(&mut options)?;
        if !self.is_at_end() && (is_query(self) || self.is_symbol("(")) {
            return Ok(Content::Query);
        }
        self.expect_end()?;
        Ok(Content::Elements(elements, options))
    }

    fn element(&mut self) -> Parsed<Vec<Element>> {
        if self.are(&["period", "for", "system_time"]) {
            self.skip(3);
            self.brackets()?;
            return Ok(Vec::new());
        }
        if let Some(rule) = self.rule()? {
            return Ok(vec![Element::Rule(rule)]);
        }
        let column = self.column()?;
        if !self.is_symbol(",") && !self.is_symbol(")") {
            return Err(self.syntax());
        }
        Ok(vec![Element::Column(Box::new(column))])
    }

    /// Options of a table, as many as there are.
    pub(super) fn options(&mut self, options: &mut Options) -> Parsed<()> {
        while !self.is_at_end() {
            self.eat_symbol(",");
            if !self.option(options)? {
                break;
            }
        }
        Ok(())
    }

    pub(super) fn option(&mut self, options: &mut Options) -> Parsed<bool> {
        let start = self.at;
        self.eat("default");
        if self.eat_any(&["engine", "type"]) {
            options.engine = Some(self.option_value()?.to_ascii_lowercase());
        } else if self.eat_all(&["character", "set"]) || self.eat_all(&["char", "set"]) || self.eat("charset") {
            options.charset = Some(self.option_value()?.to_ascii_lowercase());
        } else if self.eat("collate") {
            options.collation = Some(self.collation()?);
        } else if self.eat_any(VALUED) || self.eat_all(&["data", "directory"]) || self.eat_all(&["index", "directory"])
        {
            self.option_value()?;
        } else if self.eat("union") {
            self.eat_symbol("=");
            self.brackets()?;
        } else if self.eat_all(&["with", "system", "versioning"]) || self.eat_all(&["start", "transaction"]) {
        } else if self.are(&["partition", "by"]) {
            self.partitions()?;
        } else if self.peek().is_some_and(|token| matches!(token.kind, Kind::Word | Kind::Quoted))
            && self.ahead(1).is_some_and(|next| next.is_symbol("="))
        {
            // An option of an engine of MariaDB's.
            self.skip(1);
            self.option_value()?;
        } else {
            self.at = start;
            return Ok(false);
        }
        Ok(true)
    }

    /// Partitions change nothing that is compared.
    fn partitions(&mut self) -> Parsed<()> {
        self.skip(2);
        let known = ["hash", "key", "range", "list", "linear", "system_time"];
        if !self.is_any(&known) {
            return Err(self.syntax());
        }
        self.skip(self.tokens.len());
        Ok(())
    }

    /// A query in a definition, of which no more is known.
    pub fn of_query() -> Error {
        Error::unsupported("makes a table from a query")
    }
}
