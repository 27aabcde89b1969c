//! What surrounds a chain: what its `env.py` does before the migrations, and the table in which Alembic notes them.

use std::rc::Rc;

use super::session::Session;
use super::{Surroundings, TooLong, settings};
use crate::python::eval::{Fuel, Gap, Interpreter, MysqlSession, PgSession, Shelf, SqliteSession, Statement, Value};
use crate::schema::postgres::{Database, Elsewhere, search_path};
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
    table: Option<String>,
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
    pub fn take_up(&mut self, vm: &mut Interpreter<'_>, session: &Session) {
        match session {
            Session::Postgres(session) => self.take_up_postgres(vm, session),
            Session::Sqlite(session) => self.take_up_sqlite(vm, session),
            Session::Mysql(session) => self.take_up_mysql(vm, session),
        }
    }

    /// The same on SQLite: there are no schemas, and each statement is there at once.
    fn take_up_sqlite(&mut self, vm: &mut Interpreter<'_>, session: &Rc<SqliteSession>) {
        let is_first = !std::mem::replace(&mut self.is_done, true);
        vm.database = Some(session.connection());
        if let Some(path) = self.path.clone() {
            session.refusals.lenient.set(true);
            session.begin();
            vm.take_up_environment(path);
            session.end(is_first);
            session.refusals.lenient.set(false);
        }
        vm.gaps.clear();
        let log = session.take_log();
        if !is_first {
            return;
        }
        let table = vm.version_table();
        vm.gaps.clear();
        let (name, sql) = match table {
            Some(table) => (table.name, table.sql),
            None => (
                VERSION_TABLE.to_owned(),
                format!("CREATE TABLE IF NOT EXISTS {VERSION_TABLE} ({VERSION_COLUMN} TEXT NOT NULL)"),
            ),
        };
        session.prepare(&sql);
        self.tables.push(name);
        self.told.place = vm.place_of_metadata();
        let statements: Vec<&str> = log.iter().map(|statement| &*statement.sql).collect();
        self.told.text = format!("{}\n{:?}\n{}", vm.naming_told(), self.tables, statements.join(";\n"));
    }

    /// The same on MySQL: what is defined is there at once, too.
    fn take_up_mysql(&mut self, vm: &mut Interpreter<'_>, session: &Rc<MysqlSession>) {
        let is_first = !std::mem::replace(&mut self.is_done, true);
        vm.database = Some(session.connection());
        if let Some(path) = self.path.clone() {
            session.refusals.lenient.set(true);
            session.begin();
            vm.take_up_environment(path);
            session.end(is_first);
            session.refusals.lenient.set(false);
        }
        vm.gaps.clear();
        let log = std::mem::take(&mut *session.log.borrow_mut());
        if !is_first {
            return;
        }
        let table = vm.version_table();
        vm.gaps.clear();
        let name = match table {
            // What is in another database is none of this one's.
            Some(table) => {
                session.prepare(&table.sql);
                self.table.get_or_insert(table.name).clone()
            }
            None => {
                session
                    .prepare(&format!("CREATE TABLE IF NOT EXISTS {VERSION_TABLE} ({VERSION_COLUMN} TEXT NOT NULL)"));
                VERSION_TABLE.to_owned()
            }
        };
        self.tables.push(name);
        session.single.set(settings::sends_one_statement(vm));
        self.told.place = vm.place_of_metadata();
        let statements: Vec<&str> = log.iter().map(|statement| &*statement.sql).collect();
        self.told.text = format!("{}\n{:?}\n{}", vm.naming_told(), self.tables, statements.join(";\n"));
    }

    fn take_up_postgres(&mut self, vm: &mut Interpreter<'_>, session: &Rc<PgSession>) {
        let is_first = !std::mem::replace(&mut self.is_done, true);
        let own = if is_first { session.clone() } else { PgSession::new(session.database.borrow().clone()) };
        vm.database = Some(own.connection());
        if let Some(path) = self.path.clone() {
            // What it is refused is handled there, or has been mended since.
            own.refusals.lenient.set(true);
            own.begin();
            vm.take_up_environment(path);
            own.end(true);
            own.refusals.lenient.set(false);
        }
        vm.database = Some(session.connection());
        let gaps = std::mem::take(&mut vm.gaps);
        if !is_first {
            return;
        }
        if session.database.borrow().elsewhere == Elsewhere::Any {
            self.models = vm.model_tables();
        }
        let log = std::mem::take(&mut *session.log.borrow_mut());
        self.settle(vm, &mut session.database.borrow_mut(), &gaps, &log);
        // Where that is not known, either may be.
        let commits_each = vm.setup.option("transaction_per_migration");
        let commits_each = matches!(commits_each, Some(Value::Bool(true) | Value::Unknown(_)));
        session.commits_each.set(commits_each);
        let driver = settings::apply(vm, session);
        session.begin_here();
        self.told.place = vm.place_of_metadata();
        let statements: Vec<&str> = log.iter().map(|statement| &*statement.sql).collect();
        let path = session.database.borrow().state().home.clone();
        self.told.text =
            format!("{}\n{:?}\n{path:?}\n{driver:?}\n{}", vm.naming_told(), self.table, statements.join(";\n"));
    }

    /// What holds in the database when the first revision runs.
    fn settle(&mut self, vm: &mut Interpreter<'_>, database: &mut Database, gaps: &[Gap], log: &[Statement]) {
        if let Some(path) = log.iter().rev().find_map(|statement| search_path(&statement.sql)) {
            database.settle(&path);
        }
        for gap in gaps {
            let text = gap.sql.as_deref().map(str::to_ascii_lowercase);
            let speaks_of = |word: &str| text.as_deref().is_none_or(|text| text.contains(word));
            if speaks_of("schema") || speaks_of("search_path") {
                database.open_schemas();
            }
            // What has no schema in front may be anywhere.
            database.open |= text.is_some() && speaks_of("search_path");
        }
        let table = vm.version_table();
        vm.gaps.clear();
        let Some(table) = table else {
            let sql = format!("CREATE TABLE IF NOT EXISTS {VERSION_TABLE} ({VERSION_COLUMN} TEXT NOT NULL)");
            let _ = database.execute(&sql);
            self.tables.push(VERSION_TABLE.to_owned());
            return;
        };
        // Alembic does not make it: somebody else has.
        if let Some(schema) = &table.schema {
            database.add_schema(schema);
        }
        let _ = database.execute(&table.sql);
        let home = database.state().home.as_deref();
        let name = match table.schema.as_deref().filter(|schema| *schema != home.unwrap_or("public")) {
            Some(schema) => format!("{schema}.{}", table.name),
            None => table.name.clone(),
        };
        self.tables.push(name.clone());
        self.table = Some(name);
    }

    /// Notes a revision that has been carried out, as Alembic does; what does not fit in its table.
    pub fn stamp(&self, revision: &Revision, session: &Session) -> Option<TooLong> {
        let (id, table) = (revision.id.clone()?, self.table.clone()?);
        let width = self.width(session)??;
        let is_too_long = id.chars().count() > width;
        is_too_long.then_some(TooLong { id, table, width, later: None })
    }

    /// How wide Alembic's table is now: `Some(None)` where nothing bounds it.
    #[allow(clippy::option_option, reason = "a column that is not there, and one without a bound")]
    pub fn width(&self, session: &Session) -> Option<Option<usize>> {
        match session {
            Session::Postgres(session) => session.database.borrow().width(self.table.as_deref()?, VERSION_COLUMN),
            Session::Mysql(session) => session.database.borrow().width(self.table.as_deref()?, VERSION_COLUMN),
            // SQLite keeps a text of any length.
            Session::Sqlite(_) => None,
        }
    }
}

/// The name and the width of Alembic's table as its environment alone makes it; `None` where that is not known or bounded.
pub fn version_table(path: Option<&str>, modules: &mut Modules<'_>) -> Option<(String, usize)> {
    let shelf = Shelf::new();
    let mut vm = Interpreter::new(&shelf, modules, Fuel::default());
    let session = Session::Postgres(PgSession::new(Database::default()));
    let mut environment = Environment::new(path.map(str::to_owned), &[]);
    environment.take_up(&mut vm, &session);
    let width = environment.width(&session)??;
    Some((environment.table?, width))
}
