//! `CREATE TABLE` and its columns and constraints, sequences, triggers and schemas.

use std::rc::Rc;

use sqlparser::ast::{self, ColumnOption, DataType, Expr, TableConstraint};

use super::defaults::{check_default, default_of};
use super::error::PgError;
use super::expressions::{self, Place};
use super::inherit::{self, Inherited};
use super::state::{Column, Foreign, Identity, IndexPart, KeyOptions, Rule, Sequence, State, Table};
use super::types::{self, Family, family};
use super::{Database, bare, ident, object};
use crate::schema::token::{self, Kind};

/// A constraint whose name is chosen when the table has its columns.
#[derive(Debug)]
pub(super) struct Wanted {
    pub name: Option<String>,
    pub rule: Rule,
    pub options: KeyOptions,
}

impl Wanted {
    fn new(name: Option<String>, rule: Rule) -> Self {
        Self { name, rule, options: KeyOptions::default() }
    }
}

/// What a key says besides its columns.
fn options_of(
    nulls: Option<ast::NullsDistinctOption>,
    include: &[ast::Ident],
    characteristics: Option<&ast::ConstraintCharacteristics>,
) -> KeyOptions {
    let deferred = is_deferred(characteristics);
    KeyOptions {
        nulls_not_distinct: nulls == Some(ast::NullsDistinctOption::NotDistinct),
        include: include.iter().map(ident).collect(),
        inherited: false,
        deferrable: deferred || characteristics.is_some_and(|one| one.deferrable == Some(true)),
        deferred,
    }
}

fn is_deferred(characteristics: Option<&ast::ConstraintCharacteristics>) -> bool {
    characteristics.is_some_and(|one| one.initially == Some(ast::DeferrableInitial::Deferred))
}

impl Database {
    pub(super) fn create_table(&mut self, create: &ast::CreateTable) -> Result<(), PgError> {
        let name = object(&create.name);
        if create.clone.is_some() {
            return Err(PgError::syntax("CLONE"));
        }
        let selected = create.query.as_deref().map(|query| self.columns_selected(create, query)).transpose();
        if selected.is_err() && create.temporary && !self.state.has_relation(&format!("pg_temp.{name}")) {
            // Its columns are nobody's business, and it is gone when the session ends.
            let table = Table { temporary: true, ..Table::default() };
            self.state.doubt.note(&format!("CREATE TABLE \"{name}\""));
            self.state.tables.insert(format!("pg_temp.{name}"), Rc::new(table));
            return Ok(());
        }
        let name = if create.temporary && !name.contains('.') { format!("pg_temp.{name}") } else { name };
        self.check_schema(&name)?;
        if self.state.has_relation(&name) {
            return if create.if_not_exists { Ok(()) } else { Err(PgError::duplicate_relation(bare(&name))) };
        }
        let mut table = Table { temporary: name.starts_with("pg_temp."), ..Table::default() };
        let Inherited { columns, checks: mut wanted, heritage } = self.inherited(create, &name)?;
        let from_parents = columns.len();
        table.columns = columns;
        if let Some(selected) = selected? {
            table.columns = selected;
        }
        if let Some(like) = &create.like {
            table.columns.extend(self.columns_like(like)?);
        }
        if create.partition_of.is_some() && !create.columns.is_empty() {
            return Err(PgError::unsupported("gives the columns of a part of a table options of their own"));
        }
        let own: &[ast::ColumnDef] = if create.query.is_some() { &[] } else { &create.columns };
        for definition in own {
            let column = ident(&definition.name);
            if let Some(at) = table.columns[..from_parents].iter().position(|known| known.name == column)
                && !create
                    .columns
                    .iter()
                    .take_while(|other| *other != definition)
                    .any(|other| ident(&other.name) == column)
            {
                let (made, constraints) = self.column(&name, definition)?;
                table.columns[at] = Rc::new(Self::merged(&table.columns[at], made)?);
                wanted.extend(constraints);
                continue;
            }
            if table.column(&column).is_some() {
                let message = format!("column \"{column}\" specified more than once");
                return Err(PgError { condition: "DuplicateColumn", ..PgError::invalid_table(message) });
            }
            let (column, constraints) = self.column(&name, definition)?;
            table.columns.push(Rc::new(column));
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
        for definition in own {
            self.check_generated(&table, definition)?;
        }
        for constraint in &create.constraints {
            if let TableConstraint::Exclude(exclude) = constraint {
                self.check_exclude(exclude, &table)?;
            }
        }
        table.partition_by = create.partition_by.as_deref().map(|by| partition_keys(by, &table)).transpose()?;
        table.strategy = create.partition_by.as_deref().and_then(inherit::strategy);
        let whole =
            heritage.as_ref().filter(|heritage| heritage.is_partition).and_then(|one| one.parents.first().cloned());
        if let Some(parent) = whole.as_ref().and_then(|whole| self.state.tables.get(whole)) {
            inherit::check_bound(parent, create.for_values.as_ref())?;
        }
        self.state.tables.insert(name.clone(), Rc::new(table));
        if let Some(heritage) = heritage {
            self.state.heirs.insert(name.clone(), heritage);
        }
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
        match whole {
            Some(whole) => self.clone_parts(&whole, &name),
            None => Ok(()),
        }
    }

    /// Refuses the expression of a generated column that it can't have.
    pub(super) fn check_generated(&self, table: &Table, definition: &ast::ColumnDef) -> Result<(), PgError> {
        for option in &definition.options {
            if let ColumnOption::Generated { generation_expr: Some(expression), .. } = &option.option {
                expressions::check(expression, Place::Generated, table, &self.state)?;
            }
        }
        Ok(())
    }

    /// Refuses an exclusion over values that its index has no operators for.
    pub(super) fn check_exclude(&self, exclude: &ast::ExcludeConstraint, table: &Table) -> Result<(), PgError> {
        let method = exclude.index_method.as_ref().map_or_else(|| "btree".to_owned(), ident);
        for element in &exclude.elements {
            let Expr::Identifier(name) = &element.column.column.expr else { continue };
            let name = ident(name);
            let Some(column) = table.column(&name) else { return Err(PgError::undefined_key_column(&name)) };
            match &element.column.operator_class {
                Some(class) => self.state.check_class_name(&object(class), &method)?,
                None => types::check_default_class(&column.data_type, &method, &self.state)?,
            }
        }
        match &exclude.where_clause {
            Some(predicate) => expressions::check(predicate, Place::Predicate, table, &self.state),
            None => Ok(()),
        }
    }

    pub(super) fn check_schema(&self, name: &str) -> Result<(), PgError> {
        let Some((schema, _)) = name.rsplit_once('.') else { return Ok(()) };
        if self.state.schemas.contains(schema)
            || matches!(schema, "pg_temp" | "public" | "pg_catalog" | "information_schema")
            || self.schemas_open
        {
            return Ok(());
        }
        Err(PgError::undefined("schema", schema))
    }

    /// A column, and the constraints that its definition has.
    pub(super) fn column(
        &mut self,
        table: &str,
        definition: &ast::ColumnDef,
    ) -> Result<(Column, Vec<Wanted>), PgError> {
        let name = ident(&definition.name);
        check_name(&name)?;
        let found = column_type(&definition.data_type, &self.state)?;
        let mut column =
            Column { name: name.clone(), data_type: found.name, nullable: true, local: true, ..Column::default() };
        let mut constraints = Vec::new();
        if found.serial {
            column.nullable = false;
            let sequence = self.own_sequence(table, &name);
            let quoted = if sequence == sequence.to_lowercase() { sequence } else { format!("\"{sequence}\"") };
            column.default = Some(format!("nextval('{quoted}'::regclass)"));
        }
        for option in &definition.options {
            let given = option.name.as_ref().map(ident);
            let mut want = |rule: Rule, own: Option<String>| constraints.push(Wanted::new(given.clone().or(own), rule));
            match &option.option {
                ColumnOption::Null => column.nullable = true,
                ColumnOption::NotNull => column.nullable = false,
                ColumnOption::Default(value) => {
                    expressions::check(value, Place::Default, &Table::default(), &self.state)?;
                    check_default(&column.name, &column.data_type, value, &self.state)?;
                    column.default = default_of(&column.data_type, value);
                }
                ColumnOption::PrimaryKey(_) => {
                    column.nullable = false;
                    want(Rule::PrimaryKey(vec![name.clone()]), None);
                }
                ColumnOption::Unique(unique) => {
                    let rule = Rule::Unique(vec![name.clone()]);
                    let own = options_of(Some(unique.nulls_distinct), &unique.include, unique.characteristics.as_ref());
                    constraints.push(Wanted { options: own, ..Wanted::new(given.clone(), rule) });
                }
                ColumnOption::ForeignKey(key) => {
                    let foreign = Foreign { columns: vec![name.clone()], ..foreign_of(key) };
                    want(Rule::Foreign(foreign), key.name.as_ref().map(ident));
                }
                ColumnOption::Check(check) => {
                    let expression = check.expr.to_string();
                    let own = check.name.as_ref().map(ident);
                    want(Rule::Check { expression, columns: vec![name.clone()] }, own);
                }
                ColumnOption::Collation(collation) => {
                    if WITHOUT_COLLATION.contains(&column.data_type.as_str()) {
                        let message = format!("collations are not supported by type {}", column.data_type);
                        return Err(PgError::mismatch(message));
                    }
                    column.collation = Some(object(collation));
                }
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
        let named = bare(table);
        let clash = |one: &str, two: &str| {
            let message = format!("both {one} and {two} specified for column \"{name}\" of table \"{named}\"");
            Err(PgError { condition: "SyntaxError", ..PgError::wrong_type(message) })
        };
        if column.identity.is_some() && column.default.is_some() {
            return clash("default", "identity");
        }
        if column.generated.is_some() && column.default.is_some() {
            return clash("default", "generation expression");
        }
        if column.generated.is_some() && column.identity.is_some() {
            return clash("identity", "generation expression");
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

    pub(super) fn create_schema(&mut self, name: &ast::SchemaName, if_not_exists: bool) -> Result<(), PgError> {
        let name = match name {
            ast::SchemaName::Simple(name) | ast::SchemaName::NamedAuthorization(name, _) => object(name),
            ast::SchemaName::UnnamedAuthorization(name) => ident(name),
        };
        if name == "public" || !self.state.schemas.insert(name.clone()) {
            return if if_not_exists { Ok(()) } else { Err(PgError::duplicate_schema(&name)) };
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
        let Some(name) = super::routines::executed(text) else { return Ok(()) };
        let is_known = self.state.routines.contains_key(&name)
            || self.state.doubt.has(&name)
            || name.contains('.')
            || !self.state.extensions.is_empty()
            || KNOWN.contains(&name.as_str());
        if is_known { Ok(()) } else { Err(PgError::undefined_function(format!("function {name}() does not exist"))) }
    }

    /// Refuses `UPDATE OF column` where the table has no such column.
    fn check_trigger_columns(&self, table: &str, text: &str) -> Result<(), PgError> {
        let Some(found) = self.state.tables.get(table).filter(|found| !found.open) else { return Ok(()) };
        let mut tokens = token::tokens(text).take_while(|token| !token.is("on")).skip_while(|token| !token.is("of"));
        tokens.next();
        for name in tokens.filter(|token| matches!(token.kind, Kind::Word | Kind::Quoted)) {
            if name.is("or") {
                break;
            }
            let name = if name.kind == Kind::Quoted { name.value() } else { types::identifier(name.text) };
            if found.column(&name).is_none() {
                return Err(PgError::undefined_column(bare(table), &name));
            }
        }
        Ok(())
    }

    pub(super) fn create_trigger(&mut self, name: &str, table: &str, text: &str) -> Result<(), PgError> {
        let table = self.temporary_or(super::own(table));
        let replaces = token::tokens(text).nth(1).is_some_and(|token| token.is("or"));
        let known = self.state.tables.contains_key(&table);
        if !known && self.state.views.contains_key(&table) {
            return Ok(());
        }
        if !known {
            return Err(PgError::undefined("relation", &table));
        }
        self.check_trigger_columns(&table, text)?;
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

/// What decides in which partition a row is: `RANGE (a, lower(b))`.
fn partition_keys(by: &Expr, table: &Table) -> Result<Vec<Option<String>>, PgError> {
    let Expr::Function(function) = by else { return Ok(Vec::new()) };
    let keys = expressions::arguments(function).map(|key| match key {
        Expr::Identifier(name) => {
            let name = ident(name);
            if table.column(&name).is_none() {
                let message = format!("column \"{name}\" named in partition key does not exist");
                return Err(PgError { condition: "UndefinedColumn", ..PgError::wrong_type(message) });
            }
            Ok(Some(name))
        }
        _ => Ok(None),
    });
    keys.collect()
}

fn no_type(name: Option<&ast::Ident>, word: &str) -> PgError {
    name.map_or_else(|| PgError::syntax(word), |name| PgError::undefined("type", &ident(name)))
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
    let characteristics = key.characteristics.as_ref();
    let deferred = is_deferred(characteristics);
    Foreign {
        columns: key.columns.iter().map(ident).collect(),
        table: object(&key.foreign_table),
        references: key.referred_columns.iter().map(ident).collect(),
        on_delete: action(&key.on_delete),
        on_update: action(&key.on_update),
        deferrable: deferred || characteristics.is_some_and(|one| one.deferrable == Some(true)),
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
            let options = options_of(None, &key.include, key.characteristics.as_ref());
            Wanted { options, ..Wanted::new(key.name.as_ref().map(ident), Rule::PrimaryKey(plain(&key.columns))) }
        }
        TableConstraint::Unique(unique) => {
            let options = options_of(Some(unique.nulls_distinct), &unique.include, unique.characteristics.as_ref());
            Wanted { options, ..Wanted::new(unique.name.as_ref().map(ident), Rule::Unique(plain(&unique.columns))) }
        }
        TableConstraint::ForeignKey(key) => Wanted::new(key.name.as_ref().map(ident), Rule::Foreign(foreign_of(key))),
        TableConstraint::Check(check) => {
            let expression = check.expr.to_string();
            let columns = columns_in(&expression, table);
            Wanted::new(check.name.as_ref().map(ident), Rule::Check { expression, columns })
        }
        TableConstraint::Exclude(exclude) => {
            let definition = exclude.to_string();
            let columns = columns_in(&definition, table);
            Wanted::new(exclude.name.as_ref().map(ident), Rule::Exclude { definition, columns })
        }
        // `KEY k (a)` is a column `key` of a type `k`.
        TableConstraint::Index(index) => return Err(no_type(index.name.as_ref(), "INDEX")),
        TableConstraint::FulltextOrSpatial(index) => return Err(no_type(index.opt_index_name.as_ref(), "FULLTEXT")),
        TableConstraint::PrimaryKeyUsingIndex(using) => of_index(using, table, Rule::PrimaryKey)?,
        TableConstraint::UniqueUsingIndex(using) => of_index(using, table, Rule::Unique)?,
    })
}

/// The columns that every table has by itself.
const SYSTEM_COLUMNS: [&str; 6] = ["tableoid", "cmax", "xmax", "cmin", "xmin", "ctid"];

/// Refuses the name of a column that every table has by itself.
pub(super) fn check_name(name: &str) -> Result<(), PgError> {
    if SYSTEM_COLUMNS.contains(&name) {
        let message = format!("column name \"{name}\" conflicts with a system column name");
        return Err(PgError { condition: "DuplicateColumn", ..PgError::invalid_table(message) });
    }
    Ok(())
}

/// Types whose values have no order that a collation could change.
const WITHOUT_COLLATION: [&str; 12] = [
    "integer",
    "bigint",
    "smallint",
    "boolean",
    "numeric",
    "real",
    "double precision",
    "date",
    "uuid",
    "json",
    "jsonb",
    "bytea",
];

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
    let refused = |message: String| Err(PgError::wrong_type(message));
    if !found.unique {
        return refused(format!("\"{index}\" is not a unique index"));
    }
    if found.parts.iter().any(|part| !part.is_column) {
        return refused(format!("index \"{index}\" contains expressions"));
    }
    if found.predicate.is_some() {
        return refused(format!("\"{index}\" is a partial index"));
    }
    let is_sorted = |part: &IndexPart| !part.descending && part.nulls_first.is_none();
    if let Some(at) = found.parts.iter().position(|part| !is_sorted(part)) {
        return refused(format!("index \"{index}\" column number {} does not have default sorting behavior", at + 1));
    }
    let columns = found.parts.iter().map(|part| part.text.clone()).collect();
    let name = using.name.as_ref().map_or_else(|| index.clone(), ident);
    let options = KeyOptions {
        nulls_not_distinct: found.nulls_not_distinct,
        include: found.include.clone(),
        ..KeyOptions::default()
    };
    Ok(Wanted { options, ..Wanted::new(Some(name), rule(columns)) })
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
