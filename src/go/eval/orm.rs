//! Calls of libraries that map structs to tables: what changes no table is harmless, what makes one is followed where the
//! struct and its tags say it.

use std::rc::Rc;

use super::models::{self, Model, Style};
use super::value::{Handle, Named, Struct, Value};
use super::{Eval, Gap, Interpreter, stop, unknown};
use crate::go::package::{Declared, Package};
use crate::schema::dialect::Dialect;
use crate::source::Location;

/// Methods that read or change rows, or put together what does.
const ROWS: [&str; 66] = [
    "Model",
    "Table",
    "Where",
    "Or",
    "Not",
    "Find",
    "FindInBatches",
    "First",
    "Last",
    "Take",
    "Create",
    "CreateInBatches",
    "Save",
    "Update",
    "Updates",
    "UpdateColumn",
    "UpdateColumns",
    "Delete",
    "Pluck",
    "Count",
    "Scan",
    "ScanRows",
    "Row",
    "Rows",
    "Joins",
    "Preload",
    "Order",
    "OrderBy",
    "Group",
    "GroupBy",
    "Having",
    "Distinct",
    "Limit",
    "Offset",
    "Omit",
    "Clauses",
    "Unscoped",
    "Set",
    "Scopes",
    "FirstOrCreate",
    "FirstOrInit",
    "Attrs",
    "Assign",
    "Association",
    "Migrator",
    "Insert",
    "InsertOne",
    "InsertMulti",
    "ID",
    "In",
    "And",
    "Cols",
    "AllCols",
    "NoAutoTime",
    "NoAutoCondition",
    "Incr",
    "Decr",
    "SetExpr",
    "Asc",
    "Desc",
    "Iterate",
    "NewSession",
    "SQL",
    "Exist",
    "Cascade",
    "StoreEngine",
];

/// Whether a method of this name reads or changes rows, or puts together what does.
pub(super) fn is_about_rows(name: &str) -> bool {
    ROWS.contains(&name) && name != "Migrator" || matches!(name, "Get" | "Context" | "WithContext" | "Session")
}

/// Whether a method's name says that it may change a schema.
fn is_about_a_schema(name: &str) -> bool {
    const WORDS: [&str; 19] = [
        "sync",
        "migrat",
        "table",
        "column",
        "index",
        "constraint",
        "create",
        "drop",
        "alter",
        "rename",
        "add",
        "exec",
        "import",
        "load",
        "schema",
        "unique",
        "foreign",
        "run",
        "apply",
    ];
    let name = name.to_ascii_lowercase();
    WORDS.iter().any(|word| name.contains(word))
}

impl Interpreter<'_> {
    /// A call of a method of a database that a library wraps; `None` where it is none that is known.
    pub(super) fn mapped_call(&mut self, name: &str, arguments: &[Value], here: &Location) -> Eval<Option<Value>> {
        Ok(Some(match name {
            _ if ROWS.contains(&name) => {
                for argument in arguments {
                    if let (Value::Pointer(cell), Value::Unknown(why)) =
                        (argument, unknown("depends on the rows of a table", here.clone()))
                    {
                        *cell.borrow_mut() = Value::Unknown(why);
                    }
                }
                Value::Handle(Handle::Database)
            }
            "Name" | "DriverName" if !self.host.dialect().is_empty() => Value::Driver(self.host.dialect()),
            "Dialect" | "URI" | "Engine" | "DB" => Value::Handle(Handle::Database),
            "Sync" | "Sync2" | "SyncWithOptions" => {
                for argument in arguments.iter().skip(usize::from(name == "SyncWithOptions")) {
                    self.synchronized(argument, here);
                }
                match name {
                    "SyncWithOptions" => Value::Tuple(Rc::new(vec![Value::Handle(Handle::Other), Value::Nil])),
                    _ => Value::Nil,
                }
            }
            "CreateTables" | "CreateIndexes" | "CreateUniques" | "CreateIndex" | "DropIndex" | "RenameIndex"
            | "AlterColumn" | "CreateConstraint" | "DropConstraint" | "DropTables" => {
                let reason = format!("calls `{name}` of a library, which is not followed");
                for argument in arguments {
                    let table = self.table(argument);
                    self.host.leave_open(table.as_deref(), Some(Gap { reason: &reason, place: here }));
                    if name != "DropTables" {
                        break;
                    }
                }
                Value::Nil
            }
            "Transaction" => match arguments.iter().find(|value| matches!(value, Value::Function(_))) {
                Some(Value::Function(closure)) => {
                    self.call_closure(&Rc::clone(closure), Vec::new(), Some(here.clone()))?.last()
                }
                _ => return Ok(None),
            },
            "HasTable" | "HasColumn" => self.asked(name, arguments, here),
            "AutoMigrate" | "CreateTable" => {
                for argument in arguments {
                    let error = self.made(argument, name == "AutoMigrate", here)?;
                    if !matches!(error, Value::Nil) {
                        return Ok(Some(error));
                    }
                }
                Value::Nil
            }
            "AddColumn" | "DropColumn" | "RenameColumn" | "DropTable" | "DropTableIfExists" | "RenameTable" => {
                self.altered(name, arguments, here)?
            }
            // What is left is about rows, unless its name says something of a schema.
            _ if self.package.sources().any(|source| source.text().contains("xorm.io/"))
                && !is_about_a_schema(name) =>
            {
                Value::Handle(Handle::Database)
            }
            _ => return Ok(None),
        }))
    }

    /// How statements are written for the database.
    fn style(&self) -> Style {
        let dialect = Dialect::of_name(self.host.dialect());
        if dialect.is_none_or(|dialect| dialect.facts().takes_backticks) { Style::Backticks } else { Style::Quotes }
    }

    /// What xorm does with a struct: it makes the table, or adds the columns that it has not. It does so without failing,
    /// and leaves types as they are.
    fn synchronized(&mut self, model: &Value, here: &Location) {
        let gap = || Gap { reason: "has a library keep a table like a struct that is not followed", place: here };
        let of = match model {
            Value::Struct(known) => known.of.clone(),
            _ => None,
        };
        let table = of.as_ref().and_then(|of| match model {
            Value::Struct(known) if self.table_method(of).is_some() => self.table_of(known),
            _ => Some(models::snake(of.own_name())),
        });
        let columns = of.and_then(|of| models::synchronized(of.declared.as_ref()?));
        let known = table.as_ref().and_then(|table| self.host.columns(table));
        let (Some(table), Some(columns), Some(known)) = (&table, columns, known) else {
            self.host.leave_open(table.as_deref(), Some(gap()));
            return;
        };
        let style = self.style();
        let quoted = |name: &str| style.quoted(name);
        let made = if known.is_empty() {
            let columns: Vec<String> = columns.iter().map(|name| style.untyped(name)).collect();
            self.host.make(&format!("CREATE TABLE {} ({})", quoted(table), columns.join(", ")))
        } else {
            let missing = columns.iter().filter(|name| !known.iter().any(|own| own.eq_ignore_ascii_case(name)));
            let statements = missing.map(|name| format!("ALTER TABLE {} ADD {}", quoted(table), style.untyped(name)));
            statements.collect::<Vec<_>>().iter().all(|sql| self.host.make(sql))
        };
        self.host.leave_open(Some(table), (!made).then(gap));
    }

    /// `HasTable(&User{})`, `HasColumn(&User{}, "age")`.
    fn asked(&mut self, name: &str, arguments: &[Value], here: &Location) -> Value {
        let why = || unknown("depends on what a library says of a table", here.clone());
        let Some(table) = arguments.first().and_then(|model| self.table(model)) else { return why() };
        let Some(columns) = self.host.columns(&table) else { return why() };
        match (name, arguments) {
            ("HasTable", _) => Value::Bool(!columns.is_empty()),
            ("HasColumn", [model, column]) => match self.column(model, column) {
                Some(column) => Value::Bool(columns.iter().any(|known| known.eq_ignore_ascii_case(&column))),
                None => why(),
            },
            _ => why(),
        }
    }

    /// Makes the table of a model, or adds what it has not.
    fn made(&mut self, model: &Value, adds: bool, here: &Location) -> Eval<Value> {
        const REASON: &str = "makes the table of a struct that is not followed";
        let gap = Gap { reason: REASON, place: here };
        let Some(Model { table, columns, is_live }) = self.model(model) else {
            let table = self.table(model);
            self.host.leave_open(table.as_deref(), Some(gap));
            return Ok(Value::Nil);
        };
        let Some(known) = self.host.columns(&table) else {
            self.host.leave_open(Some(&table), Some(gap));
            return Ok(Value::Nil);
        };
        let style = self.style();
        let quoted = |name: &str| style.quoted(name);
        let statements: Vec<String> = if known.is_empty() {
            vec![style.table(&table, &columns)]
        } else if adds {
            let missing =
                columns.iter().filter(|column| !known.iter().any(|own| own.eq_ignore_ascii_case(&column.name)));
            missing.map(|column| format!("ALTER TABLE {} ADD {}", quoted(&table), style.definition(column))).collect()
        } else {
            vec![format!("CREATE TABLE {} ({})", quoted(&table), style.untyped("x"))]
        };
        if is_live {
            let made = statements.iter().all(|sql| self.host.make(sql));
            self.host.leave_open(Some(&table), (!made).then_some(gap));
            return Ok(Value::Nil);
        }
        for sql in statements {
            let error = self.execute(&sql.into(), &[], here, false)?.last();
            if !matches!(error, Value::Nil) {
                return Ok(error);
            }
        }
        Ok(Value::Nil)
    }

    fn altered(&mut self, name: &str, arguments: &[Value], here: &Location) -> Eval<Value> {
        let not_told = || stop("alters a table in a way that is not followed", here.clone());
        let style = self.style();
        let quoted = |name: &str| style.quoted(name);
        if matches!(name, "DropTable" | "DropTableIfExists") {
            for argument in arguments {
                let table = self.table(argument).ok_or_else(not_told)?;
                let sql = format!("DROP TABLE IF EXISTS {}", quoted(&table));
                let error = self.execute(&sql.into(), &[], here, false)?.last();
                if !matches!(error, Value::Nil) {
                    return Ok(error);
                }
            }
            return Ok(Value::Nil);
        }
        let table = arguments.first().and_then(|model| self.table(model)).ok_or_else(not_told)?;
        let sql = match (name, arguments) {
            ("RenameTable", [_, to]) => {
                let to = self.table(to).ok_or_else(not_told)?;
                format!("ALTER TABLE {} RENAME TO {}", quoted(&table), quoted(&to))
            }
            ("AddColumn", [model, Value::Text(field)]) => {
                let columns = self.model(model).map(|model| model.columns).unwrap_or_default();
                let definition = match columns.iter().find(|column| column.is_called(field)) {
                    Some(column) => style.definition(column),
                    // Of what type it is is not known, and neither are the others.
                    None if columns.is_empty() => {
                        self.host.leave_open(Some(&table), None);
                        style.untyped(&models::snake(field))
                    }
                    None => return Err(not_told()),
                };
                format!("ALTER TABLE {} ADD {definition}", quoted(&table))
            }
            ("DropColumn", [model, column]) => {
                let column = self.column(model, column).ok_or_else(not_told)?;
                format!("ALTER TABLE {} DROP COLUMN {}", quoted(&table), quoted(&column))
            }
            ("RenameColumn", [model, from, to]) => {
                let from = self.column(model, from).ok_or_else(not_told)?;
                let to = self.column(model, to).ok_or_else(not_told)?;
                format!("ALTER TABLE {} RENAME COLUMN {} TO {}", quoted(&table), quoted(&from), quoted(&to))
            }
            _ => return Err(not_told()),
        };
        Ok(self.execute(&sql.into(), &[], here, false)?.last())
    }

    /// The table of a model, or the name that a text is.
    fn table(&mut self, model: &Value) -> Option<String> {
        match model {
            Value::Text(name) => Some(name.to_string()),
            Value::Pointer(cell) => {
                let inner = cell.borrow().clone();
                self.table(&inner)
            }
            Value::Struct(known) => self.table_of(known),
            _ => None,
        }
    }

    fn table_of(&mut self, known: &Struct) -> Option<String> {
        let of = known.of.as_ref()?;
        of.declared.as_ref()?;
        if !of.is_local
            && let Some(declared) = self.table_method(of)
        {
            let closure = super::Closure {
                file: declared.file,
                function: declared.function,
                scope: None,
                receiver: Some(Value::Struct(Rc::new(known.clone()))),
            };
            return match self.call_closure(&Rc::new(closure), Vec::new(), None) {
                Ok(Value::Text(name)) => Some(name.to_string()),
                _ => None,
            };
        }
        models::table_name(of.own_name())
    }

    /// The method with which a type says the name of its table.
    fn table_method(&self, of: &Named) -> Option<Declared> {
        of.home.as_ref().unwrap_or(&self.package).method_of(of.own_name(), "TableName")
    }

    fn model(&mut self, model: &Value) -> Option<Model> {
        match model {
            Value::Pointer(cell) => {
                let inner = cell.borrow().clone();
                self.model(&inner)
            }
            Value::Struct(known) => {
                let of = known.of.clone()?;
                let table = self.table_of(known)?;
                let home = Rc::clone(of.home.as_ref().unwrap_or(&self.package));
                let mut beside = |package: &Package, name: &str| self.type_beside(package, name);
                let columns = models::columns(of.declared.as_ref()?, &home, &mut beside, 3)?;
                Some(Model { table, columns, is_live: !of.is_local })
            }
            _ => None,
        }
    }

    /// The column that a field, or a text, means.
    fn column(&mut self, model: &Value, named: &Value) -> Option<String> {
        let Value::Text(named) = named else { return None };
        let columns = self.model(model).map(|model| model.columns).unwrap_or_default();
        let own = columns.into_iter().find(|column| column.is_called(named));
        Some(own.map_or_else(|| named.to_string(), |column| column.name))
    }
}
