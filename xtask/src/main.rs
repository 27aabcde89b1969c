//! `cargo xtask new-rule <name>` and `cargo xtask new-kind <name>`: the files and the line that one needs, each of which says what
//! is to be written in it. Tests fail until that is done.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs};

/// A file of the project, by its path there, and what it is to hold.
type Files = Vec<(PathBuf, String)>;

const USAGE: &str = "cargo xtask new-rule <name>   a rule, such as `narrowed-type`
cargo xtask new-kind <name>   a kind of track, such as `ruby-files`";

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    // Where it runs, and not where it was built: a copy of the work tree may share what was built of another.
    let own = std::env::var("CARGO_MANIFEST_DIR").unwrap_or_else(|_| env!("CARGO_MANIFEST_DIR").to_owned());
    let root = Path::new(&own).parent().unwrap_or(Path::new("."));
    let done = match arguments.as_slice() {
        ["new-rule", name] => new_rule(root, name),
        ["new-kind", name] => new_kind(root, name),
        _ => Err(format!("usage:\n{USAGE}")),
    };
    match done {
        Ok(next) => {
            println!("{next}");
            ExitCode::SUCCESS
        }
        Err(why) => {
            eprintln!("{why}");
            ExitCode::from(2)
        }
    }
}

/// The name of a module for something that is called so. Fails where the configuration could not call it that.
fn module(name: &str) -> Result<String, String> {
    let is_word = |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase());
    if name.split('-').all(is_word) {
        return Ok(name.replace('-', "_"));
    }
    Err(format!("`{name}` is no name: lower-case words with `-` between them, such as `narrowed-type`"))
}

/// Writes files that are not there yet, all or none.
fn write_new(root: &Path, files: Files) -> Result<String, String> {
    if let Some((path, _)) = files.iter().find(|(path, _)| root.join(path).exists()) {
        return Err(format!("{} is there already", path.display()));
    }
    let mut written = String::new();
    for (path, text) in files {
        let whole = root.join(&path);
        let folder = whole.parent().unwrap_or(root);
        fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        fs::write(&whole, text).map_err(|error| format!("{}: {error}", path.display()))?;
        written.push_str(&format!("  {}\n", path.display()));
    }
    Ok(written)
}

/// Adds a line to the list that `start` begins, at its end.
fn register(root: &Path, file: &str, start: &str, module: &str) -> Result<(), String> {
    let path = root.join(file);
    let text = fs::read_to_string(&path).map_err(|error| format!("{file}: {error}"))?;
    let list = text.find(start).ok_or_else(|| format!("{file} has no `{}`", start.trim()))?;
    let end = list + text[list..].find("\n}").ok_or_else(|| format!("{file}: `{}` has no end", start.trim()))?;
    let text = format!("{}\n    {module},{}", &text[..end], &text[end..]);
    fs::write(&path, text).map_err(|error| format!("{file}: {error}"))
}

/// A template with what stands in double brackets put in.
fn filled(template: &str, name: &str, module: &str) -> String {
    template.replace("[[name]]", name).replace("[[module]]", module)
}

/// A fixture in which head is base still: what the change is has to be written.
fn fixture(rule: &str, kind: &str, sentence: &str, expect: &str) -> Files {
    let folder = Path::new("fixtures").join(rule).join(kind).join(sentence);
    let mut files = vec![(folder.join("expect.toml"), expect.to_owned())];
    for end in ["base", "head"] {
        let versions = folder.join(end).join("alembic/versions");
        files.push((folder.join(end).join("alembic/env.py"), "from alembic import context\n".to_owned()));
        files.push((versions.join("0001_users.py"), include_str!("templates/0001_users.py").to_owned()));
    }
    files
}

fn new_rule(root: &Path, name: &str) -> Result<String, String> {
    let module = module(name)?;
    let mut files = vec![(
        Path::new("src/rules").join(format!("{module}.rs")),
        filled(include_str!("templates/rule.rs.txt"), name, &module),
    )];
    let found = format!("exit = 1\nfindings = [\"{name}\"]\nat = \"alembic/versions/0002_x.py:1\"\noutput = true\n");
    files.extend(fixture(name, "alembic", &format!("{module}_is_reported_where_it_is"), &found));
    files.extend(fixture(name, "alembic", &format!("{module}_says_nothing_of_what_is_right"), "exit = 0\n"));
    let written = write_new(root, files)?;
    register(root, "src/rules/mod.rs", "\nrules! {", &module)?;
    Ok(format!(
        "written:\n{written}and a line in src/rules/mod.rs. Now\n\
         1. write its page and its `check` in src/rules/{module}.rs: `src/rules/parked_chain.rs` is a short one to learn from;\n\
         2. let head of both fixtures do what their names say, and call them by better sentences;\n\
         3. UPDATE=1 INSTA_UPDATE=always cargo test --test check: the README's table, the JSON Schema, the whole output;\n\
         4. cargo test --test check fixtures: every rule over every pair of trees.\n"
    ))
}

fn new_kind(root: &Path, name: &str) -> Result<String, String> {
    let module = module(name)?;
    let files = vec![(
        Path::new("src/kinds").join(&module).join("mod.rs"),
        filled(include_str!("templates/kind.rs.txt"), name, &module),
    )];
    let written = write_new(root, files)?;
    register(root, "src/kinds/mod.rs", "\nkinds! {", &module)?;
    Ok(format!(
        "written:\n{written}and a line in src/kinds/mod.rs. It compiles, finds no track and knows no migration. Now\n\
         1. say in `FACTS` what it is called and how it lies in a project;\n\
         2. `find`: how such a track is found without a configuration;\n\
         3. `change`: how one commit is read, and how two differ; `Program`: what one migration does to a database;\n\
         4. a fixture for each rule that can speak of it, in fixtures/<rule>/{name}/<a sentence>;\n\
         5. UPDATE=1 cargo test --test check generated: the README's table and the JSON Schema.\n"
    ))
}
