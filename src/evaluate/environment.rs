//! What surrounds a chain: what its `env.py` does before the migrations, and the table in which Alembic notes them.

use std::rc::Rc;

use super::session::Base;
use super::{Surroundings, TooLong, settings};
use crate::python::eval::{self, Fuel, Interpreter, Session, Shelf};
use crate::schema::database::{Elsewhere, Setup};
use crate::schema::dialect::{Dialect, USUAL_OF_CHAINS};
use crate::track::ends::Modules;
use crate::track::revision::Revision;

/// Alembic's own table where its environment says nothing.
const VERSION_TABLE: &str = "alembic_version";

/// The column of it that has the ids.
const VERSION_COLUMN: &str = "version_num";

/// The environment of a chain, in one run of its revisions.
#[derive(Debug, Default)]
pub struct Environment {
    /// Its `env.py`.
    path: Option<String>,
    is_done: bool,
    /// Alembic's own table, with its schema; `None` where it is not known.
    pub table: Option<String>,
    /// Every table that is one of Alembic's own.
    pub tables: Vec<String>,
    pub told: Surroundings,
    /// The tables of its models, where it matters who makes tables.
    pub models: Vec<String>,
}

impl Environment {
    /// `tables` are those that Alembic has in the database already.
    pub fn new(path: Option<String>, tables: &[String]) -> Self {
        Self { path, tables: tables.to_vec(), ..Self::default() }
    }

    /// Evaluates the environment, so that an interpreter knows what revisions find there. What it does to the database is
    /// done once.
    pub fn take_up(&mut self, vm: &mut Interpreter<'_>, session: &Rc<dyn Session>, dialect: Dialect) {
        let is_first = !std::mem::replace(&mut self.is_done, true);
        let own = if is_first { session.clone() } else { trial(session) };
        vm.database = Some(own.clone().connection());
        if let Some(path) = self.path.clone() {
            // What it is refused is handled there, or has been mended since.
            own.refusals().lenient.set(true);
            own.begin();
            vm.take_up_environment(path);
            // What cannot be kept is missed by whoever needs it.
            let _ = own.end(true);
            own.refusals().lenient.set(false);
        }
        vm.database = Some(session.clone().connection());
        let gaps = std::mem::take(&mut vm.gaps);
        if !is_first {
            return;
        }
        let tells_elsewhere = session.database().elsewhere() == Elsewhere::Any;
        if tells_elsewhere {
            self.models = vm.model_tables();
        }
        let log = session.log().take();
        let said: Vec<&str> = log.iter().map(|statement| &*statement.sql).collect();
        let doubts: Vec<Option<&str>> = gaps.iter().map(|gap| gap.sql.as_deref()).collect();
        session.database().settle(&said, &doubts);
        self.make_table(vm, &**session);
        let manner = settings::manner(vm, dialect);
        session.set_up(&manner);
        self.told.place = vm.place_of_metadata();
        let path = session.database().home().map(str::to_owned);
        let driver = (manner.autocommits, manner.prepares, manner.reopens);
        let table =
            if session.transactional_ddl() { format!("{:?}", self.table) } else { format!("{:?}", self.tables) };
        self.told.text = format!("{}\n{table}\n{path:?}\n{driver:?}\n{}", vm.naming_told(), said.join(";\n"));
    }

    /// Makes the table in which Alembic notes revisions.
    fn make_table(&mut self, vm: &mut Interpreter<'_>, session: &dyn Session) {
        let table = vm.version_table();
        vm.gaps.clear();
        let Some(table) = table else {
            session.prepare(&format!("CREATE TABLE IF NOT EXISTS {VERSION_TABLE} ({VERSION_COLUMN} TEXT NOT NULL)"));
            self.tables.push(VERSION_TABLE.to_owned());
            return;
        };
        // Alembic does not make its schema: somebody else has.
        let name = session.database().add_to_schema(table.schema.as_deref(), &table.name);
        session.prepare(&table.sql);
        self.tables.push(name.clone());
        self.table = Some(name);
    }

    /// Notes a revision that has been carried out, as Alembic does; what does not fit in its table.
    pub fn stamp(&self, revision: &Revision, session: &dyn Session) -> Option<TooLong> {
        let (id, table) = (revision.id.clone()?, self.table.clone()?);
        let width = self.width(session)??;
        let is_too_long = id.chars().count() > width;
        is_too_long.then_some(TooLong { id, table, width, later: None })
    }

    /// How wide Alembic's table is now: `Some(None)` where nothing bounds it.
    #[allow(clippy::option_option, reason = "a column that is not there, and one without a bound")]
    pub fn width(&self, session: &dyn Session) -> Option<Option<usize>> {
        session.database().width(self.table.as_deref()?, VERSION_COLUMN)
    }
}

/// A session on a copy of a database, for what is only tried.
fn trial(session: &Rc<dyn Session>) -> Rc<dyn Session> {
    let copy = session.database().fork();
    copy.map_or_else(|_| session.clone(), |copy| eval::session(copy, session.rows_unknown().as_ref()))
}

/// The name and the width of Alembic's table as its environment alone makes it; `None` where that is not known or bounded.
pub fn version_table(path: Option<&str>, modules: &mut Modules<'_>) -> Option<(String, usize)> {
    let shelf = Shelf::new();
    let mut vm = Interpreter::new(&shelf, modules, Fuel::default());
    let dialect = USUAL_OF_CHAINS;
    let session = Base::new(dialect, Setup::default()).ok()?.session();
    let mut environment = Environment::new(path.map(str::to_owned), &[]);
    environment.take_up(&mut vm, &session, dialect);
    let width = environment.width(&*session)??;
    Some((environment.table?, width))
}
