//! Carries out the blocks that [`block`](super::block) reads: what they ask the catalog is answered, and what depends on
//! rows is not known, which matters where it decides what the schema becomes.

use std::collections::{BTreeMap, BTreeSet};

use super::block::{Block, Handler, Leave, Over, Step, Variable};
use super::statements::{Effect, pieces};
use super::{Database, ErrorClass, LONGEST_STATEMENT, PgError, catalog};
use crate::schema::literals;
use crate::schema::sqlite::{Outcome, Value};
use crate::schema::token::{self, Kind, Token};

/// How many queries and statements one block may take.
const MOST_ACTIONS: usize = 500;

/// What a variable holds.
#[derive(Clone, Debug)]
enum Held {
    Value(Value),
    Record(Vec<(String, Value)>),
    Unknown,
}

/// How steps end: at their last, or before.
type Flow = Result<Option<Leave>, PgError>;

struct Performance<'d> {
    database: &'d mut Database,
    variables: BTreeMap<String, Held>,
    /// The variables that take a row as a whole.
    records: BTreeSet<String>,
    /// `FOUND`; `None` where rows decide.
    found: Option<bool>,
    /// The errors that are being handled, innermost last.
    handled: Vec<PgError>,
    left: usize,
}

impl Database {
    /// Carries out a block: all of it or nothing.
    pub(super) fn perform(&mut self, block: &Block) -> Result<(), PgError> {
        let saved = self.state.clone();
        let mut performance = Performance {
            database: self,
            variables: BTreeMap::new(),
            records: BTreeSet::new(),
            found: Some(false),
            handled: Vec::new(),
            left: MOST_ACTIONS,
        };
        let result = performance.block(block);
        let used = MOST_ACTIONS - performance.left;
        self.actions += used;
        if result.is_err() {
            self.state = saved;
        }
        match result {
            // Whichever of its steps run, no schema is another one after them.
            Err(error) if error.class == ErrorClass::Unsupported && leaves_the_schema(block) => Ok(()),
            result => result.map(|_| ()),
        }
    }
}

fn not_followed() -> PgError {
    PgError::unsupported("has a PL/pgSQL block, which is not followed")
}

impl Performance<'_> {
    fn block(&mut self, block: &Block) -> Flow {
        for Variable { name, is_record, value } in &block.variables {
            let held = match value {
                Some(value) => self.first(value).map_or(Held::Unknown, Held::Value),
                None => Held::Value(Value::Null),
            };
            self.variables.insert(name.clone(), held);
            if *is_record {
                self.records.insert(name.clone())
            } else {
                self.records.remove(name)
            };
        }
        let saved = self.database.state.clone();
        let error = match self.steps(&block.steps) {
            Err(error) if error.class != ErrorClass::Unsupported => error,
            done => return done,
        };
        let Some(handler) = block.handlers.iter().find(|handler| handles(handler, &error)) else { return Err(error) };
        self.database.state = saved;
        self.handled.push(error);
        let flow = self.steps(&handler.steps);
        self.handled.pop();
        flow
    }

    fn steps(&mut self, steps: &[Step]) -> Flow {
        for step in steps {
            if let Some(leave) = self.step(step)? {
                return Ok(Some(leave));
            }
        }
        Ok(None)
    }

    fn step(&mut self, step: &Step) -> Flow {
        match step {
            Step::Sql(sql) => self.sql(sql)?,
            Step::If { clauses, otherwise } => return self.condition(clauses, otherwise),
            Step::For { targets, over, body } => return self.repeat(targets, over, body),
            Step::Execute(expression) => self.execute(expression)?,
            Step::Set { targets, query } => self.set(targets, query),
            Step::Forget(targets) => self.forget(targets),
            Step::Perform(query) => self.found = self.answer(query).map(|answer| !answer.rows.is_empty()),
            Step::Raise(Some(text)) => return Err(PgError::raised(text.clone())),
            Step::Raise(None) => return Err(self.handled.last().cloned().unwrap_or_else(not_followed)),
            Step::Nested(block) => return self.block(block),
            Step::Leave(leave) => return Ok(Some(*leave)),
        }
        Ok(None)
    }

    fn act(&mut self) -> Result<(), PgError> {
        self.left = self.left.checked_sub(1).ok_or_else(not_followed)?;
        Ok(())
    }

    fn sql(&mut self, sql: &str) -> Result<(), PgError> {
        for piece in pieces(sql) {
            self.act()?;
            match piece.effect() {
                Effect::None => {
                    let variables = &self.variables;
                    self.database.rows(&piece, &|name| variables.contains_key(name))?;
                    // Rows come and go.
                    self.found = None;
                }
                Effect::Block(_) | Effect::Unknown(_) | Effect::SearchPath { .. } => return Err(not_followed()),
                _ => self.database.statement(&piece)?,
            }
        }
        Ok(())
    }

    fn execute(&mut self, expression: &str) -> Result<(), PgError> {
        match self.first(expression) {
            Some(Value::Text(sql)) => self.sql(&sql),
            _ if is_about_rows(expression) => Ok(()),
            _ => Err(not_followed()),
        }
    }

    fn condition(&mut self, clauses: &[(String, Vec<Step>)], otherwise: &[Step]) -> Flow {
        for (index, (test, then)) in clauses.iter().enumerate() {
            match self.first(&format!("CASE WHEN ({test}) THEN 1 ELSE 0 END")) {
                Some(Value::Integer(1)) => return self.steps(then),
                Some(Value::Integer(_)) => {}
                // What refuses to go on is taken for what does not happen.
                _ if matches!(then.last(), Some(Step::Raise(_))) => {}
                _ => {
                    let rest = clauses[index..].iter().map(|(_, steps)| steps.as_slice());
                    return self.skip(&rest.chain([otherwise]).collect::<Vec<_>>());
                }
            }
        }
        self.steps(otherwise)
    }

    /// Goes past steps of which it is not known whether they run: they must not change the schema.
    fn skip(&mut self, branches: &[&[Step]]) -> Flow {
        for steps in branches {
            for step in *steps {
                match step {
                    Step::Sql(sql) if pieces(sql).iter().all(|piece| piece.effect() == Effect::None) => {}
                    Step::Set { targets, .. } | Step::Forget(targets) => self.forget(targets),
                    Step::Perform(_) => {}
                    Step::Execute(expression) if is_about_rows(expression) => {}
                    Step::If { clauses, otherwise } => {
                        let all = clauses.iter().map(|(_, steps)| steps.as_slice());
                        self.skip(&all.chain([otherwise.as_slice()]).collect::<Vec<_>>())?;
                    }
                    Step::For { targets, body, .. } => {
                        self.forget(targets);
                        self.skip(&[body])?;
                    }
                    Step::Nested(block) if block.handlers.is_empty() => {
                        let names: Vec<String> = block.variables.iter().map(|one| one.name.clone()).collect();
                        self.forget(&names);
                        self.skip(&[&block.steps])?;
                    }
                    _ => return Err(not_followed()),
                }
            }
        }
        self.found = None;
        Ok(None)
    }

    fn repeat(&mut self, targets: &[String], over: &Over, body: &[Step]) -> Flow {
        let Some(rows) = self.rows(over) else {
            self.forget(targets);
            return self.skip(&[body]);
        };
        for (columns, row) in rows {
            self.act()?;
            match targets {
                [target] if self.records.contains(target) => {
                    self.variables.insert(target.clone(), Held::Record(columns.into_iter().zip(row).collect()));
                }
                _ => self.assign(targets, row),
            }
            match self.steps(body)? {
                None | Some(Leave::Continue) => {}
                Some(Leave::Exit) => break,
                Some(Leave::Return) => return Ok(Some(Leave::Return)),
            }
        }
        self.found = None;
        Ok(None)
    }

    /// The rows of a loop, each with the names of its columns.
    fn rows(&mut self, over: &Over) -> Option<Vec<(Vec<String>, Vec<Value>)>> {
        let answer = match over {
            Over::Query(query) => self.answer(query)?,
            Over::Text(expression) => match self.first(expression)? {
                Value::Text(query) => self.answer(&query)?,
                _ => return None,
            },
            Over::Array(expression) => self.answer(&format!("SELECT value FROM json_each({expression})"))?,
            Over::Range(first, last) => {
                let answer = self.answer(&format!("SELECT ({first}), ({last})"))?;
                let [Value::Integer(first), Value::Integer(last)] = answer.rows.first()?.as_slice() else {
                    return None;
                };
                let count = usize::try_from(last.checked_sub(*first)?).unwrap_or(0);
                if count > MOST_ACTIONS {
                    return None;
                }
                let numbers = (*first..=*last).map(|number| (Vec::new(), vec![Value::Integer(number)]));
                return Some(numbers.collect());
            }
        };
        Some(answer.rows.into_iter().map(|row| (answer.columns.clone(), row)).collect())
    }

    fn set(&mut self, targets: &[String], query: &str) {
        match self.answer(query) {
            Some(answer) => {
                self.found = Some(!answer.rows.is_empty());
                let columns = answer.columns;
                match (answer.rows.into_iter().next(), targets) {
                    (Some(row), [target]) if self.records.contains(target) => {
                        self.variables.insert(target.clone(), Held::Record(columns.into_iter().zip(row).collect()));
                    }
                    (Some(row), _) => self.assign(targets, row),
                    (None, _) => self.assign(targets, Vec::new()),
                }
            }
            None => {
                self.found = None;
                self.forget(targets);
            }
        }
    }

    fn assign(&mut self, targets: &[String], row: Vec<Value>) {
        let values = row.into_iter().chain(std::iter::repeat(Value::Null));
        for (target, value) in targets.iter().zip(values) {
            self.variables.insert(target.clone(), Held::Value(value));
        }
    }

    fn forget(&mut self, targets: &[String]) {
        for target in targets {
            self.variables.insert(target.clone(), Held::Unknown);
        }
    }

    /// What an expression is; `None` where that is not known.
    fn first(&mut self, expression: &str) -> Option<Value> {
        self.answer(&format!("SELECT ({expression})"))?.rows.into_iter().next()?.into_iter().next()
    }

    /// What a query on the catalog yields; `None` where it asks something else.
    fn answer(&mut self, query: &str) -> Option<Outcome> {
        self.left = self.left.checked_sub(1)?;
        let query = self.with_values(query)?;
        catalog::answer(&self.database.state, &query)
    }

    /// A query with the values of variables in their places; `None` where one is not known.
    fn with_values(&self, query: &str) -> Option<String> {
        let tokens: Vec<Token<'_>> = token::tokens(query).collect();
        let mut text = String::with_capacity(query.len());
        let mut at = 0;
        let mut skip_to = 0;
        for (index, token) in tokens.iter().enumerate() {
            if index < skip_to || token.kind != Kind::Word {
                continue;
            }
            let before = index.checked_sub(1).map(|before| &tokens[before]);
            if !takes_a_value(before) || tokens.get(index + 1).is_some_and(|next| next.is_symbol("(")) {
                continue;
            }
            let name = token.text.to_lowercase();
            let field = tokens.get(index + 1).filter(|dot| dot.is_symbol(".")).and_then(|_| tokens.get(index + 2));
            let (value, end) = match (self.variables.get(&name), field) {
                (Some(Held::Value(value)), None) => (value.clone(), token.end()),
                (Some(Held::Record(fields)), Some(field)) => {
                    let wanted = field.value().to_lowercase();
                    let (_, value) = fields.iter().find(|(known, _)| *known == wanted)?;
                    skip_to = index + 3;
                    (value.clone(), field.end())
                }
                (Some(Held::Unknown), _) | (Some(Held::Record(_)), None) => return None,
                (None, None) if name == "found" => (Value::Integer(self.found?.into()), token.end()),
                _ => continue,
            };
            text.push_str(&query[at..token.start]);
            text.push_str(&literal(&value)?);
            if text.len() > LONGEST_STATEMENT {
                return None;
            }
            at = end;
        }
        Some(text + &query[at..])
    }
}

/// Whether an expression may stand after a token: what follows a name or a bracket is another name for it.
fn takes_a_value(before: Option<&Token<'_>>) -> bool {
    const WORDS: &[&str] = &[
        "select", "distinct", "all", "where", "and", "or", "not", "on", "having", "when", "then", "else", "case", "in",
        "like", "ilike", "between", "by", "limit", "offset", "any", "is", "exists",
    ];
    match before {
        None => true,
        Some(token) if token.kind == Kind::Symbol => !matches!(token.text, "." | ")"),
        Some(token) => WORDS.iter().any(|word| token.is(word)),
    }
}

fn literal(value: &Value) -> Option<String> {
    Some(match value {
        Value::Null => "NULL".to_owned(),
        Value::Integer(number) => number.to_string(),
        Value::Text(text) => literals::quoted(text),
        Value::Real(_) | Value::Blob(_) => return None,
    })
}

/// Whether the text that an expression makes is about rows alone, by how it begins.
fn is_about_rows(expression: &str) -> bool {
    let mut tokens = token::tokens(expression).skip_while(|token| token.is("format") || token.is_symbol("("));
    let Some(first) = tokens.next().filter(|first| first.kind == Kind::Text) else { return false };
    let start = first.value();
    let verb = token::tokens(&start).next().map(|word| word.text.to_lowercase()).unwrap_or_default();
    let is_privilege = verb == "alter" && token::tokens(&start).nth(1).is_some_and(|word| word.is("default"));
    // A second statement may follow.
    (is_privilege
        || matches!(verb.as_str(), "update" | "insert" | "delete" | "analyze" | "grant" | "revoke" | "comment"))
        && !expression.contains(';')
}

/// Whether no step of a block can change the schema: it is about rows, roles and rights.
fn leaves_the_schema(block: &Block) -> bool {
    steps_leave_the_schema(&block.steps) && block.handlers.iter().all(|handler| steps_leave_the_schema(&handler.steps))
}

fn steps_leave_the_schema(steps: &[Step]) -> bool {
    steps.iter().all(|step| match step {
        Step::Sql(sql) => pieces(sql).iter().all(|piece| piece.effect() == Effect::None),
        Step::Execute(expression) => is_about_rows(expression),
        Step::If { clauses, otherwise } => {
            clauses.iter().all(|(_, steps)| steps_leave_the_schema(steps)) && steps_leave_the_schema(otherwise)
        }
        Step::For { body, .. } => steps_leave_the_schema(body),
        Step::Nested(block) => leaves_the_schema(block),
        Step::Set { .. } | Step::Forget(_) | Step::Leave(_) | Step::Raise(None) => true,
        // A function may do anything; a block that surely stops is no success.
        Step::Perform(_) | Step::Raise(Some(_)) => false,
    })
}

/// Whether a handler is for an error: `undefined_table` is for `UndefinedTable`.
fn handles(handler: &Handler, error: &PgError) -> bool {
    let condition = error.condition.to_ascii_lowercase();
    handler.conditions.iter().any(|wanted| wanted == "others" || wanted.replace('_', "") == condition)
}
