//! The addresses of databases in the texts of code, and which of them only stand in for what a deployment says.

use ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use ruff_python_ast::{BoolOp, Expr, ExprCall, FStringPart, InterpolatedStringElement, Stmt, StmtClassDef};

use super::Module;
use super::bindings::last_name;

/// An address in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// What stands before its colon: `sqlite`, `postgresql+asyncpg`.
    pub scheme: String,
    /// It is the default of a setting, or one of several that something else chooses from.
    pub stands_in: bool,
}

/// The addresses of a module, in their order. What an address is only compared with is none.
pub fn addresses(module: &Module) -> Vec<Address> {
    let mut reader = Reader::default();
    reader.visit_body(module.body());
    reader.found
}

#[derive(Default)]
struct Reader {
    found: Vec<Address>,
    stands_in: bool,
}

impl<'a> Visitor<'a> for Reader {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::If(branches) => {
                let body = |reader: &mut Self, body: &'a [Stmt]| reader.standing_in(true, |own| own.visit_body(body));
                self.visit_expr(&branches.test);
                body(self, &branches.body);
                for clause in &branches.elif_else_clauses {
                    clause.test.iter().for_each(|test| self.visit_expr(test));
                    body(self, &clause.body);
                }
            }
            Stmt::Try(tried) => {
                self.visit_body(&tried.body);
                self.standing_in(true, |own| {
                    tried.handlers.iter().for_each(|handler| own.visit_except_handler(handler));
                });
                self.visit_body(&tried.orelse);
                self.visit_body(&tried.finalbody);
            }
            Stmt::FunctionDef(function) => {
                self.standing_in(true, |own| own.visit_parameters(&function.parameters));
                self.standing_in(false, |own| own.visit_body(&function.body));
            }
            Stmt::ClassDef(class) => self.standing_in(is_settings(class), |own| own.visit_body(&class.body)),
            _ => walk_stmt(self, statement),
        }
    }

    fn visit_expr(&mut self, expression: &'a Expr) {
        match expression {
            Expr::StringLiteral(text) => self.note(text.value.to_str()),
            Expr::FString(text) => {
                let first = text.value.iter().next().and_then(|part| match part {
                    FStringPart::Literal(literal) => Some(&*literal.value),
                    FStringPart::FString(own) => match own.elements.first()? {
                        InterpolatedStringElement::Literal(literal) => Some(&*literal.value),
                        InterpolatedStringElement::Interpolation(_) => None,
                    },
                });
                if let Some(text) = first {
                    self.note(text);
                }
            }
            Expr::Compare(_) => {}
            Expr::BoolOp(either) if either.op == BoolOp::Or => {
                for (at, value) in either.values.iter().enumerate() {
                    self.standing_in(self.stands_in || at > 0, |own| own.visit_expr(value));
                }
            }
            Expr::If(either) => self.standing_in(true, |own| {
                own.visit_expr(&either.body);
                own.visit_expr(&either.orelse);
            }),
            Expr::Call(call) => self.visit_call(call),
            _ => walk_expr(self, expression),
        }
    }
}

impl Reader {
    fn note(&mut self, text: &str) {
        let is_word =
            |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        let scheme = match text.split_once(':') {
            Some((scheme, rest)) if rest.is_empty() || rest.starts_with("//") => scheme,
            None if text.contains('+') => text,
            _ => return,
        };
        let (name, driver) = scheme.split_once('+').unwrap_or((scheme, "plain"));
        if is_word(name) && is_word(driver) {
            self.found.push(Address { scheme: scheme.to_ascii_lowercase(), stands_in: self.stands_in });
        }
    }

    fn visit_call(&mut self, call: &ExprCall) {
        /// Methods of texts that ask what is in one.
        const ASKS: [&str; 5] = ["startswith", "endswith", "replace", "removeprefix", "split"];
        let callee = last_name(&call.func).unwrap_or_default();
        self.visit_expr(&call.func);
        if ASKS.contains(&callee) {
            return;
        }
        // `getenv("DATABASE_URL", "sqlite://")` and its like; `set_main_option` says what is so.
        let asks_by_name = call.arguments.args.first().is_some_and(is_name) && !callee.starts_with("set_");
        for (at, argument) in call.arguments.args.iter().enumerate() {
            let is_default = asks_by_name && at > 0 || callee == "Field";
            self.standing_in(self.stands_in || is_default, |own| own.visit_expr(argument));
        }
        for keyword in &call.arguments.keywords {
            let name = keyword.arg.as_ref().map_or("", |name| name.as_str());
            let is_default = ["default", "fallback", "default_value"].contains(&name);
            self.standing_in(self.stands_in || is_default, |own| own.visit_expr(&keyword.value));
        }
    }

    fn standing_in(&mut self, stands_in: bool, visit: impl FnOnce(&mut Self)) {
        let before = std::mem::replace(&mut self.stands_in, stands_in);
        visit(self);
        self.stands_in = before;
    }
}

/// Whether an expression is a text that names a setting.
fn is_name(expression: &Expr) -> bool {
    let is_part = |sign: char| sign.is_ascii_alphanumeric() || matches!(sign, '_' | '.' | '-');
    matches!(expression, Expr::StringLiteral(text) if !text.value.is_empty() && text.value.chars().all(is_part))
}

/// Whether what a class binds are defaults of settings, by what it is derived from.
fn is_settings(class: &StmtClassDef) -> bool {
    class.bases().iter().filter_map(last_name).any(|name| name.contains("Settings"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Source;

    fn of(text: &str) -> Vec<(String, bool)> {
        let module = Module::parse(&Source::new("env.py", text)).unwrap();
        addresses(&module).into_iter().map(|address| (address.scheme, address.stands_in)).collect()
    }

    #[test]
    fn what_a_setting_falls_back_to_stands_in() {
        for text in [
            "os.getenv('DATABASE_URL', 'sqlite:///a.db')",
            "os.environ.get(\n  'DB',\n  f'sqlite:///{path}',\n)",
            "config('URL', default='sqlite://')",
            "os.environ.get('DB') or 'sqlite://'",
            "url = os.environ['DB'] if 'DB' in os.environ else 'sqlite://'",
            "if not url:\n  url = 'sqlite://'",
            "try:\n  url = os.environ['DB']\nexcept KeyError:\n  url = 'sqlite://'",
            "class Settings(BaseSettings):\n  url: str = 'sqlite://'",
            "def run(url='sqlite://'): pass",
        ] {
            assert_eq!(of(text), [("sqlite".to_owned(), true)], "{text}");
        }
    }

    #[test]
    fn what_is_written_out_does_not() {
        for text in [
            "create_engine('sqlite:///a.db')",
            "config.set_main_option('sqlalchemy.url', f'sqlite:///{os.environ[\"DB\"]}')",
            "def get():\n  return 'sqlite:///a.db'",
            "url = 'sqlite:///' + path",
        ] {
            assert_eq!(of(text), [("sqlite".to_owned(), false)], "{text}");
        }
        assert_eq!(of("URL.create('mssql+pyodbc', host=x)"), [("mssql+pyodbc".to_owned(), false)]);
        assert!(of("url.startswith('sqlite:') or 'sqlite://' in url").is_empty());
    }
}
