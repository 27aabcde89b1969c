//! Where a file has what looks like a list of migrations, told by its syntax alone.

use std::rc::Rc;

use super::roles::{Role, role};
use crate::go::syntax::{Element, Expr, ExprKind, Field, File, Function, StmtKind, Type};
use crate::go::walk::{self, Found};
use crate::schema::dialect::Dialect;
use crate::schema::statement::is_statement;

/// What looks like a list of migrations.
#[derive(Clone, Debug)]
pub struct Candidate<'f> {
    /// Its variable, or the function or the variable of the package that it stands in.
    pub name: Rc<str>,
    /// How many migrations it has. A variable of the package may have none yet.
    pub count: usize,
    /// They are texts and nothing else, told by their places.
    pub bare: Option<Bare>,
    pub(super) site: Site<'f>,
}

/// What a list of bare texts is told by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bare {
    /// The name of its variable.
    Name,
    /// The function that it is handed to.
    Runner,
}

/// Where the literal stands.
#[derive(Clone, Copy, Debug)]
pub(super) enum Site<'f> {
    /// It is the value of a variable of the package.
    Variable,
    /// In the value of a variable of the package.
    Value(&'f Expr),
    /// It is what a function returns, or what a variable of a function is.
    Local(&'f Function, &'f Expr),
    /// In an argument or a field, or what another variable is set to.
    Inside(&'f Function, &'f Expr),
}

/// Everything in a file that looks like a list of migrations, in its order.
pub fn candidates(file: &File) -> Vec<Candidate<'_>> {
    let mut found = Vec::new();
    for variable in &file.variables {
        let name = &variable.name;
        let is_named = name.to_ascii_lowercase().ends_with("migrations");
        let add = |found: &mut Vec<Candidate<'_>>, count, bare| {
            found.push(Candidate { name: Rc::clone(name), count, bare, site: Site::Variable });
        };
        let Some(value) = &variable.value else {
            // Elements may be added elsewhere.
            let of = variable.declared.as_ref().and_then(element_type);
            if is_named && of.is_some_and(|of| names_migrations(&of)) {
                add(&mut found, 0, None);
            }
            continue;
        };
        let is_empty = matches!(&value.kind, ExprKind::Composite(Type::Slice(_), elements) if elements.is_empty());
        if is_empty {
            if is_named {
                add(&mut found, 0, None);
            }
            continue;
        }
        let outermost = value.range.clone();
        walk::expr(value, Some(name), &mut |inner| {
            let Some((count, bare)) = migrations_in(inner, name, file) else { return };
            let site = if inner.expr.range == outermost { Site::Variable } else { Site::Value(inner.expr) };
            found.push(Candidate { name: Rc::clone(name), count, bare, site });
        });
    }
    for function in &file.functions {
        walk::function(function, &mut |inner| {
            let Some((count, bare)) = migrations_in(inner, &function.name, file) else { return };
            let own = inner.named.filter(|name| declares(function, name, inner.expr));
            let (name, site) = match own {
                Some(name) => (Rc::from(name), Site::Local(function, inner.expr)),
                None if inner.is_returned => (Rc::clone(&function.name), Site::Local(function, inner.expr)),
                None => (Rc::clone(&function.name), Site::Inside(function, inner.expr)),
            };
            found.push(Candidate { name, count, bare, site });
        });
    }
    found
}

/// The longest of a file; of several the last.
pub fn longest(file: &File) -> Option<Candidate<'_>> {
    candidates(file).into_iter().max_by_key(|candidate| candidate.count)
}

/// Whether a function declares a variable of this name with this value.
fn declares(function: &Function, name: &str, value: &Expr) -> bool {
    let mut before = Vec::new();
    // The statement that the value stands in is the one after those that end before it.
    walk::around(&function.body, &value.range, &mut before);
    before.last().is_some_and(|statement| match &statement.kind {
        StmtKind::Assign { declares: true, targets, values, .. } => {
            let own = values.iter().position(|one| one.range == value.range);
            own.and_then(|at| targets.get(at))
                .is_some_and(|target| matches!(&target.kind, ExprKind::Name(known) if **known == *name))
        }
        StmtKind::Declare(variables) => variables.iter().any(|variable| {
            *variable.name == *name && variable.value.as_ref().is_some_and(|own| own.range == value.range)
        }),
        _ => false,
    })
}

fn element_type(of: &Type) -> Option<Type> {
    let (Type::Slice(of) | Type::Map(of)) = of else { return None };
    Some(match &**of {
        Type::Pointer(inner) => (**inner).clone(),
        other => other.clone(),
    })
}

/// Whether a name says that something is about migrations: `migrations`, `migList`, `migFunc`.
fn says(name: &str) -> bool {
    let own = name.rsplit('.').next().unwrap_or(name);
    let is_short = |rest: &str| rest == "s" || rest.starts_with(char::is_uppercase);
    let begins = own.strip_prefix("mig").or_else(|| own.strip_prefix("Mig"));
    name.to_ascii_lowercase().contains("migration") || begins.is_some_and(is_short)
}

fn names_migrations(of: &Type) -> bool {
    matches!(of, Type::Named(known) if says(known))
}

/// Whether values of a type are called.
fn is_function(of: &Type, file: &File) -> bool {
    let is_declared =
        |name: &Rc<str>| file.types.iter().any(|(known, kind)| known == name && matches!(kind, Type::Function));
    match of {
        Type::Function => true,
        Type::Named(name) => is_declared(name),
        _ => false,
    }
}

/// How many migrations a literal has, and how they are told where they are bare texts; `None` where it does not look like
/// a list of them. `around` is the function or the variable that it stands in.
fn migrations_in(found: Found<'_>, around: &str, file: &File) -> Option<(usize, Option<Bare>)> {
    let ExprKind::Composite(kind, elements) = &found.expr.kind else { return None };
    if elements.is_empty() {
        return None;
    }
    let name = found.named.or(found.is_returned.then_some(around));
    let of = match kind {
        Type::Slice(_) | Type::Map(_) => element_type(kind)?,
        // A type of the package for lists of them.
        Type::Named(known) if says(known) && is_list_of_literals(elements) => Type::Named(Rc::clone(known)),
        _ => return None,
    };
    let of_type = names_migrations(&of);
    let named = name.is_some_and(says);
    let runs = found.handed_to.is_some_and(|callee| callee.to_ascii_lowercase().contains("migrat"));
    let holds_functions = is_function(&of, file);
    let upgrades = || {
        let is_named = name.is_some_and(|name| name.to_ascii_lowercase().contains("upgrade"));
        is_named && holds_functions && file.imports.iter().any(|(_, path)| path.contains("sql"))
    };
    if !named && !of_type && !runs && !upgrades() {
        return None;
    }
    let total = elements.len();
    if let Type::Map(_) = kind {
        let is_one = |element: &&Element| matches!(element.key, Some(Expr { kind: ExprKind::Int(_), .. }));
        let all = elements.iter().filter(is_one).count() == total;
        return (all && holds_functions && named).then_some((total, None));
    }
    if matches!(&of, Type::Named(text) if **text == *"string") {
        let is_free = |value: &Expr| matches!(&value.kind, ExprKind::Text(text) if text.text.is_empty());
        let is_one = |element: &Element| is_sql_text(&element.value) || is_free(&element.value);
        let all = elements.iter().all(is_one) && elements.iter().any(|element| !is_free(&element.value));
        let bare = if named { Bare::Name } else { Bare::Runner };
        return (all && (named || runs)).then_some((total, Some(bare)));
    }
    let shape = Shape { fields: fields_of(&of, file), of_type, holds_functions };
    let count = elements.iter().filter(|element| shape.is_migration(&element.value)).count();
    (count > 0 && count * 2 >= total).then_some((total, None))
}

fn is_list_of_literals(elements: &[Element]) -> bool {
    let is_literal = |element: &Element| {
        element.key.is_none() && matches!(element.value.kind, ExprKind::Composite(Type::Other | Type::Named(_), _))
    };
    elements.iter().all(is_literal)
}

fn is_sql_text(value: &Expr) -> bool {
    match &value.kind {
        ExprKind::Text(text) => is_statement(&text.text),
        ExprKind::Sum(terms) => terms.first().is_some_and(is_sql_text),
        _ => false,
    }
}

fn fields_of(of: &Type, file: &File) -> Option<Rc<Vec<Field>>> {
    match of {
        Type::Struct(fields) => Some(Rc::clone(fields)),
        Type::Named(known) => file.types.iter().find(|(name, _)| name == known).and_then(|(_, kind)| match kind {
            Type::Struct(fields) => Some(Rc::clone(fields)),
            _ => None,
        }),
        _ => None,
    }
}

/// What the elements of a list are.
struct Shape {
    fields: Option<Rc<Vec<Field>>>,
    /// Their type is named after migrations.
    of_type: bool,
    holds_functions: bool,
}

impl Shape {
    fn is_migration(&self, value: &Expr) -> bool {
        match &value.kind {
            ExprKind::Composite(_, fields) => self.is_literal_of_one(fields),
            ExprKind::Unary("&", inner) => match &inner.kind {
                ExprKind::Composite(_, fields) => self.is_literal_of_one(fields),
                ExprKind::Name(_) | ExprKind::Select(..) => self.of_type,
                _ => false,
            },
            // One that is told by its place alone.
            ExprKind::Function(_) => self.holds_functions,
            ExprKind::Name(_) | ExprKind::Select(..) => self.holds_functions || self.of_type,
            // `newMigration(70, "…", fn)`, `NewMigration("…", fn)`, `addUsers()`
            ExprKind::Call(call) => {
                let tells = |at: usize| {
                    let kind = call.arguments.get(at).map(|argument| &argument.kind);
                    matches!(kind, Some(ExprKind::Int(_) | ExprKind::Text(_)))
                };
                let acts = |argument: &Expr| {
                    matches!(argument.kind, ExprKind::Function(_) | ExprKind::Name(_) | ExprKind::Select(..))
                };
                self.of_type || tells(0) && call.arguments.iter().skip(1).any(acts)
            }
            _ => false,
        }
    }

    fn is_literal_of_one(&self, fields: &[Element]) -> bool {
        let (mut acts, mut is_told, mut is_plain) = (false, false, false);
        for (at, field) in fields.iter().enumerate() {
            let name = match &field.key {
                Some(Expr { kind: ExprKind::Name(name), .. }) => Some(Rc::clone(name)),
                _ => self.fields.as_ref().and_then(|fields| fields.get(at)).map(|field| Rc::clone(&field.name)),
            };
            let by_value = match &field.value.kind {
                ExprKind::Int(_) | ExprKind::Float(_) => Role::Id,
                ExprKind::Text(text) if !is_statement(&text.text) => Role::Name,
                ExprKind::Text(_) | ExprKind::Function(_) | ExprKind::Sum(_) => Role::Up,
                ExprKind::Name(_) | ExprKind::Select(..) | ExprKind::Call(_) | ExprKind::Other if at > 0 => Role::Up,
                ExprKind::Composite(Type::Slice(_), _) | ExprKind::Unary(..) | ExprKind::Binary(..) if at > 0 => {
                    Role::Up
                }
                _ => Role::Other,
            };
            let by_name = |name: Rc<str>| Dialect::ALL.map(|dialect| role(&name, dialect.as_str()));
            let roles = name.map_or([by_value; Dialect::ALL.len()], by_name);
            let is_up = roles.contains(&Role::Up);
            acts |= is_up || matches!(field.value.kind, ExprKind::Function(_));
            is_plain |= is_up && is_act(&field.value);
            is_told |= roles.iter().any(|role| matches!(role, Role::Id | Role::Name | Role::Description));
        }
        acts && (is_told || self.of_type && is_plain)
    }
}

/// Whether a value is SQL, several of it, or a function: where a list is one of migrations by its type, that is enough.
fn is_act(value: &Expr) -> bool {
    match &value.kind {
        ExprKind::Function(_) => true,
        ExprKind::Composite(Type::Slice(_), elements) => elements.iter().all(|element| is_sql_text(&element.value)),
        _ => is_sql_text(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Source;

    fn found(text: &str) -> Vec<(String, usize, Option<Bare>)> {
        let file = File::parse(&Source::new("m.go", format!("package a\n{text}\n"))).unwrap();
        candidates(&file).into_iter().map(|one| (one.name.to_string(), one.count, one.bare)).collect()
    }

    #[test]
    fn a_list_is_found_wherever_it_stands() {
        for (text, name) in [
            ("var migrations = []migration{{id: 1, up: a}, {id: 2, up: b}}", "migrations"),
            ("func all() []*m.Migration { return []*m.Migration{a(), b()} }", "all"),
            (
                "func up(db *gorm.DB) { g.New(db, o, []*g.Migration{{ID: \"1\", Migrate: a}, {ID: \"2\", Migrate: b}}) }",
                "up",
            ),
            ("var source = &m.Source{Migrations: []*m.Migration{{Id: \"1\"}, {Id: \"2\", Up: x}}}", "source"),
            ("func all() { if x { list := []Migration{New(\"a\", a), New(\"b\", b)}; run(list) } }", "list"),
            ("var migrations = map[int]func(*sql.DB) error{0: a, 1: b}", "migrations"),
            ("var tasks = []*x.Migration{&a, &b}", "tasks"),
            (
                "type migFunc struct { version string; fn func() }\nvar migList = []migFunc{{\"v1\", m.V1}, {\"v2\", m.V2}}",
                "migList",
            ),
        ] {
            assert_eq!(found(text), [(name.to_owned(), 2, None)], "{text}");
        }
    }

    #[test]
    fn bare_texts_are_told_by_their_variable_or_by_what_runs_them() {
        let texts = "[]string{\"CREATE TABLE a (b)\", `ALTER TABLE a ADD c`}";
        assert_eq!(found(&format!("var migrations = {texts}")), [("migrations".to_owned(), 2, Some(Bare::Name))]);
        assert_eq!(found(&format!("func f() {{ p.Migrate(db, {texts}) }}")), [("f".to_owned(), 2, Some(Bare::Runner))]);
        assert!(found(&format!("var queries = {texts}")).is_empty());
        assert!(found("var migrations = []string{\"users\", \"tags\"}").is_empty());
    }

    #[test]
    fn other_lists_are_none() {
        for text in [
            "var commands = []Command{{Name: \"up\", Run: up}}",
            "var names = map[string]func(){\"a\": a}",
            "var migrationNames = map[string]int{\"a\": 1}",
            "var migrants = []person{{Name: \"a\", Run: run}}",
        ] {
            assert!(found(text).is_empty(), "{text}");
        }
    }
}
