//! `INSERT`, `UPDATE` and `DELETE`: what is written must have a column, and fit in it.

use std::ops::RangeInclusive;

use sqlparser::ast::{
    self, Assignment, AssignmentTarget, Expr, OnConflictAction, OnInsert, SelectItem, SetExpr, TableFactor, UnaryOperator,
};

use super::super::state::{Column, Identity, State, Table, UserType};
use super::super::types::{self, Family, family};
use super::super::{PgError, ident, object};
use super::expressions::{Literal, check_text, literal, target};
use super::names::{Relation, Resolver, Scope};
use super::seeds;

impl<'s> Resolver<'s> {
    pub(super) fn insert(&mut self, insert: &ast::Insert) -> Result<(), PgError> {
        let ast::TableObject::TableName(name) = &insert.table else { return Ok(()) };
        let mut into = self.table(name, None)?;
        if let Some(alias) = &insert.table_alias {
            into.name = ident(&alias.alias);
        }
        if let Some(source) = &insert.source {
            self.source(source, insert, &into)?;
        }
        let Some(table) = into.table else { return Ok(()) };
        let own = super::super::bare(&object(name)).to_owned();
        let mut seen: Vec<String> = Vec::new();
        for column in insert.columns.iter().filter_map(target) {
            if table.column(&column).is_none() {
                return Err(PgError::undefined_column(&own, &column));
            }
            if seen.contains(&column) {
                return Err(PgError::twice(&column));
            }
            seen.push(column);
        }
        let columns: Vec<&'s Column> = if insert.columns.is_empty() {
            table.columns.iter().map(|column| &**column).collect()
        } else {
            insert.columns.iter().filter_map(|name| table.column(&target(name)?)).collect()
        };
        for row in insert.source.iter().flat_map(|source| rows(source)) {
            for (column, value) in columns.iter().zip(row) {
                check_assigned(column, value, self.state)?;
                self.check_fits(column, value, &Scope::default())?;
            }
        }
        if let Some(source) = &insert.source {
            self.selected_fit(source, &columns)?;
        }
        if let Some(OnInsert::OnConflict(conflict)) = &insert.on {
            self.conflict(conflict, &into, table, &own)?;
        }
        let scope = Scope::of(vec![into]);
        self.returning(insert.returning.as_deref(), &scope)
    }

    /// Holds what a plain `SELECT` answers with against the columns that it is written to.
    fn selected_fit(&mut self, source: &ast::Query, columns: &[&'s Column]) -> Result<(), PgError> {
        let SetExpr::Select(select) = &*source.body else { return Ok(()) };
        if source.with.is_some() || !select.projection.iter().all(is_one) {
            return Ok(());
        }
        let mut scope = Scope::default();
        self.from(&select.from, &mut scope)?;
        for (column, item) in columns.iter().zip(&select.projection) {
            if let SelectItem::UnnamedExpr(value) | SelectItem::ExprWithAlias { expr: value, .. } = item {
                check_constant(column, value)?;
                self.check_fits(column, value, &scope)?;
            }
        }
        Ok(())
    }

    /// What is inserted: its names, and how much there is of it.
    fn source(&mut self, source: &ast::Query, insert: &ast::Insert, into: &Relation<'s>) -> Result<(), PgError> {
        self.query(source, None)?;
        let known = into.table.filter(|table| !table.open).map(|table| table.columns.len());
        let given = insert.columns.len();
        let most = if given > 0 { Some(given) } else { known };
        let counts: Vec<usize> = match &*source.body {
            SetExpr::Values(values) => values.rows.iter().map(|row| row.content.len()).collect(),
            SetExpr::Select(select) if select.projection.iter().all(is_one) => vec![select.projection.len()],
            _ => Vec::new(),
        };
        if counts.iter().any(|count| Some(count) != counts.first()) {
            return Err(PgError::malformed("VALUES lists must all be the same length"));
        }
        let Some(count) = counts.first() else { return Ok(()) };
        if most.is_some_and(|most| *count > most) {
            return Err(PgError::malformed("INSERT has more expressions than target columns"));
        }
        if given > *count {
            return Err(PgError::malformed("INSERT has more target columns than expressions"));
        }
        Ok(())
    }

    fn conflict(
        &mut self,
        conflict: &ast::OnConflict,
        into: &Relation<'s>,
        table: &'s Table,
        own: &str,
    ) -> Result<(), PgError> {
        let mut scope = Scope::of(vec![into.clone()]);
        match &conflict.conflict_target {
            Some(ast::ConflictTarget::Columns(columns)) => {
                let mut columns: Vec<String> = columns.iter().map(ident).collect();
                columns.sort_unstable();
                columns.dedup();
                if let Some(missing) = columns.iter().find(|column| table.column(column).is_none()) {
                    return Err(PgError::unknown_column(missing));
                }
                // Where no condition is said, no index with one is meant.
                if !table.has_key(&columns) {
                    let message = "there is no unique or exclusion constraint matching the ON CONFLICT specification";
                    return Err(PgError::no_such_key(message));
                }
            }
            Some(ast::ConflictTarget::OnConstraint(name)) if name.0.len() == 1 => {
                let name = object(name);
                if table.constraint(&name).is_none() {
                    return Err(PgError::undefined_constraint(&name, own));
                }
            }
            _ => {}
        }
        let OnConflictAction::DoUpdate(update) = &conflict.action else { return Ok(()) };
        scope.relations.push(Relation { name: "excluded".to_owned(), ..into.clone() });
        // Both have the same columns, and a bare name means the table's.
        let values = update.assignments.iter().map(|one| &one.value).chain(update.selection.iter());
        for value in values {
            self.expression(value, &scope)?;
        }
        self.assignments(&update.assignments, table, own, &scope)
    }

    fn assignments(
        &mut self,
        assignments: &[Assignment],
        table: &'s Table,
        own: &str,
        scope: &Scope<'_, 's>,
    ) -> Result<(), PgError> {
        for assignment in assignments {
            if let AssignmentTarget::ColumnName(name) = &assignment.target
                && let [ast::ObjectNamePart::Identifier(first), _] = name.0.as_slice()
                && table.column(&ident(first)).is_none()
            {
                // What stands in front of a dot is a column, and never the table.
                return Err(PgError::undefined_column(own, &ident(first)));
            }
            for column in targets(assignment) {
                let Some(known) = table.column(&column) else { return Err(PgError::undefined_column(own, &column)) };
                if let AssignmentTarget::ColumnName(_) = assignment.target {
                    check_assigned(known, &assignment.value, self.state)?;
                    check_constant(known, &assignment.value)?;
                    self.check_fits(known, &assignment.value, scope)?;
                }
            }
        }
        Ok(())
    }

    fn returning(&mut self, returning: Option<&[SelectItem]>, scope: &Scope<'_, 's>) -> Result<(), PgError> {
        for item in returning.unwrap_or_default() {
            if let SelectItem::UnnamedExpr(expr) | SelectItem::ExprWithAlias { expr, .. } = item {
                self.expression(expr, scope)?;
            }
        }
        Ok(())
    }

    pub(super) fn update(&mut self, update: &ast::Update) -> Result<(), PgError> {
        let TableFactor::Table { name, .. } = &update.table.relation else { return Ok(()) };
        let mut scope = Scope::default();
        if let Some(join) = update.table.joins.first() {
            return Err(PgError::syntax(first_word(&join.join_operator)));
        }
        self.from(std::slice::from_ref(&update.table), &mut scope)?;
        let into = scope.relations.first().cloned();
        if let Some(ast::UpdateTableFromKind::AfterSet(from)) = &update.from {
            self.from(from, &mut scope)?;
        }
        for value in update.assignments.iter().map(|one| &one.value).chain(update.selection.iter()) {
            self.expression(value, &scope)?;
        }
        self.returning(update.returning.as_deref(), &scope)?;
        let own = super::super::bare(&object(name)).to_owned();
        match into.and_then(|into| into.table) {
            Some(table) => self.assignments(&update.assignments, table, &own, &scope),
            None => Ok(()),
        }
    }

    pub(super) fn delete(&mut self, delete: &ast::Delete) -> Result<(), PgError> {
        let ast::FromTable::WithFromKeyword(from) = &delete.from else { return Ok(()) };
        let mut scope = Scope::default();
        self.from(from, &mut scope)?;
        if let Some(using) = &delete.using {
            self.from(using, &mut scope)?;
        }
        if let Some(condition) = &delete.selection {
            self.expression(condition, &scope)?;
        }
        self.returning(delete.returning.as_deref(), &scope)
    }

    /// The default and the conditions of a column.
    pub(super) fn column(&mut self, column: &ast::ColumnDef, table: &str) -> Result<(), PgError> {
        let Ok(data_type) = types::canonical(&column.data_type.to_string(), self.state) else { return Ok(()) };
        let scope = Scope::of_table(self.state, table);
        column.options.iter().try_for_each(|option| match &option.option {
            ast::ColumnOption::Default(value) => {
                self.expression(value, &scope)?;
                self.default(&data_type, value)
            }
            ast::ColumnOption::Check(check) => self.expression(&check.expr, &scope),
            _ => Ok(()),
        })
    }

    fn default(&self, data_type: &str, value: &Expr) -> Result<(), PgError> {
        match literal(value) {
            Some(Literal::Text(text)) => check_text(data_type, text, self.state),
            _ => Ok(()),
        }
    }

    pub(super) fn constraint(&mut self, constraint: &ast::TableConstraint, table: &str) -> Result<(), PgError> {
        let scope = Scope::of_table(self.state, table);
        match constraint {
            ast::TableConstraint::Check(check) => self.expression(&check.expr, &scope),
            _ => Ok(()),
        }
    }

    /// One action of an `ALTER TABLE`.
    pub(super) fn alteration(&mut self, operation: &ast::AlterTableOperation, table: &str) -> Result<(), PgError> {
        match operation {
            ast::AlterTableOperation::AddColumn { column_def, .. } => self.column(column_def, table),
            ast::AlterTableOperation::AddConstraint { constraint, .. } => self.constraint(constraint, table),
            ast::AlterTableOperation::AlterColumn { column_name, op } => {
                let state = self.state;
                let known = state.tables.get(table).and_then(|table| table.column(&ident(column_name)));
                match (op, known) {
                    (ast::AlterColumnOperation::SetDefault { value }, Some(column)) => {
                        self.expression(value, &Scope::of_table(state, table))?;
                        self.default(&column.data_type, value)
                    }
                    (ast::AlterColumnOperation::SetDataType { using: Some(using), .. }, _) => {
                        self.expression(using, &Scope::of_table(state, table))
                    }
                    _ => Ok(()),
                }
            }
            _ => Ok(()),
        }
    }
}

fn is_one(item: &SelectItem) -> bool {
    matches!(item, SelectItem::UnnamedExpr(_) | SelectItem::ExprWithAlias { .. })
}

/// The rows of a `VALUES`.
fn rows(source: &ast::Query) -> impl Iterator<Item = &Vec<Expr>> {
    let rows = match &*source.body {
        SetExpr::Values(values) => values.rows.as_slice(),
        _ => &[],
    };
    rows.iter().map(|row| &row.content)
}

/// The columns that an assignment writes.
pub(super) fn targets(assignment: &Assignment) -> Vec<String> {
    match &assignment.target {
        AssignmentTarget::ColumnName(name) => target(name).into_iter().collect(),
        AssignmentTarget::Tuple(names) => names.iter().filter_map(target).collect(),
    }
}

/// The table that an update writes.
pub(super) fn updated(update: &ast::Update, state: &State) -> Option<String> {
    let TableFactor::Table { name, .. } = &update.table.relation else { return None };
    Some(object(name)).filter(|name| state.tables.contains_key(name))
}

/// Refuses a literal that a column can't take.
fn check_assigned(column: &Column, value: &Expr, state: &State) -> Result<(), PgError> {
    let Some(found) = literal(value) else { return Ok(()) };
    if found == Literal::Default {
        return Ok(());
    }
    if column.generated.is_some() {
        return Err(PgError::not_default(&column.name));
    }
    match found {
        Literal::Text(text) => check_text(&column.data_type, text, state),
        Literal::Typed(of) if !takes(&column.data_type, of, state) => {
            let own = types::base(&column.data_type);
            let name = &column.name;
            let message = format!("column \"{name}\" is of type {own} but expression is of type {of}");
            Err(PgError::mismatch(message))
        }
        _ => Ok(()),
    }
}

/// Whether a column takes a literal without quotes.
fn takes(data_type: &str, of: &str, state: &State) -> bool {
    let is_enum = matches!(state.types.get(data_type), Some(UserType::Enum(_)));
    match family(data_type) {
        Family::Integer | Family::Number => of != "boolean",
        Family::Boolean => of == "boolean",
        Family::Text => true,
        Family::Other => !is_enum,
        Family::Uuid | Family::Json | Family::Binary | Family::Moment | Family::Time => false,
    }
}

/// The table in which an `INSERT` leaves a row for certain, and the columns that are null in one; an error where a row
/// can't be.
pub(super) fn rows_of(insert: &ast::Insert, state: &State) -> Result<Option<(String, Vec<String>)>, PgError> {
    let ast::TableObject::TableName(name) = &insert.table else { return Ok(None) };
    let name = object(name);
    // A trigger can fill a column, and keep a row away.
    let is_plain = |table: &&std::rc::Rc<Table>| table.triggers.is_empty() && !table.columns.is_empty();
    let Some(table) = state.tables.get(&name).filter(is_plain) else { return Ok(None) };
    let given: Option<Vec<String>> = insert.columns.iter().map(target).collect();
    let Some(mut given) = given else { return Ok(None) };
    if given.is_empty() {
        given = table.columns.iter().map(|column| column.name.clone()).collect();
    }
    let values: Vec<&[Expr]> = match &insert.source {
        None => vec![&[]],
        Some(source) => rows(source).map(Vec::as_slice).collect(),
    };
    if values.is_empty() && seeds::taken_from(insert, state) {
        // What the rows hold is not known, but for what none of them is given.
        let lacks = |column: &&std::rc::Rc<Column>| {
            !column.nullable && !given.contains(&column.name) && is_null(column, None, state)
        };
        if let Some(column) = table.columns.iter().find(lacks) {
            return Err(PgError::null_value(super::super::bare(&name), &column.name));
        }
    }
    seeds::check(&name, table, &given, insert, &values)?;
    let mut nulls = Vec::new();
    for row in &values {
        for column in &table.columns {
            let value = given.iter().position(|given| *given == column.name).and_then(|at| row.get(at));
            check_row(column, value, insert)?;
            if is_null(column, value, state) {
                if !column.nullable {
                    return Err(PgError::null_value(super::super::bare(&name), &column.name));
                }
                nulls.push(column.name.clone());
            }
        }
    }
    Ok((!values.is_empty()).then_some((name, nulls)))
}

/// Refuses what is only refused when a row is made.
fn check_row(column: &Column, value: Option<&Expr>, insert: &ast::Insert) -> Result<(), PgError> {
    let found = value.and_then(literal);
    let overrides = insert.after_columns.iter().any(|word| word.value.eq_ignore_ascii_case("overriding"));
    if column.identity == Some(Identity::Always) && !overrides && value.is_some() && found != Some(Literal::Default) {
        return Err(PgError::not_default(&column.name));
    }
    value.map_or(Ok(()), |value| check_constant(column, value))
}

/// Refuses a text that is too long for its column, or a number that is too large: as it is the same in each row, it is looked
/// at before there is one.
pub(in crate::schema::postgres) fn check_constant(column: &Column, value: &Expr) -> Result<(), PgError> {
    if let Some(number) = whole_number(value)
        && let Some(range) = range_of(&column.data_type)
        && !range.contains(&number)
    {
        return Err(PgError::out_of_range(&column.data_type));
    }
    if let Some(Literal::Text(text)) = literal(value)
        && let Some(most) = longest(&column.data_type)
        && text.trim_end_matches(' ').chars().count() > most
    {
        return Err(PgError::too_long(&column.data_type));
    }
    Ok(())
}

/// The number that an expression is, as long as it is written without a point and without quotes.
fn whole_number(value: &Expr) -> Option<i128> {
    match value {
        Expr::Nested(inner) | Expr::UnaryOp { op: UnaryOperator::Plus, expr: inner } => whole_number(inner),
        Expr::UnaryOp { op: UnaryOperator::Minus, expr } => whole_number(expr)?.checked_neg(),
        Expr::Value(literal) => match &literal.value {
            ast::Value::Number(digits, _) => digits.parse().ok(),
            _ => None,
        },
        _ => None,
    }
}

/// The whole numbers that a type takes.
fn range_of(data_type: &str) -> Option<RangeInclusive<i128>> {
    Some(match data_type {
        "smallint" => i16::MIN.into()..=i16::MAX.into(),
        "integer" => i32::MIN.into()..=i32::MAX.into(),
        "bigint" => i64::MIN.into()..=i64::MAX.into(),
        _ => return None,
    })
}

/// The word that a join begins with.
fn first_word(operator: &ast::JoinOperator) -> &'static str {
    use ast::JoinOperator as Operator;
    match operator {
        Operator::Inner(_) => "INNER",
        Operator::Left(_) | Operator::LeftOuter(_) => "LEFT",
        Operator::Right(_) | Operator::RightOuter(_) => "RIGHT",
        Operator::FullOuter(_) => "FULL",
        Operator::CrossJoin(_) => "CROSS",
        _ => "JOIN",
    }
}

/// How many characters a type takes.
fn longest(data_type: &str) -> Option<usize> {
    let (name, rest) = data_type.split_once('(')?;
    if !matches!(name.trim(), "character varying" | "character") {
        return None;
    }
    rest.strip_suffix(')')?.trim().parse().ok()
}

/// Whether a column is null in a row that gives it this value.
fn is_null(column: &Column, value: Option<&Expr>, state: &State) -> bool {
    match value.map(literal) {
        Some(Some(Literal::Null)) => true,
        None | Some(Some(Literal::Default)) => {
            // A domain may have a default of its own.
            let is_domain = matches!(state.types.get(&column.data_type), Some(UserType::Other(_)));
            column.default.is_none() && column.identity.is_none() && column.generated.is_none() && !is_domain
        }
        Some(_) => false,
    }
}
