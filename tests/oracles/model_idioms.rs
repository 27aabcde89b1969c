//! Models beside the real thing: `metadata.create_all()` of SQLAlchemy on a PostgreSQL server and our mapping make the same
//! catalog, for every module in `tests/model_idioms/`: those of SQLAlchemy alone on its newest version and on 2.0, those of
//! `SQLModel`, Flask-SQLAlchemy and `FastAPI` Users on 2.0.
//!
//! Skipped where there is no PostgreSQL, unless `PARITY_CHECK_POSTGRES` demands it; `.ci/run` does.
//! `PARITY_CHECK_SQLALCHEMY_2_0` names a Python with SQLAlchemy 2.0 and those companions.

use std::fs;
use std::path::{Path, PathBuf};

use crate::postgres::{Evaluated, differences, evaluate, oracle_of};

/// The revision that makes everything that a module declares.
const REVISION: &str = r#"
import sqlalchemy as sa
from alembic import op
from models import Base

revision = "0001"
down_revision = None

def upgrade():
    op.execute("CREATE SCHEMA IF NOT EXISTS shop")
    Base.metadata.create_all(op.get_bind())
"#;

/// A project for each module of a folder.
fn projects(of: &str, into: &Path) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oracles/model_idioms").join(of);
    let mut modules: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    modules.sort();
    let project = |module: &PathBuf| {
        let folder = into.join(module.file_stem().unwrap());
        fs::create_dir_all(folder.join("versions")).unwrap();
        fs::write(folder.join("versions/0001.py"), REVISION).unwrap();
        fs::copy(module, folder.join("models.py")).unwrap();
        folder
    };
    modules.iter().map(project).collect()
}

/// In what a Python's SQLAlchemy and the mapping differ.
fn held_against(python: &str, of: &str) -> Option<Vec<String>> {
    let home = tempfile::tempdir().unwrap();
    let folders = projects(of, home.path());
    let executed = oracle_of(python, &folders)?;
    let mut failures = Vec::new();
    for (executed, Evaluated { name, state, failure, gaps, .. }) in executed.iter().zip(&evaluate(&folders)) {
        let mut wrong: Vec<String> = gaps.iter().map(|gap| format!("not computed: {gap}")).collect();
        match (executed["error"]["message"].as_str(), failure) {
            (None, None) => wrong.extend(differences(&executed["schema"], state)),
            (wanted, found) => wrong.push(format!("SQLAlchemy says {wanted:?}, the mapping {found:?}")),
        }
        if !wrong.is_empty() {
            failures.push(format!("{name}:\n    {}", wrong.join("\n    ")));
        }
    }
    Some(failures)
}

fn assert_alike(failures: Option<Vec<String>>) {
    if let Some(failures) = failures {
        assert!(failures.is_empty(), "{}:\n{}", failures.len(), failures.join("\n"));
    }
}

#[test]
fn models_make_what_sqlalchemy_makes_of_them() {
    assert_alike(held_against("python3", "sqlalchemy"));
}

#[test]
fn models_make_what_sqlalchemy_2_0_and_its_companions_make_of_them() {
    let Ok(python) = std::env::var("PARITY_CHECK_SQLALCHEMY_2_0") else {
        assert!(std::env::var_os("PARITY_CHECK_POSTGRES").is_none(), "PARITY_CHECK_SQLALCHEMY_2_0 is needed");
        return;
    };
    assert_alike(held_against(&python, "sqlalchemy"));
    assert_alike(held_against(&python, "companions"));
}
