//! Nothing that SQL says reaches the disk. Runs itself again in an empty directory, in which no file may appear.

use std::process::Command;

use parity_check::schema::sqlite::{Database, ErrorClass, Limits, Params};

/// Set in the process that runs the statements.
const INNER: &str = "PARITY_CHECK_SAFETY_INNER";

const FOREVER: &str = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c LIMIT 200000)";

fn statements() -> Vec<String> {
    let mut statements: Vec<String> = [
        "ATTACH 'x.db' AS x",
        "ATTACH 'file:x.db?mode=rwc' AS x",
        "VACUUM INTO 'x.db'",
        "VACUUM",
        "SELECT load_extension('./x')",
        "SELECT writefile('x', 'y')",
        "SELECT edit('x')",
        "CREATE VIRTUAL TABLE v USING csv(filename='x')",
        "PRAGMA temp_store = FILE",
        "PRAGMA temp_store_directory = '.'",
        "PRAGMA journal_mode = DELETE",
        "PRAGMA journal_mode = WAL",
        "PRAGMA locking_mode = EXCLUSIVE",
        "PRAGMA mmap_size = 1000000",
        "PRAGMA writable_schema = ON",
        "CREATE TEMP TABLE t (a)",
        "CREATE TABLE t (a)",
    ]
    .map(String::from)
    .to_vec();
    // Large enough that SQLite would spill its sorters, temporary tables and caches to a file.
    statements.push(format!("CREATE TABLE big AS {FOREVER} SELECT x, printf('%.100c', 'x') AS y FROM c"));
    statements.push("SELECT count(*) FROM (SELECT DISTINCT y || x FROM big ORDER BY y || -x)".to_owned());
    statements.push("CREATE TEMP TABLE copy AS SELECT * FROM big".to_owned());
    statements.push("CREATE INDEX i ON big (y, x)".to_owned());
    statements.push("UPDATE big SET y = x".to_owned());
    statements
}

#[test]
fn nothing_reaches_the_disk() {
    if std::env::var_os(INNER).is_some() {
        for sql in statements() {
            // Each has a database of its own as well: a denial in one must not hide what the next would do.
            let mut shared = Database::new(Limits::default()).unwrap();
            let _ = shared.execute(&sql, Params::NONE);
            let _ = shared.execute_script(&sql);
        }
        let mut shared = Database::new(Limits { operations: u64::MAX, ..Limits::default() }).unwrap();
        for sql in statements() {
            if let Err(error) = shared.execute(&sql, Params::NONE) {
                assert_ne!(error.class, ErrorClass::Exhausted, "{sql}");
            }
        }
        return;
    }
    let empty = tempfile::tempdir().unwrap();
    let status = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "sqlite_safety::nothing_reaches_the_disk"])
        .current_dir(empty.path())
        .env(INNER, "1")
        .env("TMPDIR", empty.path())
        .env("SQLITE_TMPDIR", empty.path())
        .status()
        .unwrap();
    assert!(status.success());
    let left: Vec<_> = std::fs::read_dir(empty.path()).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(left, [""; 0].map(std::path::PathBuf::from));
}

#[test]
fn memory_is_bounded() {
    let mut db = Database::new(Limits { database_bytes: 1 << 20, ..Limits::default() }).unwrap();
    let sql = format!("CREATE TABLE big AS {FOREVER} SELECT printf('%.1000c', 'x') FROM c");
    let error = db.execute(&sql, Params::NONE).unwrap_err();
    assert_eq!(error.class, ErrorClass::Exhausted);
    let mut db = Database::new(Limits { result_bytes: 1 << 20, ..Limits::default() }).unwrap();
    let error = db.execute(&format!("{FOREVER} SELECT x FROM c"), Params::NONE).unwrap_err();
    assert_eq!(error.class, ErrorClass::Exhausted);
}
