//! Exceptions: `try`, `raise`, `with`, and the classes that Python brings.

use std::borrow::Cow;
use std::rc::Rc;

use ruff_python_ast::{ExceptHandler, Expr, Stmt, StmtRaise, StmtTry, WithItem};

use super::function::{Scope, Sink, WithBody};
use super::interpreter::{Eval, Flow, Interpreter, Stop};
use super::value::{Args, Class, Instance, Names, Role, Unknown, Value};

/// Python's exceptions, each with the one it inherits from.
const CLASSES: &[(&str, &str)] = &[
    ("Exception", "BaseException"),
    ("SystemExit", "BaseException"),
    ("KeyboardInterrupt", "BaseException"),
    ("GeneratorExit", "BaseException"),
    ("ArithmeticError", "Exception"),
    ("ZeroDivisionError", "ArithmeticError"),
    ("OverflowError", "ArithmeticError"),
    ("AssertionError", "Exception"),
    ("AttributeError", "Exception"),
    ("EOFError", "Exception"),
    ("ImportError", "Exception"),
    ("ModuleNotFoundError", "ImportError"),
    ("LookupError", "Exception"),
    ("IndexError", "LookupError"),
    ("KeyError", "LookupError"),
    ("MemoryError", "Exception"),
    ("NameError", "Exception"),
    ("UnboundLocalError", "NameError"),
    ("OSError", "Exception"),
    ("FileNotFoundError", "OSError"),
    ("FileExistsError", "OSError"),
    ("PermissionError", "OSError"),
    ("TimeoutError", "OSError"),
    ("ConnectionError", "OSError"),
    ("RuntimeError", "Exception"),
    ("NotImplementedError", "RuntimeError"),
    ("RecursionError", "RuntimeError"),
    ("StopIteration", "Exception"),
    ("StopAsyncIteration", "Exception"),
    ("SyntaxError", "Exception"),
    ("TypeError", "Exception"),
    ("ValueError", "Exception"),
    ("UnicodeError", "ValueError"),
    ("UnicodeDecodeError", "UnicodeError"),
    ("UnicodeEncodeError", "UnicodeError"),
    ("JSONDecodeError", "ValueError"),
    ("Warning", "Exception"),
    ("UserWarning", "Warning"),
    ("DeprecationWarning", "Warning"),
    ("RuntimeWarning", "Warning"),
    ("sqlite3.Warning", "Exception"),
    // SQLAlchemy wraps what its drivers raise.
    ("SQLAlchemyError", "Exception"),
    ("InvalidRequestError", "SQLAlchemyError"),
    ("NoSuchTableError", "InvalidRequestError"),
    ("CircularDependencyError", "SQLAlchemyError"),
    ("CompileError", "SQLAlchemyError"),
    ("ArgumentError", "SQLAlchemyError"),
    ("ObjectNotExecutableError", "ArgumentError"),
    ("DuplicateColumnError", "ArgumentError"),
    ("IdentifierError", "SQLAlchemyError"),
    ("CommandError", "Exception"),
    ("StatementError", "SQLAlchemyError"),
    ("DBAPIError", "StatementError"),
    ("sqlite3.Error", "DBAPIError"),
    ("InterfaceError", "sqlite3.Error"),
    ("DatabaseError", "sqlite3.Error"),
    ("DataError", "DatabaseError"),
    ("OperationalError", "DatabaseError"),
    ("IntegrityError", "DatabaseError"),
    ("InternalError", "DatabaseError"),
    ("ProgrammingError", "DatabaseError"),
    ("NotSupportedError", "DatabaseError"),
];

impl<'a> Interpreter<'a> {
    /// One of Python's exception classes; `sqlite3`'s own `Error` and `Warning` go by their full name.
    pub fn exception_class(&mut self, name: &str) -> Option<Rc<Class<'a>>> {
        if let Some(known) = self.exceptions.get(name) {
            return Some(known.clone());
        }
        let (name, base): (&'static str, Option<&str>) = match CLASSES.iter().find(|(known, _)| *known == name) {
            Some((name, base)) => (name, Some(base)),
            None if name == "BaseException" => ("BaseException", None),
            None => return None,
        };
        let bases = match base.and_then(|base| self.exception_class(base)) {
            Some(base) => base.lineage().collect(),
            None => Vec::new(),
        };
        let short = name.rsplit_once('.').map_or(name, |(_, short)| short);
        let class = Rc::new(Class {
            name: Cow::Borrowed(short),
            bases,
            names: Names::default().into(),
            role: Role::Exception,
            location: None,
            open: None,
            fields: Vec::new().into(),
        });
        self.exceptions.insert(name, class.clone());
        Some(class)
    }

    /// An exception of Python's own.
    pub fn exception(&mut self, class: &str, args: Vec<Value<'a>>) -> Rc<Instance<'a>> {
        let class = self.exception_class(class).or_else(|| self.exception_class("Exception"));
        let class = class.unwrap_or_else(|| unreachable!("Exception is a class of Python's"));
        new_exception(class, args)
    }

    /// Raises an exception of Python's own.
    pub fn raise<T>(&mut self, class: &str, message: impl Into<String>) -> Eval<'a, T> {
        let message = Value::text(message.into());
        Err(Stop::Raise(self.exception(class, vec![message])))
    }

    pub(super) fn raise_statement(&mut self, raise: &'a StmtRaise, scope: &Rc<Scope<'a>>) -> Eval<'a, Flow<'a>> {
        let Some(exception) = &raise.exc else {
            return match self.handled.last() {
                Some(exception) => Err(Stop::Raise(exception.clone())),
                None => self.raise("RuntimeError", "No active exception to reraise"),
            };
        };
        let mut value = self.expr(exception, scope)?;
        let cause = match &raise.cause {
            Some(cause) => Some(self.expr(cause, scope)?),
            None => None,
        };
        if let Value::Class(_) = value {
            value = self.call(&value, Args::default())?;
        }
        if let Value::Instance(exception) = &value {
            let context = self.handled.last().cloned().map_or(Value::None, Value::Instance);
            let suppressed = Value::Bool(cause.is_some());
            let known = [
                ("__cause__", cause.unwrap_or(Value::None)),
                ("__context__", context),
                ("__suppress_context__", suppressed),
            ];
            exception.names.borrow_mut().extend(known.map(|(name, value)| (name.into(), value)));
        }
        match value {
            Value::Instance(exception) => {
                self.note_own_raise(&exception);
                Err(Stop::Raise(exception))
            }
            Value::Unknown(_) => {
                let exception = self.exception("Exception", Vec::new());
                Err(Stop::Raise(exception))
            }
            _ => self.raise("TypeError", "exceptions must derive from BaseException"),
        }
    }

    pub(super) fn try_statement(&mut self, attempt: &'a StmtTry, scope: &Rc<Scope<'a>>) -> Eval<'a, Flow<'a>> {
        let mark = self.mark();
        let result = match self.block(&attempt.body, scope) {
            Ok(Flow::Next) => self.block(&attempt.orelse, scope),
            Err(Stop::Raise(exception)) => {
                self.reset(mark);
                self.handle(&attempt.handlers, exception, scope)
            }
            other => other,
        };
        if attempt.finalbody.is_empty() {
            return result;
        }
        let here = self.here;
        match self.block(&attempt.finalbody, scope)? {
            Flow::Next => {
                self.here = here;
                result
            }
            flow => Ok(flow),
        }
    }

    fn handle(
        &mut self,
        handlers: &'a [ExceptHandler],
        exception: Rc<Instance<'a>>,
        scope: &Rc<Scope<'a>>,
    ) -> Eval<'a, Flow<'a>> {
        for ExceptHandler::ExceptHandler(handler) in handlers {
            let caught = match &handler.type_ {
                None => true,
                Some(class) => {
                    let class = self.expr(class, scope)?;
                    catches(&class, &exception)
                }
            };
            if !caught {
                continue;
            }
            if let Some(name) = &handler.name {
                self.bind(scope, name.as_str(), Value::Instance(exception.clone()));
            }
            self.handled.push(exception);
            let flow = self.block(&handler.body, scope);
            self.handled.pop();
            if let Some(name) = &handler.name {
                scope.remove(name.as_str());
            }
            return flow;
        }
        Err(Stop::Raise(exception))
    }

    /// The rest of a `with` statement: enters its first item, then the others, then the body.
    pub(super) fn with_items(
        &mut self,
        items: &'a [WithItem],
        body: &'a [Stmt],
        scope: &Rc<Scope<'a>>,
    ) -> Eval<'a, Flow<'a>> {
        let Some((item, more)) = items.split_first() else { return self.block(body, scope) };
        let manager = self.with_manager(item, scope)?;
        let manager = match manager {
            Manager::Generator(function, args) => {
                let target = item.optional_vars.as_deref();
                let rest = WithBody { target, more, body, scope: scope.clone() };
                return self.run_context_manager(&function, args, rest);
            }
            Manager::Value(value) => value,
        };
        let entered = self.enter_manager(&manager)?;
        if let Some(target) = &item.optional_vars {
            self.assign(target, entered, scope)?;
        }
        let mark = self.mark();
        match self.with_items(more, body, scope) {
            Ok(flow) => {
                self.exit_manager(&manager, None)?;
                Ok(flow)
            }
            Err(Stop::Raise(exception)) => {
                let here = self.here;
                self.reset(mark);
                if self.exit_manager(&manager, Some(&exception))? {
                    return Ok(Flow::Next);
                }
                self.here = here;
                Err(Stop::Raise(exception))
            }
            Err(stop) => Err(stop),
        }
    }

    /// Evaluates a `with` item; a call of a `@contextmanager` is not carried out yet.
    fn with_manager(&mut self, item: &'a WithItem, scope: &Rc<Scope<'a>>) -> Eval<'a, Manager<'a>> {
        let mut expression = &item.context_expr;
        while let Expr::Await(awaited) = expression {
            expression = &awaited.value;
        }
        if let Expr::Call(call) = expression {
            let callee = self.expr(&call.func, scope)?;
            let (function, receiver) = match &callee {
                Value::Function(function) => (Some(function.clone()), None),
                Value::Bound(bound) => match &bound.1 {
                    Value::Function(function) => (Some(function.clone()), Some(bound.0.clone())),
                    _ => (None, None),
                },
                _ => (None, None),
            };
            if let Some(function) = function
                && function.context_manager.get()
            {
                let mut args = self.arguments(&call.arguments, scope)?;
                if let Some(receiver) = receiver {
                    args.positional.insert(0, receiver);
                }
                return Ok(Manager::Generator(function, args));
            }
            // The callee was evaluated; the call is made from it, so that nothing runs twice.
            let args = self.arguments(&call.arguments, scope)?;
            return Ok(Manager::Value(self.call_at(&callee, args, call, scope)?));
        }
        Ok(Manager::Value(self.expr(expression, scope)?))
    }

    fn run_context_manager(
        &mut self,
        function: &Rc<super::function::Function<'a>>,
        args: Args<'a>,
        rest: WithBody<'a>,
    ) -> Eval<'a, Flow<'a>> {
        let scope = self.bind_arguments(function, args)?;
        *scope.sink.borrow_mut() = Sink::With(Box::new(rest));
        self.run_body(function, &scope)?;
        match std::mem::replace(&mut *scope.sink.borrow_mut(), Sink::None) {
            Sink::Done(flow) => Ok(flow),
            _ => self.raise("RuntimeError", "generator didn't yield"),
        }
    }

    fn enter_manager(&mut self, manager: &Value<'a>) -> Eval<'a> {
        match manager {
            Value::Instance(_) => {
                for name in ["__enter__", "__aenter__"] {
                    if let Some(enter) = self.attribute(manager, name)? {
                        return self.call(&enter, Args::default());
                    }
                }
                Ok(manager.clone())
            }
            _ => Ok(manager.clone()),
        }
    }

    fn exit_manager(&mut self, manager: &Value<'a>, exception: Option<&Rc<Instance<'a>>>) -> Eval<'a, bool> {
        match manager {
            Value::Object(object) => {
                if let Some(exception) = exception
                    && let Some(swallows) = object.method(self, "__swallows__", one(exception))?
                {
                    return Ok(matches!(swallows, Value::Bool(true)));
                }
                object.exit(self, exception.is_some())
            }
            Value::Instance(_) => {
                let args = match exception {
                    Some(exception) => {
                        vec![Value::Class(exception.class.clone()), Value::Instance(exception.clone()), Value::None]
                    }
                    None => vec![Value::None, Value::None, Value::None],
                };
                for name in ["__exit__", "__aexit__"] {
                    if let Some(exit) = self.attribute(manager, name)? {
                        let result = self.call(&exit, Args { positional: args, keyword: Vec::new() })?;
                        return Ok(matches!(self.truth(&result)?, Ok(true)));
                    }
                }
                Ok(false)
            }
            _ => Ok(false),
        }
    }

    /// What a `yield` does, by what its generator is run for.
    pub(super) fn yield_value(&mut self, value: Value<'a>, scope: &Rc<Scope<'a>>) -> Eval<'a> {
        let scope = scope.skip_comprehensions();
        let sink = std::mem::replace(&mut *scope.sink.borrow_mut(), Sink::None);
        match sink {
            Sink::Collect(mut values) => {
                self.allocate(size_of::<Value<'_>>())?;
                values.push(value);
                *scope.sink.borrow_mut() = Sink::Collect(values);
                Ok(Value::None)
            }
            Sink::With(rest) => {
                if let Some(target) = rest.target {
                    self.assign(target, value, &rest.scope)?;
                }
                // An exception of the body surfaces here, in the generator: if it is swallowed, the statement is done.
                *scope.sink.borrow_mut() = Sink::Done(Flow::Next);
                let here = self.here;
                let flow = self.with_items(rest.more, rest.body, &rest.scope)?;
                self.here = here;
                *scope.sink.borrow_mut() = Sink::Done(flow);
                Ok(Value::None)
            }
            Sink::Done(_) => self.raise("RuntimeError", "generator didn't stop"),
            Sink::None => Ok(Value::None),
        }
    }

    /// The text of an exception: `str(e)`.
    pub(super) fn exception_text(&mut self, exception: &Rc<Instance<'a>>) -> Eval<'a> {
        let args = match exception.get("args") {
            Some(Value::Tuple(args)) => args.items.clone(),
            _ => Vec::new(),
        };
        match args.as_slice() {
            [] => Ok(Value::text("")),
            [one] if exception.class.is_named("KeyError") => self.repr(one),
            [one] => self.str(one),
            _ => self.repr(&Value::tuple(args)),
        }
    }

    /// Why an unknown thing is unknown, if one of these is.
    pub(super) fn first_unknown<'v>(values: impl IntoIterator<Item = &'v Value<'a>>) -> Option<Rc<Unknown>>
    where
        'a: 'v,
    {
        values.into_iter().find_map(|value| value.as_unknown().cloned())
    }
}

/// Whether `except class` catches an exception. Of a class that is not known it is taken that it doesn't: what runs here
/// raises Python's own, or those of the checked code.
fn catches(class: &Value<'_>, exception: &Instance<'_>) -> bool {
    match class {
        Value::Class(class) => {
            exception.class.lineage().any(|own| Rc::as_ptr(&own).cast::<()>() == Rc::as_ptr(class).cast::<()>())
        }
        Value::Tuple(classes) => classes.items.iter().any(|class| catches(class, exception)),
        _ => false,
    }
}

fn one<'a>(exception: &Rc<Instance<'a>>) -> Args<'a> {
    Args { positional: vec![Value::Instance(exception.clone())], keyword: Vec::new() }
}

/// An exception of a class, with what it was made from.
pub(super) fn new_exception<'a>(class: Rc<Class<'a>>, args: Vec<Value<'a>>) -> Rc<Instance<'a>> {
    let mut names = Names::default();
    names.insert("args".into(), Value::tuple(args));
    Rc::new(Instance { class, names: names.into() })
}

/// What a `with` item is.
enum Manager<'a> {
    Value(Value<'a>),
    /// A function under `@contextmanager`, to be called.
    Generator(Rc<super::function::Function<'a>>, Args<'a>),
}
