//! The tables that queries name, and the columns that their parts can use.

use sqlparser::ast::{
    self, Ident, JoinConstraint, JoinOperator, ObjectName, ObjectNamePart, SelectItem, SetExpr, TableFactor,
};

use crate::schema::mysql::error::Error;
use crate::schema::mysql::settings::is_elsewhere;
use crate::schema::mysql::state::{Table, same};
use crate::schema::mysql::{Database, Done, Flavour};

/// What follows the names of one statement.
pub(super) struct Resolver<'d> {
    database: &'d Database,
    /// The names that `WITH` gives, and their columns where these are known.
    named: Vec<(String, Option<Vec<String>>)>,
}

/// A table, a view, a query in a `FROM`.
#[derive(Clone, Debug)]
pub(super) struct Relation<'d> {
    name: String,
    pub(super) table: Option<&'d Table>,
    /// `None` where they are the table's, or not known.
    columns: Option<Vec<String>>,
}

impl Relation<'_> {
    fn unknown(name: String) -> Self {
        Self { name, table: None, columns: None }
    }

    fn has(&self, column: &str) -> bool {
        match (self.table, &self.columns) {
            (_, Some(columns)) => columns.iter().any(|known| same(known, column)),
            (Some(table), None) => table.column(column).is_some(),
            (None, None) => true,
        }
    }

    /// Refuses a column that it has not.
    pub(super) fn hold(&self, column: &str, clause: &str) -> Done {
        if self.has(column) { Ok(()) } else { Err(Error::unknown_column(column, clause)) }
    }

    fn names(&self) -> Option<Vec<String>> {
        let of_table = |table: &Table| {
            table.columns.iter().filter(|column| !column.invisible).map(|column| column.name.clone()).collect()
        };
        self.columns.clone().or_else(|| self.table.map(of_table))
    }
}

/// What a part of a statement can name.
#[derive(Clone, Debug, Default)]
pub(super) struct Scope<'o, 'd> {
    relations: Vec<Relation<'d>>,
    /// The names of a query's results.
    results: Vec<String>,
    /// What surrounds a query.
    outer: Option<&'o Scope<'o, 'd>>,
}

impl<'d> Resolver<'d> {
    pub(super) fn new(database: &'d Database) -> Self {
        Self { database, named: Vec::new() }
    }

    fn is_mariadb(&self) -> bool {
        self.database.settings.flavour == Flavour::MariaDb
    }

    pub(super) fn where_clause(&self) -> &'static str {
        if self.is_mariadb() { "WHERE" } else { "where clause" }
    }

    /// A bare name of a column.
    pub(super) fn bare(name: &Ident, scope: &Scope<'_, '_>, clause: &str) -> Done {
        // A text in double quotes may pass for a name.
        if name.quote_style == Some('"') || name.value.starts_with('@') {
            return Ok(());
        }
        let is_word = name.quote_style.is_none() && crate::schema::mysql::parse::is_reserved(&name.value);
        let scopes = || std::iter::successors(Some(scope), |scope| scope.outer);
        let is_known = scopes().any(|scope| {
            scope.relations.iter().any(|relation| relation.has(&name.value))
                || scope.results.iter().any(|result| same(result, &name.value))
        });
        // Without a table a name may be a word of the language.
        if is_word || is_known || scopes().all(|scope| scope.relations.is_empty()) {
            return Ok(());
        }
        Err(Error::unknown_column(&name.value, clause))
    }

    /// A column with its table in front.
    pub(super) fn dotted(parts: &[Ident], scope: &Scope<'_, '_>, clause: &str) -> Done {
        let [.., table, column] = parts else { return Ok(()) };
        let mut scopes = std::iter::successors(Some(scope), |scope| scope.outer);
        let found = scopes.find_map(|scope| scope.relations.iter().find(|relation| same(&relation.name, &table.value)));
        match found {
            Some(relation) if !relation.has(&column.value) => {
                Err(Error::unknown_column(&format!("{}.{}", table.value, column.value), clause))
            }
            _ => Ok(()),
        }
    }

    /// The relation that a name means; an error where there is none.
    pub(super) fn table(&self, name: &ObjectName, alias: Option<&ast::TableAlias>) -> Result<Relation<'d>, Error> {
        let parts: Vec<&Ident> = name.0.iter().filter_map(ObjectNamePart::as_ident).collect();
        let (own, last) = match parts.as_slice() {
            [only] => (self.database.settings.own(&only.value), &only.value),
            [database, only] => (self.database.settings.qualified(&database.value, &only.value), &only.value),
            _ => return Ok(Relation::unknown(String::new())),
        };
        let called = alias.map_or_else(|| last.clone(), |alias| alias.name.value.clone());
        if let [only] = parts.as_slice()
            && let Some((_, columns)) = self.named.iter().rev().find(|(named, _)| same(named, &only.value))
        {
            return Ok(Relation { name: called, table: None, columns: columns.clone() });
        }
        if let Some(table) = self.database.state.table(&own) {
            return Ok(Relation { name: called, table: Some(table), columns: None });
        }
        if let Some(view) = self.database.state.views.get(&own) {
            return Ok(Relation { name: called, table: None, columns: view.columns.clone() });
        }
        if is_elsewhere(&own) || same(&own, "dual") || self.database.state.doubt.contains(&own.to_lowercase()) {
            return Ok(Relation::unknown(called));
        }
        Err(self.database.missing(&own))
    }

    pub(super) fn query(&mut self, query: &ast::Query, outer: Option<&Scope<'_, 'd>>) -> Done {
        let depth = self.named.len();
        let followed = self.followed(query, outer);
        self.named.truncate(depth);
        followed
    }

    fn followed(&mut self, query: &ast::Query, outer: Option<&Scope<'_, 'd>>) -> Done {
        for part in query.with.iter().flat_map(|with| &with.cte_tables) {
            let name = part.alias.name.value.clone();
            if query.with.as_ref().is_some_and(|with| with.recursive) {
                self.named.push((name.clone(), None));
            }
            self.query(&part.query, outer)?;
            let columns = if part.alias.columns.is_empty() { self.results(&part.query) } else { None };
            self.named.push((name, columns));
        }
        let order = match &query.order_by {
            Some(ast::OrderBy { kind: ast::OrderByKind::Expressions(order), .. }) => order.as_slice(),
            _ => &[],
        };
        self.body(&query.body, order, outer)
    }

    fn body(&mut self, body: &SetExpr, order: &[ast::OrderByExpr], outer: Option<&Scope<'_, 'd>>) -> Done {
        match body {
            SetExpr::Select(select) => self.select(select, order, outer),
            SetExpr::Query(query) => self.query(query, outer),
            SetExpr::SetOperation { left, right, .. } => {
                self.body(left, &[], outer)?;
                self.body(right, &[], outer)
            }
            _ => Ok(()),
        }
    }

    fn select(&mut self, select: &ast::Select, order: &[ast::OrderByExpr], outer: Option<&Scope<'_, 'd>>) -> Done {
        let mut scope = Scope { outer, ..Scope::default() };
        self.from(&select.from, &mut scope)?;
        let clause = if self.is_mariadb() { "SELECT" } else { "field list" };
        for item in &select.projection {
            if let SelectItem::UnnamedExpr(expr) | SelectItem::ExprWithAlias { expr, .. } = item {
                self.expression(expr, &scope, clause)?;
            }
        }
        if let Some(condition) = &select.selection {
            self.expression(condition, &scope, self.where_clause())?;
        }
        // The names of results count from here on.
        scope.results = select.projection.iter().filter_map(result).collect();
        let (having, group, sort) = if self.is_mariadb() {
            ("HAVING", "GROUP BY", "ORDER BY")
        } else {
            ("having clause", "group statement", "order clause")
        };
        if let ast::GroupByExpr::Expressions(groups, _) = &select.group_by {
            groups.iter().try_for_each(|one| self.expression(one, &scope, group))?;
        }
        if let Some(condition) = &select.having {
            self.expression(condition, &scope, having)?;
        }
        order.iter().try_for_each(|one| self.expression(&one.expr, &scope, sort))
    }

    /// What a `FROM` names, in its order.
    pub(super) fn from(&mut self, from: &[ast::TableWithJoins], scope: &mut Scope<'_, 'd>) -> Done {
        for item in from {
            self.factor(&item.relation, scope)?;
            for join in &item.joins {
                self.factor(&join.relation, scope)?;
            }
        }
        let clause = if self.is_mariadb() { "ON" } else { "on clause" };
        for condition in from.iter().flat_map(|item| &item.joins).filter_map(|join| condition(&join.join_operator)) {
            self.expression(condition, scope, clause)?;
        }
        Ok(())
    }

    fn factor(&mut self, factor: &TableFactor, scope: &mut Scope<'_, 'd>) -> Done {
        let called =
            |alias: &Option<ast::TableAlias>| alias.as_ref().map(|alias| alias.name.value.clone()).unwrap_or_default();
        match factor {
            TableFactor::Table { name, alias, args: None, .. } => {
                let relation = self.table(name, alias.as_ref())?;
                scope.relations.push(relation);
            }
            TableFactor::Derived { subquery, alias, .. } => {
                self.query(subquery, scope.outer)?;
                let is_plain = alias.as_ref().is_some_and(|alias| alias.columns.is_empty());
                let columns = if is_plain { self.results(subquery) } else { None };
                scope.relations.push(Relation { name: called(alias), table: None, columns });
            }
            TableFactor::NestedJoin { table_with_joins, alias: None } => {
                self.from(std::slice::from_ref(table_with_joins), scope)?;
            }
            // What it yields is not known.
            _ => scope.relations.push(Relation::unknown(String::new())),
        }
        Ok(())
    }

    /// The names of a query's results, in order; `None` where not all of them are known.
    pub(super) fn results(&self, query: &ast::Query) -> Option<Vec<String>> {
        let SetExpr::Select(select) = &*query.body else { return None };
        let mut names = Vec::new();
        for item in &select.projection {
            match item {
                SelectItem::UnnamedExpr(_) | SelectItem::ExprWithAlias { .. } => names.push(result(item)?),
                SelectItem::Wildcard(_) => {
                    let [only] = select.from.as_slice() else { return None };
                    if !only.joins.is_empty() || query.with.is_some() {
                        return None;
                    }
                    let TableFactor::Table { name, alias, args: None, .. } = &only.relation else { return None };
                    names.extend(self.table(name, alias.as_ref()).ok()?.names()?);
                }
                _ => return None,
            }
        }
        Some(names)
    }
}

/// The name of a result; `None` where the server chooses one.
fn result(item: &SelectItem) -> Option<String> {
    match item {
        SelectItem::ExprWithAlias { alias, .. } => Some(alias.value.clone()),
        SelectItem::UnnamedExpr(ast::Expr::Identifier(name)) => Some(name.value.clone()),
        SelectItem::UnnamedExpr(ast::Expr::CompoundIdentifier(parts)) => parts.last().map(|part| part.value.clone()),
        _ => None,
    }
}

/// The condition of a join.
fn condition(operator: &JoinOperator) -> Option<&ast::Expr> {
    match operator {
        JoinOperator::Join(constraint)
        | JoinOperator::Inner(constraint)
        | JoinOperator::Left(constraint)
        | JoinOperator::LeftOuter(constraint)
        | JoinOperator::Right(constraint)
        | JoinOperator::RightOuter(constraint)
        | JoinOperator::StraightJoin(constraint)
        | JoinOperator::CrossJoin(constraint) => match constraint {
            JoinConstraint::On(condition) => Some(condition),
            _ => None,
        },
        _ => None,
    }
}
