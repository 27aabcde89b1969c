//! What a statement is about.

use sqlparser::ast::{ObjectType, Statement};
use sqlparser::dialect::PostgreSqlDialect;
use sqlparser::parser::Parser;

use super::object;

/// The tables that a statement makes, alters or drops by name; none where it can't be read.
pub fn altered_tables(sql: &str) -> Vec<String> {
    let statements = Parser::parse_sql(&PostgreSqlDialect {}, sql).unwrap_or_default();
    let tables = |statement: &Statement| match statement {
        Statement::CreateTable(create) => vec![object(&create.name)],
        Statement::AlterTable(alter) => vec![object(&alter.name)],
        Statement::CreateIndex(index) => vec![object(&index.table_name)],
        Statement::CreateTrigger(trigger) => vec![object(&trigger.table_name)],
        Statement::DropTrigger(trigger) => trigger.table_name.iter().map(object).collect(),
        Statement::Drop { object_type: ObjectType::Table, names, .. } => names.iter().map(object).collect(),
        _ => Vec::new(),
    };
    statements.iter().flat_map(tables).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_of_every_statement_about_one_are_told() {
        for (sql, tables) in [
            ("ALTER TABLE IF EXISTS ONLY users ADD COLUMN plan TEXT", &["users"][..]),
            ("CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS i ON public.users USING btree (plan)", &["users"]),
            ("DROP TABLE IF EXISTS a, b CASCADE", &["a", "b"]),
            ("CREATE TRIGGER t BEFORE INSERT ON users FOR EACH ROW EXECUTE FUNCTION f()", &["users"]),
            ("CREATE TABLE plans (user_id INTEGER REFERENCES users (id))", &["plans"]),
            ("UPDATE users SET plan = NULL", &[]),
            ("DROP INDEX i", &[]),
            ("not sql", &[]),
        ] {
            assert_eq!(altered_tables(sql), tables, "{sql}");
        }
    }
}
