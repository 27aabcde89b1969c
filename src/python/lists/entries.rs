//! One entry of a list: what it is told by, and whether it does something.

use std::ops::Range;

use ruff_python_ast::{Expr, ExprCall, Number, Stmt};
use ruff_text_size::Ranged;

use super::{Entry, Reader};
use crate::python::bindings::{Import, elements, functions};

impl Reader<'_> {
    /// An entry of a dict: its key is its name.
    pub(super) fn keyed(&self, key: &Expr, value: &Expr) -> Entry {
        let name = self.text(key).or_else(|| number(key)).unwrap_or_else(|| self.code(key));
        Entry { number: whole(key), acts: self.acts(value), ..self.named(&name, key) }
    }

    pub(super) fn entry(&self, expression: &Expr) -> Entry {
        match expression {
            Expr::Tuple(_) | Expr::List(_) => {
                let parts: Vec<&Expr> = elements(expression).unwrap_or_default().iter().collect();
                let name = self.column_among(&parts).or_else(|| self.name_among(&parts));
                let mut entry = self.named(&name.unwrap_or_else(|| self.code(expression)), expression);
                entry.acts = parts.len() > 1 && parts.iter().skip(1).any(|part| self.acts(part));
                entry.number = parts.first().and_then(|first| whole(first));
                entry
            }
            Expr::Call(call) => self.entry_of_call(call, None),
            Expr::Dict(dict) => {
                let named = dict.items.iter().filter(|item| item.key.as_ref().is_some_and(|key| self.is_name_key(key)));
                let values: Vec<&Expr> = named.map(|item| &item.value).collect();
                let name = self.name_among(&values).unwrap_or_else(|| self.code(expression));
                let mut entry = self.named(&name, expression);
                entry.acts = dict.items.iter().any(|item| self.acts(&item.value));
                entry.number = values.iter().find_map(|value| whole(value));
                entry
            }
            Expr::Name(name) => match self.single.get(name.id.as_str()) {
                Some(entry) => entry.clone(),
                None => self.acting(name.id.as_str(), expression),
            },
            Expr::StringLiteral(text) => {
                Entry { acts: self.names_function(text.value.to_str()), ..self.named(text.value.to_str(), expression) }
            }
            Expr::NumberLiteral(_) => {
                Entry { number: whole(expression), ..self.named(&number(expression).unwrap_or_default(), expression) }
            }
            _ => {
                let name = dotted(expression).unwrap_or_else(|| self.code(expression));
                self.acting(&name, expression)
            }
        }
    }

    fn acting(&self, name: &str, node: &impl Ranged) -> Entry {
        Entry { acts: true, ..self.named(name, node) }
    }

    pub(super) fn named(&self, name: &str, node: &impl Ranged) -> Entry {
        Entry { name: name.to_owned(), number: None, location: self.module.location(node, ""), acts: false }
    }

    /// `Migration("name", fn)`, `Migration(name="name", up=fn)`; a `partial` is a function without a name of its own.
    pub(super) fn entry_of_call(&self, call: &ExprCall, default: Option<&str>) -> Entry {
        let callee = dotted(&call.func).unwrap_or_default();
        if callee.rsplit('.').next() == Some("partial") {
            return self.acting(&self.code(call), call);
        }
        let keyword = call
            .arguments
            .keywords
            .iter()
            .filter(|keyword| keyword.arg.as_ref().is_some_and(|name| NAME_KEYS.contains(&name.as_str())));
        let keyword_values: Vec<&Expr> = keyword.map(|keyword| &keyword.value).collect();
        let values: Vec<&Expr> = keyword_values.iter().copied().chain(&call.arguments.args).collect();
        let name = self.name_among(&values).or_else(|| default.map(str::to_owned));
        // `AddUsers()`: the class is the migration.
        let is_bare = call.arguments.args.is_empty() && call.arguments.keywords.is_empty() && !callee.is_empty();
        let name = name.unwrap_or_else(|| if is_bare { callee } else { self.code(call) });
        let first = keyword_values.iter().copied().chain(call.arguments.args.first());
        // `Path.cwd()`, `Path(".").resolve()`: what is asked of a module or a value is no migration.
        let is_asked = matches!(&*call.func, Expr::Attribute(method) if method.attr.starts_with(char::is_lowercase));
        if is_asked && call.arguments.is_empty() && default.is_none() {
            return self.named(&name, call);
        }
        let number = first.into_iter().find_map(whole).or_else(|| match (default, &*call.arguments.keywords) {
            // `@migration(to=2)` over a function.
            (Some(_), [only]) if call.arguments.args.is_empty() => whole(&only.value),
            _ if is_bare => self.number_of_class(&call.func),
            _ => None,
        });
        Entry { number, ..self.acting(&name, call) }
    }

    /// The number that a class of the module says that it is: `version = 2`.
    fn number_of_class(&self, class: &Expr) -> Option<i64> {
        const NUMBERS: [&str; 5] = ["version", "number", "id", "order", "revision"];
        let Expr::Name(name) = class else { return None };
        let class = self.module.body().iter().find_map(|statement| match statement {
            Stmt::ClassDef(class) if class.name.as_str() == name.id.as_str() => Some(class),
            _ => None,
        })?;
        class.body.iter().find_map(|statement| {
            let (target, value) = match statement {
                Stmt::Assign(assign) => (assign.targets.first()?, &*assign.value),
                Stmt::AnnAssign(assign) => (&*assign.target, assign.value.as_deref()?),
                _ => return None,
            };
            matches!(target, Expr::Name(target) if NUMBERS.contains(&target.id.as_str())).then(|| whole(value))?
        })
    }

    /// Whether a part of an entry can be what it does: a function, its name in a text, a lambda, a `partial`, SQL text.
    fn acts(&self, expression: &Expr) -> bool {
        match expression {
            Expr::Name(_) | Expr::Attribute(_) | Expr::Lambda(_) | Expr::Call(_) | Expr::FString(_) => true,
            Expr::StringLiteral(text) => {
                let text = text.value.to_str();
                text.contains(char::is_whitespace) || self.names_function(text) || begins_with_type(text)
            }
            _ => elements(expression).is_some_and(|elements| elements.iter().any(|element| self.acts(element))),
        }
    }

    /// Whether a text is the name of a function that the module defines or imports.
    fn names_function(&self, text: &str) -> bool {
        let is_imported = |import: &Import| import.local == text && import.name.is_some();
        self.functions.get_or_init(|| functions(self.module).into_keys().collect()).contains(text)
            || self.imports.iter().any(is_imported)
    }

    fn is_name_key(&self, key: &Expr) -> bool {
        self.text(key).is_some_and(|key| NAME_KEYS.contains(&key.as_str()))
    }

    /// The first string without white space, else the first number, else the first string, else what a constant that
    /// is defined elsewhere is called.
    fn name_among(&self, parts: &[&Expr]) -> Option<String> {
        let texts: Vec<String> = parts.iter().filter_map(|part| self.text(part)).collect();
        let simple = texts.iter().find(|text| !text.contains(char::is_whitespace)).cloned();
        let number = || parts.iter().find_map(|part| number(part));
        let constant = || {
            let first = parts.first().and_then(|part| dotted(part))?;
            let last = first.rsplit('.').next()?.to_owned();
            last.chars().all(|character| !character.is_lowercase()).then_some(first)
        };
        simple.or_else(number).or_else(|| texts.first().cloned()).or_else(constant)
    }

    /// `("users", "age", "ALTER TABLE users ADD COLUMN age INTEGER")` and `("users", "age", "INTEGER")`: the table alone
    /// tells no such entry from others.
    fn column_among(&self, parts: &[&Expr]) -> Option<String> {
        let [table, column, definition, ..] = parts else { return None };
        let (table, column, definition) = (self.text(table)?, self.text(column)?, self.text(definition)?);
        let is_name = |text: &str| {
            !text.is_empty()
                && text.chars().all(|part| part.is_alphanumeric() || part == '_')
                && text.parse::<u64>().is_err()
        };
        let words: Vec<&str> = definition.split(|part: char| !part.is_alphanumeric() && part != '_').collect();
        let defines =
            begins_with_type(&definition) || words.contains(&table.as_str()) && words.contains(&column.as_str());
        (is_name(&table) && is_name(&column) && defines).then(|| format!("{table}.{column}"))
    }

    fn text(&self, expression: &Expr) -> Option<String> {
        match expression {
            Expr::StringLiteral(text) => Some(text.value.to_str().to_owned()),
            Expr::Name(name) => self.texts.get(name.id.as_str()).cloned(),
            _ => None,
        }
    }

    fn code(&self, node: &impl Ranged) -> String {
        let code = self.module.text().get(Range::<usize>::from(node.range())).unwrap_or_default();
        code.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

/// Whether a text defines a column without its name: `INTEGER`, `TEXT NOT NULL`.
fn begins_with_type(text: &str) -> bool {
    const TYPES: [&str; 16] = [
        "INTEGER",
        "INT",
        "BIGINT",
        "SMALLINT",
        "TEXT",
        "VARCHAR",
        "CHAR",
        "REAL",
        "FLOAT",
        "DOUBLE",
        "NUMERIC",
        "BOOLEAN",
        "BLOB",
        "DATETIME",
        "TIMESTAMP",
        "JSON",
    ];
    let end = text.find(|part: char| !part.is_ascii_alphanumeric()).unwrap_or(text.len());
    TYPES.contains(&&text[..end])
}

/// The keys and keyword arguments that an entry's name goes by.
const NAME_KEYS: [&str; 9] =
    ["name", "id", "key", "version", "revision", "slug", "title", "migration_id", "migration_name"];

fn whole(expression: &Expr) -> Option<i64> {
    number(expression)?.parse().ok()
}

fn number(expression: &Expr) -> Option<String> {
    match expression {
        Expr::NumberLiteral(literal) => match &literal.value {
            Number::Int(value) => Some(value.to_string()),
            _ => None,
        },
        _ => None,
    }
}

/// `a.b.c` for names and attributes alone.
pub(super) fn dotted(expression: &Expr) -> Option<String> {
    let mut parts = Vec::new();
    let mut expression = expression;
    loop {
        match expression {
            Expr::Name(name) => {
                parts.push(name.id.as_str());
                parts.reverse();
                return Some(parts.join("."));
            }
            Expr::Attribute(attribute) => {
                parts.push(attribute.attr.as_str());
                expression = &attribute.value;
            }
            _ => return None,
        }
    }
}
