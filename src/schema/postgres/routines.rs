//! Functions, procedures and aggregates: their names, and what they take.

use super::error::{PgError, shown};
use super::state::{Adjust as _, Rule, State, Table};
use super::types::{canonical, identifier};
use super::{Database, bare, own};
use crate::schema::database::Sort;
use crate::schema::token::{self, Kind, Token};

/// One of the routines that share a name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Routine {
    pub kind: RoutineKind,
    /// The types that it takes; `None` where they can't be read.
    pub takes: Option<Vec<String>>,
    /// The names of what it takes, in their order; empty where one has none.
    names: Vec<String>,
    /// `RETURNS …`; `None` where its parameters say it.
    returns: Option<String>,
    /// It is not marked as immutable, and is in a language whose functions are taken at their word.
    pub may_change: bool,
    /// Its text, where that has definitions.
    defines: Option<String>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RoutineKind {
    #[default]
    Function,
    Procedure,
    Aggregate,
}

impl RoutineKind {
    fn word(self) -> &'static str {
        match self {
            Self::Function => "function",
            Self::Procedure => "procedure",
            Self::Aggregate => "aggregate",
        }
    }
}

/// A statement that is read from its tokens.
struct Reader<'s> {
    text: &'s str,
    tokens: Vec<Token<'s>>,
    at: usize,
}

impl<'s> Reader<'s> {
    fn new(text: &'s str) -> Self {
        Self { text, tokens: token::tokens(text).collect(), at: 0 }
    }

    fn peek(&self) -> Option<&Token<'s>> {
        self.tokens.get(self.at)
    }

    fn takes(&mut self, word: &str) -> bool {
        let found = self.peek().is_some_and(|token| token.is(word));
        self.at += usize::from(found);
        found
    }

    /// A name with what stands in front of its dots.
    fn name(&mut self) -> Option<String> {
        let mut name = name_of(self.peek()?)?;
        self.at += 1;
        while self.peek().is_some_and(|dot| dot.is_symbol(".")) {
            let Some(part) = self.tokens.get(self.at + 1).and_then(name_of) else { break };
            name = format!("{name}.{part}");
            self.at += 2;
        }
        Some(own(&name))
    }

    /// What stands between the brackets that come next, split at its commas; `None` where no bracket comes.
    fn list(&mut self) -> Option<Vec<&[Token<'s>]>> {
        self.peek().filter(|token| token.is_symbol("("))?;
        let (mut depth, mut from, mut at) = (0_u32, self.at + 1, self.at);
        let mut found = Vec::new();
        loop {
            let token = self.tokens.get(at)?;
            match token.text {
                "(" => depth += 1,
                ")" => depth -= 1,
                _ => {}
            }
            if depth == 0 || (depth == 1 && token.is_symbol(",")) {
                found.push((from, at));
                from = at + 1;
            }
            at += 1;
            if depth == 0 {
                break;
            }
        }
        self.at = at;
        let parts: Vec<&[Token<'s>]> = found.into_iter().filter_map(|(from, to)| self.tokens.get(from..to)).collect();
        Some(if parts.len() == 1 && parts[0].is_empty() { Vec::new() } else { parts })
    }
}

fn name_of(token: &Token<'_>) -> Option<String> {
    match token.kind {
        Kind::Quoted => Some(token.value()),
        Kind::Word => Some(identifier(token.text)),
        _ => None,
    }
}

/// How a value goes in or out.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    In,
    Out,
}

/// A parameter: its mode, its name and its type as far as it is known.
fn parameter(tokens: &[Token<'_>], text: &str, state: &State) -> Option<(Mode, String, String)> {
    let mut mode = Mode::In;
    let default = tokens.iter().position(|token| token.is("default") || token.is_symbol("="));
    let mut tokens = tokens.get(..default.unwrap_or(tokens.len()))?;
    // `:=` has a colon in front.
    if let [start @ .., last] = tokens
        && last.is_symbol(":")
    {
        tokens = start;
    }
    // The mode may stand before the name or after it.
    let modes = [("in", Mode::In), ("out", Mode::Out), ("inout", Mode::In), ("variadic", Mode::In)];
    let mode_of = |token: &Token<'_>| modes.iter().find(|(word, _)| token.is(word)).map(|(_, mode)| *mode);
    let swapped;
    if let [first, rest @ ..] = tokens
        && !rest.is_empty()
        && let Some(found) = mode_of(first)
    {
        mode = found;
        tokens = rest;
    } else if let [first, second, rest @ ..] = tokens
        && !rest.is_empty()
        && let Some(found) = mode_of(second)
    {
        mode = found;
        swapped = [&[*first], rest].concat();
        tokens = &swapped;
    }
    let spelled = |tokens: &[Token<'_>]| Some(text.get(tokens.first()?.start..tokens.last()?.end())?.to_owned());
    let whole = spelled(tokens)?;
    if let Ok(data_type) = canonical(&whole, state) {
        return Some((mode, String::new(), without_length(&data_type)));
    }
    let (name, rest) = match tokens {
        [first, rest @ ..] if !rest.is_empty() && !rest[0].is_symbol(".") && !rest[0].is_symbol("(") => {
            (name_of(first)?, spelled(rest)?)
        }
        _ => (String::new(), whole),
    };
    // A type that is not known here is like itself alone.
    let data_type = canonical(&rest, state).unwrap_or_else(|_| token::normal(&rest));
    Some((mode, name, without_length(&data_type)))
}

/// Functions take values of any length.
fn without_length(data_type: &str) -> String {
    super::types::base(data_type)
}

/// The routine that a statement names, after its kind.
fn signature(reader: &mut Reader<'_>, kind: RoutineKind, state: &State) -> Option<(String, Routine)> {
    let name = reader.name()?;
    let text = reader.text;
    let Some(list) = reader.list() else {
        return Some((name, Routine { kind, ..Routine::default() }));
    };
    let mut routine = Routine { kind, takes: Some(Vec::new()), ..Routine::default() };
    for tokens in list {
        match parameter(tokens, text, state) {
            Some((mode, own, data_type)) => {
                if mode == Mode::In || kind == RoutineKind::Procedure {
                    routine.takes.get_or_insert_default().push(data_type);
                    routine.names.push(own);
                }
            }
            None => routine.takes = None,
        }
        if routine.takes.is_none() {
            break;
        }
    }
    Some((name, routine))
}

/// The kind of routine that a statement is about.
fn kind(reader: &mut Reader<'_>) -> Option<RoutineKind> {
    match () {
        () if reader.takes("function") => Some(RoutineKind::Function),
        () if reader.takes("procedure") => Some(RoutineKind::Procedure),
        () if reader.takes("aggregate") => Some(RoutineKind::Aggregate),
        () => None,
    }
}

impl Database {
    pub(super) fn create_routine(&mut self, text: &str) -> Result<(), PgError> {
        let mut reader = Reader::new(text);
        reader.takes("create");
        let replaces = reader.takes("or") && reader.takes("replace");
        let Some(kind) = kind(&mut reader) else { return Ok(()) };
        let Some((name, mut made)) = signature(&mut reader, kind, &self.state) else { return Ok(()) };
        self.check_schema(&name)?;
        if kind == RoutineKind::Aggregate {
            // What it takes can be told in other ways.
            made.takes = None;
        }
        if reader.takes("returns") {
            made.returns = returned(&reader, &self.state);
        }
        let says = |word: &str| reader.tokens.iter().any(|token| token.is(word));
        made.may_change = says("plpgsql") && !says("immutable");
        let words: &[&str] = &["create", "drop", "alter"];
        let verbs = reader.tokens.iter().skip(1).filter(|token| token.kind != Kind::Text);
        let defines = verbs.filter(|token| words.iter().any(|word| token.is(word))).count() > 0
            || reader.tokens.iter().any(|token| token.kind == Kind::Text && crate::source::has_word(token.text, words));
        made.defines = defines.then(|| text.to_owned());
        let noted = made.clone();
        let known = self.state.routines.entry(name.clone()).or_default();
        let same = known.iter().position(|old| old.takes.is_some() && old.takes == made.takes);
        match same {
            Some(_) if !replaces => {
                let message = format!("function \"{}\" already exists with same argument types", bare(&name));
                let error = PgError { condition: "DuplicateFunction", ..PgError::wrong_type(message) };
                return Err(error.exists(Sort::Other, bare(&name), None));
            }
            Some(at) => {
                replaceable(&known[at], &made)?;
                known[at] = made;
            }
            None => known.push(made),
        }
        self.state.moment.spelled.note_routine(&name, &noted, text);
        Ok(())
    }

    pub(super) fn drop_routine(&mut self, text: &str) -> Result<(), PgError> {
        let mut reader = Reader::new(text);
        reader.takes("drop");
        let kind = kind(&mut reader);
        if kind.is_none() {
            reader.takes("routine");
        }
        let if_exists = reader.takes("if") && reader.takes("exists");
        let cascade = reader.tokens.last().is_some_and(|token| token.is("cascade"));
        loop {
            let read = signature(&mut reader, kind.unwrap_or_default(), &self.state);
            let Some((name, routine)) = read else { return Ok(()) };
            self.drop_one_routine(&name, kind, &routine, if_exists, cascade)?;
            if !reader.peek().is_some_and(|comma| comma.is_symbol(",")) {
                return Ok(());
            }
            reader.at += 1;
        }
    }

    fn drop_one_routine(
        &mut self,
        name: &str,
        kind: Option<RoutineKind>,
        wanted: &Routine,
        if_exists: bool,
        cascade: bool,
    ) -> Result<(), PgError> {
        let known = self.state.routines.get(name).map(Vec::as_slice).unwrap_or_default();
        let is_kind = |routine: &Routine| kind.is_none_or(|kind| routine.kind == kind);
        let fits = |routine: &Routine| match (&wanted.takes, &routine.takes) {
            (Some(wanted), Some(takes)) => wanted == takes,
            _ => true,
        };
        let found: Vec<usize> = known
            .iter()
            .enumerate()
            .filter(|(_, routine)| is_kind(routine) && fits(routine))
            .map(|(at, _)| at)
            .collect();
        let Some(&at) = found.first() else {
            // Those of PostgreSQL and of extensions are listed nowhere.
            let is_open = if_exists || self.state.doubt.has(name) || !self.state.extensions.is_empty();
            return if is_open { Ok(()) } else { Err(missing(name, kind.unwrap_or_default(), wanted)) };
        };
        if wanted.takes.is_none() && found.len() > 1 && known.iter().all(|routine| routine.takes.is_some()) {
            let message = format!("function name \"{}\" is not unique", bare(name));
            return Err(PgError { condition: "AmbiguousFunction", ..PgError::wrong_type(message) });
        }
        let is_last = known.len() == 1;
        let takes = known[at].takes.as_ref().map(|takes| takes.join(","));
        if is_last {
            if !cascade && self.uses_routine(name) {
                let what = format!("function {}({})", shown(name), takes.unwrap_or_default());
                return Err(PgError::depended_on(&what));
            }
            self.let_go_of_routine(name)?;
            self.state.routines.remove(name);
        } else if let Some(known) = self.state.routines.get_mut(name) {
            known.remove(at);
        }
        Ok(())
    }

    /// The routine that a query calls and that has definitions of its own, with its text.
    pub fn called_definition(&self, query: &str) -> Option<(String, String)> {
        let defining = self.state.routines.iter().filter_map(|(name, routines)| {
            let text = routines.iter().find_map(|routine| routine.defines.as_ref())?;
            Some((name, text))
        });
        let mut called = defining.filter(|(name, _)| calls(Some(query), name));
        called.next().map(|(name, text)| (name.clone(), text.clone()))
    }

    /// Whether a trigger, a default or an expression of a table calls a routine.
    fn uses_routine(&self, name: &str) -> bool {
        self.state.tables.values().any(|table| {
            table.triggers.values().any(|text| executes(text, name))
                || table
                    .columns
                    .iter()
                    .any(|column| calls(column.default.as_deref(), name) || calls(column.generated.as_deref(), name))
                || table.constraints.iter().any(|constraint| checks(&constraint.rule, name))
                || table.indexes.iter().any(|index| {
                    calls(index.predicate.as_deref(), name)
                        || index.parts.iter().any(|part| !part.is_column && calls(Some(&part.text), name))
                })
        })
    }

    /// Takes away what calls a routine: `CASCADE`.
    fn let_go_of_routine(&mut self, name: &str) -> Result<(), PgError> {
        if !self.uses_routine(name) && !self.state.views.values().any(|view| calls(Some(&view.sql), name)) {
            return Ok(());
        }
        let mut generated = Vec::new();
        let mut lost = Vec::new();
        self.state.tables.adjust(
            |_, _| true,
            |table| {
                let table: &mut Table = std::rc::Rc::make_mut(table);
                table.triggers.retain(|_, text| !executes(text, name));
                table.constraints.retain(|constraint| !checks(&constraint.rule, name));
                for column in table.columns_mut().filter(|column| calls(column.default.as_deref(), name)) {
                    column.default = None;
                }
                table.indexes.retain(|index| {
                    let uses = calls(index.predicate.as_deref(), name)
                        || index.parts.iter().any(|part| !part.is_column && calls(Some(&part.text), name));
                    if uses {
                        lost.push(index.name.clone());
                    }
                    !uses
                });
            },
        );
        for (table, found) in &self.state.tables {
            let columns = found.columns.iter().filter(|column| calls(column.generated.as_deref(), name));
            generated.extend(columns.map(|column| (table.clone(), column.name.clone())));
        }
        self.state.indexes.keep(|index, _| !lost.iter().any(|name| name == bare(index)));
        self.state.views.keep(|_, view| !calls(Some(&view.sql), name));
        generated.iter().try_for_each(|(table, column)| self.drop_column(table, column, true, true))
    }
}

/// What a function returns, up to the first word that is something else.
fn returned(reader: &Reader<'_>, state: &State) -> Option<String> {
    const ENDS: &[&str] = &[
        "language",
        "as",
        "immutable",
        "stable",
        "volatile",
        "strict",
        "called",
        "security",
        "cost",
        "rows",
        "set",
        "returns",
        "window",
        "leakproof",
        "parallel",
        "support",
        "transform",
        "external",
        "not",
        "begin",
        "return",
    ];
    let rest = reader.tokens.get(reader.at..)?;
    let end = rest.iter().position(|token| {
        ENDS.iter().any(|word| token.is(word)) || matches!(token.kind, Kind::Text) || token.text.starts_with('$')
    });
    let rest = rest.get(..end.unwrap_or(rest.len()))?;
    let text = reader.text.get(rest.first()?.start..rest.last()?.end())?;
    Some(canonical(text, state).map_or_else(|_| token::normal(text), |data_type| without_length(&data_type)))
}

/// Refuses to put one routine in the place of another that it can't replace.
fn replaceable(old: &Routine, new: &Routine) -> Result<(), PgError> {
    let refused = |message: String| PgError { condition: "InvalidFunctionDefinition", ..PgError::wrong_type(message) };
    if old.kind != new.kind {
        return Err(PgError::wrong_type("cannot change routine kind".to_owned()));
    }
    if let (Some(before), Some(after)) = (&old.returns, &new.returns)
        && before != after
    {
        return Err(refused("cannot change return type of existing function".to_owned()));
    }
    match old.names.iter().zip(&new.names).find(|(before, after)| !before.is_empty() && before != after) {
        Some((before, _)) => Err(refused(format!("cannot change name of input parameter \"{before}\""))),
        None => Ok(()),
    }
}

fn missing(name: &str, kind: RoutineKind, wanted: &Routine) -> PgError {
    PgError::undefined_function(match &wanted.takes {
        Some(takes) => format!("{} {name}({}) does not exist", kind.word(), takes.join(", ")),
        None => format!("could not find a {} named \"{name}\"", kind.word()),
    })
}

/// Whether an expression calls a routine.
fn calls(expression: Option<&str>, name: &str) -> bool {
    let Some(expression) = expression.filter(|text| text.contains(bare(name))) else { return false };
    let tokens: Vec<_> = token::tokens(expression).collect();
    tokens.windows(2).any(|pair| pair[1].is_symbol("(") && name_of(&pair[0]).is_some_and(|called| called == bare(name)))
}

fn checks(rule: &Rule, name: &str) -> bool {
    match rule {
        Rule::Check { expression, .. } | Rule::Exclude { definition: expression, .. } => calls(Some(expression), name),
        _ => false,
    }
}

/// Whether a trigger executes a function.
pub(super) fn executes(trigger: &str, name: &str) -> bool {
    executed(trigger).is_some_and(|called| called == name || !name.contains('.') && bare(&called) == name)
}

/// The function that a trigger executes.
pub(super) fn executed(trigger: &str) -> Option<String> {
    let mut reader = Reader::new(trigger);
    reader.at = reader.tokens.iter().rposition(|token| token.is("execute"))? + 2;
    reader.name()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_routine_is_known_by_its_name_and_what_it_takes() {
        let mut database = Database::default();
        let mut said = |sql: &str| database.execute(sql).err().map(|error| error.message).unwrap_or_default();
        assert_eq!(said("CREATE FUNCTION f(a int, OUT b text) AS $$ SELECT 'x' $$ LANGUAGE sql"), "");
        assert_eq!(said("CREATE FUNCTION f(text DEFAULT 'a,b') RETURNS int LANGUAGE sql AS 'SELECT 1'"), "");
        assert_eq!(
            said("CREATE FUNCTION f(integer) RETURNS int LANGUAGE sql AS 'SELECT 1'"),
            "function \"f\" already exists with same argument types"
        );
        assert_eq!(said("DROP FUNCTION f"), "function name \"f\" is not unique");
        assert_eq!(said("DROP FUNCTION f(integer)"), "");
        assert_eq!(
            said("CREATE OR REPLACE FUNCTION f(text) RETURNS bigint LANGUAGE sql AS 'SELECT 1'"),
            "cannot change return type of existing function"
        );
        assert_eq!(
            said("DROP FUNCTION f(integer, varchar(3))"),
            "function f(integer, character varying) does not exist"
        );
        assert_eq!(said("DROP FUNCTION IF EXISTS f(integer); DROP FUNCTION f"), "");
    }
}
