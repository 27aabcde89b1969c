//! What the code of a function says of a schema, whatever else it does: its SQL, the structs that it declares, and what it
//! calls to have a library alter tables.

use crate::go::syntax::{ExprKind, File, Function, Stmt, StmtKind, Type};
use crate::go::{texts, walk};
use crate::schema::statement::is_statement;

/// Methods with which libraries alter tables.
const ALTERING: [&str; 22] = [
    "AutoMigrate",
    "CreateTable",
    "CreateTables",
    "DropTable",
    "DropTables",
    "RenameTable",
    "AddColumn",
    "DropColumn",
    "AlterColumn",
    "ModifyColumn",
    "RenameColumn",
    "CreateIndex",
    "DropIndex",
    "RenameIndex",
    "CreateConstraint",
    "DropConstraint",
    "CreateView",
    "DropView",
    "Sync",
    "Sync2",
    "CreateIndexes",
    "CreateUniques",
];

/// Adds them, a line each, in their order.
pub(super) fn of(file: &File, function: &Function, lines: &mut Vec<String>) {
    let texts = texts::of_block(&function.body).into_iter().filter(|text| is_statement(&text.text));
    lines.extend(texts.map(|text| plain(&text.text)));
    let mut calls = Vec::new();
    walk::function(function, &mut |found| {
        if let ExprKind::Call(call) = &found.expr.kind
            && let ExprKind::Select(_, method) = &call.callee.kind
            && ALTERING.contains(&&**method)
        {
            let arguments = call.arguments.iter().filter_map(|one| file.source.text().get(one.range.clone()));
            let arguments: Vec<String> = arguments.map(plain).collect();
            calls.push(format!("{method}({})", arguments.join(", ")));
        }
    });
    lines.extend(calls);
    function.body.iter().for_each(|statement| types(statement, file, lines));
}

/// The fields of the structs that a function declares.
fn types(statement: &Stmt, file: &File, lines: &mut Vec<String>) {
    let StmtKind::Types(declared) = &statement.kind else { return };
    for (name, kind) in declared {
        let Type::Struct(fields) = kind else { continue };
        for field in fields.iter() {
            let written = field.written.clone().and_then(|range| file.source.text().get(range)).unwrap_or_default();
            let tag = field.tag.as_deref().unwrap_or_default();
            lines.push(plain(&format!("{name}.{} {written} {tag}", field.name)));
        }
    }
}

/// A text without line breaks and doubled blanks.
pub(super) fn plain(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
