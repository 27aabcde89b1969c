//! `op`: every operation becomes the statement that Alembic would send
//! (<https://alembic.sqlalchemy.org/en/latest/ops.html>).

use std::cell::RefCell;
use std::rc::Rc;

use super::super::super::interpreter::{Eval, Here, Interpreter};
use super::super::super::object::Object;
use super::super::super::operators::{Known, forget_text};
use super::super::super::value::{Args, Value};
use super::super::sqlalchemy::compiler::is_general;
use super::super::sqlalchemy::constraints::{constraint, deferral};
use super::super::sqlalchemy::ddl::{TableName, column_names, condition, identifier, known, text_of};
use super::super::sqlalchemy::expression::{Expression, Text};
use super::super::sqlalchemy::indexes::create_index;
use super::super::sqlalchemy::naming::{self, Subject};
use super::super::sqlalchemy::records::{column_type, own_name};
use super::super::sqlalchemy::tables::{self, create_table};
use super::super::sqlalchemy::uses::{Keeps, Source};
use super::super::sqlalchemy::{columns, compiler, statement};
use super::batch::Batch;
use super::columns::{add_column, alter_column};
use super::{extensions, implementation, invoke, legacy, misuse};
use crate::schema::dialect::Dialect;

/// `op`, or the operations of a batch, which have their table.
#[derive(Debug, Default)]
pub(super) struct Operations<'a> {
    pub(super) table: Option<TableName>,
    /// Whether a batch makes its table anew, whatever the database can do.
    recreates: bool,
    /// A batch sends its statements when it ends: each with the place that asked for it.
    waiting: RefCell<Vec<(Here<'a>, String)>>,
    /// What it is asked for, where Alembic has an implementation of its own.
    pub(super) batch: Option<Box<Batch<'a>>>,
}

pub(super) const NAMES: &[&str] = &[
    "create_table",
    "drop_table",
    "rename_table",
    "add_column",
    "drop_column",
    "alter_column",
    "create_index",
    "drop_index",
    "create_unique_constraint",
    "create_primary_key",
    "create_foreign_key",
    "create_check_constraint",
    "create_exclude_constraint",
    "drop_constraint",
    "batch_alter_table",
    "execute",
    "bulk_insert",
    "get_bind",
    "get_context",
    "f",
    "inline_literal",
    "create_table_comment",
    "drop_table_comment",
    "run_async",
    "invoke",
];

/// Marks an operation that adds a column of GeoAlchemy2's and leaves its index to another.
const WITHOUT_INDEXES: &str = "spatial_index";

/// The connection that migrations run on.
pub(super) fn bind<'a>(vm: &Interpreter<'a>) -> Value<'a> {
    match &vm.database {
        Some(database) => database.clone(),
        None => vm.unknown("needs a database"),
    }
}

fn object<'a>(vm: &Interpreter<'a>) -> Option<Rc<dyn Object<'a> + 'a>> {
    match &vm.database {
        Some(Value::Object(object)) if object.bind().is_some() => Some(object.clone()),
        _ => None,
    }
}

pub(super) fn dialect(vm: &Interpreter<'_>) -> Option<Dialect> {
    Some(object(vm)?.bind()?.dialect())
}

/// Enters or leaves a block without a transaction.
pub(super) fn autocommit(vm: &Interpreter<'_>, enter: bool) {
    if let Some(object) = object(vm)
        && let Some(bind) = object.bind()
    {
        bind.autocommit(enter);
    }
}

/// The arguments of an operation, whose table a batch gives already.
pub(super) struct Given<'g, 'a> {
    pub(super) args: &'g Args<'a>,
    /// How many of the positions that an operation documents are given by the batch.
    pub(super) shift: usize,
}

impl<'a> Given<'_, 'a> {
    fn value(&self, index: usize, name: &str) -> Option<Value<'a>> {
        let by_position = index.checked_sub(self.shift).and_then(|index| self.args.positional.get(index));
        by_position.or_else(|| self.args.get(name)).cloned()
    }

    fn text(&self, index: usize, name: &str) -> Option<Known<String>> {
        text_of(&self.value(index, name)?)
    }

    fn flag(&self, name: &str) -> bool {
        matches!(self.args.get(name), Some(Value::Bool(true)))
    }
}

/// Whether `alter_column` is given anything that it would change.
fn asks_for_a_change(args: &Args<'_>) -> bool {
    const CHANGES: [&str; 6] = ["nullable", "comment", "server_default", "new_column_name", "name", "type_"];
    CHANGES.iter().any(|change| args.get(change).is_some())
}

/// What a naming convention calls the kind of what an operation makes or drops; nothing where it is not told.
fn kind_of_name(operation: &str, args: &Args<'_>, in_batch: bool) -> &'static str {
    match operation {
        "create_check_constraint" => "ck",
        "create_unique_constraint" => "uq",
        "create_primary_key" => "pk",
        "create_foreign_key" => "fk",
        "create_index" | "drop_index" => "ix",
        _ => match args.at(if in_batch { 1 } else { 2 }, "type_").and_then(Value::as_str) {
            Some("check") => "ck",
            Some("unique") => "uq",
            Some("primary") => "pk",
            Some("foreignkey") => "fk",
            _ => "",
        },
    }
}

fn names(columns: &[String]) -> String {
    columns.iter().map(|column| identifier(column)).collect::<Vec<_>>().join(", ")
}

impl<'a> Operations<'a> {
    /// `op.batch_alter_table("t")`: operations on one table.
    fn batch(table: TableName, recreates: bool) -> Self {
        Self { table: Some(table), recreates, waiting: RefCell::default(), batch: None }
    }

    /// The table that an operation is about: its argument at a position, or that of the batch.
    pub(super) fn table(
        &self,
        vm: &mut Interpreter<'a>,
        given: &Given<'_, 'a>,
        index: usize,
        name: &str,
    ) -> Eval<'a, Known<TableName>> {
        if let Some(table) = &self.table {
            let (name, schema) = (table.name.clone(), table.schema.clone());
            return Ok(Ok(TableName { name, schema, if_not_exists: false, around: None }));
        }
        let Some(table) = given.text(index, name) else { return Ok(Err(vm.why("has a table whose name is computed"))) };
        let schema = match given.args.get("schema").or_else(|| given.args.get("source_schema")).map(text_of) {
            // An empty one is none.
            Some(Some(schema)) => Some(known!(schema)).filter(|schema| !schema.is_empty()),
            _ => None,
        };
        Ok(Ok(TableName { name: known!(table), schema, if_not_exists: given.flag("if_not_exists"), around: None }))
    }

    /// Carries an operation out.
    pub(super) fn run(&self, vm: &mut Interpreter<'a>, name: &str, args: &Args<'a>) -> Eval<'a> {
        match name {
            "f" | "inline_literal" => {
                let given = args.positional.first().cloned().unwrap_or(Value::None);
                // What is made by hand here takes no part in a convention.
                vm.finished_names.extend(given.as_str().filter(|_| name == "f").map(str::to_owned));
                return Ok(given);
            }
            "get_bind" => return Ok(bind(vm)),
            "get_context" => return Ok(Value::Object(Rc::new(super::Context))),
            "bulk_insert" => {
                if let Some(dialect) = dialect(vm) {
                    statement::tell_bulk_insert(vm, args, dialect)?;
                }
                let keeps_rows = dialect(vm).is_some_and(|dialect| dialect.facts().tables.keeps_rows);
                let values = if keeps_rows { statement::bulk_insert_values(vm, args)? } else { None };
                let sql = if values.is_some() { values } else { statement::bulk_insert(vm, args)? };
                if let (Some(sql), Some(object)) = (sql, object(vm))
                    && let Some(bind) = object.bind()
                {
                    bind.rows(vm, &sql)?;
                }
                return Ok(Value::None);
            }
            "create_table_comment" | "drop_table_comment" if dialect(vm).and_then(implementation::of).is_none() => {
                return Ok(Value::None);
            }
            "execute" => {
                let given = args.at(0, "sqltext").cloned().unwrap_or(Value::None);
                // A text is one of SQLAlchemy's, in which a colon begins a parameter.
                let given = if given.as_str().is_some() { Text::value(given) } else { given };
                let connection = bind(vm);
                let args = Args { positional: vec![given], keyword: Vec::new() };
                vm.call_method(&connection, "execute", args)?;
                return Ok(Value::None);
            }
            "invoke" => {
                let given = args.at(0, "operation").cloned().unwrap_or(Value::None);
                if !invoke::invoke(self, vm, &given)? {
                    let why = vm.why("invokes an operation that is not followed");
                    match invoke::named(vm, args)? {
                        Some(names) => vm.gap_about(&why, &names),
                        None => vm.gap(&why),
                    }
                }
                return Ok(Value::None);
            }
            "run_async" => {
                let mut positional = args.positional.clone();
                let Some(function) = positional.first().cloned() else { return Ok(Value::None) };
                positional[0] = bind(vm);
                return vm.call(&function, Args { positional, keyword: args.keyword.clone() });
            }
            "batch_alter_table" => {
                let given = Given { args, shift: 0 };
                let table = match self.table(vm, &given, 0, "table_name")? {
                    Ok(table) => table,
                    Err(why) => return Ok(Value::Unknown(why)),
                };
                let recreates = args
                    .at(2, "recreate")
                    .is_some_and(|recreate| recreate.as_str() != Some("auto") && recreate.as_str() != Some("never"));
                let mut batch = Self::batch(table, recreates);
                if let Some(implementation) = dialect(vm).and_then(implementation::of) {
                    batch.batch = Some(Box::new(Batch::new(vm, args, implementation)?));
                }
                return Ok(Value::Object(Rc::new(batch)));
            }
            _ => {}
        }
        let Some(object) = object(vm) else {
            let why = vm.why("needs a database");
            vm.gap(&why);
            return Ok(Value::None);
        };
        let Some(bind) = object.bind() else { return Ok(Value::None) };
        if name == "create_table" {
            return self.create_table(vm, bind, args);
        }
        if let Some(implementation) = implementation::of(bind.dialect())
            && let Some(done) = self.run_by(vm, bind, implementation, name, args)?
        {
            return Ok(done);
        }
        if is_general(bind.dialect())
            && let Some(longest) = bind.dialect().facts().longest_name
            && let Some(long) = args.positional.first().and_then(Value::as_str)
            && long.len() > longest
            && !vm.finished_names.contains(long)
            && !naming::takes_in(vm, kind_of_name(name, args, self.table.is_some()))
            && (name.starts_with("create_") && !name.ends_with("_comment")
                || matches!(name, "drop_constraint" | "drop_index"))
        {
            let message = format!("Identifier '{long}' exceeds maximum length of {longest} characters");
            return vm.raise_surely("IdentifierError", message);
        }
        match self.statements(vm, name, args, bind.dialect())? {
            // What may not be done at all is said at once.
            Ok(statements) if self.table.is_some() && vm.doubt.is_none() => {
                let here = vm.here;
                self.waiting.borrow_mut().extend(statements.into_iter().map(|sql| (here, sql)));
            }
            Ok(statements) => statements.iter().try_for_each(|sql| bind.define(vm, sql))?,
            Err(why) => {
                let about = self.about(vm, name, args)?;
                vm.gap_about(&why, &about);
            }
        }
        Ok(Value::None)
    }

    /// An operation of a package: what it sends, where that is known, else nothing is known of what it names.
    fn of_elsewhere(&self, vm: &mut Interpreter<'a>, name: &str, args: &Args<'a>) -> Eval<'a, ()> {
        let why = match extensions::statements(vm, name, args)? {
            Some(Ok(statements)) => match object(vm) {
                Some(object)
                    if object.bind().is_some_and(|bind| bind.dialect().facts().libraries.replaces_routines) =>
                {
                    return object.bind().map_or(Ok(()), |bind| extensions::send(vm, bind, &statements));
                }
                _ => vm.why(format!("uses the operation `{name}`, which is for PostgreSQL")),
            },
            Some(Err(why)) => why,
            None => vm.why(format!("uses the operation `{name}`, which is not Alembic's")),
        };
        match invoke::named(vm, args)? {
            Some(names) => vm.gap_about(&why, &names),
            None => vm.gap(&why),
        }
        Ok(())
    }

    /// What of a statement is known that can't be written: its kind and its table.
    pub(super) fn about(&self, vm: &mut Interpreter<'a>, name: &str, args: &Args<'a>) -> Eval<'a, String> {
        let in_batch = usize::from(self.table.is_some());
        let index = usize::from(
            name.starts_with("create_") && name != "create_table"
                || name.starts_with("drop_") && name != "drop_table" && name != "drop_column",
        );
        let given = Given { args, shift: in_batch };
        let table = self.table(vm, &given, index, "table_name")?;
        Ok(format!("{} {}", name.replace('_', " "), table.map(|table| table.quoted()).unwrap_or_default()))
    }

    fn create_table(
        &self,
        vm: &mut Interpreter<'a>,
        bind: &dyn super::super::super::object::Bind<'a>,
        args: &Args<'a>,
    ) -> Eval<'a> {
        let given = Given { args, shift: 0 };
        let table = match self.table(vm, &given, 0, "table_name")? {
            Ok(table) => table,
            Err(why) => {
                vm.gap(&why);
                return Ok(Value::None);
            }
        };
        let parts = args.positional.get(1..).unwrap_or_default();
        if let Some(own) = compiler::of(bind.dialect()) {
            let guard = if table.if_not_exists { "IF NOT EXISTS " } else { "" };
            match compiler::table(vm, &table, parts, &|key| args.get(key).cloned(), own)? {
                Ok(made) => implementation::create_table(vm, bind, &made, guard, own)?,
                Err(why) => vm.gap_about(&why, &format!("CREATE TABLE {}", table.quoted())),
            }
            return Ok(Self::light(&table, parts));
        }
        match create_table(vm, &table, parts, bind.dialect())? {
            Ok(mut making) => {
                making.table += &tables::options(&|key| args.get(key).cloned(), bind.dialect());
                tables::make(vm, bind, &making)?;
            }
            Err(why) => vm.gap_about(&why, &format!("CREATE TABLE {}", table.quoted())),
        }
        Ok(Self::light(&table, parts))
    }

    /// What `create_table` answers with: a table for `bulk_insert`.
    fn light(table: &TableName, parts: &[Value<'a>]) -> Value<'a> {
        let columns = parts.iter().filter_map(|part| match part {
            Value::Instance(record) if record.class.is_named("Column") => {
                Some((own_name(record)?, Keeps::of(column_type(record).as_ref())))
            }
            _ => None,
        });
        Expression::table(Source::light(&table.quoted(), columns))
    }

    fn statements(
        &self,
        vm: &mut Interpreter<'a>,
        name: &str,
        args: &Args<'a>,
        dialect: Dialect,
    ) -> Eval<'a, Known<Vec<String>>> {
        let in_batch = self.table.is_some();
        let given = Given { args, shift: 0 };
        // In a batch, what follows the table's name moves up by one.
        let moved = Given { args, shift: usize::from(in_batch) };
        let exists = |flag: &str, words: &str| if given.flag(flag) { format!("{words} ") } else { String::new() };
        Ok(Ok(match name {
            "drop_table" => {
                let table = known!(self.table(vm, &given, 0, "table_name")?);
                vec![format!("DROP TABLE {}{}", exists("if_exists", "IF EXISTS"), table.quoted())]
            }
            "rename_table" => {
                let table = known!(self.table(vm, &given, 0, "old_table_name")?);
                let Some(new) = given.text(1, "new_table_name") else {
                    return Ok(Err(vm.why("has a table whose name is computed")));
                };
                vec![format!("ALTER TABLE {} RENAME TO {}", table.quoted(), identifier(&known!(new)))]
            }
            "add_column" => {
                let table = known!(self.table(vm, &moved, 0, "table_name")?);
                let column = match moved.value(1, "column") {
                    Some(Value::Instance(column)) => column,
                    Some(Value::Unknown(why)) => return Ok(Err(forget_text(&why))),
                    _ => return Ok(Err(vm.why("has a column that is computed"))),
                };
                let guard = exists("if_not_exists", "IF NOT EXISTS");
                let mut statements = known!(add_column(vm, &table, &column, &guard, dialect)?);
                if given.flag("inline_primary_key") {
                    columns::with_primary_key(&column, &mut statements);
                }
                if given.flag(WITHOUT_INDEXES) {
                    statements.retain(|statement| !statement.starts_with("CREATE INDEX"));
                }
                statements
            }
            "drop_column" => {
                let table = known!(self.table(vm, &moved, 0, "table_name")?);
                let Some(column) = moved.text(1, "column_name") else {
                    return Ok(Err(vm.why("has a column whose name is computed")));
                };
                let exists = exists("if_exists", "IF EXISTS");
                vec![format!("ALTER TABLE {} DROP COLUMN {exists}{}", table.quoted(), identifier(&known!(column)))]
            }
            "alter_column" => {
                let table = known!(self.table(vm, &moved, 0, "table_name")?);
                let Some(column) = moved.text(1, "column_name") else {
                    // What asks for no change sends nothing, whatever it is about.
                    if !asks_for_a_change(args) {
                        return Ok(Ok(Vec::new()));
                    }
                    return Ok(Err(vm.why("has a column whose name is computed")));
                };
                return alter_column(vm, &table, &known!(column), args, dialect);
            }
            "create_index" => {
                let table = known!(self.table(vm, &given, 1, "table_name")?);
                let index = match given.text(0, "index_name") {
                    Some(index) => Some(known!(index)),
                    None => None,
                };
                let columns = if in_batch { given.value(1, "columns") } else { given.value(2, "columns") };
                let columns = match columns {
                    Some(text @ Value::Str(_)) => vec![text],
                    Some(columns) => known!(vm.iterate(&columns)?),
                    None => return Ok(Err(vm.why("has an index without columns"))),
                };
                let option = |key: &str| args.get(key).cloned();
                vec![known!(create_index(vm, index.as_deref(), &table, &columns, &option, dialect)?)]
            }
            "drop_index" => {
                let Some(index) = given.text(0, "index_name") else {
                    return Ok(Err(vm.why("has an index whose name is computed")));
                };
                let schema = match &self.table {
                    Some(table) => table.schema.clone(),
                    None => args.get("schema").and_then(|schema| schema.as_str().map(str::to_owned)),
                };
                let schema = schema.map(|schema| format!("{}.", identifier(&schema))).unwrap_or_default();
                let concurrently =
                    if is_general(dialect) { exists("postgresql_concurrently", "CONCURRENTLY") } else { String::new() };
                let exists = exists("if_exists", "IF EXISTS");
                let index = naming::told(vm, &known!(index));
                vec![format!("DROP INDEX {concurrently}{exists}{schema}{}", identifier(&index))]
            }
            "create_unique_constraint" | "create_primary_key" => {
                let table = known!(self.table(vm, &given, 1, "table_name")?);
                let columns = if in_batch { given.value(1, "columns") } else { given.value(2, "columns") };
                let columns = known!(column_names(vm, &columns.unwrap_or(Value::None))?);
                let (kind, words) = if name == "create_primary_key" { ("pk", "PRIMARY KEY") } else { ("uq", "UNIQUE") };
                let subject = Subject { kind, table: &table, columns: &columns, referred: None };
                let own = known!(naming::label(vm, subject, given.text(0, "constraint_name")));
                let deferral = deferral(|key| args.get(key).cloned());
                vec![format!("ALTER TABLE {} ADD {own}{words} ({}){deferral}", table.quoted(), names(&columns))]
            }
            "create_foreign_key" => {
                let table = known!(self.table(vm, &given, 1, "source_table")?);
                let at = |index: usize| if in_batch { index - 1 } else { index };
                let Some(other) = given.text(at(2), "referent_table") else {
                    return Ok(Err(vm.why("refers to a table whose name is computed")));
                };
                let local = given.value(at(3), "local_cols").unwrap_or(Value::None);
                let remote = given.value(at(4), "remote_cols").unwrap_or(Value::None);
                let (local, remote) = (known!(column_names(vm, &local)?), known!(column_names(vm, &remote)?));
                let schema = args.get("referent_schema").and_then(|schema| schema.as_str().map(str::to_owned));
                let other = TableName { name: known!(other), schema, if_not_exists: false, around: None };
                let target = other.schema.as_ref().map(|schema| format!("{schema}."));
                let target = format!("{}{}", target.unwrap_or_default(), other.name);
                let referred = Some((target.as_str(), remote.as_slice()));
                let subject = Subject { kind: "fk", table: &table, columns: &local, referred };
                let own = known!(naming::label(vm, subject, given.text(0, "constraint_name")));
                let mut text = format!(
                    "ALTER TABLE {} ADD {own}FOREIGN KEY({}) REFERENCES {} ({})",
                    table.quoted(),
                    names(&local),
                    other.quoted(),
                    names(&remote)
                );
                for (index, key, words) in [(6, "ondelete", "ON DELETE"), (5, "onupdate", "ON UPDATE")] {
                    let action = if in_batch { args.get(key).cloned() } else { given.value(index, key) };
                    if let Some(action) = action.as_ref().and_then(text_of) {
                        text += &format!(" {words} {}", known!(action));
                    }
                }
                vec![text + &deferral(|key| args.get(key).cloned())]
            }
            "create_check_constraint" => {
                let table = known!(self.table(vm, &given, 1, "table_name")?);
                let subject = Subject { kind: "ck", table: &table, columns: &[], referred: None };
                let own = known!(naming::label(vm, subject, given.text(0, "constraint_name")));
                let check = if in_batch { given.value(1, "condition") } else { given.value(2, "condition") };
                let check = known!(condition(vm, &check.unwrap_or(Value::None))?);
                vec![format!("ALTER TABLE {} ADD {own}CHECK ({check})", table.quoted())]
            }
            "create_exclude_constraint" => {
                let table = known!(self.table(vm, &given, 1, "table_name")?);
                let class = Value::Class(vm.record_class("ExcludeConstraint"));
                let mut inner = args.clone();
                let skip = if in_batch { 1 } else { 2 };
                inner.positional = args.positional.get(skip..).unwrap_or_default().to_vec();
                if let Some(own) = args.positional.first() {
                    inner.keyword.push(("name".into(), own.clone()));
                }
                let Value::Instance(record) = vm.call(&class, inner)? else { return Ok(Ok(Vec::new())) };
                let text = known!(constraint(vm, &record, &table, &[])?).unwrap_or_default();
                vec![format!("ALTER TABLE {} ADD {text}", table.quoted())]
            }
            "drop_constraint" => {
                let table = known!(self.table(vm, &given, 1, "table_name")?);
                let own = match given.value(0, "constraint_name") {
                    Some(Value::None) | None => {
                        return vm.raise("CompileError", "Can't emit DROP CONSTRAINT for constraint without a name");
                    }
                    Some(value) => match text_of(&value) {
                        Some(own) => known!(own),
                        None => return Ok(Err(vm.why("has a constraint whose name is computed"))),
                    },
                };
                let kind = kind_of_name(name, args, in_batch);
                let subject = Subject { kind, table: &table, columns: &[], referred: None };
                let own = known!(naming::name(vm, subject, Some(Ok(own)))).unwrap_or_default();
                let exists = exists("if_exists", "IF EXISTS");
                vec![format!("ALTER TABLE {} DROP CONSTRAINT {exists}{}", table.quoted(), identifier(&own))]
            }
            _ => return Ok(Err(vm.why("uses an operation of its own"))),
        }))
    }
}

impl<'a> Object<'a> for Operations<'a> {
    fn type_name(&self) -> &'static str {
        if self.table.is_some() { "BatchOperations" } else { "Operations" }
    }

    fn has_method(&self, name: &str) -> bool {
        NAMES.contains(&name)
    }

    fn method(&self, vm: &mut Interpreter<'a>, name: &str, args: Args<'a>) -> Eval<'a, Option<Value<'a>>> {
        if name.starts_with("__") {
            return Ok(None);
        }
        if !NAMES.contains(&name)
            && let Some(value) = invoke::registered(vm, name, &args)?
        {
            return Ok(Some(value));
        }
        let mut args = args;
        if name == "add_geospatial_column" {
            args.keyword.push((WITHOUT_INDEXES.into(), Value::Bool(true)));
        }
        let name = extensions::plain(name).unwrap_or(name);
        legacy::rename(vm, name, &mut args);
        if let Some(stopped) = misuse::stops(vm, name, self.table.is_some(), &args)? {
            return Ok(Some(stopped));
        }
        if self.table.is_some()
            && !self.recreates
            && self.batch.is_none()
            && let Some(stopped) = misuse::stops_in_place(vm, &args)?
        {
            return Ok(Some(stopped));
        }
        if !NAMES.contains(&name) {
            return self.of_elsewhere(vm, name, &args).map(|()| Some(Value::None));
        }
        self.run(vm, name, &args).map(Some)
    }

    fn attribute(&self, vm: &mut Interpreter<'a>, name: &str) -> Eval<'a, Option<Value<'a>>> {
        Ok((name == "migration_context" || name == "impl")
            .then(|| Value::Object(Rc::new(super::Context)))
            .or_else(|| (name == "bind").then(|| bind(vm))))
    }

    /// What the block sent to the connection itself is done by now; where an exception leaves it, nothing more is.
    fn exit(&self, vm: &mut Interpreter<'a>, raised: bool) -> Eval<'a, bool> {
        let waiting = self.waiting.take();
        if let Some(object) = object(vm)
            && let Some(bind) = object.bind()
            && !raised
        {
            for (here, sql) in waiting {
                vm.here = here;
                bind.define(vm, &sql)?;
            }
            if let (Some(batch), Some(table)) = (&self.batch, &self.table) {
                batch.flush(vm, bind, table)?;
            }
        }
        Ok(false)
    }
}
