//! The string expressions and calls of a module: where SQL text and SQLAlchemy constructs are found.

use std::ops::Range;

use ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use ruff_python_ast::{Expr, ExprCall, ExprStringLiteral, InterpolatedStringElement, Operator, Stmt};
use ruff_text_size::Ranged;

use super::Module;

/// Stands in a [`Text`] for a value that the text does not tell.
pub const UNKNOWN: char = '\u{FFFC}';

/// The text of one string expression, put together from its pieces, with the way back to the source.
#[derive(Clone, Debug, Default)]
pub struct Text {
    pub text: String,
    /// For each piece where it begins in `text` and in the source; within a piece both run alike.
    pieces: Vec<(usize, usize)>,
}

impl Text {
    /// A text that is a whole file.
    pub fn of_file(text: &str) -> Self {
        Self { text: text.to_owned(), pieces: vec![(0, 0)] }
    }

    /// The range in the source of a range of the text, which must not be empty.
    pub fn source_range(&self, range: Range<usize>) -> Range<usize> {
        self.source_offset(range.start)..self.source_offset(range.end.saturating_sub(1)) + 1
    }

    fn source_offset(&self, offset: usize) -> usize {
        let piece = self.pieces.partition_point(|(start, _)| *start <= offset).saturating_sub(1);
        self.pieces.get(piece).map_or(0, |(start, source)| source + (offset - start.min(&offset)))
    }

    /// Adds a piece that stands at `source` as it is.
    pub fn push(&mut self, text: &str, source: usize) {
        self.pieces.push((self.text.len(), source));
        self.text.push_str(text);
    }

    /// Adds all pieces of another text.
    pub fn append(&mut self, other: &Self) {
        let length = self.text.len();
        self.pieces.extend(other.pieces.iter().map(|(start, source)| (length + start, *source)));
        self.text.push_str(&other.text);
    }
}

/// A call by its callee's last name: `Column` for `sa.Column(…)`.
#[derive(Clone, Debug)]
pub struct Call {
    pub name: String,
    /// The callee, up to its opening parenthesis.
    pub range: Range<usize>,
    /// The first argument where it is a plain string: the name of a table or a column.
    pub first: Option<String>,
}

/// What [`read`] finds.
#[derive(Debug, Default)]
pub struct Texts {
    pub strings: Vec<Text>,
    pub calls: Vec<Call>,
}

/// Every string expression and call of a module, in source order.
///
/// Left out is what is no code that reaches a database: docstrings and other strings that stand alone, messages that
/// are logged, printed or raised, and strings that something is compared with.
pub fn read(module: &Module) -> Texts {
    let mut reader = Reader { source: module.text(), found: Texts::default() };
    reader.visit_body(module.body());
    reader.found
}

struct Reader<'src> {
    source: &'src str,
    found: Texts,
}

impl<'a> Visitor<'a> for Reader<'_> {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::Expr(expression) if is_string(&expression.value) => {}
            Stmt::Raise(raise) => {
                for part in [raise.exc.as_deref(), raise.cause.as_deref()].into_iter().flatten() {
                    match part {
                        Expr::Call(call) => self.visit_message(call),
                        other => self.visit_expr(other),
                    }
                }
            }
            _ => walk_stmt(self, statement),
        }
    }

    fn visit_annotation(&mut self, _annotation: &'a Expr) {}

    fn visit_expr(&mut self, expression: &'a Expr) {
        match expression {
            Expr::Call(call) if is_log(&call.func) => self.visit_message(call),
            Expr::Compare(compare) => {
                let parts = std::iter::once(&*compare.left).chain(&compare.comparators);
                for part in parts.filter(|part| !is_string(part)) {
                    self.visit_expr(part);
                }
            }
            _ => {
                let mut text = Text::default();
                if self.flatten(expression, &mut text) {
                    self.found.strings.push(text);
                    return;
                }
                if let Expr::Call(call) = expression {
                    self.found.calls.extend(named_call(call));
                }
                walk_expr(self, expression);
            }
        }
    }
}

impl Reader<'_> {
    /// A message for people: its texts are no SQL, but what it calls is code.
    fn visit_message(&mut self, call: &ExprCall) {
        let keywords = call.arguments.keywords.iter().map(|keyword| &keyword.value);
        for argument in call.arguments.args.iter().chain(keywords) {
            if !is_string(argument) && !matches!(argument, Expr::BinOp(_)) {
                self.visit_expr(argument);
            }
        }
    }

    /// Appends the text of a string expression; false where it is none, and then nothing is appended.
    fn flatten(&mut self, expression: &Expr, text: &mut Text) -> bool {
        match expression {
            Expr::StringLiteral(string) => self.literal(string, text),
            Expr::FString(string) => {
                for part in &string.value {
                    match part {
                        ruff_python_ast::FStringPart::Literal(literal) => {
                            self.piece(literal.content_range().into(), text);
                        }
                        ruff_python_ast::FStringPart::FString(string) => {
                            self.elements(&string.elements, text);
                        }
                    }
                }
            }
            Expr::BinOp(operation) if operation.op == Operator::Add && has_string(expression) => {
                for side in [&*operation.left, &*operation.right] {
                    self.operand(side, text);
                }
            }
            Expr::BinOp(operation) if operation.op == Operator::Mod && is_string(&operation.left) => {
                self.flatten(&operation.left, text);
                self.visit_expr(&operation.right);
            }
            Expr::Call(call) => return self.join(call, text),
            _ => return false,
        }
        true
    }

    /// A part of a longer string: its own text, or the sign for what is not known.
    fn operand(&mut self, expression: &Expr, text: &mut Text) {
        if !self.flatten(expression, text) {
            text.push(UNKNOWN.encode_utf8(&mut [0; 4]), expression.range().start().into());
            self.visit_expr(expression);
        }
    }

    /// `" ".join(["ALTER", "TABLE t"])`.
    fn join(&mut self, call: &ExprCall, text: &mut Text) -> bool {
        let Expr::Attribute(method) = &*call.func else { return false };
        let (Expr::StringLiteral(separator), [argument]) = (&*method.value, &*call.arguments.args) else {
            return false;
        };
        let (Expr::List(ruff_python_ast::ExprList { elts, .. }) | Expr::Tuple(ruff_python_ast::ExprTuple { elts, .. })) =
            argument
        else {
            return false;
        };
        if method.attr.as_str() != "join" || !elts.iter().any(has_string) {
            return false;
        }
        for (index, element) in elts.iter().enumerate() {
            if index > 0 {
                self.literal(separator, text);
            }
            self.operand(element, text);
        }
        true
    }

    fn literal(&self, string: &ExprStringLiteral, text: &mut Text) {
        for part in &string.value {
            self.piece(part.content_range().into(), text);
        }
    }

    fn elements(&mut self, elements: &ruff_python_ast::InterpolatedStringElements, text: &mut Text) {
        for element in elements {
            match element {
                InterpolatedStringElement::Literal(literal) => self.piece(literal.range().into(), text),
                InterpolatedStringElement::Interpolation(part) => self.operand(&part.expression, text),
            }
        }
    }

    /// Appends what stands between the quotes, with its escapes undone so that the length stays.
    fn piece(&self, range: Range<usize>, text: &mut Text) {
        let raw = self.source.get(range.clone()).unwrap_or_default();
        if raw.contains('\\') {
            text.push(&undo_escapes(raw), range.start);
        } else {
            text.push(raw, range.start);
        }
    }
}

fn named_call(call: &ExprCall) -> Option<Call> {
    let name = match &*call.func {
        Expr::Name(name) => name.id.as_str(),
        Expr::Attribute(attribute) => attribute.attr.as_str(),
        _ => return None,
    };
    let range = Range::<usize>::from(call.func.range());
    let start = range.end.saturating_sub(name.len()).max(range.start);
    let first = match call.arguments.args.first() {
        Some(Expr::StringLiteral(string)) => Some(string.value.to_str().to_owned()),
        _ => None,
    };
    Some(Call { name: name.to_owned(), range: start..call.arguments.l_paren_range().end().into(), first })
}

/// Two bytes become two bytes, so that offsets still hold: `\n` is a line break and a space, `\'` a space and a quote.
fn undo_escapes(raw: &str) -> String {
    let mut text = String::with_capacity(raw.len());
    let mut characters = raw.chars().peekable();
    while let Some(character) = characters.next() {
        match (character, characters.peek()) {
            ('\\', Some('n' | 'r')) => text.push_str("\n "),
            ('\\', Some('t' | '\n' | '\r')) => text.push_str("  "),
            ('\\', Some(quote @ ('\'' | '"' | '\\'))) => {
                text.push(' ');
                text.push(*quote);
            }
            _ => {
                text.push(character);
                continue;
            }
        }
        characters.next();
    }
    text
}

fn is_string(expression: &Expr) -> bool {
    matches!(expression, Expr::StringLiteral(_) | Expr::FString(_) | Expr::BytesLiteral(_))
}

/// Whether a string is among the operands of a sum, however it is nested. The left side is the deep one.
fn has_string(expression: &Expr) -> bool {
    let mut expression = expression;
    loop {
        match expression {
            Expr::BinOp(operation) if matches!(operation.op, Operator::Add) => {
                if has_string(&operation.right) {
                    return true;
                }
                expression = &operation.left;
            }
            Expr::BinOp(operation) if matches!(operation.op, Operator::Mod) => return is_string(&operation.left),
            other => return is_string(other),
        }
    }
}

/// `print`, `logger.info`, `self._log.debug`, `warnings.warn`: what speaks to people.
fn is_log(function: &Expr) -> bool {
    match function {
        Expr::Name(name) => name.id.as_str() == "print",
        Expr::Attribute(attribute) => {
            let speaks = matches!(
                attribute.attr.as_str(),
                "debug" | "info" | "warning" | "warn" | "error" | "exception" | "critical" | "log" | "print" | "echo"
            );
            speaks && !matches!(&*attribute.value, Expr::Call(_))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Source;

    fn strings(text: &str) -> Vec<String> {
        let module = Module::parse(&Source::new("m.py", text)).unwrap();
        read(&module).strings.into_iter().map(|text| text.text).collect()
    }

    #[test]
    fn pieces_of_every_sort_are_put_together() {
        assert_eq!(strings("x = 'ALTER ' 'TABLE t'"), ["ALTER TABLE t"]);
        assert_eq!(strings("x = 'ALTER ' + f'TABLE {t}' + 'x'"), ["ALTER TABLE \u{FFFC}x"]);
        assert_eq!(strings("x = f'{\"ALTER\"} TABLE t'"), ["ALTER TABLE t"]);
        assert_eq!(strings("x = ' '.join(['ALTER', 'TABLE', t])"), ["ALTER TABLE \u{FFFC}"]);
        assert_eq!(strings("x = 'ALTER TABLE %s' % t"), ["ALTER TABLE %s"]);
        assert_eq!(strings("x = 'ALTER TABLE {}'.format('a')"), ["ALTER TABLE {}", "a"]);
    }

    #[test]
    fn docstrings_messages_and_comparisons_are_left_out() {
        let text = "'''Doc'''\ndef f():\n    'doc'\n    print('a')\n    logger.info(f'b {g(\"inner\")}')\n    \
                    raise E('c' % d)\nif 'x' in s or s == 'y': pass\nz: 'T' = 'kept'\n";
        assert_eq!(strings(text), ["kept"]);
    }

    #[test]
    fn a_place_in_the_text_leads_back_to_the_source() {
        let source = "x = 'ab' + \\\n  'cd\\nef'\n";
        let module = Module::parse(&Source::new("m.py", source)).unwrap();
        let text = read(&module).strings.remove(0);
        assert_eq!(text.text, "abcd\n ef");
        let at = text.text.find("ef").unwrap();
        assert_eq!(&source[text.source_range(at..at + 2)], "ef");
        let across = text.source_range(1..3);
        assert_eq!(&source[across], "b' + \\\n  'c");
    }
}
