//! The entries of a module-level list such as `MIGRATIONS`, read from the syntax tree in any of its spellings.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

use ruff_python_ast::{Expr, ExprCall, Operator, Stmt, StmtFunctionDef};

use super::Module;
use super::bindings::{Import, blocks, elements, imports};
use crate::source::Location;
use entries::dotted;

mod entries;
mod newcomers;
pub mod places;
pub mod scopes;

pub use newcomers::newcomers;

/// A chain of imports and calls that is longer is not followed.
const MAX_DEPTH: usize = 12;

/// One entry of a list.
#[derive(Clone, Debug)]
pub struct Entry {
    /// What the entry is told by: its first string that looks like a name, else its number, else its text.
    pub name: String,
    /// The number that it stands under, whatever it is told by.
    pub number: Option<i64>,
    pub location: Location,
    /// Whether it names something that can be called, or holds the SQL itself, beside its name.
    pub acts: bool,
}

impl Entry {
    /// Its text without line ends: what tells it from another of its name.
    pub fn code(&self) -> String {
        let code = self.location.source.text().get(self.location.range.clone()).unwrap_or_default();
        code.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

/// What a list holds when its module has been loaded.
#[derive(Clone, Debug, Default)]
pub struct List {
    pub entries: Vec<Entry>,
    /// Parts that the text does not tell, with the reason.
    pub unread: Vec<(String, Location)>,
    /// Where the list is first bound.
    pub location: Option<Location>,
}

/// More entries than any history has: lists that are added to themselves again and again would grow without bound.
const MAX_ENTRIES: usize = 100_000;

impl List {
    fn join(&mut self, more: Self) {
        let room = MAX_ENTRIES.saturating_sub(self.entries.len());
        if more.entries.len() > room
            && let Some(first) = more.entries.first()
        {
            let reason = format!("the list has more than {MAX_ENTRIES} entries");
            self.unread.push((reason, first.location.clone()));
        }
        self.entries.extend(more.entries.into_iter().take(room));
        self.unread.extend(more.unread.into_iter().take(MAX_UNREAD));
        self.unread.truncate(MAX_UNREAD);
    }
}

/// Places to name when parts of a list cannot be read.
const MAX_UNREAD: usize = 20;

/// Finds the module that an import means; `None` where the repository has none.
pub trait Loader {
    fn load(&mut self, from: &Module, level: u32, parts: &[String]) -> Option<std::rc::Rc<Module>>;
}

/// The list that the module binds to `name`: at its top level, else in a class, else in a function; that of one function or
/// class where its name stands in front (`migrate_tasks.migrations`). `None` where it binds none.
pub fn list(module: &Module, name: &str, loader: &mut dyn Loader) -> Option<List> {
    if let Some((scope, name)) = name.rsplit_once('.') {
        return scopes::list(module, scope, name, loader);
    }
    let mut reader = Reader::new(module, loader, 0);
    reader.wanted = Some(name.to_owned());
    reader.block(module.body());
    if !reader.lists.contains_key(name) {
        reader.functions(module.body());
    }
    let mut list = reader.lists.remove(name)?;
    if places::are_counted(module.text(), name) {
        places::apply(&mut list, &reader.texts);
    }
    Some(list)
}

/// Whether the module binds a list to this name at its top level.
pub fn is_bound(module: &Module, name: &str, loader: &mut dyn Loader) -> bool {
    let mut reader = Reader::new(module, loader, 0);
    let is_class = |statement: &&Stmt| matches!(statement, Stmt::ClassDef(_));
    module.body().iter().filter(|statement| !is_class(statement)).for_each(|statement| reader.statement(statement));
    reader.lists.contains_key(name)
}

/// Every list or dict that the module binds at its top level, by name.
pub fn lists(module: &Module, loader: &mut dyn Loader) -> BTreeMap<String, List> {
    let mut reader = Reader::new(module, loader, 0);
    reader.block(module.body());
    reader.lists
}

/// Whether the elements of a list are lists of migrations, such as those of one release each: functions and classes, and
/// nothing that they go by.
fn are_groups(all: &[Expr]) -> bool {
    let is_one = |element: &Expr| matches!(element, Expr::Name(_) | Expr::Attribute(_));
    !all.is_empty() && all.iter().all(|group| matches!(group, Expr::List(list) if list.elts.iter().all(is_one)))
}

struct Reader<'a> {
    module: &'a Module,
    loader: &'a mut dyn Loader,
    depth: usize,
    /// The list that is asked for; registering functions are looked for only then.
    wanted: Option<String>,
    lists: BTreeMap<String, List>,
    /// Names bound to a string.
    texts: BTreeMap<String, String>,
    /// Names bound to what may be one entry.
    single: BTreeMap<String, Entry>,
    /// How many of the loops around a statement run over what the text does not tell.
    untold_loops: usize,
    /// Loop variables, and the list they run over.
    loops: BTreeMap<String, List>,
    /// Functions that add an entry to the wanted list.
    registering: BTreeSet<String>,
    imports: Vec<Import>,
    /// The names of the module's functions, from the first time that they are asked for.
    functions: OnceCell<BTreeSet<String>>,
}

impl<'a> Reader<'a> {
    fn new(module: &'a Module, loader: &'a mut dyn Loader, depth: usize) -> Self {
        Self {
            module,
            loader,
            depth,
            wanted: None,
            lists: BTreeMap::new(),
            texts: BTreeMap::new(),
            single: BTreeMap::new(),
            untold_loops: 0,
            loops: BTreeMap::new(),
            registering: BTreeSet::new(),
            imports: imports(module),
            functions: OnceCell::new(),
        }
    }

    fn block(&mut self, body: &[Stmt]) {
        for statement in body {
            self.statement(statement);
        }
    }

    /// Looks into functions, for a list that no module binds.
    fn functions(&mut self, body: &[Stmt]) {
        for statement in body {
            match statement {
                Stmt::FunctionDef(function) => {
                    self.block(&function.body);
                    self.functions(&function.body);
                }
                Stmt::ClassDef(class) => self.functions(&class.body),
                _ => {}
            }
        }
    }

    fn statement(&mut self, statement: &Stmt) {
        match statement {
            Stmt::Assign(assign) => {
                for target in &assign.targets {
                    self.assign(target, &assign.value);
                }
            }
            Stmt::AnnAssign(assign) => {
                if let Some(value) = &assign.value {
                    self.assign(&assign.target, value);
                }
            }
            Stmt::AugAssign(assign) if matches!(assign.op, Operator::Add | Operator::BitOr) => {
                if let Expr::Name(target) = &*assign.target
                    && self.lists.contains_key(target.id.as_str())
                {
                    let more = self.read(&assign.value);
                    self.extend(target.id.as_str(), more);
                }
            }
            Stmt::Expr(expression) => {
                if let Expr::Call(call) = &*expression.value {
                    self.call(call);
                }
            }
            Stmt::ClassDef(class) => self.block(&class.body),
            Stmt::FunctionDef(function) => self.function(function),
            Stmt::ImportFrom(import) if import.names.iter().any(|alias| alias.name.as_str() == "*") => {
                let text = import.module.as_ref().map_or("", |module| module.as_str());
                let parts: Vec<String> = text.split('.').filter(|part| !part.is_empty()).map(str::to_owned).collect();
                let lists = self.module_lists(import.level, &parts);
                self.lists.extend(lists);
            }
            Stmt::For(each) => {
                let values = self.read(&each.iter);
                let is_untold = !values.unread.is_empty();
                if !is_untold {
                    self.bind_loop(&each.target, &values);
                }
                self.untold_loops += usize::from(is_untold);
                self.block(&each.body);
                self.untold_loops -= usize::from(is_untold);
                self.block(&each.orelse);
            }
            _ => blocks(statement).into_iter().for_each(|block| self.block(block)),
        }
    }

    fn bind_loop(&mut self, target: &Expr, values: &List) {
        match target {
            Expr::Name(name) => {
                self.loops.insert(name.id.to_string(), values.clone());
            }
            _ => elements(target).unwrap_or_default().iter().for_each(|target| self.bind_loop(target, values)),
        }
    }

    fn assign(&mut self, target: &Expr, value: &Expr) {
        let name = match target {
            Expr::Name(name) => name.id.as_str(),
            Expr::Subscript(subscript) => {
                let Expr::Name(name) = &*subscript.value else { return };
                let name = name.id.as_str();
                if !self.lists.contains_key(name) {
                    return;
                }
                if matches!(&*subscript.slice, Expr::Slice(_)) {
                    let more = self.read(value);
                    self.extend(name, more);
                } else {
                    let entry = self.keyed(&subscript.slice, value);
                    self.push(name, entry);
                }
                return;
            }
            _ => return,
        };
        if self.is_adder(value) {
            // `migration = MIGRATIONS.append`
            self.registering.insert(name.to_owned());
        }
        if let Expr::StringLiteral(text) = value {
            self.texts.insert(name.to_owned(), text.value.to_str().to_owned());
        } else if let Some(mut list) = self.list(value) {
            list.location = Some(self.module.location(target, "the list"));
            self.lists.insert(name.to_owned(), list);
        } else if self.lists.contains_key(name) || self.wanted.as_deref() == Some(name) {
            let mut list = self.unread(value);
            list.location = Some(self.module.location(target, "the list"));
            self.lists.insert(name.to_owned(), list);
        }
        if matches!(value, Expr::Call(_) | Expr::Tuple(_) | Expr::Dict(_)) {
            let entry = self.entry(value);
            self.single.insert(name.to_owned(), entry);
        }
    }

    fn extend(&mut self, name: &str, more: List) {
        if let Some(list) = self.lists.get_mut(name) {
            list.join(more);
        }
    }

    fn push(&mut self, name: &str, entry: Entry) {
        if let Some(list) = self.lists.get_mut(name) {
            list.entries.push(entry);
        }
    }

    /// `MIGRATIONS.append(…)` and its kin, and `register("name", fn)`.
    fn call(&mut self, call: &ExprCall) {
        match &*call.func {
            Expr::Attribute(method) => {
                let Expr::Name(name) = &*method.value else { return };
                let name = name.id.as_str();
                let Some(last) = call.arguments.args.last() else { return };
                if !self.lists.contains_key(name) {
                    return;
                }
                match method.attr.as_str() {
                    // How many there are of it, and which, the text does not tell.
                    "append" | "insert" | "appendleft" | "add" if self.untold_loops > 0 => {
                        let more = self.unread(last);
                        self.extend(name, more);
                    }
                    "append" | "insert" | "appendleft" | "add" => match self.looped(last) {
                        Some(entries) => self.extend(name, entries),
                        None => {
                            let entry = self.entry(last);
                            self.push(name, entry);
                        }
                    },
                    "extend" | "update" | "extendleft" => {
                        let more = self.read(last);
                        self.extend(name, more);
                    }
                    _ => {}
                }
            }
            Expr::Name(function) if self.registering.contains(function.id.as_str()) => {
                let entry = self.entry_of_call(call, None);
                self.push_wanted(entry);
            }
            _ => {}
        }
    }

    /// The entries of the list that a loop runs over, where what is appended is made from the loop's variables.
    fn looped(&self, appended: &Expr) -> Option<List> {
        let names = match appended {
            Expr::Name(_) => std::slice::from_ref(appended),
            Expr::Call(call) => &call.arguments.args,
            _ => elements(appended)?,
        };
        names.iter().find_map(|name| match name {
            Expr::Name(name) => self.loops.get(name.id.as_str()).cloned(),
            Expr::Attribute(attribute) => match &*attribute.value {
                Expr::Name(name) => self.loops.get(name.id.as_str()).cloned(),
                _ => None,
            },
            _ => None,
        })
    }

    /// A function that adds to the list registers what it is called with, or decorates.
    fn function(&mut self, function: &StmtFunctionDef) {
        let Some(wanted) = self.wanted.clone() else { return };
        for decorator in &function.decorator_list {
            let (callee, call) = match &decorator.expression {
                Expr::Call(call) => (&*call.func, Some(call)),
                other => (other, None),
            };
            let registers = match callee {
                Expr::Name(callee) => self.registering.contains(callee.id.as_str()),
                _ => call.is_none() && self.is_adder(callee),
            };
            if registers {
                let name = function.name.as_str();
                let mut entry = match call {
                    Some(call) => self.entry_of_call(call, Some(name)),
                    None => self.named(name, &function.name),
                };
                entry.acts = true;
                self.push_wanted(entry);
            }
        }
        if adds_to(&function.body, &wanted) {
            self.registering.insert(function.name.to_string());
        }
    }

    /// Whether an expression is the method that adds an entry to the wanted list: `MIGRATIONS.append`.
    fn is_adder(&self, expression: &Expr) -> bool {
        let Expr::Attribute(method) = expression else { return false };
        let is_wanted = matches!(&*method.value, Expr::Name(name) if self.wanted.as_deref() == Some(name.id.as_str()));
        is_wanted && matches!(method.attr.as_str(), "append" | "add" | "appendleft")
    }

    fn push_wanted(&mut self, entry: Entry) {
        if let Some(wanted) = self.wanted.clone() {
            self.push(&wanted, entry);
        }
    }

    /// The list that an expression makes; what the text does not tell is among its unread parts.
    fn read(&mut self, expression: &Expr) -> List {
        self.list(expression).unwrap_or_else(|| self.unread(expression))
    }

    fn unread(&self, expression: &Expr) -> List {
        let reason = "the list is built by code that its text does not tell".to_owned();
        List { unread: vec![(reason, self.module.location(expression, "not read"))], ..List::default() }
    }

    fn list(&mut self, expression: &Expr) -> Option<List> {
        match expression {
            Expr::List(_) | Expr::Tuple(_) | Expr::Set(_) => {
                let mut list = List::default();
                let all = elements(expression).unwrap_or_default();
                let are_groups = are_groups(all);
                for element in all {
                    let more = match element {
                        Expr::Starred(starred) => self.read(&starred.value),
                        Expr::List(_) if are_groups => self.read(element),
                        _ => List { entries: vec![self.entry(element)], ..List::default() },
                    };
                    list.join(more);
                }
                Some(list)
            }
            Expr::Dict(dict) => {
                let mut list = List::default();
                for item in &dict.items {
                    let more = match &item.key {
                        Some(key) => List { entries: vec![self.keyed(key, &item.value)], ..List::default() },
                        None => self.read(&item.value),
                    };
                    list.join(more);
                }
                Some(list)
            }
            Expr::Name(name) => self.named_list(name.id.as_str()),
            Expr::Attribute(_) => self.attribute(expression),
            Expr::BinOp(operation) if matches!(operation.op, Operator::Add | Operator::BitOr) => {
                let left = self.list(&operation.left);
                let right = self.list(&operation.right);
                match (left, right) {
                    (None, None) => None,
                    (left, right) => {
                        let mut list = left.unwrap_or_else(|| self.unread(&operation.left));
                        let right = right.unwrap_or_else(|| self.unread(&operation.right));
                        list.join(right);
                        Some(list)
                    }
                }
            }
            Expr::If(choice) => {
                let mut list = self.list(&choice.body)?;
                let other = self.read(&choice.orelse);
                list.join(other);
                Some(list)
            }
            Expr::ListComp(comprehension) => self.comprehension(&comprehension.generators),
            Expr::Generator(generator) => self.comprehension(&generator.generators),
            Expr::SetComp(comprehension) => self.comprehension(&comprehension.generators),
            Expr::DictComp(comprehension) => self.comprehension(&comprehension.generators),
            Expr::Subscript(subscript) if matches!(&*subscript.slice, Expr::Slice(_)) => self.list(&subscript.value),
            Expr::Call(call) => self.list_of_call(call),
            Expr::Named(named) => self.list(&named.value),
            _ => None,
        }
    }

    /// `[Migration(n, f) for n, f in PAIRS]` has an entry for each of `PAIRS`.
    fn comprehension(&mut self, generators: &[ruff_python_ast::Comprehension]) -> Option<List> {
        match generators {
            [only] if only.ifs.is_empty() => self.list(&only.iter),
            _ => None,
        }
    }

    fn list_of_call(&mut self, call: &ExprCall) -> Option<List> {
        let arguments = &call.arguments.args;
        match &*call.func {
            Expr::Name(name) => match (name.id.as_str(), &**arguments) {
                ("list" | "tuple" | "dict" | "set" | "deque" | "OrderedDict", []) => Some(List::default()),
                (
                    "list" | "tuple" | "sorted" | "reversed" | "set" | "frozenset" | "deque" | "dict" | "OrderedDict"
                    | "enumerate" | "MappingProxyType",
                    [first, ..],
                ) => self.list(first),
                ("chain", parts) => Some(self.join(parts)),
                (name, _) => self.returned(name),
            },
            Expr::Attribute(method) => match method.attr.as_str() {
                "copy" | "items" | "values" => self.list(&method.value),
                "chain" => Some(self.join(arguments)),
                "from_iterable" | "MappingProxyType" | "OrderedDict" | "deque" => self.list(arguments.first()?),
                _ => None,
            },
            _ => None,
        }
    }

    fn join(&mut self, parts: &[Expr]) -> List {
        let mut list = List::default();
        for part in parts {
            let more = self.read(part);
            list.join(more);
        }
        list
    }

    /// What a function of this module returns, where it returns a list.
    fn returned(&mut self, name: &str) -> Option<List> {
        if self.depth >= MAX_DEPTH {
            return None;
        }
        let module = self.module;
        let function = module.body().iter().find_map(|statement| match statement {
            Stmt::FunctionDef(function) if function.name.as_str() == name => Some(function),
            _ => None,
        })?;
        let mut reader = Reader::new(module, &mut *self.loader, self.depth + 1);
        reader.lists.clone_from(&self.lists);
        reader.texts.clone_from(&self.texts);
        reader.single.clone_from(&self.single);
        reader.block(&function.body);
        function.body.iter().rev().find_map(|statement| match statement {
            Stmt::Return(value) => reader.list(value.value.as_deref()?),
            _ => None,
        })
    }

    fn named_list(&mut self, name: &str) -> Option<List> {
        if let Some(list) = self.lists.get(name).or_else(|| self.loops.get(name)) {
            return Some(list.clone());
        }
        let import = self.imports.iter().rev().find(|import| import.local == name && import.name.is_some())?.clone();
        self.module_lists(import.level, &import.module).remove(&import.name?)
    }

    /// `core.MIGRATIONS`, with `core` imported.
    fn attribute(&mut self, expression: &Expr) -> Option<List> {
        let dotted = dotted(expression)?;
        let (module, name) = dotted.rsplit_once('.')?;
        let import = self.imports.iter().rev().find(|import| import.local == module)?.clone();
        let parts = import.module.iter().cloned().chain(import.name).collect::<Vec<_>>();
        self.module_lists(import.level, &parts).remove(name)
    }

    fn module_lists(&mut self, level: u32, parts: &[String]) -> BTreeMap<String, List> {
        if self.depth >= MAX_DEPTH {
            return BTreeMap::new();
        }
        let Some(module) = self.loader.load(self.module, level, parts) else { return BTreeMap::new() };
        let mut reader = Reader::new(&module, &mut *self.loader, self.depth + 1);
        reader.block(module.body());
        reader.lists
    }
}

/// Whether a block adds to the list of this name, in nested functions too.
fn adds_to(body: &[Stmt], list: &str) -> bool {
    let is_list = |expression: &Expr| matches!(expression, Expr::Name(name) if name.id.as_str() == list);
    body.iter().any(|statement| match statement {
        Stmt::Expr(expression) => match &*expression.value {
            Expr::Call(call) => match &*call.func {
                Expr::Attribute(method) => {
                    matches!(method.attr.as_str(), "append" | "insert" | "add") && is_list(&method.value)
                }
                _ => false,
            },
            _ => false,
        },
        Stmt::Assign(assign) => assign.targets.iter().any(|target| match target {
            Expr::Subscript(subscript) => is_list(&subscript.value),
            _ => false,
        }),
        Stmt::AugAssign(assign) => is_list(&assign.target),
        Stmt::FunctionDef(function) => adds_to(&function.body, list),
        _ => blocks(statement).into_iter().any(|block| adds_to(block, list)),
    })
}

#[cfg(test)]
mod tests;
