//! Evaluation beside CPython: the same migrations, the same schemas, for every project in `tests/idioms/`.

use crate::common;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use parity_check::evaluate::lifecycle;
use parity_check::git::Repository;
use parity_check::kinds;
use parity_check::schema::render;
use parity_check::schema::sqlite;
use parity_check::schema::sqlite::{Database, Limits};
use parity_check::track::ends::Modules;
use parity_check::track::{Declared, Track};
use serde_json::{Value as Json, json};
use similar::TextDiff;

/// Runs every case as its project would, and answers with the statements that make each schema.
const PYTHON: &str = r#"
import importlib, inspect, json, os, sqlite3, sys, tempfile

def call(function, cursor, conn):
    target = function
    try:
        names = list(inspect.signature(target, follow_wrapped=False).parameters)
    except (TypeError, ValueError):
        names = ["cursor"]
    given = [conn if "conn" in name or "db" in name else cursor for name in names if name in ("cursor", "conn", "db")]
    function(*given)

def act(step, cursor, conn):
    if callable(step):
        call(step, cursor, conn)
    elif isinstance(step, str):
        conn.executescript(step)
    else:
        for part in step:
            act(part, cursor, conn)

def run(files):
    with tempfile.TemporaryDirectory() as folder:
        for path, text in files.items():
            path = os.path.join(folder, path)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w") as file:
                file.write(text)
        before = set(sys.modules)
        sys.path.insert(0, folder)
        importlib.invalidate_caches()
        try:
            migrations = importlib.import_module("migrations")
            schema = importlib.import_module("schema") if "schema.py" in files else None
            conn = sqlite3.connect(":memory:")
            cursor = conn.cursor()
            entries = migrations.MIGRATIONS
            entries = list(entries.items()) if isinstance(entries, dict) else entries
            waiting = []
            for name, step in entries:
                try:
                    act(step, cursor, conn)
                    conn.commit()
                except sqlite3.OperationalError as error:
                    conn.rollback()
                    if "no such table" not in str(error):
                        raise
                    waiting.append(step)
            if schema:
                schema.init_schema(cursor, conn)
                conn.commit()
            for step in waiting:
                act(step, cursor, conn)
                conn.commit()
            shadows = "SELECT name FROM pragma_table_list WHERE type = 'shadow'"
            conn.row_factory = None
            query = f"SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' AND tbl_name NOT IN ({shadows}) ORDER BY rowid"
            return [row[0] for row in conn.execute(query)]
        finally:
            sys.path.remove(folder)
            for name in set(sys.modules) - before:
                if name.split(".")[0] in ("migrations", "schema", "steps"):
                    del sys.modules[name]

out = sys.stdout
sys.stdout = open(os.devnull, "w")
results = []
for files in json.load(sys.stdin):
    try:
        results.append(run(files))
    except Exception as error:
        results.append(f"{type(error).__name__}: {error}")
json.dump(results, out)
"#;

/// Idioms that are not computed: that is said, and nothing else is claimed of them.
const NOT_COMPUTED: &[&str] = &[
    "arithmetic",
    "clock_and_random_values",
    "dataclass_records",
    "declarative_classes",
    "errors_in_a_loop",
    "f_string_specs",
    "fixed_dates",
    "generators",
    "itertools_and_collections",
    "loops_over_builtins",
    "module_level_code",
    "named_and_counted_parameters",
    "optional_import",
    "plain_classes_as_records",
    "sqlite_version_decides",
    "str_formatting",
    "textwrap_dedent",
    "typed_migrations",
];

struct Case {
    name: String,
    files: Vec<(String, String)>,
}

fn cases() -> Vec<Case> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oracles/python_idioms");
    let mut names: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    let case = |name: std::ffi::OsString| {
        let files = common::files(&folder.join(&name)).into_iter();
        let files = files.map(|(path, text)| (path, String::from_utf8(text).unwrap())).collect();
        Case { name: name.into_string().unwrap(), files }
    };
    names.into_iter().map(case).collect()
}

fn track(case: &Case) -> Track {
    let declares = case.files.iter().any(|(path, _)| path == "schema.py");
    Track {
        list: Some("MIGRATIONS".to_owned()),
        declared: declares.then(|| Declared::new("schema.py")).into_iter().collect(),
        ..Track::new("sqlite", kinds::python_list::KIND, sqlite::DIALECT, "migrations.py")
    }
}

/// What CPython makes of every case: statements, or the error that ended it.
fn executed(cases: &[Case]) -> Vec<Json> {
    let input: Vec<Json> = cases
        .iter()
        .map(|case| {
            case.files.iter().map(|(path, text)| (path.clone(), json!(text))).collect::<serde_json::Map<_, _>>().into()
        })
        .collect();
    let mut process = Command::new("python3")
        .args(["-I", "-B", "-c", PYTHON])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("python3 runs");
    process.stdin.take().unwrap().write_all(json!(input).to_string().as_bytes()).unwrap();
    let output = process.wait_with_output().unwrap();
    assert!(output.status.success(), "python3 failed");
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The same as the schema is printed.
fn printed(statements: &[Json]) -> String {
    let mut database = Database::new(Limits::default()).unwrap();
    for statement in statements {
        database.execute_script(statement.as_str().unwrap()).unwrap();
    }
    serde_json::to_string_pretty(&render::to_json(&database.snapshot().unwrap())).unwrap()
}

/// What evaluation makes of a case: a schema as it is printed, and what it could not compute.
fn evaluated(case: &Case, repository: &Path) -> (String, Vec<String>) {
    let repository = Repository::open(repository).unwrap();
    let commit = repository.commit(&format!("{}/head", case.name)).unwrap();
    let mut modules = Modules::new(repository.snapshot(commit.tree));
    let built = lifecycle::fresh(&track(case), &mut modules).unwrap().evaluated.clone();
    let gaps = built.gaps.iter().map(|missing| format!("{:?}: {}", missing.by, missing.gap.reason));
    let failures = built.failures.iter().map(|failure| format!("{:?}: {}", failure.by, failure.error));
    let schema = serde_json::to_string_pretty(&render::to_json(&built.schema)).unwrap();
    (schema, gaps.chain(failures).collect())
}

#[test]
fn evaluation_makes_the_schema_that_python_makes() {
    let cases = cases();
    assert!(cases.len() >= 40, "the corpus has {} cases", cases.len());
    let trees: Vec<_> = cases
        .iter()
        .map(|case| {
            let files: common::Files =
                case.files.iter().map(|(path, text)| (path.clone(), text.clone().into_bytes())).collect();
            (case.name.as_str(), common::Files::default(), files)
        })
        .collect();
    let repository = common::import(&trees);
    let mut failures = Vec::new();
    for (case, executed) in cases.iter().zip(executed(&cases)) {
        let Json::Array(statements) = &executed else {
            failures.push(format!("{}: CPython says {executed}", case.name));
            continue;
        };
        assert!(!statements.is_empty(), "{} makes nothing", case.name);
        let wanted = printed(statements);
        let (found, missing) = evaluated(case, repository.path());
        if NOT_COMPUTED.contains(&case.name.as_str()) {
            assert!(!missing.is_empty(), "{} is computed by now", case.name);
        } else if !missing.is_empty() {
            failures.push(format!("{}: {missing:#?}", case.name));
        } else if found != wanted {
            let diff = TextDiff::from_lines(&wanted, &found).unified_diff().context_radius(1).to_string();
            failures.push(format!("{}:\n{diff}", case.name));
        }
        // The same again, byte by byte.
        assert_eq!(found, evaluated(case, repository.path()).0, "{}", case.name);
    }
    assert!(failures.is_empty(), "{} of {}:\n{}", failures.len(), cases.len(), failures.join("\n"));
}
