//! What code does to a schema, told by its text alone: for tracks that nothing evaluates.

use std::collections::{BTreeMap, BTreeSet};

use ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use ruff_python_ast::{Arguments, Expr, ExprCall, Keyword, Stmt, StmtFunctionDef};

mod branches;
mod spelling;

use super::Module;
use super::bindings::{each_top_level, elements, imports};
use crate::schema::token::normal;
use crate::source::Source;

/// So many expressions are written out for one migration, each as often as it is used.
const MOST: usize = 100_000;
/// So deep names are followed to what they stand for.
const DEEPEST: usize = 24;

/// The operations on a schema that a function carries out, with those of the functions of its module that it calls, in the
/// order of the text. How it is written makes no difference: names of variables and helpers, constants, quotes,
/// f-strings, order of keywords, annotations, comments, conditions, and whatever is done to rows by Python; what is for
/// another database than the one of these names (`op.get_bind().dialect.name`) is none of them. `None` where the module has
/// no such function, or where the code is too large to tell.
pub fn of_function(module: &Module, name: &str, dialect: &[&str]) -> Option<Vec<String>> {
    let mut acts = Acts::new(module, dialect);
    let function = *acts.functions.get(name)?;
    acts.function(function, BTreeMap::new());
    acts.finish()
}

/// The same of an entry of a list or a dict in the module, by the entry's text: what it names, says and calls.
pub fn of_entry(module: &Module, entry: &str, dialect: &[&str]) -> Option<Vec<String>> {
    let entry = entry.trim().trim_end_matches(',');
    let parse = |text: String| Module::parse(&Source::new("", text)).ok();
    let own = parse(format!("({entry}\n)")).or_else(|| parse(format!("{{{entry}\n}}")))?;
    let [Stmt::Expr(own)] = own.body() else { return None };
    let mut acts = Acts::new(module, dialect);
    let text = acts.text(&own.value);
    acts.found.push(text);
    acts.visit_expr(&own.value);
    for name in std::mem::take(&mut acts.named) {
        if let Some(function) = acts.functions.get(name.as_str()).copied() {
            acts.function(function, BTreeMap::new());
        }
    }
    acts.finish()
}

/// The first of some operations that alters the schema, and the table that it names: no `INSERT`, and no `UPDATE`.
pub fn first_of_schema(acts: &[String]) -> Option<(&'static str, Option<String>)> {
    acts.iter().find_map(|act| {
        let name = act.split(['(', ' ']).next().unwrap_or_default();
        if let Some((known, _)) = OPERATIONS.iter().find(|(known, _)| *known == name) {
            let table = act.split_once("table_name='").and_then(|(_, rest)| rest.split_once('\''));
            return Some((*known, table.map(|(table, _)| table.to_owned())));
        }
        let altering = [("create", "CREATE"), ("alter", "ALTER"), ("drop", "DROP")];
        altering.iter().find(|(known, _)| name.eq_ignore_ascii_case(known)).map(|(_, keyword)| (*keyword, None))
    })
}

/// The operations of Alembic's with the names of their first parameters: those of a batch leave out the table.
pub const OPERATIONS: [(&str, &[&str]); 20] = [
    ("create_table", &["table_name"]),
    ("drop_table", &["table_name"]),
    ("rename_table", &["old_table_name", "new_table_name"]),
    ("add_column", &["table_name", "column"]),
    ("drop_column", &["table_name", "column_name"]),
    ("alter_column", &["table_name", "column_name"]),
    ("create_index", &["index_name", "table_name", "columns"]),
    ("drop_index", &["index_name", "table_name"]),
    ("create_unique_constraint", &["constraint_name", "table_name", "columns"]),
    ("create_check_constraint", &["constraint_name", "table_name", "condition"]),
    ("create_primary_key", &["constraint_name", "table_name", "columns"]),
    ("create_exclude_constraint", &["constraint_name", "table_name"]),
    ("create_foreign_key", &["constraint_name", "table_name", "referent_table", "local_cols", "remote_cols"]),
    ("drop_constraint", &["constraint_name", "table_name", "type_"]),
    ("create_table_comment", &["table_name", "comment"]),
    ("drop_table_comment", &["table_name"]),
    ("create_all", &[]),
    ("drop_all", &[]),
    ("append_column", &["column"]),
    ("append_constraint", &["constraint"]),
];

/// What else Alembic's `op` has, which does nothing to the schema by itself.
const NO_OPERATIONS: [&str; 8] = [
    "get_bind",
    "get_context",
    "f",
    "inline_literal",
    "bulk_insert",
    "batch_alter_table",
    "run_async",
    "implementation_for",
];

/// What carries out SQL.
const EXECUTES: [&str; 5] = ["execute", "executescript", "executemany", "exec_driver_sql", "fetch"];
/// What a statement begins with that changes something.
const CHANGES: [&str; 11] =
    ["create", "alter", "drop", "rename", "insert", "update", "delete", "replace", "truncate", "do", "comment"];
/// Keywords that mean something to the program, or nothing at all.
const IDLE: [&str; 6] = ["default", "onupdate", "default_factory", "checkfirst", "info", "doc"];

struct Acts<'a> {
    /// What SQLAlchemy calls the database.
    dialect: Vec<&'a str>,
    functions: BTreeMap<&'a str, &'a StmtFunctionDef>,
    /// What the module's top level binds once.
    constants: BTreeMap<&'a str, &'a Expr>,
    /// What imported names are called where they come from; empty for a module.
    imports: BTreeMap<String, String>,
    /// What names stand for in the functions that are open, innermost last.
    scopes: Vec<Scope<'a>>,
    open: BTreeSet<&'a str>,
    /// The functions that were named and not called.
    named: BTreeSet<String>,
    depth: usize,
    steps: usize,
    found: Vec<String>,
}

#[derive(Default)]
struct Scope<'a> {
    texts: BTreeMap<&'a str, String>,
    locals: BTreeMap<&'a str, &'a Expr>,
    /// The tables that batches are open for, by their variables.
    batches: BTreeMap<&'a str, String>,
}

impl<'a> Acts<'a> {
    fn new(module: &'a Module, dialect: &[&'a str]) -> Self {
        let (mut functions, mut constants) = (BTreeMap::new(), Assigned::default());
        each_top_level(module.body(), &mut |statement| {
            if let Stmt::FunctionDef(function) = statement {
                functions.insert(function.name.as_str(), function);
            }
            constants.add(statement);
        });
        let imports = imports(module).into_iter().map(|import| (import.local, import.name.unwrap_or_default()));
        Self {
            dialect: dialect.to_vec(),
            functions,
            constants: constants.once(),
            imports: imports.collect(),
            scopes: Vec::new(),
            open: BTreeSet::new(),
            named: BTreeSet::new(),
            depth: 0,
            steps: 0,
            found: Vec::new(),
        }
    }

    fn finish(self) -> Option<Vec<String>> {
        (self.steps < MOST).then_some(self.found)
    }

    fn function(&mut self, function: &'a StmtFunctionDef, texts: BTreeMap<&'a str, String>) {
        if self.scopes.len() >= DEEPEST || self.steps >= MOST || !self.open.insert(function.name.as_str()) {
            return;
        }
        let mut locals = Assigned::default();
        each_top_level(&function.body, &mut |statement| locals.add(statement));
        self.scopes.push(Scope { texts, locals: locals.once(), batches: BTreeMap::new() });
        self.visit_body(&function.body);
        self.scopes.pop();
        self.open.remove(function.name.as_str());
    }

    /// What the parameters of a function stand for where it is called so.
    fn given(&mut self, function: &'a StmtFunctionDef, arguments: &'a Arguments) -> BTreeMap<&'a str, String> {
        let parameters = &function.parameters;
        let mut given = BTreeMap::new();
        for parameter in parameters.iter_non_variadic_params() {
            if let Some(default) = &parameter.default {
                given.insert(parameter.parameter.name.as_str(), self.text(default));
            }
        }
        let named = parameters.posonlyargs.iter().chain(&parameters.args);
        for (parameter, value) in named.zip(&arguments.args) {
            given.insert(parameter.parameter.name.as_str(), self.text(value));
        }
        for keyword in &arguments.keywords {
            let known = parameters.iter_non_variadic_params().map(|parameter| parameter.parameter.name.as_str());
            if let Some(name) =
                keyword.arg.as_ref().and_then(|own| known.into_iter().find(|name| *name == own.as_str()))
            {
                given.insert(name, self.text(&keyword.value));
            }
        }
        given
    }

    fn call(&mut self, call: &'a ExprCall) {
        match &*call.func {
            Expr::Name(name) => {
                if let Some(function) = self.functions.get(name.id.as_str()).copied() {
                    let given = self.given(function, &call.arguments);
                    self.function(function, given);
                } else if let Some(own) = self.imports.get(name.id.as_str()).cloned() {
                    self.operation(&own, None, call);
                }
            }
            Expr::Attribute(method) => {
                let table = match &*method.value {
                    Expr::Name(name) => {
                        self.scopes.last().and_then(|scope| scope.batches.get(name.id.as_str()).cloned())
                    }
                    _ => None,
                };
                let name = method.attr.as_str();
                // An operation that an extension adds, whatever it does.
                let is_others = table.is_none()
                    && self.text(&method.value) == "op"
                    && !OPERATIONS.iter().any(|(known, _)| *known == name)
                    && ![&EXECUTES[..], &NO_OPERATIONS].concat().contains(&name);
                if is_others {
                    let text = self.written_call(call);
                    self.found.push(text);
                }
                self.operation(name, table, call);
            }
            _ => {}
        }
    }

    /// Notes a call that changes the schema; `table` is the one that its batch is for.
    fn operation(&mut self, name: &str, table: Option<String>, call: &'a ExprCall) {
        if EXECUTES.contains(&name) {
            if let Some(sql) = call.arguments.args.first().and_then(|sql| self.sql(sql)) {
                self.found.push(sql);
            }
        } else if matches!(name, "append" | "extend" | "insert") {
            // A list of columns that is put together.
            let text = call.arguments.args.last().map(|value| self.text(value)).unwrap_or_default();
            if text.contains("Column(") || text.contains("Constraint(") {
                self.found.push(format!("append({text})"));
            }
        } else if let Some((_, parameters)) = OPERATIONS.iter().find(|(known, _)| *known == name) {
            let mut parts: BTreeMap<String, String> = BTreeMap::new();
            let named = parameters.iter().filter(|parameter| table.is_none() || **parameter != "table_name");
            let mut named = named.copied();
            let mut rest = Vec::new();
            for value in &call.arguments.args {
                let text = self.text(value);
                match named.next() {
                    Some(parameter) => drop(parts.insert(parameter.to_owned(), text)),
                    None => rest.push(text),
                }
            }
            for keyword in &call.arguments.keywords {
                if let Some(text) = self.keyword(keyword) {
                    let name = keyword.arg.as_ref().map_or("**", |name| name.as_str());
                    parts.insert(if name == "source_table" { "table_name" } else { name }.to_owned(), text);
                }
            }
            if let Some(table) = table {
                parts.insert("table_name".to_owned(), table);
            }
            let parts = parts.into_iter().map(|(name, text)| format!("{name}={text}")).chain(rest);
            self.found.push(format!("{name}({})", parts.collect::<Vec<_>>().join(", ")));
        }
    }

    /// The SQL that is carried out, where it is text and changes something.
    fn sql(&mut self, expression: &'a Expr) -> Option<String> {
        if let Expr::Call(call) = expression
            && matches!(self.called(&call.func).as_str(), "text" | "DDL" | "dedent" | "cleandoc" | "SQL")
        {
            return self.sql(call.arguments.args.first()?);
        }
        if let Expr::Call(call) = expression
            && !matches!(self.called(&call.func).as_str(), "format" | "join" | "strip" | "replace")
        {
            return None;
        }
        if let Some(followed) = self.follow(expression) {
            self.depth += 1;
            let sql = if self.depth < DEEPEST { self.sql(followed) } else { None };
            self.depth -= 1;
            return sql;
        }
        let text = self.text(expression);
        let changes = text
            .split(|part: char| !part.is_alphanumeric() && part != '_')
            .any(|word| CHANGES.iter().any(|change| word.eq_ignore_ascii_case(change)));
        (changes && text.contains('\'')).then(|| normal(text.trim_matches('\'')))
    }

    /// The last name of what is called.
    fn called(&self, function: &Expr) -> String {
        match function {
            Expr::Attribute(method) => method.attr.to_string(),
            Expr::Name(name) => {
                let name = name.id.as_str();
                self.imports.get(name).filter(|own| !own.is_empty()).cloned().unwrap_or_else(|| name.to_owned())
            }
            _ => String::new(),
        }
    }

    /// The expression that a name stands for.
    fn follow(&self, expression: &Expr) -> Option<&'a Expr> {
        let Expr::Name(name) = expression else { return None };
        let name = name.id.as_str();
        if let Some(scope) = self.scopes.last() {
            if scope.texts.contains_key(name) {
                return None;
            }
            if let Some(value) = scope.locals.get(name) {
                return Some(value);
            }
        }
        self.constants.get(name).copied()
    }

    fn keyword(&mut self, keyword: &Keyword) -> Option<String> {
        let name = keyword.arg.as_ref().map_or("**", |name| name.as_str());
        let is_idle = IDLE.contains(&name)
            || name == "nullable" && matches!(&keyword.value, Expr::BooleanLiteral(value) if value.value);
        (!is_idle).then(|| self.text(&keyword.value))
    }

    /// Lets the names that a loop binds stand for what it goes over.
    fn bind_each(&mut self, target: &'a Expr, over: &str) {
        match target {
            Expr::Name(name) => {
                if let Some(scope) = self.scopes.last_mut() {
                    scope.texts.insert(name.id.as_str(), over.to_owned());
                }
            }
            _ => {
                for (index, part) in elements(target).unwrap_or_default().iter().enumerate() {
                    self.bind_each(part, &format!("{index} of {over}"));
                }
            }
        }
    }
}

impl<'a> Visitor<'a> for Acts<'a> {
    fn visit_body(&mut self, body: &'a [Stmt]) {
        for statement in self.reached(body) {
            self.visit_stmt(statement);
        }
    }

    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::With(with) => {
                for item in &with.items {
                    let (Expr::Call(call), Some(Expr::Name(variable))) =
                        (&item.context_expr, item.optional_vars.as_deref())
                    else {
                        continue;
                    };
                    if self.called(&call.func) == "batch_alter_table"
                        && let Some(table) = call.arguments.args.first()
                    {
                        let table = self.text(table);
                        if let Some(scope) = self.scopes.last_mut() {
                            scope.batches.insert(variable.id.as_str(), table);
                        }
                    }
                }
            }
            Stmt::For(each) => {
                let over = format!("each of {}", self.text(&each.iter));
                self.bind_each(&each.target, &over);
            }
            _ => {}
        }
        walk_stmt(self, statement);
    }

    fn visit_expr(&mut self, expression: &'a Expr) {
        self.steps += 1;
        if self.steps >= MOST {
            return;
        }
        if let Expr::Call(call) = expression {
            self.call(call);
        }
        walk_expr(self, expression);
    }
}

/// What statements assign to names.
#[derive(Default)]
struct Assigned<'a> {
    /// `None` where a name is assigned more than once, or changed in place.
    values: BTreeMap<&'a str, Option<&'a Expr>>,
}

impl<'a> Assigned<'a> {
    fn add(&mut self, statement: &'a Stmt) {
        let (target, value) = match statement {
            Stmt::Assign(assign) => match assign.targets.as_slice() {
                [target] => (target, Some(&*assign.value)),
                _ => return,
            },
            Stmt::AnnAssign(assign) if assign.value.is_some() => (&*assign.target, assign.value.as_deref()),
            Stmt::AugAssign(assign) => (&*assign.target, None),
            _ => return,
        };
        if let Expr::Name(name) = target {
            self.values.entry(name.id.as_str()).and_modify(|known| *known = None).or_insert(value);
        }
    }

    fn once(self) -> BTreeMap<&'a str, &'a Expr> {
        self.values.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn acts(body: &str) -> Vec<String> {
        let text = format!("import sqlalchemy as sa\nfrom alembic import op\n{body}\n");
        of_function(&Module::parse(&Source::new("m.py", text)).unwrap(), "upgrade", &["postgresql"]).unwrap()
    }

    fn of(line: &str) -> Vec<String> {
        acts(&format!("def upgrade():\n    {line}"))
    }

    #[test]
    fn one_operation_has_one_text_however_it_is_written() {
        let spellings = [
            "op.add_column('users', sa.Column('age', sa.Integer()))",
            "op.add_column(table_name=\"users\", column=sa.Column(\"age\", sa.Integer, nullable=True))",
            "with op.batch_alter_table('users') as b:\n        b.add_column(sa.Column('age', sa.Integer))",
            "for name in []:\n        pass\n    table = 'users'\n    op.add_column(table, sa.Column('age', sa.Integer, default=0))",
            "bind = op.get_bind()\n    if bind.dialect.name == 'postgresql':\n        op.add_column('users', sa.Column('age', sa.Integer))\n    else:\n        op.drop_table('x')",
            "name = op.get_bind().dialect.name\n    if name in ('sqlite', 'mysql'):\n        op.drop_table('x')\n        return\n    op.add_column('users', sa.Column('age', sa.Integer))",
        ];
        for spelling in spellings {
            assert_eq!(of(spelling), ["add_column(column=Column('age', Integer), table_name='users')"], "{spelling}");
        }
        let helper = "T = 'users'\ndef add(name, kind=sa.Integer):\n    op.add_column(T, sa.Column(name, kind))\n\
                      def upgrade():\n    add('age')\n";
        assert_eq!(acts(helper), of(spellings[0]));
    }

    #[test]
    fn one_statement_has_one_text_however_it_is_put_together() {
        let spellings = [
            "op.execute('ALTER TABLE a ADD b TEXT')",
            "op.execute(sa.text(\"ALTER TABLE \" \"a ADD b TEXT\"))",
            "name = 'a'\n    op.get_bind().execute(f'ALTER TABLE {name} ADD b TEXT')",
            "op.execute('ALTER TABLE %s ADD %s TEXT' % ('a', 'b'))",
            "op.execute('ALTER TABLE {} ADD b TEXT'.format('a'))",
            "op.execute('ALTER TABLE ' + 'a' + ' ADD b TEXT')",
        ];
        for spelling in spellings {
            assert_eq!(of(spelling), of(spellings[0]), "{spelling}");
        }
        assert_eq!(of(spellings[0]).len(), 1);
        assert_ne!(of("op.execute('ALTER TABLE a ADD c TEXT')"), of(spellings[0]));
    }

    #[test]
    fn a_type_that_moved_or_was_called_otherwise_is_the_same() {
        let column = |of: &str| super::tests::of(&format!("op.add_column('a', sa.Column('b', {of}))"));
        assert_eq!(column("sa.Binary()"), column("sa.LargeBinary()"));
        assert_eq!(column("app.old.Rules(4)"), column("app.new.Rules(4)"));
        assert_ne!(column("app.old.Rules(4)"), column("app.old.Rules(5)"));
    }

    #[test]
    fn what_is_done_to_rows_by_code_is_no_act() {
        for line in ["op.execute('SELECT 1')", "op.execute(users.update())", "session.add(user)", "queue('users')"] {
            assert!(of(line).is_empty(), "{line}");
        }
    }

    #[test]
    fn names_that_grow_without_bound_come_to_an_end() {
        let mut text = "a0 = 'x'\n".to_owned();
        for level in 1..60 {
            text += &format!("a{level} = [a{0}, a{0}, a{0}]\n", level - 1);
        }
        text += "def upgrade():\n    op.add_column('t', a59)\ndef f():\n    f()\n";
        let module = Module::parse(&Source::new("m.py", text)).unwrap();
        assert_eq!(of_function(&module, "upgrade", &["postgresql"]), None);
        assert_eq!(of_function(&module, "f", &["postgresql"]), Some(Vec::new()));
        let mut text = "def upgrade():\n    f0('create')\n".to_owned();
        for level in 0..20 {
            text += &format!("def f{level}(x):\n    f{}(x + x + x + x + x + x)\n", level + 1);
        }
        text += "def f20(x):\n    op.execute(x)\n";
        let module = Module::parse(&Source::new("m.py", text)).unwrap();
        assert_eq!(of_function(&module, "upgrade", &["postgresql"]), None);
    }

    #[test]
    fn the_first_act_on_the_schema_is_found_behind_rows() {
        let acts = of("op.execute('INSERT INTO a VALUES (1)')\n    op.drop_column('a', 'b')");
        assert_eq!(first_of_schema(&acts), Some(("drop_column", Some("a".to_owned()))));
        assert_eq!(first_of_schema(&of("op.execute('UPDATE a SET b = 1')")), None);
        assert_eq!(first_of_schema(&of("op.execute('create index x on a (b)')")), Some(("CREATE", None)));
    }
}
