//! From the parser's tree to plain values. Nesting beyond a bound becomes `Other`, so that nothing which walks the values,
//! their destructors included, can run out of stack.

use std::ops::Range;
use std::rc::Rc;

use tree_sitter::{Node, Tree};

use super::syntax::{
    Block, Call, Element, Expr, ExprKind, Field, File, For, ForHead, Function, If, Parameter, Stmt, StmtKind, Switch,
    Type, Variable,
};
use crate::python::texts::Text;
use crate::source::Source;

/// How many expressions, statements and types are taken within each other; code that people write has a tenth of it.
const MAX_NESTING: u32 = 150;

/// What of a file has been understood.
pub(super) fn file(source: &Source, tree: &Tree) -> File {
    let mut file = File {
        source: source.clone(),
        package: String::new(),
        imports: Vec::new(),
        functions: Vec::new(),
        variables: Vec::new(),
        types: Vec::new(),
        comments: comments(tree),
    };
    let converter = Converter { text: source.text() };
    for node in children(tree.root_node()) {
        match node.kind() {
            "package_clause" => {
                file.package = children(node).first().map(|name| converter.slice(*name).to_owned()).unwrap_or_default();
            }
            "import_declaration" => file.imports.extend(converter.imports(node)),
            "function_declaration" | "method_declaration" => {
                file.functions.push(Rc::new(converter.function(node, MAX_NESTING)));
            }
            "var_declaration" | "const_declaration" => {
                let embedded = embedded(&file.comments, source, node.start_byte());
                let mut variables = converter.variables(node, MAX_NESTING);
                if let [only] = variables.as_mut_slice() {
                    only.embedded = embedded;
                }
                file.variables.extend(variables);
            }
            "type_declaration" => {
                file.types.extend(converter.types(node, MAX_NESTING));
            }
            _ => {}
        }
    }
    file
}

/// The ranges of all comments, without recursion.
fn comments(tree: &Tree) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut cursor = tree.root_node().walk();
    loop {
        if cursor.node().kind() == "comment" {
            found.push(cursor.node().byte_range());
        }
        if cursor.goto_first_child() {
            continue;
        }
        while !cursor.goto_next_sibling() {
            if !cursor.goto_parent() {
                return found;
            }
        }
    }
}

/// The file that `//go:embed` names on the line before a declaration.
fn embedded(comments: &[Range<usize>], source: &Source, declaration: usize) -> Option<String> {
    let before = comments.iter().rev().find(|comment| comment.end <= declaration)?;
    let gap = source.text().get(before.end..declaration)?;
    let text = source.text().get(before.clone())?;
    let path = text.strip_prefix("//go:embed ").filter(|_| gap.trim().is_empty())?.trim().trim_matches(['"', '`']);
    (!path.contains([' ', '*', '?', '['])).then(|| path.to_owned())
}

/// The named children of a node that are no comments.
fn children(node: Node<'_>) -> Vec<Node<'_>> {
    let mut cursor = node.walk();
    node.named_children(&mut cursor).filter(|child| child.kind() != "comment").collect()
}

struct Converter<'t> {
    text: &'t str,
}

impl<'t> Converter<'t> {
    fn slice(&self, node: Node<'_>) -> &'t str {
        self.text.get(node.byte_range()).unwrap_or_default()
    }

    fn field(&self, node: Node<'_>, name: &str, depth: u32) -> Option<Expr> {
        node.child_by_field_name(name).map(|child| self.expr(child, depth))
    }

    fn imports(&self, node: Node<'_>) -> Vec<(Rc<str>, String)> {
        let mut found = Vec::new();
        for child in children(node) {
            let specs = if child.kind() == "import_spec_list" { children(child) } else { vec![child] };
            for spec in specs {
                let Some(path) = spec.child_by_field_name("path") else { continue };
                let path = self.slice(path).trim_matches(['"', '`']);
                let name = spec.child_by_field_name("name").map_or_else(|| package_name(path), |name| self.slice(name));
                found.push((name.into(), path.to_owned()));
            }
        }
        found
    }

    fn types(&self, node: Node<'_>, depth: u32) -> Vec<(Rc<str>, Type)> {
        let one = |spec: Node<'_>| {
            let (name, of) = (spec.child_by_field_name("name")?, spec.child_by_field_name("type")?);
            Some((self.slice(name).into(), self.kind_of(of, depth)))
        };
        children(node).into_iter().filter_map(one).collect()
    }

    fn function(&self, node: Node<'_>, depth: u32) -> Function {
        let parameters = |field: &str| {
            let list = node.child_by_field_name(field).filter(|list| list.kind() == "parameter_list");
            list.map(|list| self.parameters(list)).unwrap_or_default()
        };
        Function {
            name: node.child_by_field_name("name").map(|name| self.slice(name).into()).unwrap_or_default(),
            receiver: parameters("receiver").into_iter().next(),
            parameters: parameters("parameters"),
            results: parameters("result")
                .into_iter()
                .map(|result| result.name)
                .filter(|name| !name.is_empty())
                .collect(),
            body: node.child_by_field_name("body").map(|body| self.block(body, depth)).unwrap_or_default(),
            range: node.byte_range(),
        }
    }

    fn parameters(&self, list: Node<'_>) -> Vec<Parameter> {
        let mut found = Vec::new();
        for declaration in children(list) {
            let of = declaration.child_by_field_name("type");
            let written: Rc<str> = of.map(|of| self.slice(of).into()).unwrap_or_default();
            let variadic = declaration.kind() == "variadic_parameter_declaration";
            let mut cursor = declaration.walk();
            let names: Vec<Rc<str>> =
                declaration.children_by_field_name("name", &mut cursor).map(|name| self.slice(name).into()).collect();
            let names = if names.is_empty() { vec![Rc::from("")] } else { names };
            found.extend(names.into_iter().map(|name| Parameter { name, written: written.clone(), variadic }));
        }
        found
    }

    /// The constants or variables of a declaration. One without a value in a group repeats the value before it only for
    /// constants that count; those are left without.
    fn variables(&self, node: Node<'_>, depth: u32) -> Vec<Variable> {
        let mut found = Vec::new();
        for child in children(node) {
            let specs = if child.kind() == "var_spec_list" { children(child) } else { vec![child] };
            for spec in specs {
                let declared = spec.child_by_field_name("type").map(|of| self.kind_of(of, depth));
                let values = spec.child_by_field_name("value").map(children).unwrap_or_default();
                let mut cursor = spec.walk();
                let names = spec.children_by_field_name("name", &mut cursor).filter(Node::is_named);
                for (at, name) in names.enumerate() {
                    let value = values.get(at).map(|value| self.expr(*value, depth));
                    let (declared, range) = (declared.clone(), name.byte_range());
                    found.push(Variable { name: self.slice(name).into(), range, declared, value, embedded: None });
                }
            }
        }
        found
    }

    fn kind_of(&self, node: Node<'_>, depth: u32) -> Type {
        let Some(depth) = depth.checked_sub(1) else { return Type::Other };
        let inner =
            |field: &str| Rc::new(node.child_by_field_name(field).map_or(Type::Other, |of| self.kind_of(of, depth)));
        match node.kind() {
            "type_identifier" | "qualified_type" => Type::Named(self.slice(node).into()),
            "generic_type" => node.child_by_field_name("type").map_or(Type::Other, |of| self.kind_of(of, depth)),
            "slice_type" | "array_type" | "implicit_length_array_type" => Type::Slice(inner("element")),
            "map_type" => Type::Map(inner("value")),
            "pointer_type" => {
                Type::Pointer(Rc::new(children(node).first().map_or(Type::Other, |of| self.kind_of(*of, depth))))
            }
            "parenthesized_type" => children(node).first().map_or(Type::Other, |of| self.kind_of(*of, depth)),
            "function_type" => Type::Function,
            "struct_type" => {
                let mut fields = Vec::new();
                for field in children(node).into_iter().flat_map(children) {
                    let of = field.child_by_field_name("type");
                    let kind = of.map_or(Type::Other, |of| self.kind_of(of, depth));
                    let tag = field.child_by_field_name("tag").map(|tag| Rc::from(self.literal(tag).text.as_str()));
                    let mut cursor = field.walk();
                    let names: Vec<Node<'_>> = field.children_by_field_name("name", &mut cursor).collect();
                    // An embedded type is a field of its own name.
                    let embedded = names.is_empty();
                    let own = if embedded { of.into_iter().collect() } else { names };
                    fields.extend(own.into_iter().map(|name| Field {
                        name: self.slice(name).into(),
                        kind: kind.clone(),
                        written: of.map(|of| of.byte_range()),
                        tag: tag.clone(),
                        embedded,
                    }));
                }
                Type::Struct(Rc::new(fields))
            }
            _ => Type::Other,
        }
    }

    fn expr(&self, node: Node<'_>, depth: u32) -> Expr {
        let kind = match depth.checked_sub(1) {
            Some(depth) => self.expr_kind(node, depth),
            None => ExprKind::Other,
        };
        Expr { kind, range: node.byte_range() }
    }

    fn boxed(&self, node: Node<'_>, field: &str, depth: u32) -> Box<Expr> {
        let missing = || Expr { kind: ExprKind::Other, range: node.byte_range() };
        Box::new(self.field(node, field, depth).unwrap_or_else(missing))
    }

    fn expr_kind(&self, node: Node<'_>, depth: u32) -> ExprKind {
        match node.kind() {
            "interpreted_string_literal" | "raw_string_literal" => ExprKind::Text(Box::new(self.literal(node))),
            "int_literal" => int(self.slice(node)).map_or(ExprKind::Other, ExprKind::Int),
            "float_literal" => {
                let written = self.slice(node).replace('_', "");
                written.parse().ok().filter(|value: &f64| value.is_finite()).map_or(ExprKind::Other, ExprKind::Float)
            }
            "identifier" | "true" | "false" | "nil" | "blank_identifier" => ExprKind::Name(self.slice(node).into()),
            "parenthesized_expression" => {
                children(node).first().map_or(ExprKind::Other, |inner| self.expr(*inner, depth).kind)
            }
            "binary_expression" => self.binary(node, depth),
            "unary_expression" => {
                let operator = operator(node, &["!", "-", "+", "&", "*", "<-", "^"]);
                ExprKind::Unary(operator, self.boxed(node, "operand", depth))
            }
            "call_expression" => self.call(node, depth),
            "selector_expression" => {
                let field = node.child_by_field_name("field").map(|field| self.slice(field)).unwrap_or_default();
                ExprKind::Select(self.boxed(node, "operand", depth), field.into())
            }
            "index_expression" => ExprKind::Index(self.boxed(node, "operand", depth), self.boxed(node, "index", depth)),
            "composite_literal" => {
                let of = node.child_by_field_name("type").map_or(Type::Other, |of| self.kind_of(of, depth));
                let elements = node.child_by_field_name("body").map(|body| self.elements(body, depth));
                ExprKind::Composite(of, elements.unwrap_or_default())
            }
            "literal_value" => ExprKind::Composite(Type::Other, self.elements(node, depth)),
            "literal_element" => children(node).first().map_or(ExprKind::Other, |inner| self.expr(*inner, depth).kind),
            "func_literal" => ExprKind::Function(Rc::new(self.function(node, depth))),
            "type_conversion_expression" | "type_assertion_expression" => {
                ExprKind::Convert(self.boxed(node, "operand", depth))
            }
            kind if kind.ends_with("_type") || kind == "type_identifier" => ExprKind::Type(self.kind_of(node, depth)),
            _ => ExprKind::Other,
        }
    }

    /// Terms that are joined with `+` lie side by side, however many there are.
    fn binary(&self, node: Node<'_>, depth: u32) -> ExprKind {
        const OPERATORS: &[&str] =
            &["+", "==", "!=", "<", "<=", ">", ">=", "&&", "||", "-", "*", "/", "%", "&", "|", "^", "<<", ">>", "&^"];
        let sign = operator(node, OPERATORS);
        if sign != "+" {
            return ExprKind::Binary(sign, self.boxed(node, "left", depth), self.boxed(node, "right", depth));
        }
        let mut terms = Vec::new();
        let mut left = Some(node);
        while let Some(sum) = left {
            if sum.kind() == "binary_expression" && operator(sum, OPERATORS) == "+" {
                terms.extend(self.field(sum, "right", depth));
                left = sum.child_by_field_name("left");
            } else {
                terms.push(self.expr(sum, depth));
                left = None;
            }
        }
        terms.reverse();
        ExprKind::Sum(terms)
    }

    fn call(&self, node: Node<'_>, depth: u32) -> ExprKind {
        let mut spread = false;
        let list = node.child_by_field_name("arguments").map(children).unwrap_or_default();
        let arguments = list.into_iter().map(|argument| {
            if argument.kind() == "variadic_argument" {
                spread = true;
                return children(argument).first().map_or_else(
                    || Expr { kind: ExprKind::Other, range: argument.byte_range() },
                    |inner| self.expr(*inner, depth),
                );
            }
            self.expr(argument, depth)
        });
        let arguments = arguments.collect();
        ExprKind::Call(Box::new(Call { callee: *self.boxed(node, "function", depth), arguments, spread }))
    }

    fn elements(&self, body: Node<'_>, depth: u32) -> Vec<Element> {
        let element = |node: Node<'_>| {
            if node.kind() == "keyed_element" {
                let (key, value) = (self.field(node, "key", depth), self.boxed(node, "value", depth));
                Element { key, value: *value }
            } else {
                Element { key: None, value: self.expr(node, depth) }
            }
        };
        children(body).into_iter().map(element).collect()
    }

    /// A string literal without its quotes, with its escapes decoded.
    fn literal(&self, node: Node<'_>) -> Text {
        let mut text = Text::default();
        let (start, whole) = (node.start_byte(), self.slice(node));
        let inner = whole.get(1..whole.len().saturating_sub(1)).unwrap_or_default();
        if node.kind() == "raw_string_literal" {
            // Go drops the carriage returns of raw strings.
            let mut at = start + 1;
            for part in inner.split('\r') {
                text.push(part, at);
                at += part.len() + 1;
            }
            return text;
        }
        let mut rest = inner;
        let mut at = start + 1;
        while !rest.is_empty() {
            let plain = rest.find('\\').unwrap_or(rest.len());
            if plain > 0 {
                text.push(&rest[..plain], at);
            }
            (rest, at) = (&rest[plain..], at + plain);
            if !rest.is_empty() {
                let (character, length) = escape(rest);
                text.push(character.encode_utf8(&mut [0; 4]), at);
                (rest, at) = (&rest[length..], at + length);
            }
        }
        text
    }

    fn block(&self, node: Node<'_>, depth: u32) -> Block {
        let mut found = Vec::new();
        for child in children(node) {
            if child.kind() == "statement_list" {
                found.extend(children(child).into_iter().map(|statement| self.stmt(statement, depth)));
            } else {
                found.push(self.stmt(child, depth));
            }
        }
        found
    }

    fn stmt(&self, node: Node<'_>, depth: u32) -> Stmt {
        let kind = match depth.checked_sub(1) {
            Some(depth) => self.stmt_kind(node, depth),
            None => StmtKind::Other,
        };
        Stmt { kind, range: node.byte_range() }
    }

    fn exprs(&self, node: Node<'_>, field: &str, depth: u32) -> Vec<Expr> {
        let Some(list) = node.child_by_field_name(field) else { return Vec::new() };
        let items = if list.kind() == "expression_list" { children(list) } else { vec![list] };
        items.into_iter().map(|item| self.expr(item, depth)).collect()
    }

    fn stmt_kind(&self, node: Node<'_>, depth: u32) -> StmtKind {
        let first = || children(node).first().map(|inner| self.expr(*inner, depth));
        match node.kind() {
            "expression_statement" => first().map_or(StmtKind::Empty, StmtKind::Expr),
            "short_var_declaration" | "assignment_statement" => {
                let declares = node.kind() == "short_var_declaration";
                let operator = if declares { "=" } else { operator(node, &["=", "+="]) };
                let (targets, values) = (self.exprs(node, "left", depth), self.exprs(node, "right", depth));
                StmtKind::Assign { declares, operator, targets, values }
            }
            "inc_statement" | "dec_statement" => {
                let step = if node.kind() == "inc_statement" { 1 } else { -1 };
                let values = vec![Expr { kind: ExprKind::Int(step), range: node.byte_range() }];
                let targets = first().into_iter().collect();
                StmtKind::Assign { declares: false, operator: "+=", targets, values }
            }
            "var_declaration" | "const_declaration" => StmtKind::Declare(self.variables(node, depth)),
            "if_statement" => self.branch(node, depth),
            "for_statement" => self.repeat(node, depth),
            "expression_switch_statement" => self.switch(node, depth),
            "return_statement" => {
                let list = children(node).first().copied().map(children).unwrap_or_default();
                StmtKind::Return(list.into_iter().map(|value| self.expr(value, depth)).collect())
            }
            "block" => StmtKind::Block(self.block(node, depth)),
            // One with a label leaves another loop than its own.
            "break_statement" if children(node).is_empty() => StmtKind::Break,
            "continue_statement" if children(node).is_empty() => StmtKind::Continue,
            "defer_statement" => first().map_or(StmtKind::Other, StmtKind::Defer),
            "labeled_statement" => children(node).last().map_or(StmtKind::Empty, |inner| self.stmt(*inner, depth).kind),
            "type_declaration" => StmtKind::Types(self.types(node, depth)),
            "empty_statement" => StmtKind::Empty,
            _ => StmtKind::Other,
        }
    }

    fn branch(&self, node: Node<'_>, depth: u32) -> StmtKind {
        let inner = |field: &str| node.child_by_field_name(field);
        StmtKind::If(Box::new(If {
            init: inner("initializer").map(|init| self.stmt(init, depth)),
            condition: *self.boxed(node, "condition", depth),
            then: inner("consequence").map(|block| self.block(block, depth)).unwrap_or_default(),
            otherwise: inner("alternative").map(|other| self.stmt(other, depth)),
        }))
    }

    fn repeat(&self, node: Node<'_>, depth: u32) -> StmtKind {
        let body = node.child_by_field_name("body").map(|body| self.block(body, depth)).unwrap_or_default();
        let head = children(node).into_iter().find(|child| child.kind() != "block");
        let head = match head {
            Some(clause) if clause.kind() == "range_clause" => {
                let mut names = self.exprs(clause, "left", depth).into_iter();
                let (key, value) = (names.next(), names.next());
                ForHead::Range { key, value, over: *self.boxed(clause, "right", depth) }
            }
            Some(clause) if clause.kind() == "for_clause" => {
                let step = |field: &str| clause.child_by_field_name(field).map(|inner| self.stmt(inner, depth));
                let condition = self.field(clause, "condition", depth);
                ForHead::Clause { init: step("initializer"), condition, update: step("update") }
            }
            condition => {
                let condition = condition.map(|condition| self.expr(condition, depth));
                ForHead::Clause { init: None, condition, update: None }
            }
        };
        StmtKind::For(Box::new(For { head, body }))
    }

    fn switch(&self, node: Node<'_>, depth: u32) -> StmtKind {
        let mut cases = Vec::new();
        for case in children(node) {
            let body = || {
                let lists = children(case).into_iter().filter(|child| child.kind() == "statement_list");
                lists.flat_map(children).map(|statement| self.stmt(statement, depth)).collect()
            };
            match case.kind() {
                "expression_case" => cases.push((Some(self.exprs(case, "value", depth)), body())),
                "default_case" => cases.push((None, body())),
                _ => {}
            }
        }
        StmtKind::Switch(Box::new(Switch {
            init: node.child_by_field_name("initializer").map(|init| self.stmt(init, depth)),
            subject: self.field(node, "value", depth),
            cases,
        }))
    }
}

/// The operator of a node, as one of those that are known; the empty one where it is another.
fn operator(node: Node<'_>, known: &[&'static str]) -> &'static str {
    let kind = node.child_by_field_name("operator").map(|operator| operator.kind());
    known.iter().copied().find(|known| Some(*known) == kind).unwrap_or_default()
}

/// What a package at a path is called: its last part, without a version.
fn package_name(path: &str) -> &str {
    let is_version = |part: &str| part.strip_prefix('v').is_some_and(|rest| rest.parse::<u32>().is_ok());
    let name = path.rsplit('/').find(|part| !is_version(part)).unwrap_or(path);
    let name = name.split_once(".v").map_or(name, |(name, _)| name);
    name.rsplit('-').next().unwrap_or(name)
}

fn int(written: &str) -> Option<i64> {
    let digits = written.replace('_', "").to_ascii_lowercase();
    for (prefix, radix) in [("0x", 16), ("0b", 2), ("0o", 8)] {
        if let Some(digits) = digits.strip_prefix(prefix) {
            return i64::from_str_radix(digits, radix).ok();
        }
    }
    match digits.strip_prefix('0').filter(|rest| !rest.is_empty()) {
        Some(octal) => i64::from_str_radix(octal, 8).ok(),
        None => digits.parse().ok(),
    }
}

/// The character that an escape stands for, and the length of the escape. `text` begins with its backslash.
fn escape(text: &str) -> (char, usize) {
    let bytes = text.as_bytes();
    let number = |digits: usize, from: usize, radix: u32| {
        let value = text.get(from..from + digits).and_then(|digits| u32::from_str_radix(digits, radix).ok());
        (value.and_then(char::from_u32).unwrap_or(char::REPLACEMENT_CHARACTER), from + digits)
    };
    let (character, length) = match bytes.get(1) {
        Some(b'n') => ('\n', 2),
        Some(b't') => ('\t', 2),
        Some(b'r') => ('\r', 2),
        Some(b'a') => ('\x07', 2),
        Some(b'b') => ('\x08', 2),
        Some(b'f') => ('\x0c', 2),
        Some(b'v') => ('\x0b', 2),
        Some(b'x') => number(2, 2, 16),
        Some(b'u') => number(4, 2, 16),
        Some(b'U') => number(8, 2, 16),
        Some(b'0'..=b'7') => number(3, 1, 8),
        _ => match text.chars().nth(1) {
            Some(other) => (other, 1 + other.len_utf8()),
            None => ('\\', 1),
        },
    };
    (character, if text.is_char_boundary(length.min(text.len())) { length.min(text.len()) } else { 1 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_stand_for_their_characters() {
        for (text, character, length) in [
            ("\\n", '\n', 2),
            ("\\\"x", '"', 2),
            ("\\\\", '\\', 2),
            ("\\x41b", 'A', 4),
            ("\\u00e9", 'é', 6),
            ("\\101", 'A', 4),
            ("\\", '\\', 1),
        ] {
            assert_eq!(escape(text), (character, length), "{text}");
        }
        assert_eq!(escape("\\x").1, 2);
        assert!(escape("\\xé").1 <= 4);
    }

    #[test]
    fn numbers_are_read_in_every_base() {
        assert_eq!([int("1_000"), int("0x1f"), int("0b11"), int("017"), int("0")], [1000, 31, 3, 15, 0].map(Some));
        assert_eq!(int("99999999999999999999"), None);
    }
}
