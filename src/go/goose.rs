//! Migrations of goose that are written in Go, beside its files of SQL: what their `init` registers.

use std::rc::Rc;

use super::syntax::{Call, Expr, ExprKind, File, Function, StmtKind};

/// The function that registers the migration of a file, and the expression for the way forth.
pub fn registered(file: &File) -> Option<(&Rc<Function>, &Expr)> {
    let inits = file.functions.iter().filter(|function| &*function.name == "init" && function.receiver.is_none());
    inits.flat_map(|init| init.body.iter().map(move |statement| (init, statement))).find_map(|(init, statement)| {
        let StmtKind::Expr(Expr { kind: ExprKind::Call(call), .. }) = &statement.kind else { return None };
        Some((init, way_forth(call)?))
    })
}

/// `goose.AddMigrationContext(up, down)`, `goose.AddNamedMigrationNoTx("1_x.go", up, down)`.
fn way_forth(call: &Call) -> Option<&Expr> {
    let ExprKind::Select(_, name) = &call.callee.kind else { return None };
    let rest = name.strip_prefix("Add")?;
    let (rest, at) = rest.strip_prefix("Named").map_or((rest, 0), |rest| (rest, 1));
    rest.starts_with("Migration").then(|| call.arguments.get(at)).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Source;

    #[test]
    fn what_goes_forth_is_the_first_function_of_the_two() {
        let up = |call: &str| {
            let text = format!("package m\nfunc init() {{\n\tlog.Print(\"x\")\n\tgoose.{call}\n}}\nfunc up() {{}}\n");
            let file = File::parse(&Source::new("1_x.go", text)).unwrap();
            registered(&file).and_then(|(_, expr)| match &expr.kind {
                ExprKind::Name(name) => Some(name.to_string()),
                _ => None,
            })
        };
        assert_eq!(up("AddMigration(up, down)").as_deref(), Some("up"));
        assert_eq!(up("AddNamedMigrationNoTxContext(\"1_x.go\", up, nil)").as_deref(), Some("up"));
        assert_eq!(up("SetDialect(up)"), None);
    }
}
