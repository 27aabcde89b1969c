//! Whether the real programs are there that tests are held against.

use std::process::{Command, Stdio};

/// What a test needs beside this program.
#[derive(Clone, Copy, Debug)]
pub struct Needed {
    /// Python that fails where something of it is not there.
    pub check: &'static str,
    /// The variable of the environment that demands it: without that the test is skipped.
    pub demanded_by: &'static str,
}

pub const POSTGRES: Needed = Needed {
    check: "import alembic, psycopg, shutil, glob; \
            assert shutil.which('postgres') or glob.glob('/usr/lib/postgresql/*/bin/postgres')",
    demanded_by: "PARITY_CHECK_POSTGRES",
};

pub const MARIADB: Needed = Needed {
    check: "import pymysql, shutil, os; assert shutil.which('mariadbd') or os.path.exists('/usr/sbin/mariadbd')",
    demanded_by: "PARITY_CHECK_MARIADB",
};

/// Whether all of it is there, by what some Python has installed.
pub fn are_there(python: &str, needed: Needed) -> bool {
    let status = Command::new(python).args(["-c", needed.check]).stderr(Stdio::null()).status();
    let there = status.is_ok_and(|status| status.success());
    let is_demanded = std::env::var_os(needed.demanded_by).is_some();
    assert!(there || !is_demanded, "{} is set, and in {python} this fails: {}", needed.demanded_by, needed.check);
    there
}
