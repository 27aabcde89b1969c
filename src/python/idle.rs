//! Code that does nothing: no schema comes of it.

use ruff_python_ast::{Expr, Stmt};

use super::Module;
use super::bindings::{each_top_level, last_name};

/// What SQLAlchemy keeps tables in, where it is made.
const EMPTY: [&str; 4] = ["declarative_base", "MetaData", "registry", "SQLAlchemy"];

/// Packages whose import makes nothing.
const LIBRARIES: [&str; 10] = [
    "sqlalchemy",
    "sqlmodel",
    "flask_sqlalchemy",
    "typing",
    "__future__",
    "sqlite3",
    "datetime",
    "enum",
    "os",
    "logging",
];

/// Whether what a module binds to a name, or all of the module, does nothing: it has no more than constants, sentences and
/// what tables are kept in. What is not known, such as an import of the project's, may do something.
pub fn is_idle(module: &Module, name: Option<&str>) -> bool {
    let Some(name) = name else { return module.body().iter().all(is_idle_statement) };
    let mut found = None;
    each_top_level(module.body(), &mut |statement| {
        let own = match statement {
            Stmt::FunctionDef(function) if function.name == *name => {
                function.decorator_list.is_empty() && function.body.iter().all(is_idle_statement)
            }
            Stmt::ClassDef(class) if class.name == *name => is_idle_statement(statement),
            _ => return,
        };
        found = Some(own);
    });
    found == Some(true)
}

fn is_idle_statement(statement: &Stmt) -> bool {
    match statement {
        Stmt::Pass(_) => true,
        Stmt::Expr(own) => matches!(&*own.value, Expr::StringLiteral(_) | Expr::EllipsisLiteral(_)),
        Stmt::Return(own) => own.value.as_deref().is_none_or(is_idle_value),
        Stmt::Assign(own) => is_idle_value(&own.value),
        Stmt::AnnAssign(own) => own.value.as_deref().is_none_or(is_idle_value),
        Stmt::Import(own) => own.names.iter().all(|alias| is_library(&alias.name)),
        Stmt::ImportFrom(own) => own.level == 0 && own.module.as_ref().is_some_and(|module| is_library(module)),
        // A base of models; one of a model has its bases in the project.
        Stmt::ClassDef(class) => {
            let is_empty =
                class.bases().iter().all(|base| last_name(base).is_some_and(|name| name == "DeclarativeBase"));
            is_empty && class.keywords().is_empty() && class.body.iter().all(is_idle_statement)
        }
        _ => false,
    }
}

fn is_library(module: &str) -> bool {
    LIBRARIES.contains(&module.split('.').next().unwrap_or_default())
}

fn is_idle_value(value: &Expr) -> bool {
    match value {
        Expr::NumberLiteral(_) | Expr::BooleanLiteral(_) | Expr::NoneLiteral(_) => true,
        Expr::Call(call) => last_name(&call.func).is_some_and(|name| EMPTY.contains(&name)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Source;

    fn is_idle_text(text: &str, name: Option<&str>) -> bool {
        is_idle(&Module::parse(&Source::new("schema.py", text)).unwrap(), name)
    }

    #[test]
    fn constants_and_sentences_do_nothing() {
        assert!(is_idle_text("VERSION = 3\n", None));
        assert!(is_idle_text("from sqlalchemy.orm import declarative_base\nBase = declarative_base()\n", None));
        assert!(is_idle_text("def init(c):\n    \"\"\"Makes it.\"\"\"\n", Some("init")));
        assert!(is_idle_text("class init:\n    pass\n", Some("init")));
    }

    #[test]
    fn statements_tables_and_imports_of_a_project_may_do_something() {
        for text in [
            "SCHEMA = 'CREATE TABLE a (id INTEGER)'\n",
            "from .tables import metadata\n",
            "t = Table('a', MetaData())\n",
            "class A(Base):\n    __tablename__ = 'a'\n",
        ] {
            assert!(!is_idle_text(text, None), "{text}");
        }
        assert!(!is_idle_text("from x import init\n", Some("init")));
        assert!(!is_idle_text("def init(c):\n    c.execute(SQL)\n", Some("init")));
    }
}
