//! The string expressions of a file: where SQL is found.

use super::syntax::{Block, Call, Expr, ExprKind, File, ForHead, Stmt, StmtKind};
use crate::python::texts::{Text, UNKNOWN};

/// Every string expression of a file, in source order. Left out is what reaches no database: messages of errors and of
/// logs, what something is compared with, the keys of maps, and what migrations are called.
pub fn read(file: &File) -> Vec<Text> {
    let mut reader = Reader { found: Vec::new() };
    for variable in &file.variables {
        reader.maybe(variable.value.as_ref());
    }
    for function in &file.functions {
        reader.block(&function.body);
    }
    reader.found
}

/// The same of one function's statements.
pub fn of_block(block: &Block) -> Vec<Text> {
    let mut reader = Reader { found: Vec::new() };
    reader.block(block);
    reader.found
}

struct Reader {
    found: Vec<Text>,
}

impl Reader {
    fn maybe(&mut self, expr: Option<&Expr>) {
        if let Some(expr) = expr {
            self.expr(expr);
        }
    }

    fn block(&mut self, block: &Block) {
        for statement in block {
            self.stmt(statement);
        }
    }

    fn stmt(&mut self, stmt: &Stmt) {
        match &stmt.kind {
            StmtKind::Expr(expr) | StmtKind::Defer(expr) => self.expr(expr),
            StmtKind::Assign { values, .. } | StmtKind::Return(values) => {
                for value in values {
                    self.expr(value);
                }
            }
            StmtKind::Declare(variables) => variables.iter().for_each(|variable| self.maybe(variable.value.as_ref())),
            StmtKind::If(branch) => {
                branch.init.iter().chain(&branch.otherwise).for_each(|inner| self.stmt(inner));
                self.expr(&branch.condition);
                self.block(&branch.then);
            }
            StmtKind::For(repeat) => {
                match &repeat.head {
                    ForHead::Range { over, .. } => self.expr(over),
                    ForHead::Clause { init, condition, update } => {
                        init.iter().chain(update).for_each(|inner| self.stmt(inner));
                        self.maybe(condition.as_ref());
                    }
                }
                self.block(&repeat.body);
            }
            StmtKind::Switch(switch) => {
                switch.init.iter().for_each(|inner| self.stmt(inner));
                switch.cases.iter().for_each(|(_, body)| self.block(body));
            }
            StmtKind::Block(block) => self.block(block),
            StmtKind::Types(_) | StmtKind::Break | StmtKind::Continue | StmtKind::Empty | StmtKind::Other => {}
        }
    }

    fn expr(&mut self, expr: &Expr) {
        match &expr.kind {
            ExprKind::Text(text) => self.found.push((**text).clone()),
            ExprKind::Sum(terms) => self.sum(terms),
            ExprKind::Binary("==" | "!=", left, right) => {
                for part in [left, right].into_iter().filter(|part| !matches!(part.kind, ExprKind::Text(_))) {
                    self.expr(part);
                }
            }
            ExprKind::Binary(_, left, right) => {
                self.expr(left);
                self.expr(right);
            }
            ExprKind::Unary(_, inner) | ExprKind::Select(inner, _) | ExprKind::Convert(inner) => self.expr(inner),
            ExprKind::Index(list, _) => self.expr(list),
            ExprKind::Call(call) => self.call(call),
            ExprKind::Composite(_, elements) => {
                for element in elements {
                    let is_label = matches!(&element.key, Some(Expr { kind: ExprKind::Name(name), .. })
                        if super::lists::is_label(name));
                    if !is_label || !matches!(element.value.kind, ExprKind::Text(_)) {
                        self.expr(&element.value);
                    }
                }
            }
            ExprKind::Function(function) => self.block(&function.body),
            ExprKind::Int(_) | ExprKind::Float(_) | ExprKind::Name(_) | ExprKind::Type(_) | ExprKind::Other => {}
        }
    }

    /// What is joined is one text; what of it is not known leaves a sign.
    fn sum(&mut self, terms: &[Expr]) {
        let mut text = Text::default();
        for term in terms {
            if let ExprKind::Text(part) = &term.kind {
                text.append(part);
            } else {
                text.push(UNKNOWN.encode_utf8(&mut [0; 4]), term.range.start);
                self.expr(term);
            }
        }
        self.found.push(text);
    }

    fn call(&mut self, call: &Call) {
        let (package, name) = match &call.callee.kind {
            ExprKind::Name(name) => ("", &**name),
            ExprKind::Select(operand, name) => match &operand.kind {
                ExprKind::Name(package) => (&**package, &**name),
                _ => ("", &**name),
            },
            _ => ("", ""),
        };
        self.expr(&call.callee);
        let speaks = is_message(package, name);
        for argument in call.arguments.iter().filter(|argument| !speaks || !is_plain_text(argument)) {
            self.expr(argument);
        }
    }
}

fn is_plain_text(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Text(_) => true,
        ExprKind::Sum(terms) => terms.iter().any(|term| matches!(term.kind, ExprKind::Text(_))),
        _ => false,
    }
}

/// Whether the texts that a function is called with are for people, or are compared with something.
fn is_message(package: &str, name: &str) -> bool {
    const BEGINNINGS: [&str; 14] = [
        "Print", "Fatal", "Panic", "Info", "Debug", "Warn", "Error", "Trace", "Wrap", "Log", "log", "Fprint", "Msg",
        "panic",
    ];
    if package == "errors" || package == "log" || package == "slog" {
        return true;
    }
    if package == "strings" {
        return matches!(name, "Contains" | "HasPrefix" | "HasSuffix" | "Index" | "EqualFold" | "Count");
    }
    BEGINNINGS.iter().any(|beginning| name.starts_with(beginning))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Source;

    fn texts(body: &str) -> Vec<String> {
        let file = File::parse(&Source::new("m.go", format!("package a\n{body}\n"))).unwrap();
        read(&file).into_iter().map(|text| text.text).collect()
    }

    #[test]
    fn texts_are_found_wherever_they_stand() {
        assert_eq!(texts("var a, b = \"x\", `y`\nconst c = \"z\""), ["x", "y", "z"]);
        assert_eq!(
            texts("func f() { if _, err := tx.Exec(\"a\" + `b`); err != nil { return g(\"c\") } }"),
            ["ab", "c"]
        );
        assert_eq!(texts("var m = []M{{1, \"n\", func() { x(`s`) }}}"), ["n", "s"]);
        assert_eq!(texts("func f() { for _, s := range []string{\"a\", \"b\"} { g(s) } }"), ["a", "b"]);
    }

    #[test]
    fn messages_names_and_comparisons_are_left_out() {
        assert!(texts("func f() error { return fmt.Errorf(\"create table: %w\", err) }").is_empty());
        assert!(texts("func f() { log.Printf(\"x\"); if a == \"b\" { s.logger.Info(\"c\" + d) } }").is_empty());
        assert!(texts("var m = []M{{Name: \"a\", Description: \"b\"}}").is_empty());
        assert!(texts("func f() bool { return strings.Contains(err.Error(), \"x\") }").is_empty());
    }

    #[test]
    fn escapes_are_decoded_and_their_places_kept() {
        let text = "package a\nvar x = \"a\\tALTER\\nTABLE\"\n";
        let file = File::parse(&Source::new("m.go", text)).unwrap();
        let found = read(&file).remove(0);
        assert_eq!(found.text, "a\tALTER\nTABLE");
        let at = found.text.find("TABLE").unwrap();
        assert_eq!(&text[found.source_range(at..at + 5)], "TABLE");
    }
}
