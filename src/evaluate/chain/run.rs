//! Carries out the revisions of a chain, and tells what is refused from what is not known.

use std::rc::Rc;
use std::sync::Arc;

use super::super::environment::Environment;
use super::super::session::{Base, is_refused};
use super::super::{AFTER_UNKNOWN, By, Evaluated, Failure, How, Missing};
use super::{Built, Start};
use crate::python::Module;
use crate::python::eval::{ABORTED, Args, Eval, Fuel, Gap, Interpreter, Session, Shelf, Stop, Value, refusal_of};
use crate::schema::database::Sort;
use crate::schema::dialect::USUAL_OF_CHAINS;
use crate::schema::model::Schema;
use crate::schema::statement::is_about_rows;
use crate::schema::token;
use crate::source::{Location, Source};
use crate::threads;
use crate::track::chain::Chain;
use crate::track::ends::Modules;
use crate::track::revision::Revision;

/// So many revisions are evaluated at once, while the next ones are parsed: syntax trees are many times as large as their
/// text.
const AT_ONCE: usize = 200;

/// Carries out those revisions of a chain that are pending.
pub(super) fn build(
    chain: &Chain,
    mut pending: &[&Arc<Revision>],
    modules: &mut Modules<'_>,
    start: Start<'_>,
) -> Built {
    let mut evaluated = Evaluated::default();
    let database = start.database.unwrap_or_else(|refusal| {
        evaluated.gaps.push(lost(chain, refusal.message));
        pending = &[];
        Base::lost()
    });
    let session = database.session();
    let dialect = chain.home.dialect.unwrap_or(USUAL_OF_CHAINS);
    let (mut files, mut own_files) = (Some(Vec::new()), Some(Vec::new()));
    let mut left = None;
    let mut has_naming = false;
    let mut consequences = Vec::new();
    let mut several = false;
    let mut environment = Environment::new(chain.home.environment.clone(), start.tables);
    let mut guards = start.guards;
    let undoes = start.are_new && modules.asked.way_back;
    let parts: Vec<&[&Arc<Revision>]> = pending.chunks(AT_ONCE).collect();
    let parse =
        |part: &&[&Arc<Revision>]| part.iter().filter_map(|revision| revision.module()).collect::<Vec<Module>>();
    let mut run = |parsed: &mut dyn Iterator<Item = Vec<Module>>| {
        for part in &parts {
            parsed.next().into_iter().flatten().for_each(|module| modules.take_up(module));
            let shelf = Shelf::new();
            let mut vm = Interpreter::new(&shelf, modules, Fuel::default());
            if let Some(left) = left {
                vm.take_over(left);
            }
            environment.take_up(&mut vm, &session, dialect);
            vm.guards.clone_from(&guards);
            has_naming |= vm.has_naming();
            let (consequences, several, doubts) = (&mut consequences, &mut several, start.doubts);
            let mut run =
                Run { session: &*session, vm: &mut vm, evaluated: &mut evaluated, doubts, consequences, several };
            for revision in *part {
                let eve = run.eve(undoes);
                run.revision(revision);
                if let Some(eve) = eve {
                    run.undo(revision, &environment.tables, &eve);
                }
                let too_long = environment.stamp(revision, &*session);
                run.evaluated.too_long.extend(too_long);
            }
            let and = |(files, more): (Vec<String>, Vec<String>)| [files, more].concat();
            files = files.take().zip(vm.files_read()).map(and);
            own_files = own_files.take().zip(vm.files_of_migrations()).map(and);
            left = Some(vm.left());
            guards = std::mem::take(&mut vm.guards);
            drop(vm);
            modules.forget(part.iter().map(|revision| revision.location.path()));
        }
    };
    if parts.len() > 1 {
        threads::ahead(&parts, parse, run);
    } else {
        run(&mut parts.iter().map(parse));
    }
    let ids = chain.revisions.iter().filter_map(|revision| revision.id.clone()).collect();
    let missed_extension = session.missed_extension();
    let width = environment.width(&*session);
    let (database, schema) = Base::after(session).unwrap_or_else(|refusal| {
        evaluated.gaps.push(lost(chain, refusal.message));
        (Base::lost(), Schema::default())
    });
    evaluated.schema = schema;
    for table in &environment.tables {
        evaluated.schema.tables.remove(&table.as_str().into());
    }
    if let Some(width) = width {
        for long in &mut evaluated.too_long {
            long.later = Some(width).filter(|width| width.is_none_or(|width| width >= long.id.chars().count()));
        }
    }
    evaluated.surroundings = environment.told;
    let version_table = environment.table;
    let (version_tables, models) = (environment.tables, environment.models);
    let evaluated = Arc::new(evaluated);
    Built {
        database,
        evaluated,
        has_naming,
        missed_extension,
        consequences,
        ids,
        files,
        own_files,
        version_tables,
        version_table,
        models,
        guards,
        is_like_fresh: true,
    }
}

/// What a revision is called.
pub(super) fn by(revision: &Revision) -> By {
    By::Migration(Arc::from(revision.id.as_deref().unwrap_or_else(|| revision.stem())))
}

/// What SQLAlchemy may have named.
pub(super) const NAMED: [Sort; 2] = [Sort::Constraint, Sort::Index];

/// That nothing is known of a database.
fn lost(chain: &Chain, reason: String) -> Missing {
    let path = chain.revisions.first().map_or("", |revision| revision.location.path());
    let place = Location::line(&Source::new(path, ""), 1, "");
    let gap = Gap { reason, origin: place.clone(), location: place, sql: None };
    Missing { gap, by: By::File(Arc::from(path)) }
}

/// One evaluation under way.
pub(super) struct Run<'r, 'a> {
    pub(super) session: &'r dyn Session,
    pub(super) vm: &'r mut Interpreter<'a>,
    pub(super) evaluated: &'r mut Evaluated,
    /// What was not known of the database before.
    pub(super) doubts: (&'r [Missing], &'r [Gap]),
    /// What is not known of the database because a revision surely stops.
    pub(super) consequences: &'r mut Vec<Gap>,
    /// Whether revisions work on several databases, which are one here: what one refuses is meant for another.
    pub(super) several: &'r mut bool,
}

impl<'a> Run<'_, 'a> {
    fn revision(&mut self, revision: &Revision) {
        let by = by(revision);
        let path = revision.location.path().to_owned();
        self.vm.home = revision.location.clone();
        let lookups = self.vm.lookups();
        self.carry_out(&by, &path);
        let read = self.vm.looked_for_since(lookups).iter().map(|path| (by.clone(), path.clone()));
        self.evaluated.read.extend(read);
    }

    fn carry_out(&mut self, by: &By, path: &str) {
        self.session.refusals().lenient.set(false);
        let mut is_loaded = false;
        let result = self.attempt(path, &mut is_loaded);
        let Err(stop) = self.finished(result) else {
            self.end(by, true);
            return;
        };
        let sure = match &stop {
            Stop::Raise(exception) => self.vm.surely_raised(exception).map(<[Location]>::to_vec),
            Stop::Abandon(_) => None,
        };
        if let Stop::Raise(exception) = &stop
            && (sure.is_some() || is_refused(exception))
        {
            let error = self.error_text(exception);
            let kind = refusal_of(exception).map(|refusal| refusal.kind).unwrap_or_default();
            let is_sure = sure.is_some();
            let places = sure.unwrap_or_else(|| self.vm.places());
            let refused = self.session.refusals().refused.take();
            let mut doubt = None;
            let may_have_another_name = !is_sure && self.vm.has_unknown_naming() && kind.misses(&NAMED);
            if may_have_another_name {
                let why = self.vm.why(format!("names things by a convention that is not known: {error}"));
                self.vm.gap_about(&why, &refused.unwrap_or_default());
                doubt = self.vm.gaps.pop();
            } else if !is_sure && (*self.several || self.is_in_doubt(&error, refused.as_deref())) {
                if refused.as_deref().is_some_and(is_about_rows) {
                    // Whether it fails or not, the schema is the same.
                    self.again(by, path, None, false);
                    return;
                }
                // What came before is not known, so that this may well work.
                let why = self.vm.why(format!("{AFTER_UNKNOWN}, and fails without it: {error}"));
                self.vm.gap_about(&why, &refused.unwrap_or_default());
                doubt = self.vm.gaps.pop();
            } else {
                let how = match self.vm.is_own_raise(exception) {
                    _ if is_sure && !is_loaded => How::NotLoaded,
                    true => How::Raised,
                    false if is_sure => How::Stopped,
                    false => How::Refused,
                };
                self.evaluated.failures.push(Failure { by: by.clone(), error, kind, places, how });
            }
            self.again(by, path, doubt, is_sure);
            return;
        }
        self.stopped(stop);
        self.end(by, true);
    }

    /// Runs it once more without what fails, so that the rest of the chain is still known.
    fn again(&mut self, by: &By, path: &str, doubt: Option<Gap>, is_sure: bool) {
        self.vm.recover();
        self.vm.gaps.clear();
        let _ = self.session.end(false);
        self.session.log().borrow_mut().clear();
        self.vm.transcript.take();
        self.session.refusals().lenient.set(true);
        self.session.refusals().left_out.borrow_mut().clear();
        self.vm.leaves_out = true;
        self.vm.forget_stopped();
        let again = self.attempt(path, &mut false);
        self.vm.leaves_out = false;
        if let Err(stop) = again {
            self.stopped(stop);
        }
        if is_sure {
            // What is not known for that alone is said with it.
            self.consequences.append(&mut self.vm.gaps);
        }
        let left_out = self.session.refusals().left_out();
        if doubt.is_none() && !left_out.is_empty() {
            // No database is as this one is after it: what needs what was left out proves nothing.
            let why = self.vm.why("comes after what is refused".to_owned());
            // It is sent for all that.
            let transcript = std::mem::take(&mut self.vm.transcript);
            self.vm.gap_about(&why, &left_out);
            self.vm.transcript = transcript;
            self.consequences.extend(self.vm.gaps.pop());
        }
        if let Some(mut doubt) = doubt {
            // What fails with it is in doubt, too, and so is what needs that.
            doubt.sql = doubt.sql.map(|sql| format!("{sql};\n{left_out}"));
            self.vm.gaps.push(doubt);
        }
        self.end(by, true);
    }

    /// Whether a refusal is about something that a gap before it may have made, or have kept from being made.
    pub(super) fn is_in_doubt(&self, error: &str, sql: Option<&str>) -> bool {
        const BEFORE_NAMES: [&str; 10] =
            ["table", "on", "exists", "only", "references", "type", "from", "into", "update", "join"];
        let earlier = self.doubts.0.iter().chain(&self.evaluated.gaps).map(|missing| &missing.gap);
        let refused = self.doubts.1.iter().chain(&*self.consequences);
        let gaps = || earlier.clone().chain(&self.vm.gaps).chain(refused.clone());
        let Some(sql) = sql else { return gaps().next().is_some() };
        // Each database has what it is about in quotes of its own.
        let mut names: Vec<String> = ['"', '\'', '`']
            .iter()
            .flat_map(|quote| error.split(*quote).skip(1).step_by(2))
            .map(str::to_lowercase)
            .collect();
        // SQLite names what it is about last.
        if let Some((_, last)) = error.rsplit_once(": ").filter(|(said, _)| said.starts_with("no such ")) {
            names.extend(last.split('.').map(str::to_lowercase));
        }
        let mut tokens = token::tokens(sql).peekable();
        while let Some(token) = tokens.next() {
            if BEFORE_NAMES.iter().any(|word| token.is(word))
                && let Some(next) = tokens.peek()
            {
                names.push(next.value().to_lowercase());
            }
        }
        gaps().any(|gap| match &gap.sql {
            None => true,
            Some(gap) => token::tokens(gap).any(|token| names.contains(&token.value().to_lowercase())),
        })
    }

    /// Runs `upgrade()` in a transaction of its own, and notes that its file was loaded.
    fn attempt(&mut self, path: &str, is_loaded: &mut bool) -> Eval<'a, ()> {
        self.session.begin();
        self.vm.refuel(Fuel::default());
        let Some(module) = self.vm.run_file(path)? else { return Ok(()) };
        module.loaded()?;
        *is_loaded = true;
        if self.vm.surely_has_no_upgrade(&module) {
            let name = module.name.rsplit('.').next().unwrap_or_default();
            let message = format!("module '{name}_py' has no attribute 'upgrade'");
            return self.vm.raise_surely("AttributeError", message).map(drop);
        }
        let upgrade = match module.names.borrow().get("upgrade") {
            Some(upgrade) => upgrade.clone(),
            None => module.untold().map_or(Value::None, Value::Unknown),
        };
        if let Some(upgrades) = module.upgrades_of_engines() {
            *self.several |= upgrades.len() > 1;
            return upgrades.iter().try_for_each(|upgrade| self.vm.call(upgrade, Args::default()).map(|_| ()));
        }
        match upgrade {
            Value::None => Ok(()),
            Value::Unknown(why) => Err(Stop::Abandon(why)),
            upgrade => {
                let keyword = self.vm.setup.passed.clone();
                self.vm.call(&upgrade, Args { positional: Vec::new(), keyword }).map(|_| ())
            }
        }
    }

    /// A transaction in which something failed can't be committed, even where the exception was caught.
    fn finished(&mut self, result: Eval<'a, ()>) -> Eval<'a, ()> {
        if result.is_ok() && self.session.is_aborted() && !self.session.refusals().lenient.get() {
            return self.vm.raise("InternalError", ABORTED);
        }
        result
    }

    fn end(&mut self, by: &By, commit: bool) {
        // What cannot be kept is missed by whoever needs it.
        let _ = self.session.end(commit);
        let log = self.session.log().take();
        self.evaluated.note(by, log, std::mem::take(&mut self.vm.gaps));
        self.evaluated.note_sent(by, &mut self.vm.transcript);
    }

    /// Notes why a revision did not come to its end.
    fn stopped(&mut self, stop: Stop<'a>) {
        match stop {
            Stop::Abandon(why) => self.vm.gap(&why),
            Stop::Raise(exception) => {
                let text = self.error_text(&exception);
                let why = self.vm.why(format!("stops with {text}"));
                self.vm.gap(&why);
            }
        }
        self.vm.recover();
    }

    /// What an exception says; of a database's, its message alone.
    pub(super) fn error_text(&mut self, exception: &Rc<crate::python::eval::Instance<'a>>) -> String {
        let text = match self.vm.str(&Value::Instance(exception.clone())) {
            Ok(Value::Str(text)) => text.to_string(),
            _ => String::new(),
        };
        if let Some(refusal) = refusal_of(exception) {
            return refusal.message;
        }
        let class = &exception.class.name;
        if text.is_empty() { class.to_string() } else { format!("{class}: {text}") }
    }
}
