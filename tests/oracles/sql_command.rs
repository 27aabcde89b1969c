//! What `parity-check sql` prints beside the real thing: `alembic upgrade heads` and the printed statements leave the same
//! catalog on a PostgreSQL server, for every project in `tests/oracles/alembic_idioms/` of which all statements are known.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::common::{Repo, answer, program};

const CONFIGURATION: &str = "[track.postgres]\nkind = \"alembic\"\ndialect = \"postgres\"\nmigrations = \"versions\"\n";

/// Idioms that come out otherwise, and are left aside.
const OTHERWISE: &[&str] = &[
    // What changes no schema of the model is not written: `NOT VALID`, `WITH (fillfactor = 50)`.
    "create_constraints_later",
    "create_index_every_keyword",
    // Alembic is refused, too.
    "names_that_conventions_cut",
    // The statements need the transaction, the savepoint or the path that a runner keeps around them.
    "engine_of_its_own_in_one_transaction",
    "savepoint_around_a_failure",
    "search_path_and_schema_in_sql",
    "session_settings",
];

fn folders() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oracles/alembic_idioms");
    let entries = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path());
    let name = |path: &PathBuf| path.file_name().unwrap().to_str().unwrap().to_owned();
    let is_left = |path: &PathBuf| name(path).starts_with("refused") || OTHERWISE.contains(&name(path).as_str());
    let mut folders: Vec<PathBuf> = entries.filter(|path| path.join("versions").is_dir() && !is_left(path)).collect();
    folders.sort();
    folders
}

/// The statements of all revisions behind the first, and the file of that one; `None` where not all of them are known.
fn printed(folder: &Path) -> Option<(Vec<String>, Option<PathBuf>)> {
    let repo = Repo::new();
    let files = crate::common::files(folder);
    let is_first = |text: &[u8]| String::from_utf8_lossy(text).contains("\ndown_revision = None");
    let is_revision = |path: &str| path.starts_with("versions/");
    let first = files.iter().find(|(path, text)| is_revision(path) && is_first(text)).map(|(path, _)| path.clone());
    let count = files.keys().filter(|path| is_revision(path)).count();
    // A single one is new on an empty database.
    let base = first.filter(|_| count > 1);
    repo.write("parity.toml", CONFIGURATION);
    repo.write("versions/README", "");
    for (path, text) in files.iter().filter(|(path, _)| !is_revision(path) || Some(*path) == base.as_ref()) {
        repo.write(path, text);
    }
    repo.commit("base");
    for (path, text) in &files {
        repo.write(path, text);
    }
    repo.commit("head");
    let (code, out, err) = answer(program(&repo.path()).args(["sql", "--base", "HEAD~1", "--format", "json"]));
    assert_eq!(code, Some(0), "{}: {err}", folder.display());
    let listing: Value = serde_json::from_str(&out).unwrap();
    let statements = listing["statements"].as_array().unwrap();
    let known =
        statements.iter().map(|one| one["sql"].as_str().filter(|_| one["unknown"].is_null()).map(str::to_owned));
    Some((known.collect::<Option<Vec<String>>>()?, base.map(PathBuf::from)))
}

#[test]
fn the_printed_statements_leave_the_catalog_that_alembic_leaves() {
    let scratch = tempfile::tempdir().unwrap();
    let (mut real, mut told) = (Vec::new(), Vec::new());
    for folder in folders() {
        let Some((statements, base)) = printed(&folder) else { continue };
        let project = scratch.path().join(folder.file_name().unwrap());
        std::fs::create_dir_all(project.join("versions")).unwrap();
        let mut parent = "None".to_owned();
        for (path, text) in crate::common::files(&folder) {
            let is_base = base.as_deref() == Some(Path::new(&path));
            if is_base {
                let text = String::from_utf8_lossy(&text);
                let id = text.lines().find_map(|line| line.strip_prefix("revision = ")).unwrap();
                id.clone_into(&mut parent);
            }
            if is_base || !path.starts_with("versions/") {
                std::fs::create_dir_all(project.join(&path).parent().unwrap()).unwrap();
                std::fs::write(project.join(&path), text).unwrap();
            }
        }
        let list = serde_json::to_string(&statements).unwrap();
        let revision = format!(
            "from alembic import op\nrevision = \"printed\"\ndown_revision = {parent}\n\ndef upgrade():\n    with \
             op.get_context().autocommit_block():\n        for sql in {list}:\n            \
             op.get_bind().connection.cursor().execute(sql.encode())\n"
        );
        std::fs::write(project.join("versions/printed.py"), revision).unwrap();
        real.push(folder);
        told.push(project);
    }
    assert!(real.len() >= 60, "the statements of {} idioms are known", real.len());
    let (Some(real_schemas), Some(told_schemas)) = (crate::postgres::oracle(&real), crate::postgres::oracle(&told))
    else {
        return;
    };
    let mut wrong = Vec::new();
    for ((folder, real), told) in real.iter().zip(&real_schemas).zip(&told_schemas) {
        if real["schema"] != told["schema"] || !told["error"].is_null() {
            wrong.push(format!("{}:\n  {real}\n  {told}", folder.display()));
        }
    }
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), real.len(), wrong.join("\n"));
}
