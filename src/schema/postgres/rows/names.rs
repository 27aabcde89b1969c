//! The tables that statements name, and the names that their parts can use.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use sqlparser::ast::{
    self, Ident, JoinConstraint, JoinOperator, ObjectName, SelectItem, SetExpr, Statement, TableFactor,
};

use super::super::state::{State, Table};
use super::super::{PgError, bare, ident, object};

/// What follows the names of one statement.
pub(super) struct Resolver<'s> {
    pub(super) state: &'s State,
    /// Whether every table of the database is known.
    is_whole: bool,
    /// What a bare name can mean besides a column.
    known: &'s dyn Fn(&str) -> bool,
    /// Only labels of enums are looked at, in what was carried out already.
    of_labels: bool,
    /// The names that `WITH` gives, and their columns where these are known.
    named: Vec<(String, Option<Vec<String>>)>,
    /// The columns that were named so far, by the tables that they are of.
    pub(super) needed: RefCell<BTreeMap<String, BTreeSet<String>>>,
}

/// A table, a view, a function, … in a `FROM`.
#[derive(Clone, Debug)]
pub(super) struct Relation<'s> {
    pub(super) name: String,
    /// The table that it is.
    pub(super) table: Option<&'s Table>,
    /// The name that the catalog has for it.
    pub(super) own: Option<&'s str>,
    /// Its columns; `None` where they are not known.
    pub(super) columns: Option<Vec<String>>,
}

impl Relation<'_> {
    fn unknown(name: String) -> Self {
        Self { name, table: None, own: None, columns: None }
    }

    fn has(&self, column: &str) -> bool {
        match (self.table, &self.columns) {
            (_, Some(columns)) => columns.iter().any(|known| known == column),
            (Some(table), None) => table.column(column).is_some(),
            (None, None) => true,
        }
    }

    fn names(&self) -> Option<Vec<String>> {
        let of_table = |table: &Table| table.columns.iter().map(|column| column.name.clone()).collect();
        self.columns.clone().or_else(|| self.table.map(of_table))
    }
}

/// What a part of a statement can name.
#[derive(Clone, Debug, Default)]
pub(super) struct Scope<'o, 's> {
    pub(super) relations: Vec<Relation<'s>>,
    /// The names of a query's results.
    results: Vec<String>,
    /// What surrounds a query.
    outer: Option<&'o Scope<'o, 's>>,
}

/// The name of a relation of which the name is not known.
const NAMELESS: &str = "\0";

/// What every table has.
const SYSTEM: &[&str] = &["ctid", "xmin", "xmax", "cmin", "cmax", "tableoid", "oid"];

/// Words that stand for values.
const WORDS: &[&str] = &[
    "default",
    "user",
    "current_user",
    "session_user",
    "system_user",
    "current_role",
    "current_schema",
    "current_catalog",
    "current_date",
    "current_time",
    "current_timestamp",
    "localtime",
    "localtimestamp",
    "nfc",
    "nfd",
    "nfkc",
    "nfkd",
];

/// What a name in an expression is.
pub(super) enum Found<'s> {
    Column(&'s str),
    /// It is there, or may be.
    Something,
    Missing,
}

impl<'o, 's> Scope<'o, 's> {
    /// The columns of these.
    pub(super) fn of(relations: Vec<Relation<'s>>) -> Self {
        Self { relations, results: Vec::new(), outer: None }
    }

    /// The columns of one table.
    pub(super) fn of_table(state: &'s State, name: &str) -> Self {
        let table = state.tables.get(name).map(|table| &**table);
        let relation = Relation { name: bare(name).to_owned(), table, own: None, columns: None };
        Self::of(vec![relation])
    }

    fn all(&self) -> impl Iterator<Item = &Scope<'o, 's>> {
        std::iter::successors(Some(self), |scope| scope.outer)
    }

    /// What a bare name is.
    pub(super) fn bare(&self, name: &Ident) -> Found<'s> {
        let folded = ident(name);
        if name.quote_style.is_none() && WORDS.contains(&folded.as_str()) {
            return Found::Something;
        }
        for scope in self.all() {
            let holders: Vec<&Relation<'s>> = scope.relations.iter().filter(|relation| relation.has(&folded)).collect();
            if let [only] = holders.as_slice()
                && let Some(column) = only.table.and_then(|table| table.column(&folded))
                && only.columns.is_none()
            {
                return Found::Column(&column.data_type);
            }
            let is_known = !holders.is_empty()
                || scope.relations.iter().any(|relation| relation.name == folded)
                || scope.results.contains(&folded)
                || SYSTEM.contains(&folded.as_str()) && !scope.relations.is_empty();
            if is_known {
                return Found::Something;
            }
        }
        Found::Missing
    }

    /// The only relation that surely has the column that a bare name means.
    pub(super) fn holder(&self, name: &Ident) -> Option<&Relation<'s>> {
        let folded = ident(name);
        self.all()
            .find_map(|scope| {
                let mut holders = scope.relations.iter().filter(|relation| relation.has(&folded));
                Some((holders.next()?, holders.next()))
            })
            .and_then(|(first, second)| second.is_none().then_some(first))
            .filter(|relation| relation.table.is_some_and(|table| table.column(&folded).is_some()))
    }

    /// The relation that a name in front of a dot means.
    pub(super) fn relation(&self, name: &Ident) -> Option<&Relation<'s>> {
        let folded = ident(name);
        self.all().find_map(|scope| scope.relations.iter().find(|relation| relation.name == folded))
    }

    /// Whether a name in front of a dot may mean something that is not known.
    pub(super) fn is_open(&self) -> bool {
        self.all().any(|scope| scope.relations.iter().any(|relation| relation.name == NAMELESS))
    }

    /// Whether one of its tables has this name, and goes by another here.
    pub(super) fn has_under_another_name(&self, table: &Table) -> bool {
        self.all().any(|scope| {
            scope.relations.iter().any(|relation| relation.table.is_some_and(|own| std::ptr::eq(own, table)))
        })
    }
}

impl<'s> Relation<'s> {
    /// What a name after its dot is.
    pub(super) fn part(&self, name: &Ident) -> Found<'s> {
        let folded = ident(name);
        if let (Some(table), None) = (self.table, &self.columns)
            && let Some(column) = table.column(&folded)
        {
            return Found::Column(&column.data_type);
        }
        let is_known = self.has(&folded) || SYSTEM.contains(&folded.as_str());
        if is_known { Found::Something } else { Found::Missing }
    }
}

impl<'s> Resolver<'s> {
    pub(super) fn new(state: &'s State, is_whole: bool, known: &'s dyn Fn(&str) -> bool) -> Self {
        Self { state, is_whole, known, of_labels: false, named: Vec::new(), needed: RefCell::default() }
    }

    /// One that only looks at the labels of enums.
    pub(super) fn of_labels(state: &'s State) -> Self {
        Self {
            state,
            is_whole: false,
            known: &|_| false,
            of_labels: true,
            named: Vec::new(),
            needed: RefCell::default(),
        }
    }

    /// Whether nothing is said of a name that means nothing.
    pub(super) fn lets_be(&self, name: &str) -> bool {
        self.of_labels || (self.known)(name)
    }

    /// Whether every table and sequence of the database is known.
    pub(super) fn has_all_tables(&self) -> bool {
        self.is_whole
    }

    /// Whether only labels are looked at.
    pub(super) fn is_of_labels(&self) -> bool {
        self.of_labels
    }

    /// Whether a name may be that of a variable, too.
    pub(super) fn is_variable(&self, name: &str) -> bool {
        (self.known)(name)
    }

    /// Follows a statement about rows.
    pub(super) fn statement(&mut self, statement: &Statement) -> Result<(), PgError> {
        match statement {
            Statement::Query(query) => self.query(query, None),
            Statement::Insert(insert) => self.insert(insert),
            Statement::Update(update) => self.update(update),
            Statement::Delete(delete) => self.delete(delete),
            Statement::Truncate(truncate) => {
                truncate.table_names.iter().try_for_each(|target| self.table(&target.name, None).map(|_| ()))
            }
            _ => Ok(()),
        }
    }

    /// The relation that a name means; an error where there is none.
    pub(super) fn table(&self, name: &ObjectName, alias: Option<&ast::TableAlias>) -> Result<Relation<'s>, PgError> {
        let own = object(name);
        let called = alias.map_or_else(|| bare(&own).to_owned(), |alias| ident(&alias.name));
        if alias.is_some_and(|alias| !alias.columns.is_empty()) {
            self.find(name, &own)?;
            return Ok(Relation::unknown(called));
        }
        Ok(Relation { name: called, ..self.find(name, &own)? })
    }

    fn find(&self, name: &ObjectName, own: &str) -> Result<Relation<'s>, PgError> {
        if name.0.len() == 1
            && let Some((_, columns)) = self.named.iter().rev().find(|(named, _)| named == own)
        {
            return Ok(Relation { name: String::new(), table: None, own: None, columns: columns.clone() });
        }
        let state = self.state;
        let temporary = format!("pg_temp.{own}");
        if let Some((key, table)) = state.tables.get_key_value(&temporary).or_else(|| state.tables.get_key_value(own)) {
            // One of the same name may come first on the search path, and what a query made has columns of its own.
            let is_known = !self.is_elsewhere(own) && !table.columns.is_empty();
            let table = is_known.then_some(&**table);
            let own = is_known.then_some(key.as_str());
            return Ok(Relation { name: String::new(), table, own, columns: None });
        }
        if let Some(output) = state.views.get(own).and_then(|view| view.output.as_ref())
            && !self.is_elsewhere(own)
            && !state.has_relation(&temporary)
        {
            let columns = Some(output.iter().map(|(name, _)| name.clone()).collect());
            return Ok(Relation { name: String::new(), table: None, own: None, columns });
        }
        if state.has_relation(own) || self.may_be_there(name, own) {
            return Ok(Relation::unknown(String::new()));
        }
        Err(PgError::undefined("relation", own))
    }

    /// Whether a schema of the project's own has a table of this name, too.
    fn is_elsewhere(&self, own: &str) -> bool {
        let is_it = |known: &String| known != own && bare(known) == own && !known.starts_with("pg_temp.");
        !own.contains('.') && (self.state.tables.keys().any(is_it) || self.state.views.keys().any(is_it))
    }

    fn may_be_there(&self, name: &ObjectName, own: &str) -> bool {
        let is_of_the_system = own.starts_with("pg_") || own.starts_with("information_schema.");
        !self.is_whole
            || name.0.len() > 2
            || is_of_the_system
            || own.contains("alembic")
            || self.state.has_relation(&format!("pg_temp.{own}"))
            || self.is_elsewhere(own)
    }

    /// Follows a query. Answers with nothing, as its names matter alone.
    pub(super) fn query(&mut self, query: &ast::Query, outer: Option<&Scope<'_, 's>>) -> Result<(), PgError> {
        let depth = self.named.len();
        let followed = self.followed(query, outer);
        self.named.truncate(depth);
        followed
    }

    fn followed(&mut self, query: &ast::Query, outer: Option<&Scope<'_, 's>>) -> Result<(), PgError> {
        if let Some(with) = &query.with {
            // Under `RECURSIVE` a part may name itself, and those that come after it.
            let early = if with.recursive { with.cte_tables.as_slice() } else { &[] };
            self.named.extend(early.iter().map(|part| (ident(&part.alias.name), None)));
            with.cte_tables.iter().try_for_each(|part| self.part(part, outer))?;
        }
        let order = match &query.order_by {
            Some(ast::OrderBy { kind: ast::OrderByKind::Expressions(order), .. }) => order.as_slice(),
            _ => &[],
        };
        self.body(&query.body, order, outer)
    }

    /// A part of a `WITH`.
    fn part(&mut self, part: &ast::Cte, outer: Option<&Scope<'_, 's>>) -> Result<(), PgError> {
        let name = ident(&part.alias.name);
        let given: Vec<String> = part.alias.columns.iter().map(|column| ident(&column.name)).collect();
        self.query(&part.query, outer)?;
        let columns = if given.is_empty() { self.results(&part.query) } else { None };
        self.named.push((name, columns));
        Ok(())
    }

    fn body(
        &mut self,
        body: &SetExpr,
        order: &[ast::OrderByExpr],
        outer: Option<&Scope<'_, 's>>,
    ) -> Result<(), PgError> {
        match body {
            SetExpr::Select(select) => self.select(select, order, outer),
            SetExpr::Query(query) => self.query(query, outer),
            SetExpr::SetOperation { left, right, .. } => {
                self.body(left, &[], outer)?;
                self.body(right, &[], outer)
            }
            SetExpr::Values(values) => {
                let scope = Scope { outer, ..Scope::default() };
                values.rows.iter().flat_map(|row| &row.content).try_for_each(|value| self.expression(value, &scope))
            }
            SetExpr::Insert(statement) | SetExpr::Update(statement) | SetExpr::Delete(statement) => {
                self.statement(statement)
            }
            SetExpr::Table(_) | SetExpr::Merge(_) => Ok(()),
        }
    }

    fn select(
        &mut self,
        select: &ast::Select,
        order: &[ast::OrderByExpr],
        outer: Option<&Scope<'_, 's>>,
    ) -> Result<(), PgError> {
        let mut scope = Scope { outer, ..Scope::default() };
        self.from(&select.from, &mut scope)?;
        if !select.lateral_views.is_empty() || select.exclude.is_some() {
            return Ok(());
        }
        for item in &select.projection {
            match item {
                // `pg_lsn '0/16AE7F8'` is a value of that type, and no column under another name.
                SelectItem::ExprWithAlias { alias, .. } if alias.quote_style == Some('\'') => {}
                SelectItem::UnnamedExpr(expr) | SelectItem::ExprWithAlias { expr, .. } => {
                    self.expression(expr, &scope)?;
                }
                SelectItem::Wildcard(_) => scope.relations.iter().for_each(|relation| self.need_all(relation)),
                SelectItem::QualifiedWildcard(ast::SelectItemQualifiedWildcardKind::ObjectName(name), _) => {
                    let name = object(name);
                    let named = scope.relations.iter().filter(|relation| relation.name == bare(&name));
                    named.for_each(|relation| self.need_all(relation));
                }
                _ => {}
            }
        }
        for condition in [&select.selection, &select.having].into_iter().flatten() {
            self.expression(condition, &scope)?;
        }
        self.check_grouped(select, &scope)?;
        // The names of results count from here on.
        scope.results = select.projection.iter().filter_map(result).collect();
        if let ast::GroupByExpr::Expressions(groups, _) = &select.group_by {
            groups.iter().try_for_each(|group| self.expression(group, &scope))?;
        }
        // In an order, the name of a result comes before that of a column.
        let is_result =
            |order: &ast::Expr| matches!(order, ast::Expr::Identifier(name) if scope.results.contains(&ident(name)));
        let mut order = order.iter().map(|order| &order.expr).filter(|order| !is_result(order));
        order.try_for_each(|order| self.expression(order, &scope))
    }

    /// Notes that a column of a relation is needed.
    pub(super) fn need(&self, relation: &Relation<'s>, column: &str) {
        if let (Some(own), None) = (relation.own, &relation.columns) {
            self.needed.borrow_mut().entry(own.to_owned()).or_default().insert(column.to_owned());
        }
    }

    fn need_all(&self, relation: &Relation<'s>) {
        for column in relation.table.iter().flat_map(|table| &table.columns) {
            self.need(relation, &column.name);
        }
    }

    /// What a `FROM` names, in its order: what comes later may refer to what came before.
    pub(super) fn from(&mut self, from: &[ast::TableWithJoins], scope: &mut Scope<'_, 's>) -> Result<(), PgError> {
        for item in from {
            let first = scope.relations.len();
            self.factor(&item.relation, scope)?;
            for join in &item.joins {
                self.factor(&join.relation, scope)?;
                if let Some(condition) = condition(&join.join_operator) {
                    // What stands before a comma is no part of the join.
                    let joined = scope.relations.get(first..).unwrap_or_default().to_vec();
                    let within = Scope { relations: joined, results: Vec::new(), outer: scope.outer };
                    if let Err(error) = self.expression(condition, &within) {
                        self.expression(condition, scope)?;
                        return Err(error.out_of_reach());
                    }
                }
            }
        }
        Ok(())
    }

    fn factor(&mut self, factor: &TableFactor, scope: &mut Scope<'_, 's>) -> Result<(), PgError> {
        let called = |alias: &Option<ast::TableAlias>| alias.as_ref().map(|alias| ident(&alias.name));
        match factor {
            TableFactor::Table { name, alias: Some(alias), args: None, .. } if is_only(name) => {
                let named = ObjectName::from(vec![alias.name.clone()]);
                scope.relations.push(self.table(&named, None)?);
            }
            TableFactor::Table { name, alias, args: None, .. } => {
                let relation = if is_word(name) {
                    // `FROM current_user`: a function that is called without brackets.
                    Relation::unknown(called(alias).unwrap_or_else(|| object(name)))
                } else {
                    self.table(name, alias.as_ref())?
                };
                scope.relations.push(relation);
            }
            TableFactor::Table { name, alias, args: Some(args), .. } => {
                let relation = Relation::unknown(called(alias).unwrap_or_else(|| bare(&object(name)).to_owned()));
                self.arguments(&args.args, scope)?;
                scope.relations.push(relation);
            }
            TableFactor::Function { name, args, alias, .. } => {
                let relation = Relation::unknown(called(alias).unwrap_or_else(|| bare(&object(name)).to_owned()));
                self.arguments(args, scope)?;
                scope.relations.push(relation);
            }
            TableFactor::Derived { subquery, alias, lateral, .. } => {
                if *lateral {
                    self.query(subquery, Some(scope))?;
                } else {
                    self.query(subquery, scope.outer)?;
                }
                let is_plain = alias.as_ref().is_some_and(|alias| alias.columns.is_empty());
                let columns = if is_plain { self.results(subquery) } else { None };
                let name = called(alias).unwrap_or_default();
                scope.relations.push(Relation { name, table: None, own: None, columns });
            }
            TableFactor::NestedJoin { table_with_joins, alias: None } => {
                self.from(std::slice::from_ref(table_with_joins), scope)?;
            }
            TableFactor::UNNEST { alias, .. } => {
                scope.relations.push(Relation::unknown(called(alias).unwrap_or_else(|| "unnest".to_owned())));
            }
            // What it yields, and under which name, is not known.
            _ => scope.relations.push(Relation::unknown(NAMELESS.to_owned())),
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

/// Whether a name is the word of `FROM ONLY t`, which the parser takes for a table that goes by the name `t`.
fn is_only(name: &ObjectName) -> bool {
    matches!(name.0.as_slice(), [ast::ObjectNamePart::Identifier(word)]
        if word.quote_style.is_none() && word.value.eq_ignore_ascii_case("only"))
}

/// Whether a name is one of the words that stand for values.
fn is_word(name: &ObjectName) -> bool {
    matches!(name.0.as_slice(), [ast::ObjectNamePart::Identifier(word)]
        if word.quote_style.is_none() && WORDS.contains(&word.value.to_lowercase().as_str()))
}

/// The name of a result; `None` where the database chooses one.
fn result(item: &SelectItem) -> Option<String> {
    match item {
        SelectItem::ExprWithAlias { alias, .. } => Some(ident(alias)),
        SelectItem::UnnamedExpr(ast::Expr::Identifier(name)) => Some(ident(name)),
        SelectItem::UnnamedExpr(ast::Expr::CompoundIdentifier(parts)) => parts.last().map(ident),
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
        | JoinOperator::FullOuter(constraint) => match constraint {
            JoinConstraint::On(condition) => Some(condition),
            _ => None,
        },
        _ => None,
    }
}
