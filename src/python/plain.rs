//! Plain code, read without parsing: a function that does one call after the other, without branches, loops, and values
//! of its own. What tools write is like that, and a chain has thousands of such files.

use std::borrow::Cow;

mod tokens;

use self::tokens::{Token, Tokens};

/// Deeper nesting is for the parser.
const DEEPEST: usize = 16;

/// A module of imports, simple assignments and functions, of which one was wanted.
#[derive(Debug, Default)]
pub struct Plain<'a> {
    pub imports: Vec<Import<'a>>,
    /// What the wanted function does, in its order.
    pub steps: Vec<Step<'a>>,
}

/// One imported name.
#[derive(Debug, PartialEq, Eq)]
pub struct Import<'a> {
    /// The module, with its dots.
    pub module: &'a str,
    /// What is taken from it; `None` for the module itself.
    pub name: Option<&'a str>,
    /// What it is called here: for a module without another name, its first part.
    pub local: &'a str,
}

/// One statement: a call.
#[derive(Debug)]
pub struct Step<'a> {
    pub call: Call<'a>,
    /// What a `with` statement calls the result.
    pub bound: Option<&'a str>,
}

#[derive(Debug)]
pub struct Call<'a> {
    /// What is called, with its dots; begins with one where it is a method of what the call before it gave.
    pub path: &'a str,
    /// The values, those of keywords with their names.
    pub arguments: Vec<(Option<&'a str>, Value<'a>)>,
}

#[derive(Debug)]
pub enum Value<'a> {
    Text(Cow<'a, str>),
    Call(Call<'a>),
    /// A list, a tuple, or calls of which each is a method of what the one before it gave.
    Several(Vec<Value<'a>>),
    /// A number, `True`, `False`, `None`.
    Constant,
    /// A name with dots, or that of a class: what it stands for is not in the text.
    Named,
}

/// Reads a module whose top level holds imports, assignments of constants to `names`, the function `wanted`, and `others`
/// that nothing calls. `None` where there is more to it.
pub fn read<'a>(text: &'a str, wanted: &str, others: &[&str], names: &[&str]) -> Option<Plain<'a>> {
    let mut reader = Reader { tokens: Tokens::new(text), next: None };
    let mut plain = Plain::default();
    let mut seen = false;
    let mut token = reader.take()?;
    while let Token::Line(indentation) = token {
        if indentation > 0 {
            return None;
        }
        token = match reader.take()? {
            Token::Text(_) => reader.take()?,
            Token::Name("import") => reader.import(&mut plain.imports)?,
            Token::Name("from") => reader.import_from(&mut plain.imports)?,
            Token::Name("def") => {
                let Token::Name(name) = reader.take()? else { return None };
                reader.signature()?;
                if name == wanted {
                    if std::mem::replace(&mut seen, true) {
                        return None;
                    }
                    reader.body(&mut plain.steps)?
                } else if others.contains(&name) {
                    reader.skip()?
                } else {
                    return None;
                }
            }
            Token::Name(name) if names.contains(&name) => reader.constant()?,
            _ => return None,
        };
    }
    (seen && matches!(token, Token::End)).then_some(plain)
}

struct Reader<'a> {
    tokens: Tokens<'a>,
    next: Option<Token<'a>>,
}

impl<'a> Reader<'a> {
    fn take(&mut self) -> Option<Token<'a>> {
        match self.next.take() {
            Some(token) => Some(token),
            None => self.tokens.token(),
        }
    }

    fn peek(&mut self) -> Option<&Token<'a>> {
        if self.next.is_none() {
            self.next = Some(self.tokens.token()?);
        }
        self.next.as_ref()
    }

    fn is_next(&mut self, symbol: u8) -> Option<bool> {
        Some(*self.peek()? == Token::Symbol(symbol))
    }

    fn expect(&mut self, symbol: u8) -> Option<()> {
        (self.take()? == Token::Symbol(symbol)).then_some(())
    }

    /// A name with dots, as it stands in the text.
    fn path(&mut self, first: &'a str) -> Option<&'a str> {
        let base = self.tokens.text.as_ptr() as usize;
        let start = first.as_ptr() as usize - base;
        let mut end = start + first.len();
        while self.is_next(b'.')? {
            self.take()?;
            let Token::Name(part) = self.take()? else { return None };
            if part.as_ptr() as usize - base != end + 1 {
                return None;
            }
            end += 1 + part.len();
        }
        self.tokens.text.get(start..end)
    }

    /// What follows the `import` of `import a.b as c`, and the token behind it.
    fn import(&mut self, imports: &mut Vec<Import<'a>>) -> Option<Token<'a>> {
        loop {
            let Token::Name(first) = self.take()? else { return None };
            let module = self.path(first)?;
            let (local, behind) = self.renamed()?;
            imports.push(Import { module, name: None, local: local.unwrap_or(first) });
            if behind != Token::Symbol(b',') {
                return Some(behind);
            }
        }
    }

    /// What follows the `from` of `from a.b import c as d, e`, and the token behind it.
    fn import_from(&mut self, imports: &mut Vec<Import<'a>>) -> Option<Token<'a>> {
        let Token::Name(first) = self.take()? else { return None };
        let module = self.path(first)?;
        if self.take()? != Token::Name("import") {
            return None;
        }
        let in_brackets = self.is_next(b'(')?;
        if in_brackets {
            self.take()?;
        }
        loop {
            match self.take()? {
                Token::Name(name) => {
                    let (local, behind) = self.renamed()?;
                    imports.push(Import { module, name: Some(name), local: local.unwrap_or(name) });
                    match behind {
                        Token::Symbol(b',') => {}
                        Token::Symbol(b')') if in_brackets => return self.take(),
                        behind => return (!in_brackets).then_some(behind),
                    }
                }
                Token::Symbol(b')') if in_brackets => return self.take(),
                _ => return None,
            }
        }
    }

    /// The name behind an `as`, if there is one, and the token after that.
    fn renamed(&mut self) -> Option<(Option<&'a str>, Token<'a>)> {
        match self.take()? {
            Token::Name("as") => match self.take()? {
                Token::Name(local) => Some((Some(local), self.take()?)),
                _ => None,
            },
            behind => Some((None, behind)),
        }
    }

    /// `() -> None:`
    fn signature(&mut self) -> Option<()> {
        self.expect(b'(')?;
        self.expect(b')')?;
        if self.is_next(b'-')? {
            self.take()?;
            self.expect(b'>')?;
            if self.take()? != Token::Name("None") {
                return None;
            }
        }
        self.expect(b':')
    }

    /// What follows the name in `name: type = value`, where nothing is called, and the token behind it.
    fn constant(&mut self) -> Option<Token<'a>> {
        // With a comma, what follows would be another target.
        if !matches!(self.peek()?, Token::Symbol(b'=' | b':')) {
            return None;
        }
        let (mut is_callable, mut is_assigned, mut open) = (false, false, 0_usize);
        loop {
            let token = self.take()?;
            match &token {
                Token::Line(_) | Token::End => return Some(token),
                // Nor may there be a second one.
                Token::Symbol(b'=') if open > 0 || std::mem::replace(&mut is_assigned, true) => return None,
                Token::Symbol(b'(') if is_callable => return None,
                Token::Symbol(b'(' | b'[') => open += 1,
                Token::Symbol(b')' | b']') => open = open.checked_sub(1)?,
                Token::Name(_) | Token::Text(_) | Token::Symbol(b',' | b'|' | b':' | b'=' | b'.') => {}
                _ => return None,
            }
            is_callable = matches!(token, Token::Name(_) | Token::Symbol(b']' | b')'));
        }
    }

    /// The token behind a function of which nothing is wanted.
    fn skip(&mut self) -> Option<Token<'a>> {
        loop {
            let token = self.take()?;
            if matches!(token, Token::Line(0) | Token::End) {
                return Some(token);
            }
        }
    }

    /// The statements of a function, and the token behind it.
    fn body(&mut self, steps: &mut Vec<Step<'a>>) -> Option<Token<'a>> {
        loop {
            match self.take()? {
                token @ (Token::Line(0) | Token::End) => return Some(token),
                Token::Line(_) => continue,
                Token::Text(_) | Token::Name("pass") => {}
                Token::Name("with") => {
                    let Token::Name(first) = self.take()? else { return None };
                    let Value::Call(call) = self.value_of_name(first, 0)? else { return None };
                    let (bound, behind) = self.renamed()?;
                    if behind != Token::Symbol(b':') {
                        return None;
                    }
                    steps.push(Step { call, bound });
                    continue;
                }
                Token::Name(first) => {
                    let Value::Call(call) = self.value_of_name(first, 0)? else { return None };
                    steps.push(Step { call, bound: None });
                }
                _ => return None,
            }
            if !matches!(self.peek()?, Token::Line(_) | Token::End) {
                return None;
            }
        }
    }

    fn value(&mut self, depth: usize) -> Option<Value<'a>> {
        let token = self.take()?;
        self.value_of(token, depth)
    }

    /// The value that begins with a token.
    fn value_of(&mut self, token: Token<'a>, depth: usize) -> Option<Value<'a>> {
        if depth > DEEPEST {
            return None;
        }
        match token {
            Token::Text(mut text) => {
                while let Token::Text(_) = self.peek()? {
                    let Token::Text(more) = self.take()? else { return None };
                    text.to_mut().push_str(&more);
                }
                // Another sort of string would be part of it.
                (*self.peek()? != Token::Opaque).then_some(Value::Text(text))
            }
            Token::Number | Token::Name("True" | "False" | "None") => Some(Value::Constant),
            Token::Symbol(b'-') => (self.take()? == Token::Number).then_some(Value::Constant),
            Token::Symbol(b'(') => self.several(b')', depth),
            Token::Symbol(b'[') => self.several(b']', depth),
            Token::Name(first) => self.value_of_name(first, depth),
            _ => None,
        }
    }

    fn several(&mut self, close: u8, depth: usize) -> Option<Value<'a>> {
        let mut values = Vec::new();
        loop {
            if self.is_next(close)? {
                self.take()?;
                return Some(Value::Several(values));
            }
            values.push(self.value(depth + 1)?);
            if !self.is_next(close)? {
                self.expect(b',')?;
            }
        }
    }

    /// A call, or the name of a class or of something in a module.
    fn value_of_name(&mut self, first: &'a str, depth: usize) -> Option<Value<'a>> {
        let path = self.path(first)?;
        if !self.is_next(b'(')? {
            let is_known = path.contains('.') || path.starts_with(|first: char| first.is_ascii_uppercase());
            return is_known.then_some(Value::Named);
        }
        let call = self.call(path, depth)?;
        if !self.is_next(b'.')? {
            return Some(Value::Call(call));
        }
        let mut calls = vec![Value::Call(call)];
        while self.is_next(b'.')? {
            self.take()?;
            let Token::Name(method) = self.take()? else { return None };
            let start = method.as_ptr() as usize - self.tokens.text.as_ptr() as usize;
            let path = self.tokens.text.get(start.checked_sub(1)?..start + method.len())?;
            if !path.starts_with('.') || !self.is_next(b'(')? {
                return None;
            }
            calls.push(Value::Call(self.call(path, depth)?));
        }
        Some(Value::Several(calls))
    }

    fn call(&mut self, path: &'a str, depth: usize) -> Option<Call<'a>> {
        self.expect(b'(')?;
        let mut arguments = Vec::new();
        loop {
            match self.peek()? {
                Token::Symbol(b')') => {
                    self.take()?;
                    return Some(Call { path, arguments });
                }
                Token::Name(_) => {
                    let Token::Name(name) = self.take()? else { return None };
                    if self.is_next(b'=')? {
                        self.take()?;
                        arguments.push((Some(name), self.value(depth + 1)?));
                    } else {
                        arguments.push((None, self.value_of(Token::Name(name), depth + 1)?));
                    }
                }
                _ => arguments.push((None, self.value(depth + 1)?)),
            }
            if !self.is_next(b')')? {
                self.expect(b',')?;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is read, as short as it can be said.
    fn told(text: &str) -> Option<String> {
        fn value(value: &Value<'_>) -> String {
            match value {
                Value::Text(text) => format!("{text:?}"),
                Value::Call(one) => call(one),
                Value::Several(values) => format!("[{}]", values.iter().map(value_of).collect::<Vec<_>>().join(", ")),
                Value::Constant => "_".to_owned(),
                Value::Named => "?".to_owned(),
            }
        }
        fn value_of(one: &Value<'_>) -> String {
            value(one)
        }
        fn call(one: &Call<'_>) -> String {
            let argument = |(name, given): &(Option<&str>, Value<'_>)| match name {
                Some(name) => format!("{name}={}", value(given)),
                None => value(given),
            };
            format!("{}({})", one.path, one.arguments.iter().map(argument).collect::<Vec<_>>().join(", "))
        }
        let plain = read(text, "upgrade", &["downgrade"], &["revision", "down_revision"])?;
        let step = |step: &Step<'_>| match step.bound {
            Some(name) => format!("{} as {name}", call(&step.call)),
            None => call(&step.call),
        };
        Some(plain.steps.iter().map(step).collect::<Vec<_>>().join("; "))
    }

    #[test]
    fn what_tools_write_is_read() {
        let text = "\"\"\"Add it\n\nRevision ID: b\n\"\"\"\nfrom typing import Sequence, Union\n\nfrom alembic import op\n\
                    import sqlalchemy as sa\nfrom sqlalchemy.dialects import (\n    postgresql,\n)\n\n\n\
                    revision: str = 'b'\ndown_revision: Union[str, Sequence[str], None] = ('a',  # why\n    'c')\n\n\n\
                    def upgrade() -> None:\n    \"\"\"Does.\"\"\"\n    # ### commands\n    op.create_table('t',\n    \
                    sa.Column('id', sa.Integer(), nullable=False),\n    sa.Column(\"n\", sa.Numeric(-1), \
                    server_default=sa.text('0')),\n    sa.PrimaryKeyConstraint('id')\n    )\n    \
                    with op.batch_alter_table('t') as batch_op:\n        batch_op.create_index(\
                    batch_op.f('ix'), ['n', 'm'], unique=True)\n\n    op.execute('a ' \"b\\'\"\n        \
                    '''c''')\n\n\ndef downgrade():\n    for x in y:\n        op.drop(f'{x}')\n";
        assert_eq!(
            told(text).as_deref(),
            Some(
                "op.create_table(\"t\", sa.Column(\"id\", sa.Integer(), nullable=_), sa.Column(\"n\", sa.Numeric(_), \
                 server_default=sa.text(\"0\")), sa.PrimaryKeyConstraint(\"id\")); op.batch_alter_table(\"t\") as batch_op; \
                 batch_op.create_index(batch_op.f(\"ix\"), [\"n\", \"m\"], unique=_); op.execute(\"a b'c\")"
            )
        );
        let imports = read(text, "upgrade", &["downgrade"], &["revision", "down_revision"]).unwrap().imports;
        let local: Vec<&str> = imports.iter().map(|import| import.local).collect();
        assert_eq!(local, ["Sequence", "Union", "op", "sa", "postgresql"]);
    }

    #[test]
    fn short_forms_are_read() {
        for (text, steps) in [
            ("def upgrade(): pass", ""),
            ("def upgrade():\r\n    a.b(C, d.e, None)\r\n", "a.b(?, ?, _)"),
            ("def upgrade():\n    with a.b() as c: c.d()\n", "a.b() as c; c.d()"),
            ("def upgrade():\n    a.b(s.T().u('x', y=1.5).v())\n", "a.b([s.T(), .u(\"x\", y=_), .v()])"),
            ("def upgrade():\n    a.b(r'\\d', (1, 'x'), [])\n", "a.b(\"\\\\d\", [_, \"x\"], [])"),
        ] {
            assert_eq!(told(text).as_deref(), Some(steps), "{text}");
        }
    }

    #[test]
    fn what_takes_a_parser_is_left_to_it() {
        let bodies = [
            "for x in y:\n        a.b(x)",
            "x = a.b()",
            "a.b(x)",
            "a.b(f'{x}')",
            "a.b('x' f'{y}')",
            "a.b('x' % y)",
            "a.b('x' + 'y')",
            "a.b('x'.format(1))",
            "a.b(*x)",
            "a.b(**x)",
            "a.b({'x': 1})",
            "a.b(x for x in y)",
            "a.b('x' if c else 'y')",
            "a.b(lambda: 1)",
            "a.b(not x)",
            "a.b() or c.d()",
            "a.b(); c.d()",
            "a.b().c()",
            "return",
            "return None",
            "with a.b() as x, c.d() as y:\n        pass",
            "a.b('\\x41')",
            "a.b('\\\n",
            "a.b('é', ü)",
            "a.b(b'x')",
            "a.b(\\\n)",
            "a.b(",
            "a.b)",
            "'x'.join(y)",
            "async with a.b() as c:\n        pass",
        ];
        let modules = [
            "def upgrade(x):\n    pass\n",
            "def upgrade():\n    pass\nupgrade = other\n",
            "def upgrade():\n    pass\ndef upgrade():\n    pass\n",
            "@wrap\ndef upgrade():\n    pass\n",
            "def helper():\n    pass\ndef upgrade():\n    pass\n",
            "if True:\n    x = 1\ndef upgrade():\n    pass\n",
            "revision = make()\ndef upgrade():\n    pass\n",
            "revision = {}['a']\ndef upgrade():\n    pass\n",
            "other = 'a'\ndef upgrade():\n    pass\n",
            "def downgrade():\n    pass\ndef upgrade():\n    pass\nrevision = upgrade = downgrade\n",
            "def downgrade():\n    pass\ndef upgrade():\n    pass\nrevision, upgrade = None, downgrade\n",
            "def downgrade():\n    pass\ndef upgrade():\n    pass\nrevision: (upgrade := downgrade)\n",
            "# a\rb()\ndef upgrade():\n    pass\n",
            "def downgrade():\n    f\"}}{ x[\"(\"]} }\"\ndef upgrade():\n    pass\n",
            "import a.b; x()\ndef upgrade():\n    pass\n",
            "from a import *\ndef upgrade():\n    pass\n",
            "def downgrade():\n    f'{x[\"a\"]}'\n    f\"{x[\"a\"]}\"\ndef upgrade():\n    pass\n",
            "\u{feff}def upgrade():\n    pass\n",
            "def downgrade():\n    pass\n",
            "",
        ];
        let bodies = bodies.map(|body| format!("def upgrade():\n    {body}\n"));
        for text in bodies.iter().map(String::as_str).chain(modules) {
            assert_eq!(told(text), None, "{text}");
        }
    }
}
