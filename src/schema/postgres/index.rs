//! `CREATE INDEX`, and its new name.

use sqlparser::ast::{self, Expr};

use super::create::columns_in;
use super::error::PgError;
use super::expressions::{self, Place};
use super::state::{Index, IndexPart};
use super::types::check_default_class;
use super::{Database, bare, conditions, ident, object, schema_of};

impl Database {
    pub(super) fn create_index(&mut self, create: &ast::CreateIndex) -> Result<(), PgError> {
        let owner = self.temporary_or(object(&create.table_name));
        let given = create.name.as_ref().map(|name| format!("{}{}", schema_of(&owner), bare(&object(name))));
        if let Some(view) = self.state.views.get(&owner)
            && view.materialized
        {
            let name = given.unwrap_or_else(|| self.state.choose_name(&owner, "", "idx", &|_| false));
            if self.state.has_relation(&name) {
                return if create.if_not_exists { Ok(()) } else { Err(PgError::duplicate_relation(bare(&name))) };
            }
            self.state.indexes.insert(name, owner);
            return Ok(());
        }
        let Some(table) = self.state.tables.get(&owner) else { return Err(PgError::undefined("relation", &owner)) };
        let nulls_not_distinct = create.nulls_distinct == Some(false);
        let mut index = Index { unique: create.unique, nulls_not_distinct, ..Index::default() };
        index.method = match &create.using {
            Some(method) => method.to_string().to_ascii_lowercase(),
            None => "btree".to_owned(),
        };
        let mut labels = Vec::new();
        for indexed in &create.columns {
            let order = &indexed.column;
            let descending = matches!(order.options.sort, Some(ast::OrderBySort::Desc));
            // Those of an order that descends come first by themselves.
            let nulls_first = order.options.nulls_first.filter(|first| *first != descending);
            let class = indexed.operator_class.as_ref().map(object);
            let expression = match &order.expr {
                Expr::Collate { expr, .. } => expr,
                expression => expression,
            };
            match expression {
                Expr::Identifier(name) => {
                    let name = ident(name);
                    let Some(column) = table.column(&name) else { return Err(PgError::unknown_column(&name)) };
                    match &indexed.operator_class {
                        Some(class) => self.state.check_class_name(&object(class), &index.method)?,
                        None => check_default_class(&column.data_type, &index.method, &self.state)?,
                    }
                    labels.push(name.clone());
                    index.columns.push(name.clone());
                    index.parts.push(IndexPart { text: name, is_column: true, descending, class, nulls_first });
                }
                other => {
                    conditions::check_brackets(&order.expr)?;
                    let inner = match other {
                        Expr::Nested(inner) => inner,
                        other => other,
                    };
                    let text = inner.to_string();
                    if let Some(missing) = missing_column(inner, table) {
                        return Err(PgError::unknown_column(&missing));
                    }
                    self.check_prefix(inner, table)?;
                    expressions::check(inner, Place::Index, table, &self.state)?;
                    if let Some(class) = &indexed.operator_class {
                        self.state.check_class_name(&object(class), &index.method)?;
                    }
                    labels.push(match inner {
                        Expr::Function(function) => bare(&object(&function.name)).to_owned(),
                        _ => "expr".to_owned(),
                    });
                    index.columns.extend(columns_in(&text, table));
                    index.parts.push(IndexPart { text, is_column: false, descending, class, nulls_first });
                }
            }
        }
        if create.unique {
            check_parts(table, &labels)?;
        }
        for name in create.include.iter().map(ident) {
            if table.column(&name).is_none() {
                return Err(PgError::unknown_column(&name));
            }
            index.columns.push(name.clone());
            index.include.push(name);
        }
        if let Some(predicate) = &create.predicate {
            if let Some(missing) = missing_column(predicate, table) {
                return Err(PgError::unknown_column(&missing));
            }
            expressions::check(predicate, Place::Predicate, table, &self.state)?;
            let text = predicate.to_string();
            index.columns.extend(columns_in(&text, table));
            index.predicate = Some(text);
        }
        if let Some(name) = &given
            && self.state.has_relation(name)
        {
            return if create.if_not_exists { Ok(()) } else { Err(PgError::duplicate_relation(bare(name))) };
        }
        let name = given.unwrap_or_else(|| self.state.choose_name(&owner, &labels.join("_"), "idx", &|_| false));
        index.name = bare(&name).to_owned();
        self.state.indexes.insert(name, owner.clone());
        let Some(table) = self.state.table_mut(&owner) else { return Ok(()) };
        table.indexes.push(index.clone());
        if table.partition_by.is_some() {
            for part in self.state.children(&owner) {
                self.clone_index(&index, &part);
            }
        }
        Ok(())
    }

    /// Refuses the first characters of a column as MySQL says them, `name(10)`: that calls a function of that name.
    fn check_prefix(&self, expression: &Expr, table: &super::Table) -> Result<(), PgError> {
        /// Those that take a whole number, and may be the name of a column.
        const FUNCTIONS: &[&str] = &["abs", "chr", "ceil", "exp", "factorial", "floor", "log", "round", "sign", "sqrt"];
        let Expr::Function(function) = expression else { return Ok(()) };
        let name = object(&function.name);
        let mut given = expressions::arguments(function);
        let is_number = |value: Option<&Expr>| matches!(value, Some(Expr::Value(value)) if matches!(&value.value, ast::Value::Number(digits, _) if digits.bytes().all(|digit| digit.is_ascii_digit())));
        let is_prefix = table.column(&name).is_some() && is_number(given.next()) && given.next().is_none();
        let is_known = self.state.routines.contains_key(&name)
            || FUNCTIONS.contains(&name.as_str())
            || super::is_of_catalog(&name)
            || self.state.doubt.has(&name);
        if !is_prefix || is_known {
            return Ok(());
        }
        Err(PgError::undefined_function(format!("function {name}(integer) does not exist")))
    }

    pub(super) fn rename_index(&mut self, old: &str, new: &str) -> Result<(), PgError> {
        let new = format!("{}{}", schema_of(old), bare(new));
        if !self.state.indexes.contains_key(old) {
            // The words are the same for whatever has a name among the relations.
            return if self.state.tables.contains_key(old) {
                self.rename_table(old, &new)
            } else {
                Err(PgError::undefined("relation", old))
            };
        }
        if self.state.has_relation(&new) {
            return Err(PgError::duplicate_relation(bare(&new)));
        }
        let Some(owner) = self.state.indexes.remove(old) else { return Ok(()) };
        self.state.given.note(bare(&new));
        if let Some(table) = self.state.table_mut(&owner) {
            for index in table.indexes.iter_mut().filter(|index| index.name == bare(old)) {
                bare(&new).clone_into(&mut index.name);
            }
            for constraint in table.constraints_mut().filter(|one| one.rule.has_index() && one.name == bare(old)) {
                bare(&new).clone_into(&mut constraint.name);
            }
        }
        self.state.indexes.insert(new, owner);
        Ok(())
    }
}

/// Refuses a unique index that does not say in which part of its table a row is.
fn check_parts(table: &super::Table, labels: &[String]) -> Result<(), PgError> {
    let mut keys = table.partition_by.iter().flatten().flatten();
    if keys.any(|key| !labels.contains(key)) {
        let message = "unique constraint on partitioned table must include all partitioning columns";
        return Err(PgError::not_supported(message.to_owned()));
    }
    Ok(())
}

/// Words that are values, and the columns that every table has.
const KNOWN: &[&str] = &[
    "current_date",
    "current_timestamp",
    "current_time",
    "localtime",
    "localtimestamp",
    "current_user",
    "session_user",
    "current_role",
    "user",
    "current_catalog",
    "current_schema",
    "tableoid",
    "ctid",
    "xmin",
    "xmax",
    "cmin",
    "cmax",
];

/// A plain name in a simple expression that is no column of the table.
pub(super) fn missing_column(expression: &Expr, table: &super::Table) -> Option<String> {
    match expression {
        Expr::Identifier(name) => {
            let name = ident(name);
            let word = KNOWN.contains(&name.as_str());
            (!word && table.column(&name).is_none()).then_some(name)
        }
        Expr::Nested(inner)
        | Expr::IsNull(inner)
        | Expr::IsNotNull(inner)
        | Expr::IsTrue(inner)
        | Expr::IsFalse(inner)
        | Expr::UnaryOp { expr: inner, .. }
        | Expr::Cast { expr: inner, .. }
        | Expr::InList { expr: inner, .. } => missing_column(inner, table),
        Expr::BinaryOp { left, right, .. } => missing_column(left, table).or_else(|| missing_column(right, table)),
        Expr::Function(function) => match &function.args {
            ast::FunctionArguments::List(list) => list.args.iter().find_map(|argument| match argument {
                ast::FunctionArg::Unnamed(ast::FunctionArgExpr::Expr(inner)) => missing_column(inner, table),
                _ => None,
            }),
            _ => None,
        },
        _ => None,
    }
}
