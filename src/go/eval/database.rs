//! Calls that reach the database.

use std::rc::Rc;

use super::value::{Closure, Error, Handle, Refusal, Rows, Value};
use super::{Answer, Eval, Interpreter, Request, Stop, stop, unknown};
use crate::go::syntax::{Expr, ExprKind};
use crate::python::texts::UNKNOWN;
use crate::schema::statement;
use crate::source::Location;

/// What `database/sql` says where a query has no row.
pub(super) const NO_ROWS: &str = "sql: no rows in result set";

/// What a method is for, by its name.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Method {
    Exec,
    MustExec,
    Query,
    QueryRow,
    /// `Get(&value, sql)` of `sqlx`.
    Get,
    Prepare,
    /// One that leaves the schema as it is, and answers with a handle.
    Plain,
}

fn method(name: &str) -> Option<Method> {
    Some(match name {
        "MustExec" | "MustExecContext" => Method::MustExec,
        "Query" | "QueryContext" | "Queryx" | "QueryxContext" => Method::Query,
        "QueryRow" | "QueryRowContext" | "QueryRowx" | "QueryRowxContext" => Method::QueryRow,
        "Get" | "GetContext" => Method::Get,
        "Prepare" | "PrepareContext" | "Preparex" => Method::Prepare,
        _ if name.starts_with("Exec") || name.starts_with("NamedExec") => Method::Exec,
        "Begin" | "BeginTx" | "Beginx" | "BeginTxx" | "Commit" | "Rollback" | "Close" | "Ping" | "PingContext"
        | "Conn" | "Raw" | "WithContext" | "Unsafe" | "SetMaxOpenConns" | "SetMaxIdleConns" | "RowsAffected"
        | "LastInsertId" | "Stats" | "DriverName" | "Rebind" | "DB" | "Session" | "Debug" => Method::Plain,
        _ => return None,
    })
}

/// Whether the text of a function names a call that executes something.
pub(super) fn may_execute(closure: &Closure) -> bool {
    let text = closure.file.source.text().get(closure.function.range.clone()).unwrap_or_default();
    [".Exec", ".MustExec", ".NamedExec", ".Query", ".AutoMigrate", ".Migrator", ".Sync"]
        .iter()
        .any(|sign| text.contains(sign))
}

impl Interpreter<'_> {
    /// A call of a method that reaches a database; `None` where it is none.
    pub(super) fn database_call(
        &mut self,
        receiver: &Value,
        name: &str,
        arguments: &[Value],
        here: &Location,
    ) -> Eval<Option<Value>> {
        match receiver {
            Value::Rows(rows) => return Ok(Some(Self::of_rows(rows, name, arguments))),
            Value::Prepared(sql) => {
                let sql = Rc::clone(sql);
                return match method(name) {
                    Some(Method::Exec) => Ok(Some(self.execute(&sql, arguments, here, false)?)),
                    Some(Method::Query | Method::QueryRow) => {
                        Ok(Some(unknown("depends on the rows of a table", here.clone())))
                    }
                    _ => Ok(Some(Value::Handle(Handle::Other))),
                };
            }
            // The connection of another library: `conn.Exec(sql)` after `tx.Exec(sql)` of one that answers with itself.
            Value::Handle(_)
            | Value::Unknown(_)
            | Value::Tuple(_)
            | Value::Struct(_)
            | Value::Error(_)
            | Value::Nil => {}
            _ => return Ok(None),
        }
        let Some(method) = method(name) else { return Ok(Self::scanned(receiver, name, arguments, here)) };
        if name == "DriverName" && !self.host.dialect().is_empty() {
            return Ok(matches!(receiver, Value::Handle(_)).then(|| Value::Driver(self.host.dialect())));
        }
        if method == Method::Plain {
            let is_known = matches!(receiver, Value::Handle(Handle::Database));
            return Ok(is_known.then_some(Value::Handle(Handle::Database)));
        }
        if let Method::Get = method
            && !matches!(arguments.first(), Some(Value::Pointer(_)))
        {
            return Ok(None);
        }
        let Some(at) = arguments.iter().position(is_sql) else {
            return match (receiver, method) {
                (Value::Handle(Handle::Database), _) | (_, Method::Exec | Method::MustExec)
                    if !arguments.is_empty() =>
                {
                    Err(Self::no_text(arguments, here))
                }
                _ => Ok(None),
            };
        };
        let sql = match &arguments[at] {
            Value::Text(text) => Rc::clone(text),
            Value::Unknown(why) if !decides(why.text.as_deref()) => {
                return Ok(Some(Value::Unknown(Rc::new(super::Unknown { text: None, ..(**why).clone() }))));
            }
            Value::Unknown(why) => return Err(Stop(Rc::clone(why))),
            _ => return Ok(None),
        };
        let rest = &arguments[at + 1..];
        self.sent(method, &sql, arguments, rest, here).map(Some)
    }

    fn sent(
        &mut self,
        method: Method,
        sql: &Rc<str>,
        arguments: &[Value],
        parameters: &[Value],
        here: &Location,
    ) -> Eval<Value> {
        match method {
            Method::Exec | Method::Plain => self.execute(sql, parameters, here, false),
            Method::MustExec => match self.execute(sql, parameters, here, false)?.last() {
                Value::Error(error) => Err(Stop(Rc::new(super::Unknown {
                    reason: format!("panics with {}", error.text),
                    location: here.clone(),
                    text: None,
                }))),
                other => Ok(other),
            },
            Method::Query => self.execute(sql, parameters, here, true),
            Method::QueryRow => Ok(self.execute(sql, parameters, here, true)?.last_or_rows()),
            Method::Get => {
                let rows = self.execute(sql, parameters, here, true)?.last_or_rows();
                Ok(match rows {
                    Value::Rows(rows) => {
                        rows.taken.set(1);
                        fill(&rows, &arguments[..1])
                    }
                    other => other,
                })
            }
            Method::Prepare => Ok(Value::Tuple(Rc::new(vec![Value::Prepared(Rc::clone(sql)), Value::Nil]))),
        }
    }

    fn no_text(arguments: &[Value], here: &Location) -> Stop {
        let why = arguments.iter().find_map(|value| match value {
            Value::Unknown(why) => Some(why.reason.clone()),
            _ => None,
        });
        stop(why.unwrap_or_else(|| "executes a statement that is not in the text".to_owned()), here.clone())
    }

    /// Sends a statement; answers as `Exec` and `Query` do: what came of it, and an error.
    pub(super) fn execute(
        &mut self,
        sql: &Rc<str>,
        parameters: &[Value],
        here: &Location,
        is_query: bool,
    ) -> Eval<Value> {
        self.step(here)?;
        let places = self.places(here.clone());
        let parameters = match parameters {
            // `NamedExec(sql, map[string]any{…})`, `Exec(sql, args...)` of a slice.
            [Value::List(items)] => items.to_vec(),
            other => other.to_vec(),
        };
        let request = Request { sql, parameters: &parameters, places: &places, is_query };
        let both = |result: Value, error: Value| Value::Tuple(Rc::new(vec![result, error]));
        Ok(match self.host.execute(&request) {
            Answer::Rows(rows) if is_query => both(Value::Rows(Rc::new(Rows { rows, ..Rows::default() })), Value::Nil),
            Answer::Rows(_) => both(Value::Handle(Handle::Other), Value::Nil),
            Answer::Refused(refusal) => {
                let text = refusal.message.clone();
                let refusal = Some(Rc::new(Refusal { refusal, sql: Rc::clone(sql), places }));
                both(Value::Nil, Value::Error(Rc::new(Error { text, refusal })))
            }
            Answer::Unknown(reason) if is_query => both(unknown(reason, here.clone()), Value::Nil),
            Answer::Unknown(reason) => return Err(stop(reason, here.clone())),
        })
    }

    fn of_rows(rows: &Rc<Rows>, name: &str, arguments: &[Value]) -> Value {
        match name {
            "Next" => {
                let has = rows.taken.get() < rows.rows.len();
                rows.taken.set(rows.taken.get().saturating_add(1));
                Value::Bool(has)
            }
            "Scan" => {
                // The one row of `QueryRow` is taken when it is read.
                if rows.taken.get() == 0 {
                    rows.taken.set(1);
                }
                fill(rows, arguments)
            }
            _ => Value::Nil,
        }
    }

    /// `Scan` of what is not known: neither is what it fills.
    fn scanned(receiver: &Value, name: &str, arguments: &[Value], here: &Location) -> Option<Value> {
        let is_scan = matches!(name, "Scan" | "Next" | "Err" | "Select" | "SelectContext");
        match receiver {
            Value::Error(_) | Value::Nil if is_scan => Some(receiver.clone()),
            Value::Unknown(why) if is_scan => {
                forget(arguments, why);
                Some(if name == "Next" { Value::Unknown(Rc::clone(why)) } else { Value::Nil })
            }
            Value::Handle(Handle::Database) if matches!(name, "Select" | "SelectContext") => {
                if let Value::Unknown(why) = unknown("depends on the rows of a table", here.clone()) {
                    forget(arguments, &why);
                }
                Some(Value::Nil)
            }
            Value::Handle(Handle::Other) => matches!(name, "Done" | "Err" | "Value").then_some(Value::Nil),
            _ => None,
        }
    }
}

impl Value {
    /// Of the results of a query the rows, or the error that there is in their place.
    fn last_or_rows(self) -> Self {
        match &self {
            Self::Tuple(parts) => match parts.as_slice() {
                [rows, Self::Nil] => rows.clone(),
                [_, error] => error.clone(),
                _ => self,
            },
            _ => self,
        }
    }
}

/// What a call would have filled is not known.
fn forget(targets: &[Value], why: &Rc<super::Unknown>) {
    for target in targets {
        if let Value::Pointer(cell) = target {
            *cell.borrow_mut() = Value::Unknown(Rc::clone(why));
        }
    }
}

fn fill(rows: &Rc<Rows>, targets: &[Value]) -> Value {
    let Some(row) = rows.current() else { return Value::error(NO_ROWS) };
    for (target, value) in targets.iter().zip(row) {
        if let Value::Pointer(cell) = target {
            // What SQLite keeps as a number is read into a truth value, too.
            let value = match (&*cell.borrow(), value) {
                (Value::Bool(_), Value::Int(number)) => Value::Bool(*number != 0),
                _ => value.clone(),
            };
            *cell.borrow_mut() = value;
        }
    }
    Value::Nil
}

fn is_sql(value: &Value) -> bool {
    match value {
        Value::Text(_) => true,
        Value::Unknown(why) => why.text.is_some(),
        _ => false,
    }
}

/// Whether a call sends a statement that stands in its arguments and is about rows, or asks what came of one.
pub(super) fn is_about_rows(name: &str, arguments: &[Expr]) -> bool {
    if matches!(name, "Scan" | "Next" | "Err" | "Close" | "Error" | "RowsAffected" | "LastInsertId") {
        return true;
    }
    let text = arguments.iter().find_map(|argument| match &argument.kind {
        ExprKind::Text(text) => Some(&text.text),
        _ => None,
    });
    matches!(method(name), Some(Method::Exec | Method::Query | Method::QueryRow | Method::Get | Method::Prepare))
        && text.is_some_and(|text| !decides(Some(text)))
}

/// Whether a text of which a part is not known may change the schema.
fn decides(text: Option<&str>) -> bool {
    let Some(text) = text else { return true };
    if text.contains(';') && text.trim_end().trim_end_matches(';').contains(';') {
        return true;
    }
    // What begins with the part that is not known may be anything.
    !statement::is_about_rows(text) || text.trim_start().starts_with(UNKNOWN)
}
