//! The `match` statement.

use std::rc::Rc;

use ruff_python_ast::{CmpOp, Pattern, Singleton, StmtMatch};

use super::function::Scope;
use super::interpreter::{Eval, Flow, Interpreter};
use super::operators::Known;
use super::value::{Key, Value};

impl<'a> Interpreter<'a> {
    pub(super) fn match_statement(&mut self, choice: &'a StmtMatch, scope: &Rc<Scope<'a>>) -> Eval<'a, Flow<'a>> {
        let subject = self.expr(&choice.subject, scope)?;
        for case in &choice.cases {
            let mut matches = self.matches(&case.pattern, &subject, scope)?;
            if let (Ok(true), Some(guard)) = (&matches, &case.guard) {
                matches = self.condition(guard, scope)?;
            }
            match matches {
                Ok(true) => return self.block(&case.body, scope),
                Ok(false) => {}
                Err(why) => {
                    // Each of the cases may be the one that runs.
                    let mut flows = Vec::new();
                    for case in &choice.cases {
                        flows.extend(self.in_doubt(&why, |vm| vm.block(&case.body, scope))?);
                    }
                    if flows.iter().all(|flow| matches!(flow, Flow::Next)) {
                        return Ok(Flow::Next);
                    }
                    let function =
                        flows.iter().any(|flow| matches!(flow, Flow::Return(_) | Flow::Maybe { function: true, .. }));
                    return Ok(Flow::Maybe { why, function });
                }
            }
        }
        Ok(Flow::Next)
    }

    fn matches(&mut self, pattern: &'a Pattern, subject: &Value<'a>, scope: &Rc<Scope<'a>>) -> Eval<'a, Known<bool>> {
        self.enter()?;
        let result = self.match_pattern(pattern, subject, scope)?;
        self.depth -= 1;
        Ok(result)
    }

    fn match_pattern(
        &mut self,
        pattern: &'a Pattern,
        subject: &Value<'a>,
        scope: &Rc<Scope<'a>>,
    ) -> Eval<'a, Known<bool>> {
        match pattern {
            Pattern::MatchValue(value) => {
                let value = self.expr(&value.value, scope)?;
                self.compare(CmpOp::Eq, subject, &value)
            }
            Pattern::MatchSingleton(singleton) => {
                let value = match singleton.value {
                    Singleton::None => Value::None,
                    Singleton::True => Value::Bool(true),
                    Singleton::False => Value::Bool(false),
                };
                self.compare(CmpOp::Is, subject, &value)
            }
            Pattern::MatchAs(named) => {
                if let Some(pattern) = &named.pattern {
                    match self.matches(pattern, subject, scope)? {
                        Ok(true) => {}
                        other => return Ok(other),
                    }
                }
                if let Some(name) = &named.name {
                    self.bind(scope, name.as_str(), subject.clone());
                }
                Ok(Ok(true))
            }
            Pattern::MatchOr(either) => {
                for pattern in &either.patterns {
                    match self.matches(pattern, subject, scope)? {
                        Ok(false) => {}
                        other => return Ok(other),
                    }
                }
                Ok(Ok(false))
            }
            Pattern::MatchSequence(sequence) => self.match_sequence(&sequence.patterns, subject, scope),
            Pattern::MatchMapping(mapping) => {
                if let Some(why) = subject.as_unknown() {
                    return Ok(Err(why.clone()));
                }
                let Value::Dict(dict) = subject else { return Ok(Ok(false)) };
                for (key, pattern) in mapping.keys.iter().zip(&mapping.patterns) {
                    let key = self.expr(key, scope)?;
                    let Some(value) = dict.items.borrow().get(&Key(key)).cloned() else { return Ok(Ok(false)) };
                    match self.matches(pattern, &value, scope)? {
                        Ok(true) => {}
                        other => return Ok(other),
                    }
                }
                if let Some(rest) = &mapping.rest {
                    let mut keys = Vec::new();
                    for key in &mapping.keys {
                        keys.push(Key(self.expr(key, scope)?));
                    }
                    let others = dict.items.borrow().clone().into_iter().filter(|(key, _)| !keys.contains(key));
                    let others = Value::dict(others.collect());
                    self.bind(scope, rest.as_str(), others);
                }
                Ok(Ok(true))
            }
            Pattern::MatchClass(wanted) => {
                let class = self.expr(&wanted.cls, scope)?;
                match self.is_instance(subject, &class)? {
                    Ok(true) => {}
                    other => return Ok(other),
                }
                let listed = match &class {
                    Value::Class(class) => class.find("__match_args__"),
                    _ => None,
                };
                let fields = match (&class, listed) {
                    (_, Some(Value::Tuple(given))) => {
                        given.items.iter().filter_map(|name| Some(name.as_str()?.to_owned().into())).collect()
                    }
                    (Value::Class(class), _) => class.fields.borrow().clone(),
                    _ => Vec::new(),
                };
                let positional = wanted.arguments.patterns.iter().enumerate();
                let by_position =
                    positional.map(|(index, pattern)| (fields.get(index).map(ToString::to_string), pattern));
                let by_name =
                    wanted.arguments.keywords.iter().map(|keyword| (Some(keyword.attr.to_string()), &keyword.pattern));
                for (name, pattern) in by_position.chain(by_name).collect::<Vec<_>>() {
                    let value = match name {
                        Some(name) => self.attribute(subject, &name)?,
                        // `str(x)` binds the value itself.
                        None => Some(subject.clone()),
                    };
                    let Some(value) = value else { return Ok(Ok(false)) };
                    match self.matches(pattern, &value, scope)? {
                        Ok(true) => {}
                        other => return Ok(other),
                    }
                }
                Ok(Ok(true))
            }
            Pattern::MatchStar(_) => Ok(Ok(true)),
        }
    }

    fn match_sequence(
        &mut self,
        patterns: &'a [Pattern],
        subject: &Value<'a>,
        scope: &Rc<Scope<'a>>,
    ) -> Eval<'a, Known<bool>> {
        let items = match subject {
            Value::List(_) | Value::Tuple(_) => match self.iterate(subject)? {
                Ok(items) => items,
                Err(why) => return Ok(Err(why)),
            },
            Value::Unknown(why) => return Ok(Err(why.clone())),
            _ => return Ok(Ok(false)),
        };
        let star = patterns.iter().position(|pattern| matches!(pattern, Pattern::MatchStar(_)));
        let fits = if star.is_some() { items.len() + 1 >= patterns.len() } else { items.len() == patterns.len() };
        if !fits {
            return Ok(Ok(false));
        }
        let spread = items.len() + 1 - patterns.len().max(1);
        let mut at = 0;
        for pattern in patterns {
            if let Pattern::MatchStar(star) = pattern {
                if let Some(name) = &star.name {
                    let middle = self.new_list(items[at..at + spread].to_vec())?;
                    self.bind(scope, name.as_str(), middle);
                }
                at += spread;
                continue;
            }
            match self.matches(pattern, &items[at], scope)? {
                Ok(true) => at += 1,
                other => return Ok(other),
            }
        }
        Ok(Ok(true))
    }
}
