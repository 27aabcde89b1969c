//! What code does, without how it is written: for telling a copy from a new piece.

use std::ops::Range;

use ruff_python_ast::{Expr, Stmt};
use ruff_text_size::Ranged;

use super::Module;

/// The tokens of a top-level function's body, without comments, docstrings and white space. Empty where they do not
/// tell what it does: where the module has no such function, where its body does nothing (`pass`, `...`, a bare
/// `return`), where it holds no text of its own, and where it asks which file it is in, as in
/// `op.execute(Path(__file__).with_suffix(".sql").read_text())`.
pub fn of_function(module: &Module, name: &str) -> String {
    let function = module.body().iter().find_map(|statement| match statement {
        Stmt::FunctionDef(function) if function.name.as_str() == name => Some(function),
        _ => None,
    });
    let Some(function) = function else { return String::new() };
    let acting: Vec<&Stmt> = function.body.iter().filter(|statement| !is_idle(statement)).collect();
    let shape = acting.iter().map(|statement| tokens(module, statement.range().into())).collect::<Vec<_>>().join("\n");
    let asks_where = shape.split(' ').any(|token| matches!(token, "__file__" | "__name__" | "revision"));
    let has_text = shape.contains(['\'', '"']);
    if asks_where || !has_text { String::new() } else { shape }
}

fn is_idle(statement: &Stmt) -> bool {
    match statement {
        Stmt::Pass(_) => true,
        Stmt::Return(value) => value.value.is_none(),
        Stmt::Expr(expression) => {
            matches!(&*expression.value, Expr::StringLiteral(_) | Expr::EllipsisLiteral(_))
        }
        _ => false,
    }
}

fn tokens(module: &Module, range: Range<usize>) -> String {
    let text = module.text();
    let inside = module.tokens().filter(|token| token.start >= range.start && token.end <= range.end);
    inside.filter_map(|token| text.get(token)).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Source;

    fn shape(body: &str) -> String {
        let text = format!("def upgrade():\n    {body}\n");
        of_function(&Module::parse(&Source::new("m.py", text)).unwrap(), "upgrade")
    }

    #[test]
    fn comments_docstrings_and_formatting_do_not_matter() {
        assert_eq!(shape("op.drop_table('a')"), shape("'''Doc'''\n    op.drop_table( 'a' )  # why"));
        assert_ne!(shape("op.drop_table('a')"), shape("op.drop_table('b')"));
    }

    #[test]
    fn a_body_that_does_not_say_what_it_does_has_no_shape() {
        for body in
            ["pass", "...", "return", "'''Doc'''", "run(revision)", "op.execute(sql_of(__file__, '.sql'))", "go()"]
        {
            assert_eq!(shape(body), "", "{body}");
        }
    }
}
