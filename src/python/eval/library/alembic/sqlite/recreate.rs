//! A table that a batch makes anew: read back, changed, made under another name, filled, and put in the place of the old one.

use indexmap::IndexMap;

use super::super::super::super::interpreter::{Eval, Interpreter, Stop};
use super::super::super::super::object::Bind;
use super::super::super::super::operators::Known;
use super::super::super::super::value::Value;
use super::super::super::refusals::by_library;
use super::super::super::sqlalchemy::compiler::sqlite::{Sqlite, identifier, missing_target, reflect};
use super::super::super::sqlalchemy::compiler::{
    self, Column, Compiler, Constraint, DataType, Index, Options, Rule, Table,
};
use super::super::super::sqlalchemy::ddl::{TableName, known};
use super::{Batch, Change, Operation, order};

/// What Python or Alembic raises: the class of the exception, and what it says.
type Refused = (&'static str, String);

/// A table under way.
struct Apply {
    name: String,
    options: Options,
    /// By the names that they had.
    columns: IndexMap<String, Column>,
    /// What each is filled from; new ones are not.
    transfers: IndexMap<String, Option<String>>,
    existing: Vec<String>,
    pairs: Vec<(String, String)>,
    is_partial: bool,
    named: IndexMap<String, Constraint>,
    unnamed: Vec<Constraint>,
    indexes: IndexMap<String, Index>,
    new_indexes: IndexMap<String, Index>,
    more: Table,
}

/// Makes a table anew with what a batch is asked for.
pub(in super::super) fn recreate<'a>(
    vm: &mut Interpreter<'a>,
    bind: &dyn Bind<'a>,
    name: &TableName,
    batch: &Batch<'a>,
    operations: Vec<Operation>,
) -> Eval<'a, ()> {
    let Some(session) = bind.sqlite() else { return Ok(()) };
    let sql = format!("ALTER TABLE {}", name.quoted());
    let table = match existing(vm, bind, name, batch)? {
        Ok(Ok(table)) => table,
        Ok(Err(missing)) => {
            let stop = by_library(vm, "NoSuchTableError", &missing);
            return session.fail(vm, &sql, stop);
        }
        Err(why) => {
            vm.gap_about(&why, &sql);
            return Ok(());
        }
    };
    let more = match more(vm, name, batch)? {
        Ok(more) => more,
        Err(why) => {
            vm.gap_about(&why, &sql);
            return Ok(());
        }
    };
    vm.steps(64 * (table.columns.len() + operations.len()))?;
    let mut apply = Apply::new(table, batch.copy_from.is_none(), batch, more);
    let result = operations.into_iter().try_for_each(|operation| apply.operation(operation));
    let result = match result {
        Ok(()) => run(vm, bind, &apply),
        Err((class, said)) => Err(by_library(vm, class, &said)),
    };
    match result {
        Ok(()) => Ok(()),
        Err(stop) => session.fail(vm, &sql, stop),
    }
}

/// The table as it is: read back, or as the batch is told. Else the name of one that is missing.
fn existing<'a>(
    vm: &mut Interpreter<'a>,
    bind: &dyn Bind<'a>,
    name: &TableName,
    batch: &Batch<'a>,
) -> Eval<'a, Known<Result<Table, String>>> {
    match &batch.copy_from {
        Some(Value::Instance(record)) if record.class.is_named("Table") => {
            return Ok(compiler::declared(vm, record, &Sqlite)?.map(Ok));
        }
        Some(_) => return Ok(Err(vm.why("copies a table that is not known"))),
        None => {}
    }
    let Some(session) = bind.sqlite() else { return Ok(Ok(Err(name.name.clone()))) };
    let outer = std::mem::replace(&mut vm.naming, batch.naming.clone());
    let found = reflect(vm, session, name);
    vm.naming = outer;
    let Some(mut table) = known!(found) else { return Ok(Ok(Err(name.name.clone()))) };
    if let Some(missing) = missing_target(session, &name.name) {
        return Ok(Ok(Err(missing)));
    }
    for value in &batch.reflected {
        let Value::Instance(record) = value else { continue };
        if !record.class.is_named("Column") {
            return Ok(Err(vm.why("makes a table anew in a way that is not followed")));
        }
        let mut column = known!(compiler::column(vm, record, name, &Sqlite)?).column;
        if let Some(known) = table.columns.iter_mut().find(|known| known.name == column.name) {
            column.primary_key = known.primary_key;
            *known = column;
        }
    }
    Ok(Ok(Ok(table)))
}

/// What the new table gets besides: `table_args`, `table_kwargs`.
fn more<'a>(vm: &mut Interpreter<'a>, name: &TableName, batch: &Batch<'a>) -> Eval<'a, Known<Table>> {
    let options = batch.table_options.clone();
    let option = |key: &str| match &options {
        Some(Value::Dict(options)) => {
            let items = options.items.borrow();
            items.iter().find(|(known, _)| known.0.as_str() == Some(key)).map(|(_, value)| value.clone())
        }
        _ => None,
    };
    let outer = vm.naming.take();
    let read = compiler::table(vm, name, &batch.table_args, &option, &Sqlite);
    vm.naming = outer;
    read
}

impl Apply {
    fn new(mut table: Table, reflected: bool, batch: &Batch<'_>, more: Table) -> Self {
        let quoted = identifier(&table.name);
        let transfer = |column: &Column| (column.name.clone(), Some(format!("{quoted}.{}", identifier(&column.name))));
        let transfers: IndexMap<String, Option<String>> = table.columns.iter().map(transfer).collect();
        if !reflected {
            for column in &table.columns {
                let is_its = |index: &Index| column.index && index.parts == [Ok(column.name.clone())];
                if let Some(at) = table.indexes.iter().position(is_its) {
                    table.indexes.remove(at);
                }
            }
        }
        let as_copied = |column: Column| (column.name.clone(), Column { unique: false, index: false, ..column });
        let (named, unnamed): (Vec<Constraint>, Vec<Constraint>) =
            table.constraints.into_iter().partition(|constraint| constraint.name.is_some());
        let by_name = |constraint: Constraint| (constraint.name.clone().unwrap_or_default(), constraint);
        let options = Options {
            autoincrement: table.options.autoincrement || more.options.autoincrement,
            without_rowid: table.options.without_rowid || more.options.without_rowid,
            strict: table.options.strict || more.options.strict,
        };
        Self {
            name: table.name,
            options,
            existing: transfers.keys().cloned().collect(),
            transfers,
            columns: table.columns.into_iter().map(as_copied).collect(),
            pairs: Vec::new(),
            is_partial: !batch.partial.is_empty(),
            named: named.into_iter().map(by_name).collect(),
            unnamed,
            indexes: table.indexes.into_iter().map(|index| (index.name.clone(), index)).collect(),
            new_indexes: IndexMap::new(),
            more: Table { indexes: Vec::new(), ..more },
        }
        .with_order(&batch.partial)
    }

    fn with_order(mut self, partial: &[(String, String)]) -> Self {
        if self.is_partial {
            self.pairs = partial.to_vec();
        }
        self
    }

    fn operation(&mut self, operation: Operation) -> Result<(), Refused> {
        let missing = |name: &str| ("KeyError", name.to_owned());
        match operation {
            Operation::AddColumn { column, before, after, .. } => {
                let (before, after) = (before.as_deref(), after.as_deref());
                let pairs = order::place(&column.name, before, after, &self.existing, &self.pairs, self.is_partial);
                self.pairs.extend(pairs.ok_or_else(|| missing(after.or(before).unwrap_or_default()))?);
                self.transfers.insert(column.name.clone(), None);
                self.columns.insert(column.name.clone(), *column);
            }
            Operation::DropColumn { name, of_type, .. } => {
                for key in self.named.values_mut().chain(&mut self.unnamed) {
                    if let Rule::Primary(columns) = &mut key.rule {
                        columns.retain(|column| *column != name);
                    }
                }
                self.columns.shift_remove(&name).ok_or_else(|| missing(&name))?;
                self.transfers.shift_remove(&name);
                if !self.existing.contains(&name) {
                    return Err(("ValueError", "list.remove(x): x not in list".to_owned()));
                }
                self.existing.retain(|known| *known != name);
                of_type.and_then(|check| self.named.shift_remove(&check));
            }
            Operation::AlterColumn(change) => self.alter(*change)?,
            Operation::AddConstraint(constraint) => {
                if constraint.name.is_none() && constraint.of_type.is_none() {
                    return Err(("ValueError", "Constraint must have a name".to_owned()));
                }
                if matches!(constraint.rule, Rule::Primary(_)) {
                    self.unnamed.retain(|known| !matches!(known.rule, Rule::Primary(_)));
                }
                match constraint.name.clone() {
                    Some(name) => drop(self.named.insert(name, constraint)),
                    None => self.unnamed.push(constraint),
                }
            }
            Operation::DropConstraint { name: None, of_type, .. } => {
                if !of_type {
                    return Err(("ValueError", "Constraint must have a name".to_owned()));
                }
            }
            Operation::DropConstraint { name: Some(name), of_type, .. } => self.drop_constraint(&name, of_type)?,
            Operation::CreateIndex { index, .. } => drop(self.new_indexes.insert(index.name.clone(), index)),
            Operation::DropIndex { name, .. } => {
                self.indexes.shift_remove(&name).ok_or_else(|| ("ValueError", format!("No such index: '{name}'")))?;
            }
            // A batch has no such operation.
            Operation::Comment(_) | Operation::DropTable { .. } | Operation::RenameTable { .. } => {}
        }
        Ok(())
    }

    fn drop_constraint(&mut self, name: &str, of_type: bool) -> Result<(), Refused> {
        let holder = self
            .columns
            .values_mut()
            .find(|column| column.checks.iter().any(|(known, _)| known.as_deref() == Some(name)));
        if let Some(holder) = holder {
            holder.checks.retain(|(known, _)| known.as_deref() != Some(name));
            return Ok(());
        }
        match self.named.shift_remove(name) {
            Some(Constraint { rule: Rule::Primary(columns), .. }) => {
                for column in columns {
                    if let Some(column) = self.columns.get_mut(&column) {
                        column.primary_key = false;
                    }
                }
                Ok(())
            }
            Some(_) => Ok(()),
            None if of_type => Ok(()),
            None => Err(("ValueError", format!("No such constraint: '{name}'"))),
        }
    }

    fn alter(&mut self, change: Change) -> Result<(), Refused> {
        let name = change.name;
        let Some(column) = self.columns.get_mut(&name) else { return Err(("KeyError", name)) };
        if let Some(new) = change.new_name.filter(|new| *new != name) {
            column.name = new;
            change.of_type.and_then(|check| self.named.shift_remove(&check));
        }
        if let Some(data_type) = change.data_type {
            let is_cast = affinity(&column.data_type.sql) != affinity(&data_type.sql);
            if let (true, Ok(sql)) = (is_cast && affinity(&data_type.sql) != "JSON", &data_type.sql) {
                // A column that is new is filled from nothing.
                let Some(Some(from)) = self.transfers.get_mut(&name) else {
                    return Err(("KeyError", "expr".to_owned()));
                };
                *from = format!("CAST({from} AS {sql})");
            }
            // The check of the new type comes as a constraint of its own.
            column.data_type = DataType { check: None, ..data_type };
        }
        if let Some(nullable) = change.nullable {
            column.nullable = nullable;
        }
        if let Some(default) = change.default {
            column.default = default;
        }
        Ok(())
    }

    /// The table under the name that it has until the old one is gone; `None` where its columns have no order.
    fn made(&self, temporary: &str) -> Option<Table> {
        let names: Vec<String> = self.columns.keys().cloned().collect();
        let order = if self.pairs.is_empty() {
            names
        } else {
            let mut pairs = self.pairs.clone();
            if !self.is_partial {
                let before = names.iter().take(self.existing.len());
                pairs.extend(before.zip(self.existing.iter().skip(1)).map(|(one, other)| (one.clone(), other.clone())));
            }
            order::sorted(&names, &pairs)?
        };
        let own =
            |column: &String| self.columns.get(column).map_or_else(|| column.clone(), |column| column.name.clone());
        let renamed = |columns: &[String]| columns.iter().map(own).collect::<Vec<_>>();
        let mut made = Table { name: temporary.to_owned(), options: self.options, ..Table::default() };
        made.columns = order.iter().filter_map(|name| self.columns.get(name)).cloned().collect();
        made.columns.extend(self.more.columns.iter().cloned());
        made.constraints.extend(self.more.constraints.iter().cloned());
        for constraint in self.named.values().chain(&self.unnamed) {
            if !constraint.columns().iter().all(|column| self.columns.contains_key(column)) {
                continue;
            }
            let rule = match &constraint.rule {
                Rule::Primary(columns) => Rule::Primary(renamed(columns)),
                Rule::Unique(columns) => Rule::Unique(renamed(columns)),
                Rule::Foreign { columns, table, references, suffix } => Rule::Foreign {
                    columns: renamed(columns),
                    table: table.clone(),
                    references: references.clone(),
                    suffix: suffix.clone(),
                },
                Rule::Check(condition) => Rule::Check(condition.clone()),
            };
            made.constraints.push(Constraint { rule, ..constraint.clone() });
        }
        for column in &made.columns {
            // What a column that is new says of itself, the new table has once more.
            if column.index {
                made.indexes.push(Index {
                    name: format!("ix_{temporary}_{}", column.name),
                    unique: column.unique,
                    parts: vec![Ok(column.name.clone())],
                    ..Index::default()
                });
            } else if column.unique {
                made.constraints.push(Constraint::new(None, Rule::Unique(vec![column.name.clone()])));
            }
        }
        Some(made)
    }

    /// The statement that fills the new table; `None` where it keeps no column.
    fn filling(&self, made: &Table) -> Option<String> {
        let key_of =
            |column: &Column| self.columns.iter().find(|(_, known)| known.name == column.name).map(|(key, _)| key);
        let kept: Vec<(String, String)> = made
            .columns
            .iter()
            .filter_map(|column| Some((identifier(&column.name), self.transfers.get(key_of(column)?)?.clone()?)))
            .collect();
        let (into, from): (Vec<String>, Vec<String>) = kept.into_iter().unzip();
        let (new, old) = (identifier(&made.name), identifier(&self.name));
        (!into.is_empty())
            .then(|| format!("INSERT INTO {new} ({}) SELECT {} FROM {old}", into.join(", "), from.join(", ")))
    }
}

/// What a type is a kind of, so that another of it needs no cast.
fn affinity(sql: &Result<String, String>) -> &str {
    let sql = sql.as_deref().unwrap_or_default();
    let base = sql.split('(').next().unwrap_or(sql).trim();
    match base {
        "INTEGER" | "BIGINT" | "SMALLINT" => "INTEGER",
        "VARCHAR" | "CHAR" | "NCHAR" | "NVARCHAR" | "TEXT" | "CLOB" => "TEXT",
        "NUMERIC" | "DECIMAL" | "FLOAT" | "REAL" | "DOUBLE" | "DOUBLE PRECISION" => "NUMERIC",
        "DATETIME" | "TIMESTAMP" => "DATETIME",
        _ => base,
    }
}

/// Sends what puts the new table in the place of the old one.
fn run<'a>(vm: &mut Interpreter<'a>, bind: &dyn Bind<'a>, apply: &Apply) -> Eval<'a, ()> {
    let Some(session) = bind.sqlite() else { return Ok(()) };
    let temporary: String = format!("_alembic_tmp_{}", apply.name).chars().take(50).collect();
    let Some(made) = apply.made(&temporary) else {
        return Err(by_library(vm, "CircularDependencyError", "Circular dependency detected."));
    };
    let sql = match Sqlite.create(&made, "") {
        Ok(sql) => sql,
        Err(said) => return Err(by_library(vm, "CompileError", &said)),
    };
    session.sends_strictly(vm, &sql)?;
    let (new, old) = (identifier(&temporary), identifier(&apply.name));
    let filled = made.indexes.iter().try_for_each(|index| session.sends_strictly(vm, &Sqlite.index(index, &new, "")));
    filled?;
    let moved = match apply.filling(&made) {
        Some(sql) => session.sends_strictly(vm, &sql),
        None => Ok(()),
    };
    if let Err(stop) = moved.and_then(|()| session.sends_strictly(vm, &format!("DROP TABLE {old}"))) {
        session.sends_strictly(vm, &format!("DROP TABLE {new}"))?;
        return Err(stop);
    }
    session.sends_strictly(vm, &format!("ALTER TABLE {new} RENAME TO {old}"))?;
    let renamed = |part: &Result<String, String>| {
        part.as_ref()
            .map(|column| apply.columns.get(column).map_or_else(|| column.clone(), |known| known.name.clone()))
            .map_err(Clone::clone)
    };
    for index in apply.indexes.values() {
        let index = Index { parts: index.parts.iter().map(renamed).collect(), ..index.clone() };
        session.sends_strictly(vm, &Sqlite.index(&index, &old, ""))?;
    }
    for index in apply.new_indexes.values() {
        let unknown = index.parts.iter().find_map(|part| match part {
            Ok(column) => (!apply.columns.contains_key(column)).then_some(column),
            Err(sql) => Some(sql),
        });
        if let Some(unknown) = unknown {
            let stop: Stop<'a> = by_library(vm, "KeyError", unknown);
            return Err(stop);
        }
        let index = Index { parts: index.parts.iter().map(renamed).collect(), ..index.clone() };
        session.sends_strictly(vm, &Sqlite.index(&index, &old, ""))?;
    }
    Ok(())
}
