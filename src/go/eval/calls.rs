//! Calls: of the package's own functions, and of what is not followed.

use std::rc::Rc;

use super::statements::Flow;
use super::value::{Closure, Handle, Scope, Value};
use super::{Eval, Frame, Interpreter, Stop, database, library, stop, unknown};
use crate::go::syntax::{Call, Expr, ExprKind};
use crate::source::Location;

/// How many calls may be open at once.
const CALLS: usize = 40;

impl Interpreter<'_> {
    pub(super) fn call_expr(&mut self, call: &Call, expr: &Expr, frame: &Frame) -> Eval<Value> {
        let here = frame.file.location(&expr.range);
        if let ExprKind::Name(name) = &call.callee.kind
            && self.variable(name, frame).is_none()
            && (self.package.function(name).is_none())
        {
            let types = [name.as_ref()].into_iter().any(library::is_type) || self.package.type_of(name).is_some();
            if types && call.arguments.len() == 1 {
                return Ok(self.expr(&call.arguments[0], frame)?.last());
            }
            return self.builtin(name, call, frame, here);
        }
        if let ExprKind::Select(operand, method) = &call.callee.kind {
            if let ExprKind::Name(package) = &operand.kind
                && self.variable(package, frame).is_none()
                && self.package.type_of(package).is_none()
            {
                return self.outside(package, method, call, frame, here);
            }
            return self.method_call(operand, method, call, frame, here);
        }
        let callee = self.expr(&call.callee, frame)?.last();
        let arguments = self.arguments(call, frame)?;
        self.apply(&callee, arguments, here)
    }

    pub(super) fn arguments(&mut self, call: &Call, frame: &Frame) -> Eval<Vec<Value>> {
        let mut values = Vec::with_capacity(call.arguments.len());
        for argument in &call.arguments {
            match self.expr(argument, frame)? {
                // `f(g())` hands all results of `g` on.
                Value::Tuple(parts) if call.arguments.len() == 1 => values.extend(parts.iter().cloned()),
                value => values.push(value.last()),
            }
        }
        if call.spread
            && let Some(Value::List(items)) = values.last()
        {
            let items = Rc::clone(items);
            values.pop();
            values.extend(items.iter().cloned());
        }
        Ok(values)
    }

    /// Calls a value.
    fn apply(&mut self, callee: &Value, arguments: Vec<Value>, here: Location) -> Eval<Value> {
        match callee {
            Value::Function(closure) => self.call_closure(closure, arguments, Some(here)),
            Value::Unknown(why) => Self::not_followed(&arguments, here, || why.reason.clone()),
            _ => Self::not_followed(&arguments, here, || "calls something that is not followed".to_owned()),
        }
    }

    /// A call of what is not followed: harmless, unless a database is handed over.
    fn not_followed(arguments: &[Value], here: Location, reason: impl Fn() -> String) -> Eval<Value> {
        if Self::reaches_a_database(arguments) { Err(stop(reason(), here)) } else { Ok(unknown(reason(), here)) }
    }

    /// Whether whoever is called with these can send something to a database.
    pub(super) fn reaches_a_database(arguments: &[Value]) -> bool {
        arguments.iter().any(|value| match value {
            Value::Handle(Handle::Database) => true,
            // A function that is handed over may be called or not.
            Value::Function(closure) => database::may_execute(closure),
            _ => false,
        })
    }

    pub(super) fn call_closure(
        &mut self,
        closure: &Rc<Closure>,
        arguments: Vec<Value>,
        here: Option<Location>,
    ) -> Eval<Value> {
        let function = &closure.function;
        if self.callers.len() >= CALLS {
            let place = here.unwrap_or_else(|| closure.file.location(&function.range));
            return Err(stop("calls deeper than a check allows", place));
        }
        let scope = Scope::inside(closure.scope.as_ref());
        if let Some(receiver) = &function.receiver {
            let value = closure.receiver.clone().unwrap_or(Value::Handle(Handle::Other));
            scope.declare(&receiver.name, value);
        }
        let mut arguments = arguments.into_iter();
        for parameter in &function.parameters {
            let value = if parameter.variadic {
                Value::List(Rc::new(arguments.by_ref().collect()))
            } else {
                arguments.next().unwrap_or_else(|| Value::Handle(super::handle(&parameter.written)))
            };
            scope.declare(&parameter.name, value);
        }
        for result in &function.results {
            scope.declare(result, Value::Nil);
        }
        let frame = Frame { file: Rc::clone(&closure.file), scope };
        let depth = self.callers.len();
        self.callers.extend(here);
        let result = self.at_home(&closure.file, |vm| vm.body(closure, &frame));
        self.callers.truncate(depth);
        result
    }

    fn body(&mut self, closure: &Rc<Closure>, frame: &Frame) -> Eval<Value> {
        let mut deferred = Vec::new();
        let flow = self.block(&closure.function.body, frame, &mut deferred)?;
        while let Some((_, callee)) = deferred.pop() {
            if let Value::Function(callee) = &*callee {
                self.call_closure(callee, Vec::new(), None)?;
            }
        }
        let named = || {
            let find = |name: &Rc<str>| frame.scope.find(name).map_or(Value::Nil, |cell| cell.borrow().clone());
            closure.function.results.iter().map(find).collect::<Vec<_>>()
        };
        Ok(match flow {
            Flow::Return(Value::Tuple(parts)) if parts.is_empty() => match <[Value; 1]>::try_from(named()) {
                Ok([only]) => only,
                Err(several) => Value::Tuple(Rc::new(several)),
            },
            Flow::Return(value) => value,
            _ => Value::Nil,
        })
    }

    fn method_call(
        &mut self,
        operand: &Expr,
        method: &Rc<str>,
        call: &Call,
        frame: &Frame,
        here: Location,
    ) -> Eval<Value> {
        let receiver = self.expr(operand, frame)?;
        let receiver =
            if self.is_meant_for_database(&receiver, method) { Value::Handle(Handle::Database) } else { receiver };
        // A type of the package may have a method of that name: a wrapper around a database.
        let is_own = !matches!(receiver, Value::Handle(Handle::Database) | Value::Prepared(_) | Value::Rows(_));
        if let Value::Struct(known) = &receiver
            && let Some(callee) = known.field(method).cloned()
        {
            let arguments = self.arguments(call, frame)?;
            return self.apply(&callee, arguments, here);
        }
        if is_own && let Some(declared) = self.package.method(method) {
            let arguments = self.arguments(call, frame)?;
            let (file, function) = (declared.file, declared.function);
            let closure = Closure { file, function, scope: None, receiver: Some(receiver.last()) };
            return self.call_closure(&Rc::new(closure), arguments, Some(here));
        }
        let arguments = self.arguments(call, frame)?;
        if let (Value::Files(from), "ReadFile", [path]) = (&receiver, &**method, arguments.as_slice()) {
            return Ok(self.read_file(from, path, here));
        }
        if let Some(result) = self.database_call(&receiver, method, &arguments, &here)? {
            return Ok(result);
        }
        match receiver.last() {
            Value::Handle(Handle::Database) => {
                // A type of the package around a database has methods of its own; inside of one, the database's is meant.
                if let Some(declared) = self.package.method(method).filter(|_| !self.around.contains(method)) {
                    let (file, function) = (declared.file, declared.function);
                    let receiver = Some(Value::Handle(Handle::Database));
                    let closure = Closure { file, function, scope: None, receiver };
                    self.around.push(Rc::clone(method));
                    let result = self.call_closure(&Rc::new(closure), arguments, Some(here));
                    self.around.pop();
                    return result;
                }
                if let Some(result) = self.mapped_call(method, &arguments, &here)? {
                    return Ok(result);
                }
                Err(stop(format!("calls `{method}` of the database, which is not followed"), here))
            }
            Value::Error(error) if matches!(&**method, "Error" | "String") => Ok(Value::text(error.text.as_str())),
            receiver => {
                let reason = match &receiver {
                    Value::Unknown(why) => why.reason.clone(),
                    _ => format!("depends on what `{method}` returns"),
                };
                Self::not_followed(&arguments, here, || reason.clone())
            }
        }
    }

    /// Whether a method is one of the database that a struct has inside: neither the struct nor the package has it.
    fn is_meant_for_database(&self, receiver: &Value, method: &Rc<str>) -> bool {
        match receiver {
            Value::Pointer(cell) => self.is_meant_for_database(&cell.borrow(), method),
            Value::Struct(known) => {
                let has_database =
                    known.fields.iter().any(|(_, value, _)| matches!(value, Value::Handle(Handle::Database)));
                let is_own = known.field(method).is_some() || self.package.method(method).is_some();
                has_database && (!is_own || self.around.contains(method))
            }
            _ => false,
        }
    }

    /// A function of another package.
    fn outside(&mut self, package: &str, name: &str, call: &Call, frame: &Frame, here: Location) -> Eval<Value> {
        let own = self.exported(package, name, frame);
        let arguments = self.arguments(call, frame)?;
        if let Some(callee) = own
            && let Some(result) = self.call_exported(&callee, arguments.clone(), here.clone())?
        {
            return Ok(result.last());
        }
        if let Some(result) = self.library(package, name, &arguments, call, frame)? {
            return Ok(result);
        }
        if let Some(result) = self.database_call(&Value::Handle(Handle::Other), name, &arguments, &here)? {
            return Ok(result);
        }
        // `withTransaction(db, func(tx) error { … })` of a library calls it once.
        let lower = name.to_ascii_lowercase();
        if (lower.contains("tx") || lower.contains("transact"))
            && let Some(Value::Function(closure)) = arguments.iter().find(|value| matches!(value, Value::Function(_)))
        {
            return Ok(self.call_closure(&Rc::clone(closure), Vec::new(), Some(here))?.last());
        }
        let reason = format!("depends on what `{package}.{name}` returns, which is not in the package");
        if library::is_plain(package) {
            return Ok(unknown(reason, here));
        }
        Self::not_followed(&arguments, here, || reason.clone())
    }
}

impl From<Stop> for Value {
    fn from(Stop(why): Stop) -> Self {
        Self::Unknown(why)
    }
}
