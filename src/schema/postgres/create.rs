//! `CREATE TABLE` and its columns, views, sequences, types and schemas.

use std::collections::BTreeSet;
use std::rc::Rc;

use sqlparser::ast::{self, ColumnOption, DataType, Expr, TableConstraint};

use super::error::PgError;
use super::state::{Adjust as _, Column, Foreign, Identity, Rule, Sequence, State, Table, UserType, View};
use super::types::{self, Family, family};
use super::{Database, bare, ident, object, schema_of};
use crate::schema::token::{self, Kind};

/// A constraint whose name is chosen when the table has its columns.
pub(super) struct Wanted {
    pub name: Option<String>,
    pub rule: Rule,
}

impl Database {
    pub(super) fn create_table(&mut self, create: &ast::CreateTable) -> Result<(), PgError> {
        let name = object(&create.name);
        if create.query.is_some() && create.temporary {
            // Its columns are nobody's business, and it is gone when the session ends.
            let table = Table { temporary: true, ..Table::default() };
            self.state.tables.insert(format!("pg_temp.{name}"), Rc::new(table));
            return Ok(());
        }
        if create.query.is_some() || create.like.is_some() || create.clone.is_some() {
            return Err(PgError::unsupported(format!("makes the table \"{name}\" like another one")));
        }
        if create.partition_of.is_some() || create.inherits.is_some() {
            return Err(PgError::unsupported(format!("makes the table \"{name}\" a part of another one")));
        }
        let name = if create.temporary { format!("pg_temp.{name}") } else { name };
        self.check_schema(&name)?;
        if self.state.has_relation(&name) {
            return if create.if_not_exists { Ok(()) } else { Err(PgError::duplicate_relation(bare(&name))) };
        }
        let mut table = Table { temporary: create.temporary, ..Table::default() };
        let mut wanted = Vec::new();
        for definition in &create.columns {
            let column = ident(&definition.name);
            if table.column(&column).is_some() {
                let message = format!("column \"{column}\" specified more than once");
                return Err(PgError { condition: "DuplicateColumn", ..PgError::invalid_table(message) });
            }
            let (column, constraints) = self.column(&name, definition)?;
            table.columns.push(column);
            wanted.extend(constraints);
        }
        for constraint in &create.constraints {
            wanted.push(constraint_of(constraint, &table)?);
        }
        for constraint in &wanted {
            if let Rule::Check { expression, .. } = &constraint.rule {
                check_columns(expression, &table)?;
            }
        }
        self.state.tables.insert(name.clone(), Rc::new(table));
        // Keys first: what refers to the table itself finds them.
        wanted.sort_by_key(|constraint| match constraint.rule {
            Rule::PrimaryKey(_) => 0,
            Rule::Unique(_) | Rule::Exclude { .. } => 1,
            Rule::Check { .. } => 2,
            Rule::Foreign(_) => 3,
        });
        for constraint in without_redundant(wanted) {
            self.add_constraint(&name, constraint)?;
        }
        Ok(())
    }

    fn check_schema(&self, name: &str) -> Result<(), PgError> {
        let Some((schema, _)) = name.rsplit_once('.') else { return Ok(()) };
        if self.state.schemas.contains(schema) || matches!(schema, "pg_temp" | "public") {
            return Ok(());
        }
        let message = format!("schema \"{schema}\" does not exist");
        Err(PgError { condition: "InvalidSchemaName", ..PgError::invalid_table(message) })
    }

    /// A column, and the constraints that its definition has.
    pub(super) fn column(
        &mut self,
        table: &str,
        definition: &ast::ColumnDef,
    ) -> Result<(Column, Vec<Wanted>), PgError> {
        let name = ident(&definition.name);
        let found = column_type(&definition.data_type, &self.state)?;
        let mut column = Column { name: name.clone(), data_type: found.name, nullable: true, ..Column::default() };
        let mut constraints = Vec::new();
        if found.serial {
            column.nullable = false;
            let sequence = self.own_sequence(table, &name);
            let quoted = if sequence == sequence.to_lowercase() { sequence } else { format!("\"{sequence}\"") };
            column.default = Some(format!("nextval('{quoted}'::regclass)"));
        }
        for option in &definition.options {
            let given = option.name.as_ref().map(ident);
            let mut want =
                |rule: Rule, own: Option<String>| constraints.push(Wanted { name: given.clone().or(own), rule });
            match &option.option {
                ColumnOption::Null => column.nullable = true,
                ColumnOption::NotNull => column.nullable = false,
                ColumnOption::Default(value) => {
                    check_default(&column.name, &column.data_type, value, &self.state)?;
                    column.default = default_of(value);
                }
                ColumnOption::PrimaryKey(_) => {
                    column.nullable = false;
                    want(Rule::PrimaryKey(vec![name.clone()]), None);
                }
                ColumnOption::Unique(_) => want(Rule::Unique(vec![name.clone()]), None),
                ColumnOption::ForeignKey(key) => {
                    let foreign = Foreign { columns: vec![name.clone()], ..foreign_of(key) };
                    want(Rule::Foreign(foreign), key.name.as_ref().map(ident));
                }
                ColumnOption::Check(check) => {
                    let expression = check.expr.to_string();
                    let own = check.name.as_ref().map(ident);
                    want(Rule::Check { expression, columns: vec![name.clone()] }, own);
                }
                ColumnOption::Collation(collation) => column.collation = Some(object(collation)),
                ColumnOption::Generated { generated_as, generation_expr, .. } => match generation_expr {
                    Some(expression) => column.generated = Some(expression.to_string()),
                    None => {
                        if family(&column.data_type) != Family::Integer {
                            return Err(PgError::identity_type());
                        }
                        column.nullable = false;
                        column.identity = Some(match generated_as {
                            ast::GeneratedAs::Always | ast::GeneratedAs::ExpStored => Identity::Always,
                            ast::GeneratedAs::ByDefault => Identity::ByDefault,
                        });
                        self.own_sequence(table, &name);
                    }
                },
                ColumnOption::DialectSpecific(tokens) => {
                    let near = tokens.first().map(ToString::to_string).unwrap_or_default();
                    return Err(PgError::syntax(&near));
                }
                ColumnOption::Comment(_) => return Err(PgError::syntax("COMMENT")),
                ColumnOption::OnUpdate(_) => return Err(PgError::syntax("ON")),
                _ => {}
            }
        }
        Ok((column, constraints))
    }

    /// Makes the sequence that goes with a column.
    fn own_sequence(&mut self, table: &str, column: &str) -> String {
        let name = self.state.choose_name(table, column, "seq", &|_| false);
        let owner = Some((table.to_owned(), column.to_owned()));
        self.state.sequences.insert(name.clone(), Sequence { owner });
        name
    }

    pub(super) fn create_view(&mut self, create: &ast::CreateView) -> Result<(), PgError> {
        let name = object(&create.name);
        if create.temporary {
            return Ok(());
        }
        if self.state.has_relation(&name) {
            let replaces = create.or_replace && self.state.views.contains_key(&name);
            if !replaces {
                return if create.if_not_exists { Ok(()) } else { Err(PgError::duplicate_relation(bare(&name))) };
            }
        }
        if !self.open
            && self.state.extensions.is_empty()
            && let Some(missing) = missing_relation(&create.query, &self.state)
        {
            return Err(PgError::undefined("relation", &missing));
        }
        let query = create.query.to_string();
        let mut reads = relations_named(&query, &self.state);
        reads.remove(&name);
        let only = if reads.len() == 1 { reads.first().and_then(|name| self.state.tables.get(name)) } else { None };
        let columns = only.map(|table| columns_read(&query, table)).unwrap_or_default();
        let view = View { sql: create.to_string(), materialized: create.materialized, reads, columns };
        self.state.views.insert(name, view);
        Ok(())
    }

    pub(super) fn create_sequence(
        &mut self,
        name: &str,
        if_not_exists: bool,
        owner: Option<&ast::ObjectName>,
    ) -> Result<(), PgError> {
        if self.state.has_relation(name) {
            return if if_not_exists { Ok(()) } else { Err(PgError::duplicate_relation(bare(name))) };
        }
        let owner = owner.map(object).and_then(|owner| {
            let (table, column) = owner.rsplit_once('.')?;
            Some((table.to_owned(), column.to_owned()))
        });
        self.state.sequences.insert(name.to_owned(), Sequence { owner });
        Ok(())
    }

    pub(super) fn create_type(
        &mut self,
        name: &str,
        representation: Option<&ast::UserDefinedTypeRepresentation>,
    ) -> Result<(), PgError> {
        if self.state.types.contains_key(name) || self.state.tables.contains_key(name) {
            return Err(PgError::duplicate("type", bare(name)));
        }
        let made = match representation {
            Some(ast::UserDefinedTypeRepresentation::Enum { labels }) => {
                let labels: Vec<String> = labels.iter().map(|label| label.value.clone()).collect();
                if labels.iter().enumerate().any(|(index, label)| labels[..index].contains(label)) {
                    return Err(PgError::not_unique("pg_enum_typid_label_index"));
                }
                UserType::Enum(labels)
            }
            Some(other) => UserType::Other(other.to_string()),
            None => UserType::Other(String::new()),
        };
        self.state.types.insert(name.to_owned(), made);
        Ok(())
    }

    pub(super) fn create_domain(&mut self, domain: &ast::CreateDomain) -> Result<(), PgError> {
        let name = object(&domain.name);
        if self.state.types.contains_key(&name) {
            return Err(PgError::duplicate("type", bare(&name)));
        }
        let over = column_type(&domain.data_type, &self.state)?;
        self.state.types.insert(name, UserType::Other(over.name));
        Ok(())
    }

    pub(super) fn alter_type(&mut self, alter: &ast::AlterType) -> Result<(), PgError> {
        let name = object(&alter.name);
        let Some(known) = self.state.types.get_mut(&name) else { return Err(PgError::undefined("type", bare(&name))) };
        match (&alter.operation, known) {
            (ast::AlterTypeOperation::AddValue(add), UserType::Enum(labels)) => {
                let label = add.value.value.clone();
                if labels.contains(&label) {
                    if add.if_not_exists {
                        return Ok(());
                    }
                    return Err(PgError::duplicate("enum label", &label));
                }
                let near = |other: &ast::Ident| labels.iter().position(|known| *known == other.value);
                let at = match &add.position {
                    Some(ast::AlterTypeAddValuePosition::Before(other)) => near(other),
                    Some(ast::AlterTypeAddValuePosition::After(other)) => near(other).map(|at| at + 1),
                    None => None,
                };
                labels.insert(at.unwrap_or(labels.len()), label);
            }
            (ast::AlterTypeOperation::RenameValue(rename), UserType::Enum(labels)) => {
                match labels.iter_mut().find(|label| **label == rename.from.value) {
                    Some(label) => label.clone_from(&rename.to.value),
                    None => {
                        let message = format!("\"{}\" is not an existing enum label", rename.from.value);
                        return Err(PgError::wrong_type(message));
                    }
                }
            }
            (ast::AlterTypeOperation::Rename(rename), _) => {
                let new = format!("{}{}", schema_of(&name), ident(&rename.new_name));
                if self.state.types.contains_key(&new) {
                    return Err(PgError::duplicate("type", bare(&new)));
                }
                let made = self.state.types.remove(&name);
                self.state.types.extend(made.map(|made| (new.clone(), made)));
                let array = format!("{name}[]");
                let is_of = |column: &Column| column.data_type == name || column.data_type == array;
                self.state.tables.adjust(
                    |_, table| table.columns.iter().any(is_of),
                    |table| {
                        for column in Rc::make_mut(table).columns.iter_mut().filter(|column| is_of(column)) {
                            let is_array = column.data_type == array;
                            column.data_type = if is_array { format!("{new}[]") } else { new.clone() };
                        }
                    },
                );
            }
            _ => return Err(PgError::wrong_type(format!("{} is not an enum", bare(&name)))),
        }
        Ok(())
    }

    pub(super) fn create_schema(&mut self, name: &ast::SchemaName, if_not_exists: bool) -> Result<(), PgError> {
        let name = match name {
            ast::SchemaName::Simple(name) | ast::SchemaName::NamedAuthorization(name, _) => object(name),
            ast::SchemaName::UnnamedAuthorization(name) => ident(name),
        };
        if name == "public" || !self.state.schemas.insert(name.clone()) {
            return if if_not_exists { Ok(()) } else { Err(PgError::duplicate("schema", &name)) };
        }
        Ok(())
    }

    /// Refuses a trigger whose function is not there. Functions of PostgreSQL and of extensions are.
    fn check_trigger_function(&self, text: &str) -> Result<(), PgError> {
        const KNOWN: &[&str] = &[
            "tsvector_update_trigger",
            "tsvector_update_trigger_column",
            "suppress_redundant_updates_trigger",
            "lo_manage",
            "moddatetime",
            "autoinc",
            "insert_username",
        ];
        let tokens: Vec<_> = token::tokens(text).collect();
        let Some(at) = tokens.iter().rposition(|token| token.is("execute")) else { return Ok(()) };
        let mut name = String::new();
        for token in tokens.iter().skip(at + 2).take_while(|token| !token.is_symbol("(")) {
            name.push_str(&types::identifier(token.text));
        }
        let is_known = self.state.functions.contains(super::own(&name).as_str())
            || name.contains('.')
            || !self.state.extensions.is_empty()
            || KNOWN.contains(&name.as_str());
        if is_known { Ok(()) } else { Err(PgError::undefined_function(format!("function {name}() does not exist"))) }
    }

    pub(super) fn create_trigger(&mut self, name: &str, table: &str, text: &str) -> Result<(), PgError> {
        let table = super::own(table);
        let replaces = token::tokens(text).nth(1).is_some_and(|token| token.is("or"));
        let known = self.state.tables.contains_key(&table);
        if !known && self.state.views.contains_key(&table) {
            return Ok(());
        }
        if !known {
            return Err(PgError::undefined("relation", &table));
        }
        self.check_trigger_function(text)?;
        let Some(on) = self.state.table_mut(&table) else { return Ok(()) };
        if on.triggers.contains_key(name) && !replaces {
            return Err(PgError::duplicate_on("trigger", name, bare(&table)));
        }
        on.triggers.insert(name.to_owned(), text.to_owned());
        Ok(())
    }
}

/// Constraints without those whose index another has already: the first stays, and takes a name if it has none
/// (`transformIndexConstraints`).
fn without_redundant(wanted: Vec<Wanted>) -> Vec<Wanted> {
    let key = |rule: &Rule| match rule {
        Rule::PrimaryKey(columns) | Rule::Unique(columns) => Some(columns.clone()),
        _ => None,
    };
    let mut kept: Vec<Wanted> = Vec::new();
    for constraint in wanted {
        let columns = key(&constraint.rule);
        match kept.iter_mut().find(|known| columns.is_some() && key(&known.rule) == columns) {
            Some(known) if !matches!(constraint.rule, Rule::PrimaryKey(_)) => {
                known.name = known.name.take().or(constraint.name);
            }
            _ => kept.push(constraint),
        }
    }
    kept
}

/// Reads the type of a column.
pub(super) fn column_type(data_type: &DataType, state: &State) -> Result<types::ColumnType, PgError> {
    if matches!(data_type, DataType::Unspecified) {
        return Err(PgError::syntax(","));
    }
    types::read(&data_type.to_string(), state)
}

/// What a foreign key says, its columns aside.
fn foreign_of(key: &ast::ForeignKeyConstraint) -> Foreign {
    let action = |action: &Option<ast::ReferentialAction>| {
        action.as_ref().map(ToString::to_string).filter(|action| action != "NO ACTION")
    };
    let deferred = key
        .characteristics
        .as_ref()
        .is_some_and(|characteristics| characteristics.initially == Some(ast::DeferrableInitial::Deferred));
    Foreign {
        columns: key.columns.iter().map(ident).collect(),
        table: object(&key.foreign_table),
        references: key.referred_columns.iter().map(ident).collect(),
        on_delete: action(&key.on_delete),
        on_update: action(&key.on_update),
        deferred,
    }
}

/// A constraint as a table's definition has it.
pub(super) fn constraint_of(constraint: &TableConstraint, table: &Table) -> Result<Wanted, PgError> {
    let plain = |columns: &[ast::IndexColumn]| -> Vec<String> {
        columns
            .iter()
            .map(|column| match &column.column.expr {
                Expr::Identifier(name) => ident(name),
                other => other.to_string(),
            })
            .collect()
    };
    Ok(match constraint {
        TableConstraint::PrimaryKey(key) => {
            Wanted { name: key.name.as_ref().map(ident), rule: Rule::PrimaryKey(plain(&key.columns)) }
        }
        TableConstraint::Unique(unique) => {
            Wanted { name: unique.name.as_ref().map(ident), rule: Rule::Unique(plain(&unique.columns)) }
        }
        TableConstraint::ForeignKey(key) => {
            Wanted { name: key.name.as_ref().map(ident), rule: Rule::Foreign(foreign_of(key)) }
        }
        TableConstraint::Check(check) => {
            let expression = check.expr.to_string();
            let columns = columns_in(&expression, table);
            Wanted { name: check.name.as_ref().map(ident), rule: Rule::Check { expression, columns } }
        }
        TableConstraint::Exclude(exclude) => {
            let definition = exclude.to_string();
            let columns = columns_in(&definition, table);
            Wanted { name: exclude.name.as_ref().map(ident), rule: Rule::Exclude { definition, columns } }
        }
        TableConstraint::Index(_) | TableConstraint::FulltextOrSpatial(_) => return Err(PgError::syntax("INDEX")),
        TableConstraint::PrimaryKeyUsingIndex(using) => of_index(using, table, Rule::PrimaryKey)?,
        TableConstraint::UniqueUsingIndex(using) => of_index(using, table, Rule::Unique)?,
    })
}

/// A constraint that takes an index over, which then has the constraint's name.
fn of_index(
    using: &ast::ConstraintUsingIndex,
    table: &Table,
    rule: fn(Vec<String>) -> Rule,
) -> Result<Wanted, PgError> {
    let index = ident(&using.index_name);
    let Some(found) = table.indexes.iter().find(|known| known.name == index) else {
        return Err(PgError::undefined("index", &index));
    };
    let columns = found.parts.iter().map(|part| part.text.clone()).collect();
    let name = using.name.as_ref().map_or_else(|| index.clone(), ident);
    Ok(Wanted { name: Some(name), rule: rule(columns) })
}

/// Refuses a condition on a column that is not there, as far as it is simple.
pub(super) fn check_columns(expression: &str, table: &Table) -> Result<(), PgError> {
    use sqlparser::dialect::PostgreSqlDialect;
    use sqlparser::parser::Parser;
    let dialect = PostgreSqlDialect {};
    let parsed = Parser::new(&dialect).try_with_sql(expression).and_then(|mut parser| parser.parse_expr());
    match parsed.ok().and_then(|parsed| super::index::missing_column(&parsed, table)) {
        Some(missing) => Err(PgError::unknown_column(&missing)),
        None => Ok(()),
    }
}

/// The columns of a table that an expression names.
pub(super) fn columns_in(expression: &str, table: &Table) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for token in token::tokens(expression) {
        let name = match token.kind {
            Kind::Word => token.text.to_lowercase(),
            Kind::Quoted => token.value(),
            _ => continue,
        };
        if table.column(&name).is_some() && !found.contains(&name) {
            found.push(name);
        }
    }
    found
}

/// The columns of the only table of a query that it needs.
fn columns_read(query: &str, table: &Table) -> BTreeSet<String> {
    let tokens: Vec<_> = token::tokens(query).collect();
    let mut found = BTreeSet::new();
    for (index, token) in tokens.iter().enumerate() {
        let before = index.checked_sub(1).and_then(|before| tokens.get(before));
        // A star that comes after anything else multiplies, or counts rows.
        let selects = |token: &token::Token<'_>| {
            token.is("select")
                || token.is("distinct")
                || token.is("all")
                || token.is_symbol(",")
                || token.is_symbol(".")
        };
        if token.is_symbol("*") && before.is_some_and(selects) {
            return table.columns.iter().map(|column| column.name.clone()).collect();
        }
        if matches!(token.kind, Kind::Word | Kind::Quoted) && !before.is_some_and(|before| before.is("as")) {
            found.extend(Some(types::identifier(token.text)).filter(|name| table.column(name).is_some()));
        }
    }
    found
}

/// The first table that a query reads and that is not there, as far as its `FROM` says it plainly.
fn missing_relation(query: &ast::Query, state: &State) -> Option<String> {
    // What `WITH` names is none of the catalog.
    if query.with.is_some() {
        return None;
    }
    let ast::SetExpr::Select(select) = &*query.body else { return None };
    let relations = select
        .from
        .iter()
        .flat_map(|from| std::iter::once(&from.relation).chain(from.joins.iter().map(|join| &join.relation)));
    relations
        .filter_map(|relation| match relation {
            ast::TableFactor::Table { name, args: None, .. } => Some(object(name)),
            _ => None,
        })
        .find(|name| !(name.contains('.') || name.starts_with("pg_") || state.has_relation(name)))
}

/// The tables and views that a query names.
fn relations_named(query: &str, state: &State) -> BTreeSet<String> {
    let tokens: Vec<_> = token::tokens(query).collect();
    let mut found = BTreeSet::new();
    for (index, token) in tokens.iter().enumerate() {
        if !matches!(token.kind, Kind::Word | Kind::Quoted) {
            continue;
        }
        let name = types::identifier(token.text);
        let dotted = match (tokens.get(index + 1), tokens.get(index + 2)) {
            (Some(dot), Some(next)) if dot.is_symbol(".") => format!("{name}.{}", types::identifier(next.text)),
            _ => String::new(),
        };
        for name in [name, dotted] {
            if state.tables.contains_key(&name) || state.views.contains_key(&name) {
                found.insert(name);
            }
        }
    }
    found
}

/// The text of a default; `NULL` is none.
pub(super) fn default_of(value: &Expr) -> Option<String> {
    let text = value.to_string();
    (!text.eq_ignore_ascii_case("null")).then_some(text)
}

/// Refuses a default that its column can't take.
pub(super) fn check_default(column: &str, data_type: &str, value: &Expr, state: &State) -> Result<(), PgError> {
    let mut value = value;
    while let Expr::Nested(inner) = value {
        value = inner;
    }
    let mismatch = |of: &str| {
        let own = types::base(data_type);
        let message = format!("column \"{column}\" is of type {own} but default expression is of type {of}");
        Err(PgError::mismatch(message))
    };
    let kind = family(data_type);
    let is_array = data_type.ends_with("[]");
    let negated = matches!(value, Expr::UnaryOp { .. });
    if let Expr::UnaryOp { expr, .. } = value {
        value = expr;
    }
    match value {
        Expr::Value(literal) => match &literal.value {
            ast::Value::Number(number, _) => {
                let of = if number.contains('.') { "numeric" } else { "integer" };
                match kind {
                    Family::Other if is_array => mismatch(of),
                    Family::Integer | Family::Number | Family::Text | Family::Other => Ok(()),
                    _ => mismatch(of),
                }
            }
            ast::Value::Boolean(_) if !negated => match kind {
                Family::Other if is_array => mismatch("boolean"),
                Family::Boolean | Family::Text | Family::Other => Ok(()),
                _ => mismatch("boolean"),
            },
            ast::Value::SingleQuotedString(text) => match state.types.get(data_type) {
                Some(UserType::Enum(labels)) if !labels.contains(text) => {
                    let message = format!("invalid input value for enum {data_type}: \"{text}\"");
                    Err(PgError { condition: "InvalidTextRepresentation", ..PgError::mismatch(message) })
                }
                _ => check_literal(data_type, text),
            },
            _ => Ok(()),
        },
        Expr::Function(function) => {
            check_function(function)?;
            check_answer(column, data_type, function)
        }
        _ => Ok(()),
    }
}

/// A literal in quotes takes the type of its column.
fn check_literal(data_type: &str, text: &str) -> Result<(), PgError> {
    let trimmed = text.trim();
    // PostgreSQL reads many forms of moments; words are none of them but these.
    let is_moment = || {
        const WORDS: &[&str] = &["now", "today", "tomorrow", "yesterday", "epoch", "infinity", "allballs"];
        let lower = trimmed.to_ascii_lowercase();
        lower.bytes().any(|byte| byte.is_ascii_digit()) || WORDS.contains(&lower.trim_start_matches(['-', '+']))
    };
    if data_type.ends_with("[]") && !trimmed.starts_with(['{', '[']) {
        let message = format!("malformed array literal: \"{text}\"");
        return Err(PgError { condition: "InvalidTextRepresentation", ..PgError::mismatch(message) });
    }
    let base = types::base(data_type);
    let fits = match family(data_type) {
        Family::Integer => trimmed.parse::<i64>().is_ok(),
        // There are other forms of numbers, all of them with digits.
        Family::Number => trimmed.parse::<f64>().is_ok() || trimmed.bytes().any(|byte| byte.is_ascii_digit()),
        Family::Boolean => {
            let lower = trimmed.to_ascii_lowercase();
            let words = ["true", "t", "yes", "y", "on", "1", "false", "f", "no", "n", "off", "0", "tr", "fa"];
            words.contains(&lower.as_str())
        }
        Family::Json => serde_json::from_str::<serde_json::Value>(trimmed).is_ok(),
        Family::Moment | Family::Time => is_moment(),
        Family::Uuid => trimmed.bytes().filter(u8::is_ascii_hexdigit).count() == 32,
        Family::Text | Family::Binary | Family::Other => true,
    };
    if fits {
        return Ok(());
    }
    let what = match base.as_str() {
        "timestamp without time zone" => "timestamp",
        "time without time zone" => "time",
        "jsonb" => "json",
        other => other,
    };
    let message = format!("invalid input syntax for type {what}: \"{text}\"");
    Err(PgError { condition: "InvalidTextRepresentation", ..PgError::mismatch(message) })
}

/// Refuses what a function of PostgreSQL answers with where a column can't take it.
fn check_answer(column: &str, data_type: &str, function: &ast::Function) -> Result<(), PgError> {
    let of = match object(&function.name).as_str() {
        "now" | "current_timestamp" | "statement_timestamp" | "clock_timestamp" | "transaction_timestamp" => {
            "timestamp with time zone"
        }
        "localtimestamp" => "timestamp without time zone",
        "current_date" => "date",
        "gen_random_uuid" | "uuid_generate_v4" => "uuid",
        _ => return Ok(()),
    };
    // Of moments, one turns into the other.
    let is_moment = |kind: Family| matches!(kind, Family::Moment | Family::Time);
    let kind = family(data_type);
    let is_open = kind == Family::Other && !data_type.ends_with("[]");
    if is_open || types::assignable(of, data_type) || is_moment(kind) && is_moment(family(of)) {
        return Ok(());
    }
    let own = types::base(data_type);
    let message = format!("column \"{column}\" is of type {own} but default expression is of type {of}");
    Err(PgError::mismatch(message))
}

/// Functions that only other databases have.
fn check_function(function: &ast::Function) -> Result<(), PgError> {
    const FOREIGN: &[&str] =
        &["datetime", "strftime", "julianday", "unixepoch", "randomblob", "hex", "last_insert_rowid", "ifnull"];
    let name = object(&function.name);
    if !FOREIGN.contains(&name.as_str()) {
        return Ok(());
    }
    let arguments = match &function.args {
        ast::FunctionArguments::List(list) => list
            .args
            .iter()
            .map(|argument| {
                let text = argument.to_string();
                if text.starts_with('\'') {
                    "unknown"
                } else if text.parse::<i64>().is_ok() {
                    "integer"
                } else {
                    "text"
                }
            })
            .collect::<Vec<_>>()
            .join(", "),
        _ => String::new(),
    };
    Err(PgError::undefined_function(format!("function {name}({arguments}) does not exist")))
}
