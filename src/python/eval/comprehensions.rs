//! Comprehensions and generator expressions.

use std::rc::Rc;

use indexmap::IndexMap;
use ruff_python_ast::{Comprehension, Expr};

use super::function::{Scope, ScopeKind};
use super::interpreter::{Eval, Interpreter};
use super::value::{Key, Unknown, Value};

impl<'a> Interpreter<'a> {
    pub(super) fn comprehension(&mut self, expression: &'a Expr, outer: &Rc<Scope<'a>>) -> Eval<'a> {
        self.comprehension_until(expression, outer, Until::End)
    }

    /// The same, ended when whoever takes its values needs no more.
    pub(super) fn comprehension_until(
        &mut self,
        expression: &'a Expr,
        outer: &Rc<Scope<'a>>,
        until: Until,
    ) -> Eval<'a> {
        let generators: &'a [Comprehension] = match expression {
            Expr::ListComp(comprehension) => &comprehension.generators,
            Expr::SetComp(comprehension) => &comprehension.generators,
            Expr::DictComp(comprehension) => &comprehension.generators,
            Expr::Generator(comprehension) => &comprehension.generators,
            _ => &[],
        };
        let scope = outer.inner(ScopeKind::Comprehension);
        let mut found = Vec::new();
        if let Round::Unknown(why) = self.rounds(expression, generators, &scope, &mut found, until)? {
            return Ok(Value::Unknown(why));
        }
        match expression {
            Expr::SetComp(_) => self.new_set(found),
            Expr::DictComp(_) => {
                let mut dict = IndexMap::new();
                let mut taint = None;
                for pair in found.chunks_exact(2) {
                    match pair[0].as_unknown() {
                        Some(why) => taint = Some(why.clone()),
                        None => {
                            self.hashable(&pair[0])?;
                            dict.insert(Key(pair[0].clone()), pair[1].clone());
                        }
                    }
                }
                let dict = Value::dict(dict);
                if let Some(why) = taint {
                    self.taint(&dict, &why);
                }
                Ok(dict)
            }
            Expr::Generator(_) => Ok(Value::iterator(found)),
            _ => Ok(Value::list(found)),
        }
    }

    /// Runs the loops of a comprehension.
    fn rounds(
        &mut self,
        expression: &'a Expr,
        generators: &'a [Comprehension],
        scope: &Rc<Scope<'a>>,
        found: &mut Vec<Value<'a>>,
        until: Until,
    ) -> Eval<'a, Round> {
        let Some((generator, inner)) = generators.split_first() else {
            self.allocate(size_of::<Value<'_>>())?;
            match expression {
                Expr::ListComp(comprehension) => found.push(self.expr(&comprehension.elt, scope)?),
                Expr::SetComp(comprehension) => found.push(self.expr(&comprehension.elt, scope)?),
                Expr::Generator(comprehension) => found.push(self.expr(&comprehension.elt, scope)?),
                Expr::DictComp(comprehension) => {
                    if let Some(key) = &comprehension.key {
                        found.push(self.expr(key, scope)?);
                        found.push(self.expr(&comprehension.value, scope)?);
                    }
                }
                _ => {}
            }
            let last = found.last().cloned().unwrap_or(Value::None);
            let enough = match until {
                Until::End => false,
                Until::First => true,
                Until::Truth(wanted) => matches!(self.truth(&last)?, Ok(truth) if truth == wanted),
            };
            return Ok(if enough { Round::Enough } else { Round::Next });
        };
        let over = self.expr(&generator.iter, scope)?;
        let items = match self.iterate(&over)? {
            Ok(items) => items,
            Err(why) => return Ok(Round::Unknown(why)),
        };
        'items: for item in items {
            self.step()?;
            self.assign(&generator.target, item, scope)?;
            for condition in &generator.ifs {
                match self.condition(condition, scope)? {
                    Ok(true) => {}
                    Ok(false) => continue 'items,
                    Err(why) => return Ok(Round::Unknown(why)),
                }
            }
            match self.rounds(expression, inner, scope, found, until)? {
                Round::Next => {}
                round => return Ok(round),
            }
        }
        Ok(Round::Next)
    }
}

/// How much of a generator is needed.
#[derive(Clone, Copy)]
pub(super) enum Until {
    End,
    First,
    /// Up to the first value of this truth.
    Truth(bool),
}

/// What one round of a comprehension's loops came to.
enum Round {
    Next,
    Enough,
    Unknown(Rc<Unknown>),
}
