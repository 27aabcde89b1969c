//! What makes new databases beside a list of migrations, as far as the syntax tree tells.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::ops::Range;

use ruff_python_ast::visitor::{Visitor, walk_expr};
use ruff_python_ast::{Expr, ExprCall, Stmt, StmtFor};
use ruff_text_size::Ranged;

use super::Module;
use super::bindings::{blocks, last_name};
use crate::source::has_word;

/// What code outside the migrations makes tables with.
#[derive(Debug, Default)]
pub struct Makers<'m> {
    /// A function that is handed to a runner together with the list.
    pub handed: Option<String>,
    /// A function with a name like `create_all` that is no migration and runs none.
    pub function: Option<String>,
    /// What is executed outside the migrations and may be SQL that makes tables, in the order of the text.
    pub texts: Vec<&'m Expr>,
    /// Tables are made and the newest version is recorded, and no migration runs between.
    pub stamps: bool,
    /// Tables are made under a condition alone.
    pub in_branch: bool,
}

/// What makes tables in a module besides the list of this name; `entries` are the texts of the list's entries.
pub fn makers<'m>(module: &'m Module, list: &str, entries: &[String]) -> Makers<'m> {
    let list = list.rsplit('.').next().unwrap_or(list);
    let definitions = Definitions::of(module);
    let mut finder = Finder {
        module,
        list,
        migrations: definitions.named_from(entries.iter().flat_map(|text| words(text))),
        runners: definitions.leading_to(list),
        definitions,
        values: values(module),
        newest: HashSet::new(),
        loops: HashMap::new(),
        found: Makers::default(),
        branches: (0, 0),
        called: Vec::new(),
        certain: (None, Vec::new()),
    };
    finder.newest = finder.newest_versions();
    finder.look(module.body(), false);
    let (function, texts) = std::mem::take(&mut finder.certain);
    finder.found.function = function.or_else(|| finder.function().filter(|_| texts.is_empty()));
    if !texts.is_empty() {
        finder.found.texts = texts;
    }
    let mut seen = HashSet::new();
    finder.found.texts.retain(|text| seen.insert(text.range()));
    finder.found.in_branch = finder.branches.0 > 0 && finder.branches.1 == 0;
    finder.found
}

/// The functions and classes that have a name in them, and those that name one of these.
pub fn speakers(module: &Module, name: &str) -> BTreeSet<String> {
    Definitions::of(module).leading_to(name).into_iter().map(str::to_owned).collect()
}

/// How well a function's name says that it creates the schema; less is better.
pub fn rank(name: &str) -> Option<usize> {
    const VERBS: &[&str] = &["init", "initialize", "initialise", "create", "setup", "ensure", "build", "apply", "make"];
    const OBJECTS: &[&str] = &["schema", "tables", "database", "db", "all"];
    let name = name.trim_start_matches('_');
    let (verb, object) = name.split_once('_')?;
    if !VERBS.contains(&verb) {
        return None;
    }
    let exact = OBJECTS.iter().position(|known| *known == object);
    exact.or_else(|| {
        let inside = OBJECTS[..3].iter().position(|known| object.split('_').any(|part| part == *known));
        inside.map(|rank| rank + OBJECTS.len())
    })
}

/// Where an expression stands.
pub fn place(expression: &Expr) -> Range<usize> {
    expression.range().into()
}

/// The expressions of a module that stand in these places.
pub fn at<'m>(module: &'m Module, places: &[Range<usize>]) -> Vec<&'m Expr> {
    let mut finder = At { places, found: Vec::new() };
    finder.visit_body(module.body());
    finder.found
}

struct At<'m, 'p> {
    places: &'p [Range<usize>],
    found: Vec<&'m Expr>,
}

impl<'m> Visitor<'m> for At<'m, '_> {
    fn visit_expr(&mut self, expression: &'m Expr) {
        if self.places.contains(&place(expression)) {
            self.found.push(expression);
            return;
        }
        walk_expr(self, expression);
    }
}

struct Finder<'m, 'l> {
    module: &'m Module,
    list: &'l str,
    definitions: Definitions<'m>,
    /// What the module, or a class of it, binds to names.
    values: HashMap<&'m str, &'m Expr>,
    /// The functions and classes that entries of the list name, and what those name.
    migrations: HashSet<&'m str>,
    /// The functions that go through the list, and those that call one.
    runners: HashSet<&'m str>,
    /// Names that stand for the newest version.
    newest: HashSet<&'m str>,
    /// Loop variables, with what they run over.
    loops: HashMap<&'m str, &'m Expr>,
    found: Makers<'m>,
    /// How often tables are made under a condition, and without one.
    branches: (usize, usize),
    /// The functions that make tables, as they are called.
    called: Vec<&'m str>,
    /// What makes the tables where the newest version is recorded: a function, or texts.
    certain: (Option<String>, Vec<&'m Expr>),
}

/// What the statements of a block do.
#[derive(Clone, Copy, Default)]
struct Seen {
    creates: bool,
    stamps: bool,
    runs: bool,
}

impl Seen {
    fn join(&mut self, other: Self) {
        self.creates |= other.creates;
        self.stamps |= other.stamps;
        self.runs |= other.runs;
    }
}

impl<'m> Finder<'m, '_> {
    /// Looks through a block that runs as one.
    fn look(&mut self, body: &'m [Stmt], in_branch: bool) -> Seen {
        let before = (self.found.texts.len(), self.called.len());
        let seen = self.block(body, in_branch);
        if seen.creates && seen.stamps && !seen.runs {
            self.found.stamps = true;
            let texts = self.found.texts.get(before.0..).unwrap_or_default();
            let functions = self.called.get(before.1..).unwrap_or_default();
            self.certain.1.extend(texts);
            let own = functions.iter().find(|name| functions_of(self.module).any(|own| own == **name));
            self.certain.0 = self.certain.0.take().or_else(|| Some((*own?).to_owned()));
        }
        seen
    }

    fn block(&mut self, body: &'m [Stmt], in_branch: bool) -> Seen {
        let mut seen = Seen::default();
        for statement in body {
            match statement {
                Stmt::FunctionDef(function) if !self.migrations.contains(function.name.as_str()) => {
                    self.look(&function.body, false);
                }
                Stmt::ClassDef(class) if !self.migrations.contains(class.name.as_str()) => {
                    self.look(&class.body, false);
                }
                Stmt::If(test) => {
                    seen.join(self.simple(&test.test, in_branch));
                    for block in blocks(statement) {
                        // What happens in a branch alone is not what the block around it does.
                        seen.runs |= self.look(block, true).runs;
                    }
                }
                Stmt::For(each) => seen.join(self.each(each, in_branch)),
                Stmt::With(with) => seen.join(self.block(&with.body, in_branch)),
                Stmt::Try(_) | Stmt::While(_) => {
                    for block in blocks(statement) {
                        seen.join(self.block(block, in_branch));
                    }
                }
                Stmt::Expr(expression) => seen.join(self.simple(&expression.value, in_branch)),
                Stmt::Assign(assign) => seen.join(self.simple(&assign.value, in_branch)),
                Stmt::Return(value) => {
                    if let Some(value) = &value.value {
                        seen.join(self.simple(value, in_branch));
                    }
                }
                _ => {}
            }
        }
        seen
    }

    fn each(&mut self, each: &'m StmtFor, in_branch: bool) -> Seen {
        if words(slice(self.module, &each.iter.range().into())).any(|word| word == self.list) {
            let mut calls = Calls::default();
            calls.visit_body(&each.body);
            let text = slice(self.module, &each.range().into()).to_ascii_lowercase();
            let records = text.contains("insert") && calls.found.iter().all(|call| is_execute(call));
            return Seen { stamps: records, runs: !records, ..Seen::default() };
        }
        if let Expr::Name(name) = &*each.target {
            self.loops.insert(name.id.as_str(), &each.iter);
        }
        let mut seen = self.block(&each.body, in_branch);
        seen.join(self.block(&each.orelse, in_branch));
        seen
    }

    /// What an expression does.
    fn simple(&mut self, value: &'m Expr, in_branch: bool) -> Seen {
        let mut calls = Calls::default();
        calls.visit_expr(value);
        let text = slice(self.module, &value.range().into());
        let mut seen = Seen { stamps: self.stamps(text, &calls), ..Seen::default() };
        for call in calls.found {
            let callee = last_name(&call.func).unwrap_or_default();
            if self.creates(call, callee) {
                seen.creates = true;
                if in_branch {
                    self.branches.0 += 1;
                } else {
                    self.branches.1 += 1;
                }
            }
            seen.runs |= self.runners.contains(callee);
            if self.found.handed.is_none() {
                self.found.handed = self.handed(call);
            }
        }
        seen
    }

    /// Whether a call makes tables.
    fn creates(&mut self, call: &'m ExprCall, callee: &'m str) -> bool {
        if is_execute(call) {
            let Some(text) = call.arguments.args.first().and_then(|first| self.sql(first)) else { return false };
            self.found.texts.push(text);
            return true;
        }
        if self.migrations.contains(callee) || self.runners.contains(callee) {
            return false;
        }
        let makes = self.definitions.making.contains(callee) || callee == "create_all" || rank(callee).is_some();
        if makes {
            self.called.push(callee);
        }
        makes
    }

    /// The expression that is SQL which makes tables; `None` where it is none.
    fn sql(&self, expression: &'m Expr) -> Option<&'m Expr> {
        match expression {
            Expr::Name(name) => {
                if let Some(over) = self.loops.get(name.id.as_str()) {
                    return self.sql_of(over).then_some(*over);
                }
                self.sql_of(expression).then_some(expression)
            }
            Expr::Call(call) if last_name(&call.func) == Some("text") => {
                call.arguments.args.first().and_then(|first| self.sql(first))
            }
            _ => self.sql_of(expression).then_some(expression),
        }
    }

    fn sql_of(&self, expression: &Expr) -> bool {
        let name = match expression {
            Expr::Name(name) => name.id.as_str(),
            Expr::Attribute(attribute) => attribute.attr.as_str(),
            Expr::Call(call) => {
                return match &*call.func {
                    Expr::Attribute(method) if ["values", "split", "strip"].contains(&method.attr.as_str()) => {
                        self.sql_of(&method.value)
                    }
                    _ => false,
                };
            }
            other => return makes_table(slice(self.module, &other.range().into())),
        };
        match self.values.get(name) {
            Some(value) => makes_table(slice(self.module, &value.range().into())) || self.is_read(value),
            None => has_word(name, &["schema", "ddl", "create"]) && name.chars().all(|part| !part.is_lowercase()),
        }
    }

    /// Whether a constant is what a SQL file says.
    fn is_read(&self, value: &Expr) -> bool {
        let text = slice(self.module, &value.range().into());
        text.contains(".sql") && text.contains("read")
    }

    /// Whether a statement records the newest version.
    fn stamps(&self, text: &str, calls: &Calls<'_>) -> bool {
        let called = |words: &[&str]| {
            calls.found.iter().filter_map(|call| last_name(&call.func)).any(|callee| has_word(callee, words))
        };
        if called(&["stamp"]) {
            return true;
        }
        let lower = text.to_ascii_lowercase();
        let writes = lower.contains("user_version")
            || ["insert", "update", "replace"].iter().any(|verb| lower.contains(verb))
                && ["version", "migration"].iter().any(|word| lower.contains(word))
            || called(&["version", "record", "mark"]);
        writes && (self.names_end(text) || words(text).any(|word| self.newest.contains(word)))
    }

    /// Whether code asks for the end of the list: its length, its last entry, its highest number.
    fn names_end(&self, text: &str) -> bool {
        let list = self.list;
        let has = |sign: String| text.contains(&sign);
        has(format!("len({list}"))
            || has(format!("{list}[-1]"))
            || has(format!("max({list}"))
            || has(format!("{list})[-1]"))
    }

    /// The names that stand for the newest version: constants that are called so, and what is computed from the list.
    fn newest_versions(&self) -> HashSet<&'m str> {
        let text = self.module.text();
        let computed = text.lines().filter(|line| self.names_end(line)).filter_map(|line| {
            let (name, value) = line.split_once('=')?;
            let name = name.split(':').next()?.trim();
            (!value.starts_with('=')).then_some(name)
        });
        let is_called_so = |word: &&str| {
            let is_constant = !word.contains(|part: char| part.is_lowercase());
            is_constant && (word.ends_with("VERSION") || word.starts_with("LATEST") || word.starts_with("NEWEST"))
        };
        words(text).filter(is_called_so).chain(computed).collect()
    }

    /// The function that a call is given together with the list to make new databases with.
    fn handed(&self, call: &'m ExprCall) -> Option<String> {
        let is_list = |argument: &Expr| last_name(argument) == Some(self.list);
        let keywords = || call.arguments.keywords.iter();
        if !call.arguments.args.iter().any(is_list) && !keywords().any(|keyword| is_list(&keyword.value)) {
            return None;
        }
        let is_function = |name: &&str| {
            self.definitions.known.contains_key(name) && !self.runners.contains(name) && !self.migrations.contains(name)
        };
        let by_key = keywords().find_map(|keyword| {
            let key = keyword.arg.as_ref()?;
            let name = last_name(&keyword.value).filter(is_function)?;
            has_word(key.as_str(), &["creat", "init", "schema", "setup", "fresh", "new"]).then_some(name)
        });
        let by_name = || {
            let values = call.arguments.args.iter().chain(keywords().map(|keyword| &keyword.value));
            values.filter_map(last_name).find(|name| rank(name).is_some() && is_function(name))
        };
        by_key.or_else(by_name).map(str::to_owned)
    }

    /// The function of the module's top level whose name says best that it makes the tables.
    fn function(&self) -> Option<String> {
        let free =
            functions_of(self.module).filter(|name| !self.migrations.contains(name) && !self.runners.contains(name));
        free.filter_map(|name| Some((rank(name)?, name))).min_by_key(|(rank, _)| *rank).map(|(_, name)| name.to_owned())
    }
}

/// The functions of a module's top level.
fn functions_of(module: &Module) -> impl Iterator<Item = &str> {
    module.body().iter().filter_map(|statement| match statement {
        Stmt::FunctionDef(function) => Some(function.name.as_str()),
        _ => None,
    })
}

/// The calls in a statement, functions inside it aside.
#[derive(Default)]
struct Calls<'m> {
    found: Vec<&'m ExprCall>,
}

impl<'m> Visitor<'m> for Calls<'m> {
    fn visit_expr(&mut self, expression: &'m Expr) {
        if let Expr::Call(call) = expression {
            self.found.push(call);
        }
        walk_expr(self, expression);
    }
}

fn is_execute(call: &ExprCall) -> bool {
    matches!(&*call.func, Expr::Attribute(method) if matches!(method.attr.as_str(), "execute" | "executescript" | "exec_driver_sql"))
}

/// Whether code has a text that makes a table.
fn makes_table(code: &str) -> bool {
    let lower = code.to_ascii_lowercase();
    let mut words = lower.split_whitespace().peekable();
    while let Some(word) = words.next() {
        let next = words.peek();
        if word.ends_with("create") && next.is_some_and(|next| matches!(*next, "table" | "virtual")) {
            return true;
        }
    }
    false
}

/// The functions and classes of a module, wherever they stand.
struct Definitions<'m> {
    /// Of each, which others it names.
    known: HashMap<&'m str, HashSet<&'m str>>,
    /// Every name that each of them has in it.
    words: HashMap<&'m str, HashSet<&'m str>>,
    /// Those that have a text which makes a table.
    making: HashSet<&'m str>,
}

/// What is nested deeper has no names of its own.
const DEEPEST: usize = 8;

impl<'m> Definitions<'m> {
    fn of(module: &'m Module) -> Self {
        let mut ranges = HashMap::new();
        collect(module.body(), &mut ranges, DEEPEST);
        let texts = || ranges.iter().map(|(name, range)| (*name, slice(module, range)));
        let words: HashMap<&str, HashSet<&str>> = texts().map(|(name, text)| (name, words(text).collect())).collect();
        let named = |(name, words): (&&'m str, &HashSet<&'m str>)| {
            (*name, words.iter().filter(|word| ranges.contains_key(*word)).copied().collect())
        };
        let known = words.iter().map(named).collect();
        let making = texts().filter(|(_, text)| makes_table(text)).map(|(name, _)| name).collect();
        Self { known, words, making }
    }

    /// Those that the words name, and those that these name.
    fn named_from<'w>(&self, from: impl Iterator<Item = &'w str>) -> HashSet<&'m str> {
        let mut open: Vec<&str> = from.filter_map(|word| Some(*self.known.get_key_value(word)?.0)).collect();
        let mut found = HashSet::new();
        while let Some(name) = open.pop() {
            if found.insert(name) {
                open.extend(self.known.get(name).into_iter().flatten());
            }
        }
        found
    }

    /// Those that have a word in them, and all that name one of these.
    fn leading_to(&self, word: &str) -> HashSet<&'m str> {
        let mut callers: HashMap<&str, Vec<&'m str>> = HashMap::new();
        for (caller, named) in &self.known {
            for name in named {
                callers.entry(name).or_default().push(caller);
            }
        }
        let mut open: Vec<&'m str> =
            self.words.iter().filter(|(_, words)| words.contains(word)).map(|(name, _)| *name).collect();
        let mut found = HashSet::new();
        while let Some(name) = open.pop() {
            if found.insert(name) {
                open.extend(callers.get(name).into_iter().flatten());
            }
        }
        found
    }
}

fn collect<'m>(body: &'m [Stmt], found: &mut HashMap<&'m str, Range<usize>>, depth: usize) {
    let Some(depth) = depth.checked_sub(1) else { return };
    for statement in body {
        match statement {
            Stmt::FunctionDef(function) => {
                found.insert(function.name.as_str(), function.range().into());
                collect(&function.body, found, depth);
            }
            Stmt::ClassDef(class) => {
                found.insert(class.name.as_str(), class.range().into());
                collect(&class.body, found, depth);
            }
            _ => blocks(statement).into_iter().for_each(|block| collect(block, found, depth)),
        }
    }
}

/// What the module, or a class of it, binds to names.
fn values(module: &Module) -> HashMap<&str, &Expr> {
    let bodies = module.body().iter().filter_map(|statement| match statement {
        Stmt::ClassDef(class) => Some(&class.body[..]),
        _ => None,
    });
    let mut found = HashMap::new();
    for statement in std::iter::once(module.body()).chain(bodies).flatten() {
        let (targets, value) = match statement {
            Stmt::Assign(assign) => (&assign.targets[..], &*assign.value),
            Stmt::AnnAssign(assign) => match &assign.value {
                Some(value) => (std::slice::from_ref(&*assign.target), &**value),
                None => continue,
            },
            _ => continue,
        };
        for target in targets {
            if let Expr::Name(name) = target {
                found.entry(name.id.as_str()).or_insert(value);
            }
        }
    }
    found
}

fn slice<'m>(module: &'m Module, range: &Range<usize>) -> &'m str {
    module.text().get(range.clone()).unwrap_or_default()
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|part: char| !part.is_alphanumeric() && part != '_').filter(|word| !word.is_empty())
}
