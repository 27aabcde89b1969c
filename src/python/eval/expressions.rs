//! Expressions.

use std::rc::Rc;

use indexmap::IndexMap;
use ruff_python_ast::{Arguments, BoolOp, Expr, ExprCall, ExprLambda, Number, UnaryOp};

use super::comprehensions::Until;
use super::function::{Body, Function, Scope};
use super::interpreter::{Eval, Interpreter, text_about_rows};
use super::operators::{Known, forget_text};
use super::value::{Args, Key, Names, Unknown, Value};
use crate::python::Module;

impl<'a> Scope<'a> {
    /// The syntax tree that code in this scope is part of.
    pub(super) fn syntax(&self) -> Option<&'a Module> {
        match self.module.origin {
            super::module::Origin::File(module) => Some(module),
            _ => None,
        }
    }
}

impl<'a> Interpreter<'a> {
    /// Evaluates an expression.
    pub(super) fn expr(&mut self, expression: &'a Expr, scope: &Rc<Scope<'a>>) -> Eval<'a> {
        self.enter()?;
        let value = self.run_expr(expression, scope)?;
        self.depth -= 1;
        Ok(value)
    }

    fn run_expr(&mut self, expression: &'a Expr, scope: &Rc<Scope<'a>>) -> Eval<'a> {
        match expression {
            Expr::Name(name) => self.name(name.id.as_str(), expression, scope),
            Expr::StringLiteral(text) => Ok(Value::text(text.value.to_str())),
            Expr::NumberLiteral(number) => Ok(match &number.value {
                Number::Int(value) => match value.as_i64() {
                    Some(value) => Value::Int(value),
                    None => self.unknown("is a number too large to compute with"),
                },
                Number::Float(value) => Value::Float(*value),
                Number::Complex { .. } => self.unknown("is a complex number"),
            }),
            Expr::BooleanLiteral(value) => Ok(Value::Bool(value.value)),
            Expr::NoneLiteral(_) => Ok(Value::None),
            Expr::EllipsisLiteral(_) => Ok(Value::Ellipsis),
            Expr::BytesLiteral(bytes) => {
                let all: Vec<u8> = bytes.value.iter().flat_map(|part| part.value.iter().copied()).collect();
                Ok(Value::Bytes(all.into()))
            }
            Expr::FString(text) => self.f_string(text.value.as_slice(), scope),
            Expr::TString(_) => Ok(self.unknown("is a template string")),
            Expr::Call(call) => self.call_expr(call, scope),
            Expr::Attribute(attribute) => {
                let object = self.expr(&attribute.value, scope)?;
                let name = attribute.attr.as_str();
                match self.attribute(&object, name)? {
                    Some(value) => Ok(value),
                    None => self.no_attribute(&object, name),
                }
            }
            Expr::Subscript(subscript) => {
                let container = self.expr(&subscript.value, scope)?;
                let index = self.expr(&subscript.slice, scope)?;
                self.item(&container, &index)
            }
            Expr::Slice(slice) => {
                let mut parts = [Value::None, Value::None, Value::None];
                for (part, bound) in parts.iter_mut().zip([&slice.lower, &slice.upper, &slice.step]) {
                    if let Some(bound) = bound {
                        *part = self.expr(bound, scope)?;
                    }
                }
                Ok(Value::Slice(Rc::new(parts)))
            }
            Expr::List(list) => {
                let items = self.elements(&list.elts, scope)?;
                self.new_list(items)
            }
            Expr::Tuple(tuple) => {
                let items = self.elements(&tuple.elts, scope)?;
                self.allocate(items.len() * size_of::<Value<'_>>())?;
                Ok(Value::tuple(items))
            }
            Expr::Set(set) => {
                let items = self.elements(&set.elts, scope)?;
                self.new_set(items)
            }
            Expr::Dict(dict) => self.dict(&dict.items, scope),
            Expr::BinOp(operation) => {
                let left = self.expr(&operation.left, scope)?;
                let right = self.expr(&operation.right, scope)?;
                self.binary(operation.op, &left, &right)
            }
            Expr::UnaryOp(operation) => {
                let value = self.expr(&operation.operand, scope)?;
                self.unary(operation.op, &value)
            }
            Expr::BoolOp(operation) => self.bool_op(operation.op, &operation.values, scope),
            Expr::Compare(compare) => self.compare_chain(compare, scope),
            Expr::If(choice) => self.choice(choice, scope),
            Expr::Lambda(lambda) => self.lambda(lambda, scope),
            Expr::Named(named) => {
                let value = self.expr(&named.value, scope)?;
                self.assign(&named.target, value.clone(), &scope.skip_comprehensions())?;
                Ok(value)
            }
            Expr::ListComp(_) | Expr::SetComp(_) | Expr::DictComp(_) | Expr::Generator(_) => {
                self.comprehension(expression, scope)
            }
            Expr::Await(awaited) => self.expr(&awaited.value, scope),
            Expr::Yield(result) => {
                let value = match &result.value {
                    Some(value) => self.expr(value, scope)?,
                    None => Value::None,
                };
                self.yield_value(value, scope)
            }
            Expr::YieldFrom(result) => {
                let over = self.expr(&result.value, scope)?;
                match self.iterate(&over)? {
                    Ok(items) => {
                        for item in items {
                            self.yield_value(item, scope)?;
                        }
                        Ok(Value::None)
                    }
                    Err(why) => self.yield_value(Value::Unknown(why), scope),
                }
            }
            Expr::Starred(starred) => self.expr(&starred.value, scope),
            Expr::IpyEscapeCommand(_) => Ok(Value::None),
        }
    }

    fn name(&mut self, name: &'a str, expression: &'a Expr, scope: &Rc<Scope<'a>>) -> Eval<'a> {
        if let Some(value) = scope.get(name) {
            return Ok(value);
        }
        if let Some(value) = self.builtin(name, scope) {
            return Ok(value);
        }
        if let Some(module) = scope.syntax() {
            self.at(module, expression);
        }
        if let Some(why) = scope.module.names.borrow().get("*").and_then(|star| star.as_unknown().cloned()) {
            return Ok(Value::Unknown(why));
        }
        self.unbound(name, expression, scope)
    }

    /// The items of a display, with `*items` spread.
    fn elements(&mut self, elements: &'a [Expr], scope: &Rc<Scope<'a>>) -> Eval<'a, Vec<Value<'a>>> {
        let mut items = Vec::with_capacity(elements.len());
        for element in elements {
            match element {
                Expr::Starred(starred) => {
                    let over = self.expr(&starred.value, scope)?;
                    match self.iterate(&over)? {
                        Ok(more) => items.extend(more),
                        Err(why) => items.push(Value::Unknown(why)),
                    }
                }
                _ => items.push(self.expr(element, scope)?),
            }
        }
        Ok(items)
    }

    fn dict(&mut self, items: &'a [ruff_python_ast::DictItem], scope: &Rc<Scope<'a>>) -> Eval<'a> {
        let mut dict = IndexMap::with_capacity(items.len());
        let mut taint: Option<Rc<Unknown>> = None;
        for item in items {
            let Some(key) = &item.key else {
                let more = self.expr(&item.value, scope)?;
                match self.pairs(&more)? {
                    Ok(pairs) => dict.extend(pairs.into_iter().map(|(key, value)| (Key(key), value))),
                    Err(why) => taint = Some(why),
                }
                continue;
            };
            let is_of_parts = matches!(key, Expr::Subscript(_));
            let key = self.expr(key, scope)?;
            let value = self.expr(&item.value, scope)?;
            // `list[str]` and `list[int]` are told apart by nobody here.
            if is_of_parts && dict.get(&Key(key.clone())).is_some_and(|known: &Value<'a>| !known.equals(&value)) {
                taint = Some(self.why("has keys that are not told apart"));
            }
            match key.as_unknown() {
                Some(why) => taint = Some(why.clone()),
                None => {
                    self.hashable(&key)?;
                    dict.insert(Key(key), value);
                }
            }
        }
        self.allocate(dict.len() * 2 * size_of::<Value<'_>>())?;
        let dict = Value::dict(dict);
        if let Some(why) = taint {
            self.taint(&dict, &why);
        }
        Ok(dict)
    }

    fn bool_op(&mut self, op: BoolOp, values: &'a [Expr], scope: &Rc<Scope<'a>>) -> Eval<'a> {
        let (unknown, last) = self.operands(op, values, scope)?;
        Ok(match unknown {
            // Where the value is a truth, it is that one, whatever the operand is that is not known.
            Some((_, Some(_))) if matches!(last, Value::Bool(_)) => last,
            Some((why, _)) => Value::Unknown(forget_text(&why)),
            None => last,
        })
    }

    /// The operands of `and` or `or` up to the one that decides: why the first that is not known is not, with the truth of the
    /// whole where a later one decides that, and the last.
    #[expect(clippy::type_complexity, reason = "an optional pair of which one is optional")]
    fn operands(
        &mut self,
        op: BoolOp,
        values: &'a [Expr],
        scope: &Rc<Scope<'a>>,
    ) -> Eval<'a, (Option<(Rc<Unknown>, Option<bool>)>, Value<'a>)> {
        let mut unknown: Option<Rc<Unknown>> = None;
        let mut last = Value::None;
        for value in values {
            last = match unknown.clone() {
                // What stands after an operand that is not known may not be evaluated at all.
                Some(why) => match self.in_doubt(&why, |vm| vm.expr(value, scope))? {
                    Some(value) => value,
                    None => continue,
                },
                None => self.expr(value, scope)?,
            };
            match (self.truth(&last)?, op) {
                (Ok(truth @ false), BoolOp::And) | (Ok(truth @ true), BoolOp::Or) => {
                    return Ok((unknown.map(|why| (why, Some(truth))), last));
                }
                (Ok(_), _) => {}
                (Err(why), _) => unknown = unknown.or(Some(why)),
            }
        }
        Ok((unknown.map(|why| (why, None)), last))
    }

    /// Whether an expression is true: more than of its value may be known of that.
    pub(super) fn condition(&mut self, test: &'a Expr, scope: &Rc<Scope<'a>>) -> Eval<'a, Known<bool>> {
        self.enter()?;
        let truth = self.truth_of(test, scope)?;
        self.depth -= 1;
        Ok(truth)
    }

    fn truth_of(&mut self, test: &'a Expr, scope: &Rc<Scope<'a>>) -> Eval<'a, Known<bool>> {
        match test {
            Expr::BoolOp(operation) => {
                let (unknown, last) = self.operands(operation.op, &operation.values, scope)?;
                match unknown {
                    Some((why, truth)) => Ok(truth.ok_or(why)),
                    None => self.truth(&last),
                }
            }
            Expr::UnaryOp(operation) if operation.op == UnaryOp::Not => {
                Ok(self.condition(&operation.operand, scope)?.map(|truth| !truth))
            }
            _ => {
                let value = self.expr(test, scope)?;
                self.truth(&value)
            }
        }
    }

    fn choice(&mut self, choice: &'a ruff_python_ast::ExprIf, scope: &Rc<Scope<'a>>) -> Eval<'a> {
        match self.condition(&choice.test, scope)? {
            Ok(true) => self.expr(&choice.body, scope),
            Ok(false) => self.expr(&choice.orelse, scope),
            Err(why) => {
                let one = self.in_doubt(&why, |vm| vm.expr(&choice.body, scope))?;
                let other = self.in_doubt(&why, |vm| vm.expr(&choice.orelse, scope))?;
                match (one, other) {
                    (Some(one), Some(other)) if one.equals(&other) => Ok(one),
                    (Some(one), Some(other)) => Ok(text_about_rows(&one, &other, &why).unwrap_or(Value::Unknown(why))),
                    _ => Ok(Value::Unknown(why)),
                }
            }
        }
    }

    fn lambda(&mut self, lambda: &'a ExprLambda, scope: &Rc<Scope<'a>>) -> Eval<'a> {
        let defaults = match &lambda.parameters {
            Some(parameters) => self.defaults(parameters, scope)?,
            None => Names::default(),
        };
        Ok(Value::Function(Rc::new(Function {
            name: "<lambda>".into(),
            parameters: lambda.parameters.as_deref(),
            returns: None,
            body: Body::Expression(&lambda.body),
            defaults,
            scope: scope.clone(),
            generator: false,
            context_manager: false.into(),
            names: Names::default().into(),
            class: None.into(),
        })))
    }

    fn call_expr(&mut self, call: &'a ExprCall, scope: &Rc<Scope<'a>>) -> Eval<'a> {
        // A method of a built-in value is called without making a value of it first.
        if let Expr::Attribute(attribute) = &*call.func {
            let receiver = self.expr(&attribute.value, scope)?;
            let args = self.arguments(&call.arguments, scope)?;
            let before = self.here;
            if let Some(module) = scope.syntax() {
                self.at(module, call);
            }
            let value = self.call_method(&receiver, attribute.attr.as_str(), args)?;
            self.here = before;
            return Ok(value);
        }
        let callee = self.expr(&call.func, scope)?;
        let args = match &callee {
            Value::Native(native) if native.name == "super" && call.arguments.args.is_empty() => {
                return self.super_object(scope);
            }
            Value::Native(native) if matches!(native.name, "locals" | "globals" | "vars") => {
                return self.namespace(native.name, call, scope);
            }
            // These take no more from a generator than they need.
            Value::Native(native)
                if let ("any" | "all" | "next", [over @ Expr::Generator(_), rest @ ..]) =
                    (native.name, &*call.arguments.args) =>
            {
                let until = match native.name {
                    "any" => Until::Truth(true),
                    "all" => Until::Truth(false),
                    _ => Until::First,
                };
                let mut positional = vec![self.comprehension_until(over, scope, until)?];
                for argument in rest {
                    positional.push(self.expr(argument, scope)?);
                }
                Args { positional, keyword: Vec::new() }
            }
            _ => self.arguments(&call.arguments, scope)?,
        };
        self.call_at(&callee, args, call, scope)
    }

    /// Calls a value; errors are located at the call.
    pub(super) fn call_at(
        &mut self,
        callee: &Value<'a>,
        args: Args<'a>,
        call: &'a ExprCall,
        scope: &Rc<Scope<'a>>,
    ) -> Eval<'a> {
        let before = self.here;
        if let Some(module) = scope.syntax() {
            self.at(module, call);
        }
        let value = self.call(callee, args)?;
        self.here = before;
        Ok(value)
    }

    fn namespace(&mut self, name: &str, call: &'a ExprCall, scope: &Rc<Scope<'a>>) -> Eval<'a> {
        let names: Vec<_> = match (name, call.arguments.args.first()) {
            ("globals", _) => scope.module.names.borrow().clone().into_iter().collect(),
            (_, None) => scope.names.borrow().clone().into_iter().collect(),
            (_, Some(object)) => match self.expr(object, scope)? {
                Value::Instance(instance) => instance.names.borrow().clone().into_iter().collect(),
                Value::Module(module) => module.names.borrow().clone().into_iter().collect(),
                other => return Ok(self.unknown(format!("asks for the names of a {}", other.type_name()))),
            },
        };
        let items = names.into_iter().map(|(name, value)| (Key(Value::text(name.as_ref())), value));
        Ok(Value::dict(items.collect()))
    }

    /// The arguments of a call, with `*args` and `**kwargs` spread.
    pub(super) fn arguments(&mut self, arguments: &'a Arguments, scope: &Rc<Scope<'a>>) -> Eval<'a, Args<'a>> {
        let mut args = Args { positional: self.elements(&arguments.args, scope)?, keyword: Vec::new() };
        let is_spread = |argument: &Expr| matches!(argument, Expr::Starred(_));
        let mut open =
            arguments.args.iter().any(is_spread) && args.positional.iter().any(|one| one.as_unknown().is_some());
        for keyword in &arguments.keywords {
            let value = self.expr(&keyword.value, scope)?;
            match &keyword.arg {
                Some(name) => args.keyword.push((name.as_str().into(), value)),
                None => {
                    open |= self.taint_of(&value).is_some();
                    match self.pairs(&value)? {
                        Ok(pairs) => {
                            for (key, value) in pairs {
                                let key = key.as_str().unwrap_or_default().to_owned();
                                args.keyword.push((key.into(), value));
                            }
                        }
                        Err(_) => open = true,
                    }
                }
            }
        }
        self.open_arguments = open;
        Ok(args)
    }
}
