//! Functions that other databases have and PostgreSQL has not.

use sqlparser::ast;

use super::error::{PgError, is_reserved};
use super::state::State;
use super::{bare, object};
use crate::schema::token::{self, Kind, Token};
use crate::source::has_word;

/// Those of SQLite and of MySQL that neither PostgreSQL 15 to 17 nor an extension that it ships has, and whose names are
/// no type's. Names that a project could well give to a function of its own are left out.
const STRANGERS: &[&str] = &[
    // SQLite.
    "ifnull",
    "iif",
    "strftime",
    "julianday",
    "unixepoch",
    "datetime",
    "json_extract",
    "json_group_array",
    "json_group_object",
    "json_patch",
    "json_quote",
    "json_remove",
    "json_replace",
    "json_set",
    "json_tree",
    "json_valid",
    "group_concat",
    "hex",
    "unhex",
    "randomblob",
    "zeroblob",
    "printf",
    "instr",
    "glob",
    "typeof",
    "last_insert_rowid",
    "total_changes",
    "sqlite_version",
    "likelihood",
    "unlikely",
    // MySQL.
    "unix_timestamp",
    "from_unixtime",
    "date_format",
    "str_to_date",
    "date_sub",
    "datediff",
    "timediff",
    "timestampdiff",
    "timestampadd",
    "curdate",
    "curtime",
    "utc_timestamp",
    "utc_date",
    "sysdate",
    "find_in_set",
    "substring_index",
    "json_unquote",
    "json_contains",
    "json_arrayappend",
    "json_array_append",
    "json_search",
    "json_length",
    "json_merge_patch",
    "lcase",
    "ucase",
    "strcmp",
    "rand",
    "last_insert_id",
    "uuid_to_bin",
    "bin_to_uuid",
    "sha1",
    "sha2",
    "inet_aton",
    "inet_ntoa",
    "dayofweek",
    "dayofmonth",
    "dayofyear",
    "weekofyear",
    "yearweek",
    "makedate",
    "to_days",
    "from_days",
    "dayname",
    "monthname",
    "isnull",
    "to_base64",
    "from_base64",
    // SQL Server.
    "getdate",
    "newid",
    "charindex",
    "dateadd",
];

/// Extensions that bring functions of other databases.
const COMPATIBLE: &[&str] =
    &["orafce", "mysql_compat", "pg_mysql", "babelfishpg_tsql", "babelfishpg_common", "mysqlcompat", "ivorysql_ora"];

impl State {
    /// Whether the project makes a function of this name, in whichever schema.
    pub(super) fn has_routine(&self, name: &str) -> bool {
        self.routines.keys().any(|known| bare(known) == bare(name))
    }

    /// Refuses the call of a function that is surely not there; `given` are the types of its arguments, where known.
    pub(super) fn check_function(
        &self,
        function: &ast::Function,
        given: impl Iterator<Item = Option<String>>,
    ) -> Result<(), PgError> {
        let name = object(&function.name);
        let is_strange = STRANGERS.contains(&name.as_str())
            && !self.has_routine(&name)
            && !self.doubt.has(&name)
            && !COMPATIBLE.iter().any(|extension| self.has_extension(extension));
        let missing = self.lacks_function(&name);
        if !is_strange && missing.is_none() {
            return Ok(());
        }
        let types: Vec<String> = given.map(|given| given.unwrap_or_else(|| "unknown".to_owned())).collect();
        let error = PgError::undefined_function(format!("function {name}({}) does not exist", types.join(", ")));
        Err(match missing {
            Some(extension) => error.of_extension(extension),
            None => error,
        })
    }
}

/// The error that a statement surely gives because of what other databases have: `GLOB`, `LIMIT 0, 10`.
pub(super) fn refused(sql: &str) -> Option<PgError> {
    if !has_word(sql, &["glob", "limit"]) {
        return None;
    }
    let tokens: Vec<Token<'_>> = token::tokens(sql).collect();
    let is_operand = |token: &Token<'_>| match token.kind {
        Kind::Word => token.is("not") || !is_reserved(token.text),
        Kind::Quoted | Kind::Text => true,
        _ => token.is_symbol(")"),
    };
    let is_number = |token: &Token<'_>| token.text.bytes().all(|byte| byte.is_ascii_digit());
    tokens.windows(3).find_map(|three| match three {
        [before, word, after] if word.is("glob") && after.kind == Kind::Text && is_operand(before) => {
            Some(PgError::syntax(if before.is("not") { before.text } else { word.text }))
        }
        [word, number, comma] if word.is("limit") && is_number(number) && comma.is_symbol(",") => {
            Some(PgError::malformed("LIMIT #,# syntax is not supported"))
        }
        _ => None,
    })
}
