//! Operations as what Alembic's implementation is asked for: one call of a project's may be several of those.

use super::super::super::interpreter::{Eval, Interpreter};
use super::super::super::operators::{Known, forget_text};
use super::super::super::value::{Args, Value};
use super::super::sqlalchemy::compiler::{
    self, Column, Compiler, Constraint, DataType, DefaultText, Index, Rule, constraints_of_type, foreign_suffix,
};
use super::super::sqlalchemy::ddl::{TableName, column_names, condition, known, text_of};
use super::super::sqlalchemy::naming::{self, Subject};

/// What a table or a batch is asked for.
#[derive(Clone, Debug)]
pub(super) enum Operation {
    AddColumn {
        column: Box<Column>,
        guard: &'static str,
        /// What stands with it at once: ` PRIMARY KEY`, ` REFERENCES …`.
        inline: String,
        /// The columns that it is to stand before and after.
        before: Option<String>,
        after: Option<String>,
    },
    DropColumn {
        name: String,
        guard: &'static str,
        /// The check that its type, which it says to have, brings along.
        of_type: Option<String>,
    },
    AlterColumn(Box<Change>),
    AddConstraint(Constraint),
    DropConstraint {
        name: Option<String>,
        of_type: bool,
        kind: Option<Kind>,
    },
    CreateIndex {
        index: Index,
        guard: &'static str,
    },
    DropIndex {
        name: String,
        guard: &'static str,
    },
    /// `create_table_comment`, `drop_table_comment`
    Comment(Option<String>),
    DropTable {
        guard: &'static str,
    },
    RenameTable {
        new: String,
    },
}

/// What a constraint that goes is said to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Check,
    Unique,
    Primary,
    Foreign,
}

/// What becomes of a column.
#[derive(Clone, Debug)]
pub(super) struct Change {
    pub name: String,
    pub nullable: Option<bool>,
    /// `Some(None)` where it is to have none.
    #[allow(clippy::option_option, reason = "no other default, and none")]
    pub default: Option<Option<DefaultText>>,
    pub data_type: Option<DataType>,
    pub new_name: Option<String>,
    /// The check that its type, which it says to have had, brings along.
    pub of_type: Option<String>,
    pub comments: bool,
    pub counts: Option<bool>,
    pub existing: Existing,
}

/// What a column is said to have been.
#[derive(Clone, Debug, Default)]
pub(super) struct Existing {
    pub data_type: Option<DataType>,
    pub nullable: Option<bool>,
    pub default: Option<DefaultText>,
    pub counts: Option<bool>,
}

/// The arguments of an operation on a table, which a batch gives already.
struct Given<'g, 'a> {
    args: &'g Args<'a>,
    compiler: &'static dyn Compiler,
    in_batch: bool,
    /// At which position the table stands where there is no batch.
    table: usize,
}

impl<'a> Given<'_, 'a> {
    fn value(&self, index: usize, name: &str) -> Option<Value<'a>> {
        let index = if self.in_batch && index > self.table { index - 1 } else { index };
        self.args.at(index, name).cloned()
    }

    fn text(&self, index: usize, name: &str) -> Option<Known<String>> {
        text_of(&self.value(index, name)?)
    }

    fn flag(&self, name: &str) -> bool {
        matches!(self.args.get(name), Some(Value::Bool(true)))
    }
}

/// What an operation asks for; `None` where it is none on a table.
pub(super) fn read<'a>(
    vm: &mut Interpreter<'a>,
    name: &str,
    args: &Args<'a>,
    table: &TableName,
    in_batch: bool,
    compiler: &'static dyn Compiler,
) -> Eval<'a, Option<Known<Vec<Operation>>>> {
    let given = Given { args, compiler, in_batch, table: position(name) };
    let read = match name {
        "add_column" => add_column(vm, &given, table)?,
        "drop_column" => drop_column(vm, &given, table)?,
        "alter_column" => alter_column(vm, &given, table)?,
        "create_index" => create_index(vm, &given, table)?,
        "drop_index" => drop_index(vm, &given),
        "create_unique_constraint" | "create_primary_key" | "create_check_constraint" | "create_foreign_key" => {
            constraint(vm, name, &given, table)?.map(|constraint| vec![Operation::AddConstraint(constraint)])
        }
        "drop_constraint" => drop_constraint(vm, &given, table)?,
        "create_table_comment" => {
            let comment = given.value(1, "comment").and_then(|comment| comment.as_str().map(str::to_owned));
            Ok(vec![Operation::Comment(comment)])
        }
        "drop_table_comment" => Ok(vec![Operation::Comment(None)]),
        "drop_table" => {
            Ok(vec![Operation::DropTable { guard: if given.flag("if_exists") { "IF EXISTS " } else { "" } }])
        }
        "rename_table" => match given.text(1, "new_table_name") {
            Some(new) => new.map(|new| vec![Operation::RenameTable { new }]),
            None => Err(vm.why("has a table whose name is computed")),
        },
        _ => return Ok(None),
    };
    Ok(Some(read))
}

/// At which position an operation has its table.
pub(super) fn position(operation: &str) -> usize {
    usize::from(!matches!(
        operation,
        "add_column"
            | "drop_column"
            | "alter_column"
            | "create_table_comment"
            | "drop_table_comment"
            | "drop_table"
            | "rename_table"
    ))
}

fn add_column<'a>(
    vm: &mut Interpreter<'a>,
    given: &Given<'_, 'a>,
    table: &TableName,
) -> Eval<'a, Known<Vec<Operation>>> {
    let record = match given.value(1, "column") {
        Some(Value::Instance(record)) => record,
        Some(Value::Unknown(why)) => return Ok(Err(forget_text(&why))),
        _ => return Ok(Err(vm.why("has a column that is computed"))),
    };
    let declared = known!(compiler::column(vm, &record, table, given.compiler)?);
    let column = declared.column;
    let mut inline = String::new();
    if given.flag("inline_primary_key") && column.primary_key {
        inline += " PRIMARY KEY";
    }
    let mut later = Vec::new();
    for constraint in declared.constraints {
        match &constraint.rule {
            Rule::Foreign { table, references, suffix, .. }
                if given.flag("inline_references") && inline.find("REFERENCES").is_none() =>
            {
                let (table, references) = (given.compiler.identifier(table), given.compiler.list(references));
                inline += &format!(" REFERENCES {table} ({references}){suffix}");
            }
            _ => later.push(Operation::AddConstraint(constraint)),
        }
    }
    later.extend(constraints_of_type(&column.data_type, &column.name, given.compiler).map(Operation::AddConstraint));
    later.extend(declared.index.map(|index| Operation::CreateIndex { index, guard: "" }));
    let place = |name: &str| given.args.get(name).and_then(Value::as_str).map(str::to_owned);
    let guard = if given.flag("if_not_exists") { "IF NOT EXISTS " } else { "" };
    let (before, after) = (place("insert_before"), place("insert_after"));
    let mut operations = vec![Operation::AddColumn { column: Box::new(column), guard, inline, before, after }];
    operations.extend(later);
    Ok(Ok(operations))
}

fn drop_column<'a>(
    vm: &mut Interpreter<'a>,
    given: &Given<'_, 'a>,
    table: &TableName,
) -> Eval<'a, Known<Vec<Operation>>> {
    let Some(name) = given.text(1, "column_name") else {
        return Ok(Err(vm.why("has a column whose name is computed")));
    };
    let guard = if given.flag("if_exists") { "IF EXISTS " } else { "" };
    let of_type = known!(check_of_type(vm, given, "existing_type", table)?);
    Ok(Ok(vec![Operation::DropColumn { name: known!(name), guard, of_type: of_type.and_then(|check| check.name) }]))
}

/// The check that a type which is given brings along.
fn check_of_type<'a>(
    vm: &mut Interpreter<'a>,
    given: &Given<'_, 'a>,
    key: &str,
    table: &TableName,
) -> Eval<'a, Known<Option<Constraint>>> {
    let data_type = match given.args.get(key).cloned() {
        None | Some(Value::None | Value::Unknown(_)) => return Ok(Ok(None)),
        Some(value) => known!(compiler::data_type(vm, &value, table, given.compiler)?),
    };
    Ok(Ok(constraints_of_type(&data_type, "", given.compiler)))
}

fn alter_column<'a>(
    vm: &mut Interpreter<'a>,
    given: &Given<'_, 'a>,
    table: &TableName,
) -> Eval<'a, Known<Vec<Operation>>> {
    let Some(name) = given.text(1, "column_name") else {
        return Ok(Err(vm.why("has a column whose name is computed")));
    };
    let name = known!(name);
    let mut change = Change {
        name: name.clone(),
        nullable: None,
        default: None,
        data_type: None,
        new_name: None,
        of_type: None,
        comments: !matches!(given.args.get("comment"), None | Some(Value::Bool(false))),
        counts: flag_of(given, "autoincrement"),
        existing: known!(existing(vm, given, table)?),
    };
    match given.args.get("nullable") {
        Some(Value::Bool(nullable)) => change.nullable = Some(*nullable),
        Some(Value::Unknown(why)) => return Ok(Err(forget_text(why))),
        _ => {}
    }
    if given.compiler.states_columns_anew()
        && matches!(given.args.get("existing_server_default"), Some(Value::Instance(record)) if record.class.is_named("Computed"))
        && (change.nullable.is_some() || given.args.get("type_").is_some_and(|given| !matches!(given, Value::None)))
    {
        vm.raise_surely("NotImplementedError", "Individual alter column constructs not supported by MySQL")?;
        return Ok(Ok(Vec::new()));
    }
    let computes =
        |key: &str| matches!(given.args.get(key), Some(Value::Instance(record)) if record.class.is_named("Computed"));
    let counts =
        |key: &str| matches!(given.args.get(key), Some(Value::Instance(record)) if record.class.is_named("Identity"));
    let changes_default = !matches!(given.args.get("server_default"), None | Some(Value::Bool(false)));
    if computes("server_default") || changes_default && computes("existing_server_default") {
        let said = "Adding or removing a \"computed\" construct, e.g. GENERATED ALWAYS AS, to or from an existing column is \
                    not supported.";
        vm.raise_surely("CompileError", said)?;
        return Ok(Ok(Vec::new()));
    }
    if counts("server_default") || changes_default && counts("existing_server_default") {
        let said = "Adding, removing or modifying an \"identity\" construct, e.g. GENERATED AS IDENTITY, to or from an existing \
                    column is not supported in this dialect.";
        vm.raise_surely("CompileError", said)?;
        return Ok(Ok(Vec::new()));
    }
    match given.args.get("server_default").cloned() {
        None | Some(Value::Bool(false)) => {}
        Some(value) => change.default = Some(known!(DefaultText::of(vm, &value, given.compiler)?)),
    }
    let mut operations = Vec::new();
    let old = known!(check_of_type(vm, given, "existing_type", table)?);
    change.of_type = old.as_ref().and_then(|check| check.name.clone());
    let mut later = None;
    match given.args.get("type_").cloned() {
        None | Some(Value::None) => {}
        Some(value) => {
            let data_type = known!(compiler::data_type(vm, &value, table, given.compiler)?);
            if let Some(old) = old {
                operations.push(Operation::DropConstraint { name: old.name, of_type: true, kind: None });
            }
            later = constraints_of_type(&data_type, &name, given.compiler).map(Operation::AddConstraint);
            change.data_type = Some(data_type);
        }
    }
    if let Some(new) = given.args.get("new_column_name").or_else(|| given.args.get("name")).and_then(text_of) {
        change.new_name = Some(known!(new));
    }
    operations.push(Operation::AlterColumn(Box::new(change)));
    operations.extend(later);
    Ok(Ok(operations))
}

fn flag_of(given: &Given<'_, '_>, name: &str) -> Option<bool> {
    match given.args.get(name) {
        Some(Value::Bool(value)) => Some(*value),
        _ => None,
    }
}

/// What the column is said to have been. What is not known of that leaves the column unknown where it is stated anew.
fn existing<'a>(vm: &mut Interpreter<'a>, given: &Given<'_, 'a>, table: &TableName) -> Eval<'a, Known<Existing>> {
    let mut existing = Existing {
        nullable: flag_of(given, "existing_nullable"),
        counts: flag_of(given, "existing_autoincrement"),
        ..Existing::default()
    };
    if !given.compiler.states_columns_anew() {
        return Ok(Ok(existing));
    }
    match given.args.get("existing_type").cloned() {
        None | Some(Value::None) => {}
        Some(Value::Unknown(why)) => return Ok(Err(forget_text(&why))),
        Some(value) => {
            existing.data_type = Some(known!(compiler::data_type(vm, &value, table, given.compiler)?));
        }
    }
    match given.args.get("existing_server_default").cloned() {
        None | Some(Value::Bool(false)) => {}
        Some(value) => existing.default = known!(DefaultText::of(vm, &value, given.compiler)?),
    }
    Ok(Ok(existing))
}

fn create_index<'a>(
    vm: &mut Interpreter<'a>,
    given: &Given<'_, 'a>,
    table: &TableName,
) -> Eval<'a, Known<Vec<Operation>>> {
    let columns = match given.value(2, "columns") {
        Some(text @ Value::Str(_)) => vec![text],
        Some(columns) => known!(vm.iterate(&columns)?),
        None => return Ok(Err(vm.why("has an index without columns"))),
    };
    let option = |key: &str| given.args.get(key).cloned();
    let index = known!(Index::read(vm, given.text(0, "index_name"), table, &columns, &option, given.compiler)?);
    let guard = if given.flag("if_not_exists") { "IF NOT EXISTS " } else { "" };
    Ok(Ok(vec![Operation::CreateIndex { index, guard }]))
}

fn drop_index<'a>(vm: &mut Interpreter<'a>, given: &Given<'_, 'a>) -> Known<Vec<Operation>> {
    let Some(name) = given.text(0, "index_name") else { return Err(vm.why("has an index whose name is computed")) };
    let name = naming::told(vm, &name?);
    Ok(vec![Operation::DropIndex { name, guard: if given.flag("if_exists") { "IF EXISTS " } else { "" } }])
}

fn constraint<'a>(
    vm: &mut Interpreter<'a>,
    name: &str,
    given: &Given<'_, 'a>,
    table: &TableName,
) -> Eval<'a, Known<Constraint>> {
    let own = given.text(0, "constraint_name");
    let list = |index, key| given.value(index, key).unwrap_or(Value::None);
    let (kind, rule) = match name {
        "create_check_constraint" => ("ck", Rule::Check(known!(condition(vm, &list(2, "condition"))?))),
        "create_foreign_key" => {
            let Some(other) = given.text(2, "referent_table") else {
                return Ok(Err(vm.why("refers to a table whose name is computed")));
            };
            let columns = known!(column_names(vm, &list(3, "local_cols"))?);
            let references = known!(column_names(vm, &list(4, "remote_cols"))?);
            let option = |key: &str| {
                let position = match key {
                    "onupdate" if !given.in_batch => given.args.positional.get(5),
                    "ondelete" if !given.in_batch => given.args.positional.get(6),
                    _ => None,
                };
                position.or_else(|| given.args.get(key)).cloned()
            };
            let mut other = known!(other);
            if let Some(schema) = given.args.get("referent_schema").and_then(Value::as_str)
                && given.compiler.has_schemas()
            {
                other = format!("{schema}.{other}");
            }
            ("fk", Rule::Foreign { columns, table: other, references, suffix: foreign_suffix(option) })
        }
        "create_primary_key" => ("pk", Rule::Primary(known!(column_names(vm, &list(2, "columns"))?))),
        _ => ("uq", Rule::Unique(known!(column_names(vm, &list(2, "columns"))?))),
    };
    let columns = match &rule {
        Rule::Check(_) => Vec::new(),
        Rule::Primary(columns) | Rule::Unique(columns) | Rule::Foreign { columns, .. } => columns.clone(),
    };
    let referred = match &rule {
        Rule::Foreign { table, references, .. } => Some((table.as_str(), references.as_slice())),
        _ => None,
    };
    let own = known!(naming::name(vm, Subject { kind, table, columns: &columns, referred }, own));
    Ok(Ok(Constraint::new(own, rule)))
}

fn drop_constraint<'a>(
    vm: &mut Interpreter<'a>,
    given: &Given<'_, 'a>,
    table: &TableName,
) -> Eval<'a, Known<Vec<Operation>>> {
    let name = match given.value(0, "constraint_name") {
        None | Some(Value::None) => None,
        Some(value) => match text_of(&value) {
            Some(name) => Some(known!(name)),
            None => return Ok(Err(vm.why("has a constraint whose name is computed"))),
        },
    };
    let (words, kind) = match given.value(2, "type_").as_ref().and_then(Value::as_str) {
        Some("check") => ("ck", Some(Kind::Check)),
        Some("unique") => ("uq", Some(Kind::Unique)),
        Some("primary") => ("pk", Some(Kind::Primary)),
        Some("foreignkey") => ("fk", Some(Kind::Foreign)),
        _ => ("", None),
    };
    let subject = Subject { kind: words, table, columns: &[], referred: None };
    let name = match name {
        Some(name) => known!(naming::name(vm, subject, Some(Ok(name)))),
        None => None,
    };
    Ok(Ok(vec![Operation::DropConstraint { name, of_type: false, kind }]))
}
