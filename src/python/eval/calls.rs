//! Calls: of functions, methods, classes and what is ours.

use std::rc::Rc;

use indexmap::IndexMap;

use super::function::{Body, Function, Scope, Sink};
use super::interpreter::{Eval, Flow, Interpreter, Stop};
use super::library;
use super::operators::forget_text;
use super::value::{Args, Key, Unknown, Value};

/// How many times a function runs inside itself while nothing is known of whether it would.
const MOST_IN_DOUBT: usize = 4;

impl<'a> Interpreter<'a> {
    /// Calls a value.
    pub fn call(&mut self, callee: &Value<'a>, args: Args<'a>) -> Eval<'a> {
        match callee {
            Value::Function(function) => match self.doubt.clone() {
                // Nothing says when it ends; what it does it has done some times already.
                Some(why) if self.repeats(function) => Ok(Value::Unknown(why)),
                _ => self.call_function(function, args),
            },
            Value::Bound(bound) => {
                let mut args = args;
                args.positional.insert(0, bound.0.clone());
                self.call(&bound.1, args)
            }
            Value::Method(method) => self.call_method(&method.0, &method.1, args),
            Value::Native(native) => {
                self.enter_call()?;
                let value = (native.run)(self, args)?;
                self.calls -= 1;
                Ok(value)
            }
            Value::Class(class) => self.instantiate(class, args),
            Value::Object(object) => match object.clone().call(self, args)? {
                Some(value) => Ok(value),
                None => self.not_callable(callee),
            },
            Value::Instance(instance) => match instance.class.find("__call__") {
                Some(method) => {
                    let mut args = args;
                    args.positional.insert(0, callee.clone());
                    self.call(&method, args)
                }
                None => match instance.class.lineage().find_map(|class| class.open.clone()) {
                    Some(why) => Ok(Value::Unknown(why)),
                    None => self.not_callable(callee),
                },
            },
            Value::Unknown(why) => {
                // What is not known may do anything with a database that it is given.
                let is_database = |value: &Value<'a>| matches!(value, Value::Object(object) if object.is_database());
                let is_given = args.values().any(is_database) || self.may_prepare_database(&args);
                if is_given && !self.is_method_of_row(why) {
                    let why = forget_text(why);
                    self.gap(&why);
                }
                Ok(Value::Unknown(forget_text(why)))
            }
            _ => self.not_callable(callee),
        }
    }

    /// Whether what is called is a method of a row that a query yields: what it does with a session is about rows.
    fn is_method_of_row(&self, why: &Unknown) -> bool {
        let Some((module, range)) = self.here.filter(|_| &*why.reason == "depends on the rows of a database") else {
            return false;
        };
        let text = module.text().get(std::ops::Range::<usize>::from(range)).unwrap_or_default();
        let callee = text.split('(').next().unwrap_or_default();
        let is_name = |part: &str| !part.is_empty() && part.chars().all(|one| one.is_alphanumeric() || one == '_');
        callee.contains('.') && callee.split('.').all(is_name)
    }

    /// Whether a function runs already, inside itself.
    fn repeats(&self, function: &Function<'a>) -> bool {
        let address = function.body.address();
        self.bodies.iter().filter(|body| **body == address).nth(MOST_IN_DOUBT - 1).is_some()
    }

    fn not_callable(&mut self, callee: &Value<'a>) -> Eval<'a> {
        self.raise("TypeError", format!("'{}' object is not callable", callee.type_name()))
    }

    /// Calls `receiver.name(…)`.
    pub fn call_method(&mut self, receiver: &Value<'a>, name: &str, args: Args<'a>) -> Eval<'a> {
        self.step()?;
        if name == "execution_options" {
            self.note_options(&args)?;
        }
        let result = match receiver {
            Value::Str(text) => self.text_method(text, name, &args)?,
            Value::List(_) => self.list_method(receiver, name, args.clone())?,
            Value::Dict(_) => self.dict_method(receiver, name, args.clone())?,
            Value::Set(_) => self.set_method(receiver, name, args.clone())?,
            Value::Tuple(_) if matches!(name, "index" | "count") => {
                let items = self.iterate(receiver)?.unwrap_or_default();
                self.list_method(&Value::list(items), name, args.clone())?
            }
            Value::Object(object) => object.clone().method(self, name, args.clone())?,
            // What else bytes can do is not followed, and they are no text of a statement.
            Value::Bytes(_) if !matches!(name, "decode" | "hex") && !name.starts_with("__") => {
                Some(self.unknown("works on bytes"))
            }
            Value::Bytes(bytes) if name == "decode" => Some(Value::text(String::from_utf8_lossy(bytes).into_owned())),
            Value::Bytes(bytes) if name == "hex" => {
                let text = bytes.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"));
                Some(self.new_text(text)?)
            }
            // Whatever an environment connects to, it is the database that it migrates.
            Value::Unknown(_) if self.leads_to_database(name) => match args.positional.first() {
                // `@signal.connect` registers a function.
                Some(function @ (Value::Function(_) | Value::Bound(_))) => Some(function.clone()),
                _ => self.database.clone(),
            },
            Value::Unknown(why) if name == "get" && why.reason == library::VARIABLE => {
                Some(library::variable(self, &args))
            }
            Value::Unknown(_) if self.sends_to_database(name, &args) => self.send_to_database(args.clone())?,
            Value::Unknown(unknown) => {
                if unknown.text.is_some()
                    && let Some(value) = self.unknown_text_method(unknown, name)
                {
                    return Ok(value);
                }
                None
            }
            _ => None,
        };
        if let Some(value) = result {
            return Ok(value);
        }
        match self.attribute(receiver, name)? {
            // A method of Python's own that is not followed leads back here.
            Some(Value::Method(method)) if method.0.is(receiver) || method.1 == name && is_plain(receiver) => {
                match (receiver, python_2(name), args.positional.first()) {
                    (Value::Dict(_), Some(new), _) => self.call_method(receiver, new, args),
                    (Value::Dict(_), None, Some(key)) if name == "has_key" => {
                        Ok(self.contains(receiver, &key.clone())?.map_or_else(Value::Unknown, Value::Bool))
                    }
                    _ => self.call_unfollowed(receiver, name, args),
                }
            }
            // What is asked for its methods may hand each on to another.
            Some(callee @ Value::Method(_)) => {
                self.enter_call()?;
                let value = self.call(&callee, args)?;
                self.calls -= 1;
                Ok(value)
            }
            Some(callee) => self.call(&callee, args),
            None => self.call_unfollowed(receiver, name, args),
        }
    }

    fn call_function(&mut self, function: &Rc<Function<'a>>, args: Args<'a>) -> Eval<'a> {
        let scope = self.bind_arguments(function, args)?;
        if function.context_manager.get() {
            // Entered by hand or through an exit stack: what it yields is what it is.
            let values = self.collect(function, &scope)?;
            return self.iterate(&values).map(|values| match values {
                Ok(values) => values.into_iter().next().unwrap_or(Value::None),
                Err(why) => Value::Unknown(why),
            });
        }
        if function.generator {
            return self.collect(function, &scope);
        }
        self.run_body(function, &scope)
    }

    /// Runs a generator to its end; what it yields is its iterator.
    fn collect(&mut self, function: &Rc<Function<'a>>, scope: &Rc<Scope<'a>>) -> Eval<'a> {
        *scope.sink.borrow_mut() = Sink::Collect(Vec::new());
        self.run_body(function, scope)?;
        match std::mem::replace(&mut *scope.sink.borrow_mut(), Sink::None) {
            Sink::Collect(values) => Ok(Value::iterator(values)),
            _ => Ok(Value::iterator(Vec::new())),
        }
    }

    /// Runs the body of a function whose arguments are bound.
    pub(super) fn run_body(&mut self, function: &Rc<Function<'a>>, scope: &Rc<Scope<'a>>) -> Eval<'a> {
        self.enter_call()?;
        self.callers.push(self.here);
        self.bodies.push(function.body.address());
        let value = match function.body {
            Body::Expression(expression) => self.expr(expression, scope)?,
            Body::Block(body) => match self.block(body, scope)? {
                Flow::Return(value) => value,
                Flow::Maybe { why, .. } => Value::Unknown(why),
                _ => Value::None,
            },
        };
        self.callers.pop();
        self.bodies.pop();
        self.calls -= 1;
        Ok(value)
    }

    /// The scope of a call: parameters bound as Python binds them.
    pub(super) fn bind_arguments(&mut self, function: &Rc<Function<'a>>, args: Args<'a>) -> Eval<'a, Rc<Scope<'a>>> {
        let scope = Scope::of_call(function);
        let name = function.name.clone();
        let Some(parameters) = function.parameters else {
            if args.positional.is_empty() && args.keyword.is_empty() {
                return Ok(scope);
            }
            return self.misfit(function, format!("{name}() takes no arguments"));
        };
        let by_position: Vec<&'a str> =
            parameters.posonlyargs.iter().chain(&parameters.args).map(|one| one.parameter.name.as_str()).collect();
        let spread = self.spread(&args);
        let given = args.positional.len();
        let mut positional = args.positional.into_iter();
        {
            let mut names = scope.names.borrow_mut();
            for (parameter, value) in by_position.iter().zip(positional.by_ref()) {
                names.insert((*parameter).into(), value);
            }
        }
        let rest: Vec<Value<'a>> = positional.collect();
        match &parameters.vararg {
            Some(vararg) => {
                scope.names.borrow_mut().insert(vararg.name.as_str().into(), Value::tuple(rest));
            }
            None if !rest.is_empty() => {
                let required = by_position.iter().filter(|one| !function.defaults.contains_key(**one)).count();
                let message = too_many(&name, required, by_position.len(), given);
                return self.misfit(function, message);
            }
            None => {}
        }
        let keyword_only = parameters.kwonlyargs.iter().map(|one| one.parameter.name.as_str());
        let named: Vec<&'a str> =
            parameters.args.iter().map(|one| one.parameter.name.as_str()).chain(keyword_only.clone()).collect();
        let mut extra = IndexMap::new();
        for (keyword, value) in args.keyword {
            if let Some(parameter) = named.iter().find(|parameter| **parameter == keyword) {
                if scope.names.borrow().contains_key(*parameter) {
                    return self.misfit(function, format!("{name}() got multiple values for argument '{keyword}'"));
                }
                scope.names.borrow_mut().insert((*parameter).into(), value);
            } else if parameters.kwarg.is_some() {
                extra.insert(Key(Value::text(keyword.as_ref())), value);
            } else {
                return self.misfit(function, format!("{name}() got an unexpected keyword argument '{keyword}'"));
            }
        }
        if let Some(kwarg) = &parameters.kwarg {
            scope.names.borrow_mut().insert(kwarg.name.as_str().into(), Value::dict(extra));
        }
        for (place, parameter) in by_position.iter().copied().chain(keyword_only).enumerate() {
            if scope.names.borrow().contains_key(parameter) {
                continue;
            }
            match function.defaults.get(parameter) {
                Some(default) => {
                    scope.names.borrow_mut().insert(parameter.into(), default.clone());
                }
                // It may be among what is spread and not known.
                None if spread.is_some() => {
                    let given = spread.clone().unwrap_or(Value::None);
                    scope.names.borrow_mut().insert(parameter.into(), given);
                }
                None => {
                    let sort = if place < by_position.len() { "positional" } else { "keyword-only" };
                    let message = format!("{name}() missing 1 required {sort} argument: '{parameter}'");
                    return self.misfit(function, message);
                }
            }
        }
        *scope.sink.borrow_mut() = Sink::None;
        Ok(scope)
    }

    /// What an argument is that a call may pass among those of which not all is known: `f(*rest)`, `f(**options)`.
    pub(super) fn spread(&mut self, args: &Args<'a>) -> Option<Value<'a>> {
        if !self.has_open_arguments() {
            return None;
        }
        let unknown = Self::first_unknown(args.values()).map(|why| Value::Unknown(forget_text(&why)));
        Some(unknown.unwrap_or_else(|| self.unknown("is passed among arguments that are not known")))
    }

    /// Stops where a function is called with what it does not take.
    fn misfit<T>(&mut self, function: &Function<'a>, message: String) -> Eval<'a, T> {
        let exception = self.exception("TypeError", vec![Value::text(message)]);
        if self.doubt.is_none() && self.surely_misfits(function) {
            self.take_for_sure(&exception, false);
        }
        Err(Stop::Raise(exception))
    }

    /// How many arguments a callable takes by position at the least, and what its parameters are called. `None` where that
    /// can't be told.
    pub fn signature(callee: &Value<'a>) -> Option<Signature> {
        if let Value::Object(object) = callee {
            let (function, skip, names) = object.calls()?;
            let mut signature = Self::signature(&function)?;
            signature.parameters.drain(..skip.min(signature.parameters.len()));
            signature.parameters.retain(|parameter| !names.contains(&parameter.name));
            return Some(signature);
        }
        let (function, skip) = match callee {
            Value::Function(function) => (function, 0),
            Value::Bound(bound) => match &bound.1 {
                Value::Function(function) => (function, 1),
                _ => return None,
            },
            _ => return None,
        };
        let Some(parameters) = function.parameters else {
            return Some(Signature { parameters: Vec::new(), variadic: false });
        };
        let all = parameters.posonlyargs.iter().chain(&parameters.args).skip(skip);
        let parameters_of = all.map(|one| Parameter {
            name: one.parameter.name.to_string(),
            annotation: one.parameter.annotation.as_ref().and_then(|annotation| {
                let module = function.scope.syntax()?;
                let range = ruff_text_size::Ranged::range(&**annotation);
                Some(module.text()[std::ops::Range::<usize>::from(range)].to_owned())
            }),
            optional: one.default.is_some(),
        });
        Some(Signature { parameters: parameters_of.collect(), variadic: parameters.vararg.is_some() })
    }
}

/// What a callable takes by position.
#[derive(Clone, Debug)]
pub struct Signature {
    pub parameters: Vec<Parameter>,
    pub variadic: bool,
}

#[derive(Clone, Debug)]
pub struct Parameter {
    pub name: String,
    /// Its annotation, as it is written.
    pub annotation: Option<String>,
    pub optional: bool,
}

/// What a method of Python 2's dictionaries is called by now.
fn python_2(name: &str) -> Option<&'static str> {
    match name {
        "iteritems" | "viewitems" => Some("items"),
        "iterkeys" | "viewkeys" => Some("keys"),
        "itervalues" | "viewvalues" => Some("values"),
        _ => None,
    }
}

/// Whether the methods of a value are all Python's own.
fn is_plain(value: &Value<'_>) -> bool {
    matches!(value, Value::Str(_) | Value::List(_) | Value::Dict(_) | Value::Set(_) | Value::Bytes(_) | Value::Tuple(_))
}

/// What Python says of a call with more arguments by position than a function takes.
fn too_many(name: &str, required: usize, most: usize, given: usize) -> String {
    let range = if required == most { most.to_string() } else { format!("from {required} to {most}") };
    let plural = if most == 1 { "" } else { "s" };
    let verb = if given == 1 { "was" } else { "were" };
    format!("{name}() takes {range} positional argument{plural} but {given} {verb} given")
}
