//! Expressions in one spelling, however they are written.

use ruff_python_ast::{Expr, ExprCall, FStringPart, InterpolatedStringElement, Operator};

use super::{Acts, DEEPEST, MOST};
use crate::python::bindings::elements;

impl Acts<'_> {
    /// An expression in one spelling, with what its names stand for.
    pub(super) fn text(&mut self, expression: &Expr) -> String {
        self.steps += 1;
        if self.steps >= MOST || self.depth >= DEEPEST * 8 {
            return String::new();
        }
        self.depth += 1;
        let text = self.written(expression);
        self.depth -= 1;
        // A text that is put together of itself grows faster than the code.
        self.steps += text.len() / 64;
        text
    }

    fn written(&mut self, expression: &Expr) -> String {
        if let Some(text) = self.literal(expression) {
            return format!("'{}'", text.split_whitespace().collect::<Vec<_>>().join(" "));
        }
        match expression {
            Expr::Name(name) => self.name(name.id.as_str()),
            Expr::Attribute(attribute) => match &*attribute.value {
                Expr::Name(name) if self.imports.get(name.id.as_str()).is_some_and(String::is_empty) => {
                    attribute.attr.to_string()
                }
                value => match self.text(value).as_str() {
                    // SQLAlchemy has its names in several modules.
                    "sql" | "sql.expression" | "types" | "sql.sqltypes" => attribute.attr.to_string(),
                    "sql.functions" | "functions" => format!("func.{}", attribute.attr),
                    module => format!("{module}.{}", attribute.attr),
                },
            },
            Expr::Call(call) => self.written_call(call),
            Expr::NumberLiteral(number) => format!("{:?}", number.value),
            Expr::BooleanLiteral(value) => value.value.to_string(),
            Expr::NoneLiteral(_) => "None".to_owned(),
            Expr::Starred(starred) => self.text(&starred.value),
            Expr::Await(awaited) => self.text(&awaited.value),
            Expr::Subscript(subscript) => format!("{}[{}]", self.text(&subscript.value), self.text(&subscript.slice)),
            Expr::UnaryOp(unary) => format!("{}{}", unary.op.as_str(), self.text(&unary.operand)),
            Expr::BinOp(binary) => {
                format!("{} {} {}", self.text(&binary.left), binary.op.as_str(), self.text(&binary.right))
            }
            Expr::If(choice) => format!("{} else {}", self.text(&choice.body), self.text(&choice.orelse)),
            Expr::Dict(dict) => {
                let items = dict.items.iter().map(|item| {
                    let key = item.key.as_ref().map_or("**".to_owned(), |key| self.text(key));
                    format!("{key}: {}", self.text(&item.value))
                });
                format!("{{{}}}", items.collect::<Vec<_>>().join(", "))
            }
            Expr::ListComp(each) => {
                let over: Vec<String> = each.generators.iter().map(|part| self.text(&part.iter)).collect();
                format!("[{} for {}]", self.text(&each.elt), over.join(", "))
            }
            Expr::Generator(each) => {
                let over: Vec<String> = each.generators.iter().map(|part| self.text(&part.iter)).collect();
                format!("[{} for {}]", self.text(&each.elt), over.join(", "))
            }
            Expr::Lambda(_) => "function".to_owned(),
            _ => match elements(expression) {
                Some(parts) => {
                    let parts: Vec<String> = parts.iter().map(|part| self.text(part)).collect();
                    format!("[{}]", parts.join(", "))
                }
                None => "?".to_owned(),
            },
        }
    }

    fn name(&mut self, name: &str) -> String {
        if let Some(text) = self.scopes.last().and_then(|scope| scope.texts.get(name)) {
            return text.clone();
        }
        let local = self.scopes.last().and_then(|scope| scope.locals.get(name).copied());
        if let Some(value) = local.or_else(|| self.constants.get(name).copied()) {
            return self.text(value);
        }
        if self.functions.contains_key(name) {
            self.named.insert(name.to_owned());
            return "function".to_owned();
        }
        self.imports.get(name).filter(|own| !own.is_empty()).cloned().unwrap_or_else(|| name.to_owned())
    }

    pub(super) fn written_call(&mut self, call: &ExprCall) -> String {
        if let (true, Some(name)) = (self.called(&call.func) == "quoted_name", call.arguments.args.first()) {
            return self.text(name);
        }
        let name = match &*call.func {
            Expr::Name(name) => self.called(&Expr::Name(name.clone())),
            // A class may move to another module.
            Expr::Attribute(function) if function.attr.starts_with(|first: char| first.is_ascii_uppercase()) => {
                // What `LargeBinary` was called until SQLAlchemy 1.4 took the old name away.
                if function.attr.as_str() == "Binary" { "LargeBinary".to_owned() } else { function.attr.to_string() }
            }
            function => self.text(function),
        };
        let mut keywords: Vec<String> = Vec::new();
        for keyword in &call.arguments.keywords {
            if let Some(text) = self.keyword(keyword) {
                keywords.push(format!("{}={text}", keyword.arg.as_ref().map_or("**", |name| name.as_str())));
            }
        }
        keywords.sort();
        let executes = ["execute", "scalar", "scalars"].iter().any(|own| name.rsplit('.').next() == Some(own));
        let mut parts = Vec::new();
        for value in &call.arguments.args {
            let given = if executes { self.statement_in(value) } else { value };
            parts.push(self.text(given));
        }
        parts.append(&mut keywords);
        // A type may be written as its class.
        if parts.is_empty() { name } else { format!("{name}({})", parts.join(", ")) }
    }

    /// What is executed is a text, whether SQLAlchemy's `text` is around it or not.
    fn statement_in<'e>(&self, value: &'e Expr) -> &'e Expr {
        match value {
            Expr::Call(call) if call.arguments.len() == 1 && self.called(&call.func) == "text" => {
                call.arguments.args.first().unwrap_or(value)
            }
            _ => value,
        }
    }

    /// A text with what is put into it: alike for an f-string, `%`, `.format` and `+`.
    fn literal(&mut self, expression: &Expr) -> Option<String> {
        match expression {
            Expr::StringLiteral(string) => Some(string.value.to_str().to_owned()),
            Expr::FString(string) => {
                let mut text = String::new();
                for part in &string.value {
                    match part {
                        FStringPart::Literal(literal) => text += &literal.value,
                        FStringPart::FString(formatted) => {
                            for element in &formatted.elements {
                                match element {
                                    InterpolatedStringElement::Literal(literal) => text += &literal.value,
                                    InterpolatedStringElement::Interpolation(put) => text += &self.put(&put.expression),
                                }
                            }
                        }
                    }
                }
                Some(text)
            }
            Expr::BinOp(binary) if binary.op == Operator::Mod => {
                let Expr::StringLiteral(template) = &*binary.left else { return None };
                let values = match &*binary.right {
                    Expr::Tuple(tuple) => &tuple.elts[..],
                    Expr::Dict(_) => return None,
                    single => std::slice::from_ref(single),
                };
                self.filled(template.value.to_str(), "%s", values)
            }
            Expr::BinOp(binary) if binary.op == Operator::Add => {
                let left = self.literal(&binary.left);
                let right = self.literal(&binary.right);
                match (left, right) {
                    (None, None) => None,
                    (Some(left), Some(right)) => Some(left + &right),
                    (Some(left), None) => Some(left + &self.put(&binary.right)),
                    (None, Some(right)) => Some(self.put(&binary.left) + &right),
                }
            }
            Expr::Call(call) => match &*call.func {
                Expr::Attribute(method) if method.attr.as_str() == "format" => {
                    let Expr::StringLiteral(template) = &*method.value else { return None };
                    if !call.arguments.keywords.is_empty() {
                        return None;
                    }
                    self.filled(template.value.to_str(), "{}", &call.arguments.args)
                }
                Expr::Attribute(method) if matches!(method.attr.as_str(), "dedent" | "cleandoc") => {
                    self.literal(call.arguments.args.first()?)
                }
                _ => None,
            },
            _ => None,
        }
    }

    /// A template with its values, where there are as many as it asks for.
    fn filled(&mut self, template: &str, mark: &str, values: &[Expr]) -> Option<String> {
        let mut pieces = template.split(mark);
        let mut text = pieces.next()?.to_owned();
        let pieces: Vec<&str> = pieces.collect();
        if pieces.len() != values.len() {
            return None;
        }
        for (piece, value) in pieces.iter().zip(values) {
            text += &self.put(value);
            text += piece;
        }
        Some(text)
    }

    fn put(&mut self, value: &Expr) -> String {
        let text = self.text(value);
        match text.strip_prefix('\'').and_then(|text| text.strip_suffix('\'')) {
            Some(text) => text.to_owned(),
            None => format!("{{{text}}}"),
        }
    }
}
