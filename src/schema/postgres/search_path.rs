//! The search path, which says what names without a schema are.

use super::Database;
use crate::schema::token::{self, Kind, Token};

/// A search path that a statement sets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SearchPath {
    to: Target,
    /// It holds until the transaction ends.
    local: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Target {
    /// As it is when a session begins.
    Default,
    /// The first of these that is there; with none of them, every name says its schema.
    Schemas(Vec<String>),
    /// What the text does not say.
    Unknown,
}

impl SearchPath {
    /// What a statement makes of the search path, if it is about that.
    pub fn of(sql: &str) -> Option<Self> {
        // Most statements begin with another word, and are not gone through.
        const FIRST: [&str; 4] = ["set", "select", "reset", "discard"];
        let first = token::tokens(sql).next()?;
        if !FIRST.iter().any(|word| first.is(word)) {
            return None;
        }
        let words: Vec<Token<'_>> = token::tokens(sql).collect();
        let is = |at: usize, word: &str| words.get(at).is_some_and(|token| token.is(word));
        let all = |to: Target| Some(Self { to, local: false });
        match () {
            () if is(0, "reset") && (is(1, "search_path") || is(1, "all")) => all(Target::Default),
            () if is(0, "discard") && is(1, "all") => all(Target::Default),
            () if is(0, "set") => {
                let at = words.iter().take(3).position(|word| word.is("search_path"))?;
                let to = if is(at + 2, "default") { Target::Default } else { Target::Schemas(named(&words[at + 1..])) };
                Some(Self { to, local: is(1, "local") })
            }
            () if is(0, "select") => called(&words),
            () => None,
        }
    }
}

/// `SELECT pg_catalog.set_config('search_path', 'a, b', false)`.
fn called(words: &[Token<'_>]) -> Option<SearchPath> {
    let at = words.iter().take(4).position(|word| word.is("set_config"))?;
    let [open, name, comma, path, rest @ ..] = words.get(at + 1..)? else { return None };
    let is_call = open.is_symbol("(") && comma.is_symbol(",") && name.value().eq_ignore_ascii_case("search_path");
    let local = rest.iter().any(|word| word.is("true"));
    is_call.then(|| {
        let is_text = path.kind == Kind::Text && rest.first().is_some_and(|next| next.is_symbol(","));
        let to = if is_text {
            let path = path.value();
            Target::Schemas(named(&token::tokens(&path).collect::<Vec<_>>()))
        } else {
            Target::Unknown
        };
        SearchPath { to, local }
    })
}

/// The schemas of a list, without that of the user and those of PostgreSQL itself.
fn named(words: &[Token<'_>]) -> Vec<String> {
    let is_name = |word: &&Token<'_>| matches!(word.kind, Kind::Word | Kind::Quoted | Kind::Text) && !word.is("to");
    let name = |word: &Token<'_>| match word.kind {
        Kind::Word => word.text.to_lowercase(),
        _ => word.value(),
    };
    let is_own =
        |name: &String| !name.is_empty() && !["$user", "user", "pg_catalog", "pg_temp"].contains(&name.as_str());
    words.iter().filter(is_name).map(name).filter(is_own).collect()
}

/// The schemas that a `SET search_path` names; `None` for any other statement.
pub(super) fn search_path(sql: &str) -> Option<Vec<String>> {
    match SearchPath::of(sql)?.to {
        Target::Schemas(schemas) => Some(schemas),
        Target::Default | Target::Unknown => None,
    }
}

impl Database {
    /// Takes up a search path that holds from the first statement on: what has no schema in front is in the first one that
    /// is there. Nothing more is known where that was another one before, and has tables.
    pub(super) fn start_in(&mut self, path: &[String]) {
        let home = path.iter().find(|name| self.has_schema(name)).cloned();
        self.enter(home);
    }

    /// Takes up a search path that a statement sets.
    pub(super) fn follow(&mut self, path: SearchPath) {
        let outside = self.lost_outside.unwrap_or(self.lost);
        match path.to {
            Target::Default => self.lost = false,
            Target::Unknown => self.lost = true,
            // Names that say their schemas are what they were.
            Target::Schemas(schemas) if schemas.is_empty() => self.lost = false,
            Target::Schemas(schemas) => {
                // One that is nowhere made is made by somebody else.
                let home = schemas.iter().find(|name| self.has_schema(name)).or(schemas.first()).cloned();
                self.enter(home);
            }
        }
        self.lost_outside = path.local.then_some(outside);
    }

    fn has_schema(&self, name: &str) -> bool {
        name == "public" || self.state.schemas.contains(name)
    }

    /// Names without a schema are in this one from here on.
    fn enter(&mut self, home: Option<String>) {
        let home = home.filter(|name| name != "public");
        self.lost = home != self.state.home && self.has_homeless();
        if !self.lost {
            self.state.home = home;
        }
    }

    /// Whether something is there whose name says no schema.
    fn has_homeless(&self) -> bool {
        let is_homeless = |name: &String| !name.contains('.') && !name.starts_with("alembic_version");
        self.state.tables.keys().any(is_homeless)
            || self.state.views.keys().any(is_homeless)
            || self.state.types.keys().any(is_homeless)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_the_first_schema_of_the_search_path_have_none_in_front() {
        let mut database = Database::default();
        database.execute("CREATE SCHEMA shop").unwrap();
        database.start_in(&search_path("SET search_path TO \"$user\", nowhere, Shop, public").unwrap());
        database.execute("CREATE TABLE a (id int PRIMARY KEY)").unwrap();
        database.execute("ALTER TABLE shop.a ADD COLUMN x int REFERENCES \"shop\".a (id)").unwrap();
        assert!(database.execute("CREATE TABLE shop.a (id int)").is_err());
        assert_eq!(database.at_home("SELECT shop FROM x.shop.a"), "SELECT shop FROM x.shop.a");
    }

    #[test]
    fn a_path_that_leads_to_the_same_schema_leaves_everything_known() {
        for path in [
            "SET search_path = public, pg_catalog",
            "SET LOCAL search_path TO \"$user\", 'public'",
            "SET SESSION search_path TO DEFAULT",
            "RESET search_path",
            "SELECT pg_catalog.set_config('search_path', '', false)",
            "SELECT set_config('search_path', 'public, pg_catalog', true)",
        ] {
            let mut database = Database::default();
            database.execute("CREATE TABLE a (id int)").unwrap();
            database.execute(path).unwrap();
            assert_eq!(database.execute("ALTER TABLE public.a ADD COLUMN b int"), Ok(()), "{path}");
            assert!(database.execute("ALTER TABLE public.a ADD COLUMN b int").is_err(), "{path}");
        }
    }

    #[test]
    fn a_path_of_its_own_is_where_the_names_are_until_it_leads_elsewhere() {
        let mut database = Database::default();
        database.execute("SET search_path TO shop; CREATE TABLE a (id int)").unwrap();
        assert_eq!(database.execute("SET search_path = 'shop'; ALTER TABLE shop.a ADD COLUMN b int"), Ok(()));
        database.execute("SET search_path TO other").unwrap();
        let unknown = database.execute("CREATE TABLE a (id int)").unwrap_err();
        assert_eq!(unknown.message, "comes after a change of the search path");
        database.execute("SET search_path TO shop, public").unwrap();
        assert!(database.execute("ALTER TABLE shop.a ADD COLUMN b int").is_err());
    }

    #[test]
    fn a_path_that_is_local_ends_with_its_transaction() {
        let mut database = Database::default();
        database.execute("CREATE TABLE a (id int)").unwrap();
        database.execute("SET LOCAL search_path TO other").unwrap();
        assert!(database.execute("CREATE TABLE b (id int)").is_err());
        database.end_transaction();
        assert_eq!(database.execute("CREATE TABLE c (id int)"), Ok(()));
    }
}
