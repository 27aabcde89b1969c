//! What keeps a statement inside the database in memory and inside its budget.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rusqlite::Connection;
use rusqlite::config::DbConfig;
use rusqlite::hooks::{AuthAction, AuthContext, Authorization};
use rusqlite::limits::Limit;

use super::{ErrorClass, SqlError};
use crate::threads::used;

/// How much one database may cost. The defaults are far above what migrations need.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Instructions of SQLite's virtual machine over the life of the database; a byte of SQL text counts as one, too.
    pub operations: u64,
    /// Time that a processor spent in SQLite over the life of the database: the last resort where single instructions are
    /// slow. How busy the machine is with other things makes no difference.
    pub time: Duration,
    /// The longest text or blob, and the longest row.
    pub value_bytes: u32,
    /// The longest text of SQL.
    pub sql_bytes: u32,
    /// The rows of one result.
    pub result_bytes: usize,
    /// The database itself.
    pub database_bytes: u32,
    /// All databases of the process together; only the first and lower values have an effect.
    pub heap_bytes: u64,
    /// Tables, indexes, views and triggers.
    pub objects: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            operations: 20_000_000,
            time: Duration::from_secs(10),
            value_bytes: 1 << 20,
            sql_bytes: 1 << 20,
            result_bytes: 32 << 20,
            database_bytes: 64 << 20,
            heap_bytes: 512 << 20,
            objects: 20_000,
        }
    }
}

/// Migrations make many tables and few rows, and each table and index has a page of its own at the least.
const PAGE_BYTES: u32 = 1024;

/// How many instructions run between two looks at the budget.
const STRIDE: i32 = 1_000;

/// The state that the hooks of one connection share with its owner.
#[derive(Debug)]
pub(super) struct Guard {
    limits: Limits,
    operations: AtomicU64,
    nanoseconds: AtomicU64,
    /// What the thread had used when the statement began.
    started: Mutex<Duration>,
    exhausted: AtomicBool,
    denied: Mutex<Option<String>>,
}

impl Guard {
    /// Puts the connection behind bars.
    pub(super) fn install(connection: &mut Connection, limits: Limits) -> rusqlite::Result<Arc<Self>> {
        configure(connection, &limits)?;
        let guard = Arc::new(Self {
            limits,
            operations: AtomicU64::new(0),
            nanoseconds: AtomicU64::new(0),
            started: Mutex::new(used()),
            exhausted: AtomicBool::new(false),
            denied: Mutex::new(None),
        });
        let watch = Arc::clone(&guard);
        connection.progress_handler(STRIDE, Some(move || !watch.charge(STRIDE.unsigned_abs().into())))?;
        let watch = Arc::clone(&guard);
        connection.authorizer(Some(move |context: AuthContext<'_>| watch.authorize(&context)))?;
        Ok(guard)
    }

    pub(super) fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Takes from the budget; `false` when it is used up.
    fn charge(&self, operations: u64) -> bool {
        let spent = self.operations.fetch_add(operations, Ordering::Relaxed).saturating_add(operations);
        let before = Duration::from_nanos(self.nanoseconds.load(Ordering::Relaxed));
        let within = spent <= self.limits.operations && before + self.elapsed() <= self.limits.time;
        if !within {
            self.exhausted.store(true, Ordering::Relaxed);
        }
        within
    }

    fn elapsed(&self) -> Duration {
        used().saturating_sub(*self.started.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Runs a piece of work on the connection, and says why it failed where one of the hooks ended it.
    pub(super) fn watch<T>(&self, sql: &str, work: impl FnOnce() -> Result<T, SqlError>) -> Result<T, SqlError> {
        *self.started.lock().unwrap_or_else(PoisonError::into_inner) = used();
        *self.denied.lock().unwrap_or_else(PoisonError::into_inner) = None;
        if self.exhausted.load(Ordering::Relaxed) || !self.charge(sql.len() as u64) {
            return Err(SqlError::exhausted("its statements take longer than a check may take"));
        }
        let result = work();
        let spent = u64::try_from(self.elapsed().as_nanos()).unwrap_or(u64::MAX);
        self.nanoseconds.fetch_add(spent, Ordering::Relaxed);
        let Err(error) = result else { return result };
        let denied = self.denied.lock().unwrap_or_else(PoisonError::into_inner).take();
        match (denied, error.class) {
            (_, ErrorClass::Exhausted) => {
                self.exhausted.store(true, Ordering::Relaxed);
                Err(error)
            }
            (Some(what), _) => Err(SqlError::denied(what)),
            (None, _) => Err(error),
        }
    }

    fn authorize(&self, context: &AuthContext<'_>) -> Authorization {
        match context.action {
            AuthAction::Attach { .. } | AuthAction::Detach { .. } => self.deny("it attaches another database"),
            AuthAction::Function { function_name } if is_forbidden_function(function_name) => {
                self.deny(format!("it calls `{function_name}`, which reaches outside the database"))
            }
            AuthAction::Pragma { pragma_name, pragma_value } => self.pragma(pragma_name, pragma_value),
            AuthAction::Unknown { code, .. } => self.deny(format!("SQLite asks for an unknown permission ({code})")),
            _ => Authorization::Allow,
        }
    }

    fn pragma(&self, name: &str, value: Option<&str>) -> Authorization {
        match Pragma::of(name, value.is_some()) {
            Pragma::Run => Authorization::Allow,
            Pragma::Nothing => Authorization::Ignore,
            Pragma::Deny => self.deny(format!("it sets `PRAGMA {name}`")),
        }
    }

    fn deny(&self, what: impl Into<String>) -> Authorization {
        *self.denied.lock().unwrap_or_else(PoisonError::into_inner) = Some(what.into());
        Authorization::Deny
    }
}

fn is_forbidden_function(name: &str) -> bool {
    ["load_extension", "fts3_tokenizer", "readfile", "writefile", "edit"].iter().any(|f| f.eq_ignore_ascii_case(name))
}

/// What happens to a pragma.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Pragma {
    Run,
    /// Succeeds without a row and without effect, as SQLite treats an unknown one.
    Nothing,
    Deny,
}

impl Pragma {
    fn of(name: &str, sets: bool) -> Self {
        /// They answer a question, or change how later statements of this connection behave.
        const RUN: &[&str] = &[
            "application_id",
            "auto_vacuum",
            "busy_timeout",
            "cache_size",
            "cache_spill",
            "case_sensitive_like",
            "collation_list",
            "compile_options",
            "count_changes",
            "data_version",
            "database_list",
            "defer_foreign_keys",
            "empty_result_callbacks",
            "foreign_key_check",
            "foreign_key_list",
            "foreign_keys",
            "freelist_count",
            "full_column_names",
            "function_list",
            "ignore_check_constraints",
            "incremental_vacuum",
            "index_info",
            "index_list",
            "index_xinfo",
            "integrity_check",
            "journal_mode",
            "journal_size_limit",
            "legacy_alter_table",
            "locking_mode",
            "mmap_size",
            "module_list",
            "optimize",
            "page_count",
            "pragma_list",
            "query_only",
            "quick_check",
            "read_uncommitted",
            "recursive_triggers",
            "reverse_unordered_selects",
            "secure_delete",
            "short_column_names",
            "synchronous",
            "table_info",
            "table_list",
            "table_xinfo",
            "user_version",
            "wal_autocheckpoint",
            "wal_checkpoint",
        ];
        /// A question is harmless; setting them would lift a limit or break the file that isn't there.
        const READ: &[&str] =
            &["encoding", "max_page_count", "page_size", "schema_version", "temp_store", "threads", "trusted_schema"];
        const DENY: &[&str] = &[
            "data_store_directory",
            "hard_heap_limit",
            "key",
            "lock_proxy_file",
            "rekey",
            "schema_version",
            "soft_heap_limit",
            "temp_store_directory",
            "writable_schema",
        ];
        let among = |names: &[&str]| names.iter().any(|known| known.eq_ignore_ascii_case(name));
        match sets {
            _ if among(RUN) => Self::Run,
            false if among(READ) => Self::Run,
            true if among(READ) && !among(DENY) => Self::Nothing,
            _ if among(DENY) => Self::Deny,
            _ => Self::Nothing,
        }
    }
}

fn configure(connection: &Connection, limits: &Limits) -> rusqlite::Result<()> {
    // The bundled build switches them on; Python's does not.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_FKEY, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_ATTACH_CREATE, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_ATTACH_WRITE, false)?;
    let signed = |value: u32| i32::try_from(value).unwrap_or(i32::MAX);
    for (limit, value) in [
        (Limit::SQLITE_LIMIT_LENGTH, signed(limits.value_bytes)),
        (Limit::SQLITE_LIMIT_SQL_LENGTH, signed(limits.sql_bytes)),
        (Limit::SQLITE_LIMIT_ATTACHED, 0),
        (Limit::SQLITE_LIMIT_VDBE_OP, 1_000_000),
        (Limit::SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 1_000),
        (Limit::SQLITE_LIMIT_WORKER_THREADS, 0),
        (Limit::SQLITE_LIMIT_SCHEMA, signed(limits.objects)),
    ] {
        connection.set_limit(limit, value)?;
    }
    let pages = limits.database_bytes / PAGE_BYTES;
    connection.execute_batch(&format!(
        "PRAGMA page_size = {PAGE_BYTES}; PRAGMA temp_store = MEMORY; PRAGMA max_page_count = {pages}; PRAGMA hard_heap_limit = {};",
        limits.heap_bytes
    ))
}
