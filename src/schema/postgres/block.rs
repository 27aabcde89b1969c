//! `DO` blocks in PL/pgSQL as a tree (<https://www.postgresql.org/docs/current/plpgsql.html>). What is not known here makes
//! the whole block one that is not followed.

use super::statements::{dollar_quote, pieces};
use crate::schema::token::{self, Kind, Token};

/// `DECLARE … BEGIN … EXCEPTION … END`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Block {
    pub variables: Vec<Variable>,
    pub steps: Vec<Step>,
    pub handlers: Vec<Handler>,
}

/// `name type := expression;`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Variable {
    pub name: String,
    /// It takes a row as a whole.
    pub is_record: bool,
    /// The expression that it begins with.
    pub value: Option<String>,
}

/// `WHEN undefined_table OR others THEN …`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Handler {
    /// In lower case.
    pub conditions: Vec<String>,
    pub steps: Vec<Step>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Step {
    /// A statement of SQL.
    Sql(String),
    If {
        /// Each condition with what it leads to.
        clauses: Vec<(String, Vec<Step>)>,
        otherwise: Vec<Step>,
    },
    For {
        targets: Vec<String>,
        over: Over,
        body: Vec<Step>,
    },
    /// `EXECUTE expression`.
    Execute(String),
    /// `a := expression`, `SELECT … INTO a, b …`; the value is a query.
    Set {
        targets: Vec<String>,
        query: String,
    },
    /// What a statement leaves in variables is not known.
    Forget(Vec<String>),
    /// `PERFORM …`, as a query.
    Perform(String),
    /// `RAISE EXCEPTION 'text', …`; without a text, what is being handled is raised again.
    Raise(Option<String>),
    Nested(Block),
    Leave(Leave),
}

/// Where control goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Leave {
    Continue,
    Exit,
    Return,
}

/// What a loop runs over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Over {
    Query(String),
    /// `EXECUTE expression`.
    Text(String),
    /// `FOREACH a IN ARRAY expression`.
    Array(String),
    /// `1..3`.
    Range(String, String),
}

/// How deep blocks, loops and conditions nest at most.
const DEEPEST: u32 = 16;

/// Reads a `DO` statement; `None` where it does something else.
pub(super) fn read(text: &str) -> Option<Block> {
    let open = text.find('$')?;
    let length = dollar_quote(&text[open..])?;
    let quoted = &text[open..open + length];
    let tag = quoted[1..].find('$')? + 2;
    let body = quoted.get(tag..quoted.len().checked_sub(tag)?)?;
    let tokens: Vec<Token<'_>> = token::tokens(body).collect();
    // A quote in the quote, and the name of a block.
    if tokens.iter().any(|token| token.text.starts_with('$') || token.is_symbol("<<")) {
        return None;
    }
    let mut reader = Reader { body, tokens: &tokens, at: 0 };
    let block = reader.block(DEEPEST)?;
    (reader.at == tokens.len()).then_some(block)
}

struct Reader<'t> {
    body: &'t str,
    tokens: &'t [Token<'t>],
    at: usize,
}

impl Reader<'_> {
    fn is(&self, word: &str) -> bool {
        self.is_at(0, word)
    }

    fn is_at(&self, offset: usize, word: &str) -> bool {
        self.tokens.get(self.at + offset).is_some_and(|token| token.is(word))
    }

    /// Goes past a word; `None` where another stands here.
    fn pass(&mut self, word: &str) -> Option<()> {
        let found = self.tokens.get(self.at).is_some_and(|token| token.is(word) || token.is_symbol(word));
        self.at += usize::from(found);
        found.then_some(())
    }

    /// The text up to a word or symbol outside of brackets and `CASE`; goes past that.
    fn up_to(&mut self, end: &str) -> Option<String> {
        let (mut depth, mut cases) = (0_i32, 0_i32);
        let first = self.tokens.get(self.at)?.start;
        for (offset, token) in self.tokens[self.at..].iter().enumerate() {
            match token.text {
                "(" => depth += 1,
                ")" => depth -= 1,
                _ => {}
            }
            if depth == 0 && cases == 0 && (token.is(end) || token.is_symbol(end)) {
                self.at += offset + 1;
                return Some(self.body[first..token.start].trim().to_owned());
            }
            // Nothing but `CASE` ends with a bare `END` inside a statement.
            if token.is("case") {
                cases += 1;
            } else if token.is("end") && cases > 0 {
                cases -= 1;
            } else if token.is_symbol(";") {
                return None;
            }
        }
        None
    }

    fn name(&mut self) -> Option<String> {
        let token = self.tokens.get(self.at).filter(|token| matches!(token.kind, Kind::Word | Kind::Quoted))?;
        self.at += 1;
        Some(name_of(token))
    }

    fn names(&mut self) -> Option<Vec<String>> {
        let mut names = vec![self.name()?];
        while self.pass(",").is_some() {
            names.push(self.name()?);
        }
        Some(names)
    }

    fn block(&mut self, depth: u32) -> Option<Block> {
        let mut block = Block::default();
        if self.pass("declare").is_some() {
            while !self.is("begin") {
                block.variables.push(self.declaration()?);
            }
        }
        self.pass("begin")?;
        block.steps = self.steps(depth)?;
        if self.pass("exception").is_some() {
            while self.pass("when").is_some() {
                let mut conditions = vec![self.name()?];
                while self.pass("or").is_some() {
                    conditions.push(self.name()?);
                }
                self.pass("then")?;
                block.handlers.push(Handler { conditions, steps: self.steps(depth)? });
            }
        }
        self.pass("end")?;
        // The last one needs no semicolon.
        let _ = self.pass(";");
        Some(block)
    }

    /// `name type [NOT NULL] [:= expression];`.
    fn declaration(&mut self) -> Option<Variable> {
        let name = self.name()?;
        if self.is("alias") || self.is("cursor") || self.is_at(1, "cursor") {
            return None;
        }
        let text = self.up_to(";")?;
        let tokens: Vec<Token<'_>> = token::tokens(&text).collect();
        let assigns = |token: &Token<'_>| token.is_symbol("=") || token.is("default");
        let value = tokens.iter().find(|token| assigns(token)).map(|token| text[token.end()..].trim().to_owned());
        let is_record =
            tokens.first().is_some_and(|first| first.is("record")) || tokens.iter().any(|token| token.is("rowtype"));
        Some(Variable { name, is_record, value })
    }

    /// Steps up to a word that ends them.
    fn steps(&mut self, depth: u32) -> Option<Vec<Step>> {
        let depth = depth.checked_sub(1)?;
        let mut steps = Vec::new();
        let ends = ["end", "else", "elsif", "elseif", "exception", "when"];
        while self.at < self.tokens.len() && !ends.iter().any(|end| self.is(end)) {
            steps.extend(self.step(depth)?);
        }
        Some(steps)
    }

    /// One step; an empty list for what does nothing.
    fn step(&mut self, depth: u32) -> Option<Vec<Step>> {
        let first = self.tokens.get(self.at)?;
        let is = |words: &[&str]| words.iter().any(|word| first.is(word));
        let one = |step: Step| vec![step];
        if is(&["if"]) {
            return self.condition(depth).map(one);
        }
        if is(&["for", "foreach"]) {
            return self.repeat(depth).map(one);
        }
        if is(&["declare", "begin"]) {
            return self.block(depth).map(|block| one(Step::Nested(block)));
        }
        if is(&["while", "loop", "case", "open", "fetch", "close", "assert", "move", "commit", "rollback", "call"]) {
            return None;
        }
        if is(&["null"]) {
            return self.up_to(";").map(|_| Vec::new());
        }
        if is(&["raise"]) {
            return self.raise();
        }
        if is(&["get"]) {
            let text = self.up_to(";")?;
            let target =
                token::tokens(&text).filter(|token| token.kind == Kind::Word).nth(2).map(|token| name_of(&token));
            return Some(target.map(|target| Step::Forget(vec![target])).into_iter().collect());
        }
        if is(&["continue", "exit", "return"]) {
            return self.leave().map(one);
        }
        if is(&["execute"]) {
            self.at += 1;
            return self.execute().map(one);
        }
        if is(&["perform"]) {
            self.at += 1;
            return self.up_to(";").map(|text| one(Step::Perform(format!("SELECT {text}"))));
        }
        let next = |offset: usize, symbol: &str| {
            self.tokens.get(self.at + offset).is_some_and(|token| token.is_symbol(symbol))
        };
        let colon = usize::from(next(1, ":"));
        if next(1 + colon, "=") {
            let target = self.name()?;
            self.at += 1 + colon;
            let value = self.up_to(";")?;
            return Some(vec![Step::Set { targets: vec![target], query: format!("SELECT ({value})") }]);
        }
        let text = self.up_to(";")?;
        Some(vec![if is(&["select", "with"]) { into(&text)? } else { Step::Sql(text) }])
    }

    /// `IF … THEN … [ELSIF … THEN …] [ELSE …] END IF;`.
    fn condition(&mut self, depth: u32) -> Option<Step> {
        let (mut clauses, mut otherwise) = (Vec::new(), Vec::new());
        while self.is("if") || self.is("elsif") || self.is("elseif") {
            self.at += 1;
            let test = self.up_to("then")?;
            clauses.push((test, self.steps(depth)?));
        }
        if self.pass("else").is_some() {
            otherwise = self.steps(depth)?;
        }
        self.pass("end")?;
        self.pass("if")?;
        self.pass(";")?;
        Some(Step::If { clauses, otherwise })
    }

    /// `FOR … IN … LOOP … END LOOP;`.
    fn repeat(&mut self, depth: u32) -> Option<Step> {
        let each = self.is("foreach");
        self.at += 1;
        let targets = self.names()?;
        self.pass("in")?;
        let over = if each {
            self.pass("array")?;
            Over::Array(self.up_to("loop")?)
        } else if self.pass("execute").is_some() {
            Over::Text(self.up_to("loop")?)
        } else {
            let text = self.up_to("loop")?;
            match text.split_once("..") {
                Some((first, last)) if !text.contains('\'') => Over::Range(first.to_owned(), last.to_owned()),
                _ if token::tokens(&text).next().is_some_and(|first| first.is("select") || first.is("with")) => {
                    Over::Query(text)
                }
                _ => return None,
            }
        };
        let body = self.steps(depth)?;
        self.pass("end")?;
        self.pass("loop")?;
        self.pass(";")?;
        Some(Step::For { targets, over, body })
    }

    /// `EXECUTE expression [INTO …] [USING …];`.
    fn execute(&mut self) -> Option<Step> {
        let text = self.up_to(";")?;
        let mut depth = 0_i32;
        let mut end = text.len();
        for token in token::tokens(&text) {
            match token.text {
                "(" => depth += 1,
                ")" => depth -= 1,
                _ => {}
            }
            if depth == 0 && token.is("into") {
                return None;
            }
            if depth == 0 && token.is("using") {
                end = token.start;
                break;
            }
        }
        Some(Step::Execute(text[..end].trim().to_owned()))
    }

    /// `RAISE [level] 'text', …;`: what is no exception is only told.
    fn raise(&mut self) -> Option<Vec<Step>> {
        self.at += 1;
        if self.pass(";").is_some() {
            return Some(vec![Step::Raise(None)]);
        }
        let quiet = ["notice", "info", "warning", "log", "debug"].iter().any(|level| self.is(level));
        self.at += usize::from(quiet || self.is("exception"));
        let text = self.up_to(";")?;
        if quiet {
            return Some(Vec::new());
        }
        let said = token::tokens(&text).find(|token| token.kind == Kind::Text);
        Some(vec![Step::Raise(Some(said.map(|token| token.value()).unwrap_or_default()))])
    }

    /// `CONTINUE;`, `EXIT WHEN …;`, `RETURN;`.
    fn leave(&mut self) -> Option<Step> {
        let leave = match () {
            () if self.is("continue") => Leave::Continue,
            () if self.is("exit") => Leave::Exit,
            () => Leave::Return,
        };
        self.at += 1;
        if self.pass("when").is_some() {
            let test = self.up_to(";")?;
            return Some(Step::If { clauses: vec![(test, vec![Step::Leave(leave)])], otherwise: Vec::new() });
        }
        self.pass(";")?;
        Some(Step::Leave(leave))
    }
}

/// A query whose result goes into variables; `None` where it goes nowhere, which PostgreSQL refuses.
fn into(text: &str) -> Option<Step> {
    let tokens: Vec<Token<'_>> = token::tokens(text).collect();
    let mut depth = 0_i32;
    let at = tokens.iter().position(|token| {
        match token.text {
            "(" => depth += 1,
            ")" => depth -= 1,
            _ => {}
        }
        depth == 0 && token.is("into")
    })?;
    let mut reader = Reader { body: text, tokens: &tokens, at: at + 1 };
    let _ = reader.pass("strict");
    let targets = reader.names()?;
    let rest = tokens.get(reader.at).map_or("", |token| &text[token.start..]);
    Some(Step::Set { targets, query: format!("{} {rest}", &text[..tokens[at].start]) })
}

fn name_of(token: &Token<'_>) -> String {
    match token.kind {
        Kind::Quoted => token.value(),
        _ => token.text.to_lowercase(),
    }
}

/// What a `DO` statement does as long as nothing fails in it, in a form of its own: a handler that only tells of an error is
/// left out. `None` where the block is not followed.
pub fn form(text: &str) -> Option<String> {
    if !token::tokens(text).next().is_some_and(|first| first.is("do")) {
        return None;
    }
    let mut block = read(text)?;
    block.handlers.retain(|handler| !handler.steps.is_empty());
    Some(token::normal(&format!("{block:?}")))
}

/// Whether every statement of a block is one that the model can carry out.
pub(super) fn is_plain(block: &Block) -> bool {
    steps_are_plain(&block.steps) && block.handlers.iter().all(|handler| steps_are_plain(&handler.steps))
}

fn steps_are_plain(steps: &[Step]) -> bool {
    steps.iter().all(|step| match step {
        Step::Sql(sql) => pieces(sql).iter().all(super::statements::Piece::is_plain),
        Step::If { clauses, otherwise } => {
            clauses.iter().all(|(_, steps)| steps_are_plain(steps)) && steps_are_plain(otherwise)
        }
        Step::For { body, .. } => steps_are_plain(body),
        Step::Nested(block) => is_plain(block),
        _ => true,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn conditions_on_the_catalog_are_read() {
        let block = read(
            "DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM pg_type WHERE (true)) THEN CREATE TYPE a AS ENUM ('x;'); ELSE NULL; END IF; END $$",
        )
        .unwrap();
        let [Step::If { clauses, otherwise }] = block.steps.as_slice() else { panic!("{block:?}") };
        let [(test, then)] = clauses.as_slice() else { panic!("{clauses:?}") };
        assert_eq!(test, "NOT EXISTS (SELECT 1 FROM pg_type WHERE (true))");
        assert_eq!(then, &[Step::Sql("CREATE TYPE a AS ENUM ('x;')".to_owned())]);
        assert!(otherwise.is_empty());
    }

    #[test]
    fn loops_and_variables_are_read() {
        let block = read(
            "DO $$ DECLARE r RECORD; n int := 1; BEGIN FOR r IN SELECT a FROM pg_class LOOP EXECUTE format('x %I', r.a); \
             END LOOP; SELECT CASE WHEN true THEN 1 END INTO n; END; $$",
        )
        .unwrap();
        let variable = |name: &str, is_record, value: Option<&str>| Variable {
            name: name.to_owned(),
            is_record,
            value: value.map(str::to_owned),
        };
        assert_eq!(block.variables, [variable("r", true, None), variable("n", false, Some("1"))]);
        let [Step::For { targets, over: Over::Query(query), body }, Step::Set { query: value, .. }] =
            block.steps.as_slice()
        else {
            panic!("{block:?}")
        };
        assert_eq!((targets.as_slice(), query.as_str()), (["r".to_owned()].as_slice(), "SELECT a FROM pg_class"));
        assert_eq!(body, &[Step::Execute("format('x %I', r.a)".to_owned())]);
        assert_eq!(value.trim(), "SELECT CASE WHEN true THEN 1 END");
    }

    #[test]
    fn what_is_not_known_is_no_block() {
        assert!(read("DO $$ BEGIN WHILE true LOOP NULL; END LOOP; END $$").is_none());
        assert!(read("DO $$ DECLARE c CURSOR FOR SELECT 1; BEGIN NULL; END $$").is_none());
        assert!(read("DO $$ BEGIN EXECUTE $q$ CREATE TABLE t () $q$; END $$").is_none());
        assert!(
            read(&format!("DO $$ BEGIN {} NULL; {} END $$", "IF a THEN ".repeat(99), "END IF; ".repeat(99))).is_none()
        );
    }
}
