//! `select(…)`, `insert(…)`, `update(…)`, `delete(…)` and a session's queries, as SQL that says of them what they name.

use std::borrow::Cow;
use std::rc::Rc;

use super::super::super::interpreter::{Eval, Interpreter};
use super::super::super::object::Object;
use super::super::super::value::{Args, HOLE, Value};
use super::super::inlined::literal;
use super::ddl::identifier;
use super::uses::{self, Source, Use};
use crate::schema::dialect::Dialect;

/// What a statement does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verb {
    Select,
    Insert,
    Update,
    Delete,
}

/// What is written to columns, each with its value as SQL.
type Row = Vec<(Rc<str>, Cow<'static, str>)>;

/// A statement on rows.
#[derive(Clone, Debug)]
pub(in super::super) struct Statement<'a> {
    verb: Verb,
    /// The table that it changes.
    source: Option<Rc<Source>>,
    /// Tables that it selects from, whatever it selects of them.
    tables: Vec<Rc<str>>,
    /// What it selects.
    selected: Vec<Use>,
    /// What its conditions name.
    named: Vec<Use>,
    /// The columns that it writes, each with its value.
    written: Vec<Row>,
    /// The session that carries it out.
    session: Option<Value<'a>>,
    /// Only values were added to it, so that an `INSERT` is what its SQL says.
    is_plain: bool,
}

/// `select(…)` and its like.
pub(super) fn begin<'a>(vm: &mut Interpreter<'a>, verb: &str, args: &Args<'a>) -> Eval<'a> {
    let mut statement = Statement::new(match verb {
        "insert" => Verb::Insert,
        "update" => Verb::Update,
        "delete" => Verb::Delete,
        _ => Verb::Select,
    });
    if statement.verb == Verb::Select {
        if let Some(Value::List(_)) = args.positional.first()
            && vm.has_sqlalchemy((2, 0))
        {
            let said = "Column expression, FROM clause, or other columns clause element expected, got a list";
            return vm
                .raise_surely("ArgumentError", format!("{said}. Did you mean to say select(…) without brackets?"));
        }
        statement.select(vm, args)?;
    } else if let Some(table) = args.positional.first() {
        statement.source = uses::source(vm, table)?;
    }
    Ok(Value::Object(Rc::new(statement)))
}

/// `session.query(…)`.
pub(in super::super) fn query<'a>(vm: &mut Interpreter<'a>, session: Value<'a>, args: &Args<'a>) -> Eval<'a> {
    let mut statement = Statement { session: Some(session), ..Statement::new(Verb::Select) };
    statement.select(vm, args)?;
    Ok(Value::Object(Rc::new(statement)))
}

/// `op.bulk_insert(table, rows)`, as SQL; `None` where not enough of it is known.
pub(in super::super) fn bulk_insert<'a>(vm: &mut Interpreter<'a>, args: &Args<'a>) -> Eval<'a, Option<String>> {
    let Some(table) = args.at(0, "table") else { return Ok(None) };
    let table = table.clone();
    let Some(source) = uses::source(vm, &table)? else { return Ok(None) };
    let Some(Value::List(rows)) = args.at(1, "rows") else { return Ok(None) };
    let rows = rows.0.borrow().clone();
    vm.steps(rows.len())?;
    refuse_unconsumed(vm, args, &source, &rows)?;
    let rows: Option<Vec<_>> = rows.iter().take(MOST_ROWS).map(|row| written(&source, row)).collect();
    Ok(rows.map(with_columns).filter(|rows| !rows.is_empty()).map(|rows| insertion(&source, &rows)))
}

/// Rows that are inserted one by one are values of a statement each, where SQLAlchemy takes no name that the table has not.
fn refuse_unconsumed<'a>(
    vm: &mut Interpreter<'a>,
    args: &Args<'a>,
    source: &Source,
    rows: &[Value<'a>],
) -> Eval<'a, ()> {
    if !matches!(args.get("multiinsert"), Some(Value::Bool(false))) {
        return Ok(());
    }
    for row in rows {
        let Value::Dict(row) = row else { continue };
        let names: Vec<Value<'a>> = row.items.borrow().keys().map(|key| key.0.clone()).collect();
        let foreign = names.iter().filter_map(Value::as_str).filter(|name| source.column(name).is_none());
        let foreign: Vec<&str> = foreign.collect();
        if !foreign.is_empty() {
            vm.raise_surely("CompileError", format!("Unconsumed column names: {}", foreign.join(", ")))?;
        }
    }
    Ok(())
}

/// The same with the values as they are; `None` where one is not known, or is written by its type.
pub(in super::super) fn bulk_insert_values<'a>(vm: &mut Interpreter<'a>, args: &Args<'a>) -> Eval<'a, Option<String>> {
    let Some(table) = args.at(0, "table").cloned() else { return Ok(None) };
    let Some(source) = uses::source(vm, &table)? else { return Ok(None) };
    let Some(Value::List(rows)) = args.at(1, "rows") else { return Ok(None) };
    let rows = rows.0.borrow().clone();
    vm.steps(rows.len())?;
    refuse_unconsumed(vm, args, &source, &rows)?;
    let is_filled = source.columns.iter().any(|column| column.filled);
    if is_filled || rows.is_empty() || rows.len() > MOST_ROWS {
        return Ok(None);
    }
    let mut columns: Option<Vec<String>> = None;
    let mut written = Vec::new();
    for row in &rows {
        let Value::Dict(row) = row else { return Ok(None) };
        let items: Vec<(Value<'a>, Value<'a>)> =
            row.items.borrow().iter().map(|(key, value)| (key.0.clone(), value.clone())).collect();
        let (mut names, mut values) = (Vec::new(), Vec::new());
        for (key, value) in items {
            let Some(key) = key.as_str() else { return Ok(None) };
            let Some(column) = source.column(key) else { continue };
            names.push(column.name.to_string());
            values.push(match &value {
                Value::None => "NULL".to_owned(),
                Value::Bool(value) => i32::from(*value).to_string(),
                Value::Int(_) | Value::Float(_) => vm.str(&value)?.as_str().unwrap_or_default().to_owned(),
                Value::Str(text) if !text.contains(ANY) => super::ddl::literal(text),
                _ => return Ok(None),
            });
        }
        if columns.get_or_insert_with(|| names.clone()) != &names {
            return Ok(None);
        }
        written.push(format!("({})", values.join(", ")));
    }
    let columns = columns.unwrap_or_default();
    if columns.is_empty() {
        return Ok(None);
    }
    Ok(Some(format!("INSERT INTO {} ({}) VALUES {}", source.table, columns.join(", "), written.join(", "))))
}

/// Notes for a reader what `op.bulk_insert(table, rows)` sends: one statement for all rows, with those values that a column keeps
/// as they are.
pub(in super::super) fn tell_bulk_insert<'a>(
    vm: &mut Interpreter<'a>,
    args: &Args<'a>,
    dialect: Dialect,
) -> Eval<'a, ()> {
    if !vm.transcript.is_kept() {
        return Ok(());
    }
    let why = "inserts rows that are not known";
    let source = match args.at(0, "table").cloned() {
        Some(table) => uses::source(vm, &table)?,
        None => None,
    };
    let rows = match args.at(1, "rows") {
        Some(Value::List(rows)) => rows.0.borrow().clone(),
        _ => Vec::new(),
    };
    let (Some(source), [first, ..]) = (source, rows.as_slice()) else {
        vm.sends_in_part(why, None);
        return Ok(());
    };
    vm.steps(rows.len())?;
    let names = keys(first);
    let columns: Vec<&uses::Declared> = names.iter().filter_map(|name| source.column(name)).collect();
    let filled =
        source.columns.iter().filter(|column| column.filled && !columns.iter().any(|own| own.name == column.name));
    let filled: Vec<&uses::Declared> = filled.collect();
    let written: Vec<String> = rows
        .iter()
        .map(|row| {
            let known = columns.iter().map(|column| exactly(column, value_in(row, column, &source).as_ref(), dialect));
            let all: Vec<String> = known.chain(filled.iter().map(|_| HOLE.to_string())).collect();
            format!("({})", all.join(", "))
        })
        .collect();
    let listed: Vec<&str> = columns.iter().chain(&filled).map(|column| &*column.name).collect();
    let sql = format!("INSERT INTO {} ({}) VALUES {}", source.table, listed.join(", "), written.join(", "));
    let sql = if dialect.facts().takes_backticks { sql.replace('"', "`") } else { sql };
    if rows.iter().all(|row| keys(row) == names) {
        vm.sends(&sql);
    } else {
        vm.sends_in_part(why, Some(&sql));
    }
    Ok(())
}

/// The names that a row has values for.
fn keys(row: &Value<'_>) -> Vec<Rc<str>> {
    let Value::Dict(row) = row else { return Vec::new() };
    let row = row.items.borrow();
    let names = row.keys().map(|key| key.0.as_str().map_or_else(|| Rc::from(""), Rc::from));
    names.collect()
}

/// The value that a row has for a column.
fn value_in<'a>(row: &Value<'a>, column: &uses::Declared, source: &Source) -> Option<Value<'a>> {
    let Value::Dict(row) = row else { return None };
    let row = row.items.borrow();
    let is_its = |key: &Value<'a>| {
        let named = key.as_str().and_then(|name| source.column(name));
        named.is_some_and(|named| named.name == column.name)
    };
    row.iter().find(|(key, _)| is_its(&key.0)).map(|(_, value)| value.clone())
}

/// A value as a statement writes it, where its column keeps it as it is.
fn exactly(column: &uses::Declared, value: Option<&Value<'_>>, dialect: Dialect) -> String {
    let keeps = column.keeps;
    let is_kept = value.is_some_and(|value| match value {
        Value::None | Value::Bool(_) | Value::Float(_) => keeps.nulls,
        Value::Int(_) => keeps.numbers,
        Value::Str(_) => keeps.texts,
        _ => false,
    });
    let literal = value.filter(|_| is_kept).and_then(literal);
    literal.map_or_else(|| HOLE.to_string(), |literal| literal.written(dialect))
}

/// `session.add(object)`: what the session will insert, where that is an object of a mapped class.
pub(in super::super) fn addition<'a>(vm: &mut Interpreter<'a>, object: &Value<'a>) -> Eval<'a, Option<String>> {
    let Value::Instance(object) = object else { return Ok(None) };
    let Some(source) = uses::source(vm, &Value::Class(object.class.clone()))? else { return Ok(None) };
    // What has no value is inserted as null, unless the database has a default for it; a key may have one that the object
    // was given.
    let given = object.names.borrow();
    let is_given = |column: &uses::Declared| {
        let is_called_otherwise = given.keys().any(|name| source.column(name).is_none());
        column.key && (is_called_otherwise || given.keys().any(|name| *identifier(name) == *column.name))
    };
    let columns = source.columns.iter().filter(|column| !column.served || column.filled || is_given(column));
    let row: Row = columns.map(|column| (column.name.clone(), ANY.into())).collect();
    Ok((!row.is_empty()).then(|| insertion(&source, &[row])))
}

/// So many rows are looked at.
const MOST_ROWS: usize = 200;

/// A value that is not known.
const ANY: &str = "$1";

/// What a dictionary of parameters writes: the column of each key, and whether null. SQLAlchemy leaves away what the table
/// has no column for. `None` where a key is not known.
fn written(source: &Source, row: &Value<'_>) -> Option<Row> {
    let Value::Dict(row) = row else { return None };
    let row = row.items.borrow();
    let mut written = Row::new();
    for (key, value) in row.iter() {
        let column = source.column(key.0.as_str()?);
        written.extend(column.map(|column| (column.name.clone(), value_of(column, value))));
    }
    Some(written)
}

/// The rows that write anything: one that names nothing has what the table gives it.
fn with_columns(rows: Vec<Row>) -> Vec<Row> {
    rows.into_iter().filter(|row| !row.is_empty()).collect()
}

/// A value as SQL, as far as a column keeps it as it is.
fn value_of(column: &uses::Declared, value: &Value<'_>) -> Cow<'static, str> {
    let keeps = column.keeps;
    match value {
        Value::None if keeps.nulls => "NULL".into(),
        Value::Str(text) if keeps.texts && is_plain(text) => super::ddl::literal(text).into(),
        Value::Int(number) if keeps.numbers => number.to_string().into(),
        _ => ANY.into(),
    }
}

/// Whether a text reads the same in quotes, and is short enough to be looked at.
fn is_plain(text: &str) -> bool {
    text.len() <= LONGEST_TEXT && !text.contains(['\\', '$', '%', ':', '\0'])
}

/// The longest text that is sent as it is.
const LONGEST_TEXT: usize = 2_000;

/// An `INSERT` of rows, those columns included that Python fills.
fn insertion(source: &Source, rows: &[Row]) -> String {
    let mut columns: Vec<&str> = rows.first().into_iter().flatten().map(|(column, _)| &**column).collect();
    for column in source.columns.iter().filter(|column| column.filled) {
        if !columns.contains(&&*column.name) {
            columns.push(&column.name);
        }
    }
    let rows: Vec<String> = rows
        .iter()
        .map(|row| {
            let value =
                |wanted: &&str| row.iter().find(|(column, _)| **column == **wanted).map_or(ANY, |(_, value)| value);
            format!("({})", columns.iter().map(value).collect::<Vec<_>>().join(", "))
        })
        .collect();
    format!("INSERT INTO {} ({}) VALUES {}", source.table, columns.join(", "), rows.join(", "))
}

impl<'a> Statement<'a> {
    fn new(verb: Verb) -> Self {
        Self {
            verb,
            source: None,
            tables: Vec::new(),
            selected: Vec::new(),
            named: Vec::new(),
            written: Vec::new(),
            session: None,
            is_plain: true,
        }
    }

    fn select(&mut self, vm: &mut Interpreter<'a>, args: &Args<'a>) -> Eval<'a, ()> {
        for value in &args.positional {
            if let Some(source) = uses::source(vm, value)? {
                self.tables.push(source.table.clone());
            }
            uses::note(vm, value, &mut self.selected)?;
        }
        Ok(())
    }

    /// The SQL that names what it does.
    fn texts(&self, vm: &mut Interpreter<'a>, given: Option<&Value<'a>>) -> Eval<'a, Vec<String>> {
        vm.steps(self.selected.len() + self.named.len())?;
        let Some(source) = &self.source else {
            return Ok(match self.verb {
                Verb::Select => {
                    self.selection(&self.tables, self.selected.iter().chain(&self.named)).into_iter().collect()
                }
                _ => Vec::new(),
            });
        };
        let (own, others): (Vec<&Use>, Vec<&Use>) = self.named.iter().partition(|named| named.table == source.table);
        let mut texts: Vec<String> = self.selection(&[], others.into_iter()).into_iter().collect();
        let condition = |own: &[&Use]| {
            let nulls: Vec<String> = own.iter().map(|one| format!("{} IS NULL", one.column)).collect();
            if nulls.is_empty() { String::new() } else { format!(" WHERE {}", nulls.join(" AND ")) }
        };
        let table = &source.table;
        let mut rows = self.written.clone();
        let list = match given {
            Some(Value::List(list)) => list.0.borrow().clone(),
            Some(row @ Value::Dict(_)) => vec![row.clone()],
            _ => Vec::new(),
        };
        match self.verb {
            Verb::Insert => {
                let more: Option<Vec<_>> = list.iter().take(MOST_ROWS).map(|row| written(source, row)).collect();
                if rows.is_empty() {
                    rows = with_columns(more.unwrap_or_default());
                }
                texts.push(if rows.is_empty() { format!("SELECT FROM {table}") } else { insertion(source, &rows) });
            }
            Verb::Update => {
                let sets: Vec<String> =
                    rows.iter().flatten().map(|(column, value)| format!("{column} = {value}")).collect();
                if sets.is_empty() {
                    texts.extend(self.selection(std::slice::from_ref(table), own.iter().copied()));
                } else {
                    texts.push(format!("UPDATE {table} SET {}{}", sets.join(", "), condition(&own)));
                }
            }
            _ => texts.push(format!("DELETE FROM {table}{}", condition(&own))),
        }
        Ok(texts)
    }

    fn selection<'u>(&self, tables: &[Rc<str>], uses: impl Iterator<Item = &'u Use>) -> Option<String> {
        let mut from: Vec<Rc<str>> = Vec::new();
        for table in tables {
            if !from.contains(table) {
                from.push(table.clone());
            }
        }
        let mut items = Vec::new();
        for one in uses {
            if !from.contains(&one.table) {
                from.push(one.table.clone());
            }
            let item = format!("{}.{}", one.table, one.column);
            if !items.contains(&item) {
                items.push(item);
            }
        }
        (!from.is_empty()).then(|| format!("SELECT {} FROM {}", items.join(", "), from.join(", ")))
    }

    /// Has its session carry it out.
    fn run(&self, vm: &mut Interpreter<'a>) -> Eval<'a, ()> {
        let Some(Value::Object(session)) = &self.session else { return Ok(()) };
        let session = session.clone();
        let texts = self.texts(vm, None)?;
        vm.sends_rows(texts.last().map(String::as_str), self.is_told(None));
        match session.bind() {
            Some(bind) => texts.iter().try_for_each(|sql| bind.rows(vm, sql)),
            None => Ok(()),
        }
    }

    /// A change of the same rows: `query(…).filter(…).update({…})`.
    fn change(&self, vm: &mut Interpreter<'a>, verb: Verb, values: Option<&Value<'a>>) -> Eval<'a, ()> {
        let source = match self.tables.as_slice() {
            [only] => Some(Source::light(only, [])),
            _ => None,
        };
        let mut changed = Self { verb, source: source.map(Rc::new), ..self.clone() };
        changed.values(vm, values)?;
        if verb == Verb::Update && changed.written.is_empty() {
            return Ok(());
        }
        changed.run(vm)
    }

    /// What a column of the table that is changed is given.
    fn value_of(&self, column: &str, value: &Value<'a>) -> Cow<'static, str> {
        match self.source.as_ref().and_then(|source| source.columns.iter().find(|known| *known.name == *column)) {
            // That a null may be there was never told of a statement.
            Some(column) if matches!(value, Value::Str(_) | Value::Int(_)) => value_of(column, value),
            _ => ANY.into(),
        }
    }

    /// `values({…})`: its keys are columns or their names.
    fn values(&mut self, vm: &mut Interpreter<'a>, values: Option<&Value<'a>>) -> Eval<'a, ()> {
        let Some(Value::Dict(values)) = values else { return Ok(()) };
        let items: Vec<(Value<'a>, Value<'a>)> =
            values.items.borrow().iter().map(|(key, value)| (key.0.clone(), value.clone())).collect();
        let mut row = Vec::new();
        for (key, value) in items {
            let name: Option<Rc<str>> = match &key {
                Value::Str(name) => Some(identifier(name).into()),
                other => {
                    let mut found = Vec::new();
                    uses::note(vm, other, &mut found)?;
                    found.pop().map(|one| one.column)
                }
            };
            uses::note(vm, &value, &mut self.named)?;
            row.extend(name.map(|name| {
                let value = self.value_of(&name, &value);
                (name, value)
            }));
        }
        self.written.push(row);
        Ok(())
    }
}

/// What has columns by their names: of a query, and of the row that an insert brings (PostgreSQL's and MySQL's).
const COLUMNS: [&str; 4] = ["c", "columns", "excluded", "inserted"];

impl<'a> Object<'a> for Statement<'a> {
    fn type_name(&self) -> &'static str {
        "Statement"
    }

    fn has_method(&self, name: &str) -> bool {
        !COLUMNS.contains(&name)
    }

    fn method(&self, vm: &mut Interpreter<'a>, name: &str, args: Args<'a>) -> Eval<'a, Option<Value<'a>>> {
        let mut changed = self.clone();
        changed.is_plain &= name == "values";
        match name {
            "values" => {
                let row = args.positional.first().cloned();
                let rows = match row {
                    Some(Value::List(rows)) => rows.0.borrow().clone(),
                    Some(row) => vec![row],
                    None => Vec::new(),
                };
                for row in rows.iter().take(MOST_ROWS) {
                    changed.values(vm, Some(row))?;
                }
                let mut row = Vec::new();
                for (key, value) in &args.keyword {
                    uses::note(vm, value, &mut changed.named)?;
                    let name: Rc<str> = identifier(key).into();
                    let value = self.value_of(&name, value);
                    row.push((name, value));
                }
                if !row.is_empty() {
                    changed.written.push(row);
                }
            }
            "update" | "delete" if self.session.is_some() => {
                let verb = if name == "update" { Verb::Update } else { Verb::Delete };
                self.change(vm, verb, args.positional.first())?;
                return Ok(Some(vm.unknown("depends on the rows of a database")));
            }
            "all" | "first" | "scalar" | "one" | "one_or_none" | "count" | "fetchall" | "fetchone" | "scalars"
            | "scalar_one" | "scalar_one_or_none" | "mappings" | "get" | "__iter__" => {
                self.run(vm)?;
                return Ok(Some(vm.unknown("depends on the rows of a database")));
            }
            "with_entities" | "with_only_columns" => {
                changed.selected.clear();
                changed.tables.clear();
                changed.select(vm, &args)?;
            }
            // Of a table, not all may be loaded then.
            "options" | "execution_options" => changed.selected.clear(),
            "select_from" | "join" | "outerjoin" => {
                for value in &args.positional {
                    if let Some(source) = uses::source(vm, value)? {
                        changed.tables.push(source.table.clone());
                    } else {
                        uses::note(vm, value, &mut changed.named)?;
                    }
                }
            }
            // What it is from here on has other columns.
            "from_self" | "from_select" | "union" | "union_all" | "except_" | "intersect" => {
                changed.named.extend(uses::of_args(vm, &args)?);
            }
            "subquery" | "cte" | "alias" | "lateral" | "scalar_subquery" | "as_scalar" | "exists" | "label" | "in_" => {
                let uses = self.uses();
                return Ok(Some(super::expression::Expression::with_uses(None, uses.to_vec())));
            }
            _ => changed.named.extend(uses::of_args(vm, &args)?),
        }
        Ok(Some(Value::Object(Rc::new(changed))))
    }

    fn attribute(&self, _vm: &mut Interpreter<'a>, name: &str) -> Eval<'a, Option<Value<'a>>> {
        Ok(COLUMNS.contains(&name).then(super::expression::columns_of_query))
    }

    fn item(&self, vm: &mut Interpreter<'a>, _index: &Value<'a>) -> Eval<'a, Option<Value<'a>>> {
        self.run(vm)?;
        Ok(Some(vm.unknown("depends on the rows of a database")))
    }

    fn iterate(&self, vm: &mut Interpreter<'a>) -> Eval<'a, Option<Vec<Value<'a>>>> {
        self.run(vm)?;
        Ok(None)
    }

    fn is_expression(&self) -> bool {
        true
    }

    fn uses(&self) -> Cow<'_, [Use]> {
        self.selected.iter().chain(&self.named).cloned().collect::<Vec<_>>().into()
    }

    /// A longer list of rows is not written whole.
    fn is_told(&self, given: Option<&Value<'a>>) -> bool {
        let is_whole = match given {
            None => !self.written.is_empty(),
            Some(Value::List(rows)) => self.written.is_empty() && rows.0.borrow().len() <= MOST_ROWS,
            Some(_) => self.written.is_empty(),
        };
        self.verb == Verb::Insert && self.is_plain && is_whole && self.written.len() < MOST_ROWS
    }

    fn statements(&self, vm: &mut Interpreter<'a>, given: Option<&Value<'a>>) -> Eval<'a, Option<Vec<String>>> {
        self.texts(vm, given).map(Some)
    }
}
