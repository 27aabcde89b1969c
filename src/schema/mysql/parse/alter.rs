//! `ALTER TABLE` (<https://dev.mysql.com/doc/refman/8.4/en/alter-table.html>, <https://mariadb.com/kb/en/alter-table/>).

use super::column::{ColumnDef, Initial};
use super::key::Rule;
use super::table::Options;
use super::{Parsed, Reader};
use crate::schema::mysql::Flavour;

#[derive(Clone, Debug)]
pub(in crate::schema::mysql) struct Alter {
    pub table: String,
    pub if_exists: bool,
    pub actions: Vec<Action>,
}

/// Where a column goes.
#[derive(Clone, Debug)]
pub(in crate::schema::mysql) enum Place {
    /// Where it is, or at the end.
    Same,
    First,
    After(String),
}

#[derive(Clone, Debug)]
pub(in crate::schema::mysql) enum Action {
    AddColumn {
        column: Box<ColumnDef>,
        place: Place,
        if_not_exists: bool,
    },
    /// `old` is the column's own name in `MODIFY`.
    Change {
        old: String,
        column: Box<ColumnDef>,
        place: Place,
        if_exists: bool,
    },
    RenameColumn {
        old: String,
        new: String,
        if_exists: bool,
    },
    DropColumn {
        name: String,
        if_exists: bool,
    },
    SetDefault {
        column: String,
        default: Option<Initial>,
        if_exists: bool,
    },
    AddRule(Rule),
    DropKey {
        name: String,
        if_exists: bool,
    },
    DropPrimary,
    DropForeign {
        name: String,
        if_exists: bool,
    },
    /// `CHECK` alone is MySQL's.
    DropConstraint {
        name: String,
        if_exists: bool,
        check: bool,
    },
    RenameKey {
        old: String,
        new: String,
        if_exists: bool,
    },
    /// A key is shown, or not, to whoever plans queries; a check is enforced, or not.
    TouchKey {
        name: String,
    },
    RenameTo(String),
    Options(Options),
    /// All columns get the character set.
    Convert {
        charset: Option<String>,
        collation: Option<String>,
    },
    /// What changes nothing here.
    Nothing,
}

/// Words that begin parts which move rows, partitions and tablespaces.
const STORAGE: &[&str] = &[
    "analyze",
    "check",
    "coalesce",
    "discard",
    "exchange",
    "import",
    "optimize",
    "partition",
    "rebuild",
    "remove",
    "reorganize",
    "repair",
    "secondary_load",
    "secondary_unload",
    "truncate",
];

impl Reader<'_> {
    /// What follows `ALTER [IGNORE] TABLE`.
    pub fn alter_table(&mut self) -> Parsed<Alter> {
        let if_exists = self.mariadb_only(&["if", "exists"])?;
        let table = self.object()?;
        if self.eat("wait") {
            self.number()?;
        } else {
            self.eat("nowait");
        }
        let mut actions = Vec::new();
        if !self.is_at_end() {
            self.actions(&mut actions)?;
            while self.eat_symbol(",") {
                self.actions(&mut actions)?;
            }
        }
        self.expect_end()?;
        Ok(Alter { table, if_exists, actions })
    }

    fn actions(&mut self, made: &mut Vec<Action>) -> Parsed<()> {
        if self.eat("add") {
            return self.added(made);
        }
        let action = if self.eat("drop") {
            self.dropped()?
        } else if self.eat("modify") {
            self.eat("column");
            let if_exists = self.mariadb_only(&["if", "exists"])?;
            let old = self.column_name()?;
            let column = Box::new(self.column_named(old.clone())?);
            Action::Change { old, column, place: self.place()?, if_exists }
        } else if self.eat("change") {
            self.eat("column");
            let if_exists = self.mariadb_only(&["if", "exists"])?;
            let old = self.column_name()?;
            let column = Box::new(self.column()?);
            Action::Change { old, column, place: self.place()?, if_exists }
        } else if self.eat("rename") {
            self.renamed()?
        } else if self.eat("alter") {
            self.altered()?
        } else if self.eat_all(&["convert", "to"]) {
            self.converted()?
        } else if self.eat_all(&["order", "by"]) {
            self.list_of_names()?;
            Action::Nothing
        } else if self.eat_any(&["algorithm", "lock"]) {
            self.option_value()?;
            Action::Nothing
        } else if self.eat("force")
            || self.eat_all(&["disable", "keys"])
            || self.eat_all(&["enable", "keys"])
            || self.eat_all(&["with", "validation"])
            || self.eat_all(&["without", "validation"])
        {
            Action::Nothing
        } else if self.is_any(STORAGE) {
            self.skip(self.tokens.len());
            Action::Nothing
        } else {
            let mut options = Options::default();
            if !self.option(&mut options)? {
                return Err(self.syntax());
            }
            self.more_options(&mut options)?;
            Action::Options(options)
        };
        made.push(action);
        Ok(())
    }

    /// Options may stand beside each other without commas.
    fn more_options(&mut self, options: &mut Options) -> Parsed<()> {
        while !self.is_at_end() && !self.is_symbol(",") {
            if !self.option(options)? {
                return Err(self.syntax());
            }
        }
        Ok(())
    }

    fn list_of_names(&mut self) -> Parsed<()> {
        loop {
            self.column_name()?;
            self.eat_any(&["asc", "desc"]);
            if !self.eat_symbol(",") {
                return Ok(());
            }
        }
    }

    fn added(&mut self, made: &mut Vec<Action>) -> Parsed<()> {
        if self.is("partition") || self.are(&["system", "versioning"]) || self.are(&["period", "for"]) {
            self.skip(self.tokens.len());
            made.push(Action::Nothing);
            return Ok(());
        }
        if let Some(rule) = self.rule()? {
            made.push(Action::AddRule(rule));
            return Ok(());
        }
        self.eat("column");
        let if_not_exists = self.mariadb_only(&["if", "not", "exists"])?;
        if self.eat_symbol("(") {
            loop {
                match self.rule()? {
                    Some(rule) => made.push(Action::AddRule(rule)),
                    None => {
                        let column = Box::new(self.column()?);
                        made.push(Action::AddColumn { column, place: Place::Same, if_not_exists });
                    }
                }
                if !self.eat_symbol(",") {
                    break;
                }
            }
            return self.expect_symbol(")");
        }
        let column = Box::new(self.column()?);
        made.push(Action::AddColumn { column, place: self.place()?, if_not_exists });
        Ok(())
    }

    fn place(&mut self) -> Parsed<Place> {
        let place = if self.eat("first") {
            Place::First
        } else if self.eat("after") {
            Place::After(self.name()?)
        } else {
            Place::Same
        };
        if self.is_at_end() || self.is_symbol(",") { Ok(place) } else { Err(self.syntax()) }
    }

    fn dropped(&mut self) -> Parsed<Action> {
        if self.eat_all(&["primary", "key"]) {
            return Ok(Action::DropPrimary);
        }
        if self.eat_all(&["foreign", "key"]) {
            let if_exists = self.mariadb_only(&["if", "exists"])?;
            return Ok(Action::DropForeign { name: self.name()?, if_exists });
        }
        if self.is_any(&["index", "key"]) {
            self.skip(1);
            let if_exists = self.mariadb_only(&["if", "exists"])?;
            let name = if self.is("primary") { self.next().map(|token| token.value()) } else { None };
            return Ok(match name {
                Some(_) => Action::DropPrimary,
                None => Action::DropKey { name: self.name()?, if_exists },
            });
        }
        if self.is("check") && self.flavour() == Flavour::MariaDb {
            return Err(self.syntax());
        }
        let check = self.eat("check");
        if check || self.eat("constraint") {
            let if_exists = self.mariadb_only(&["if", "exists"])?;
            return Ok(Action::DropConstraint { name: self.name()?, if_exists, check });
        }
        if self.is("partition") || self.are(&["system", "versioning"]) {
            self.skip(self.tokens.len());
            return Ok(Action::Nothing);
        }
        self.eat("column");
        let if_exists = self.mariadb_only(&["if", "exists"])?;
        let name = self.column_name()?;
        self.eat_any(&["restrict", "cascade"]);
        Ok(Action::DropColumn { name, if_exists })
    }

    fn renamed(&mut self) -> Parsed<Action> {
        if self.eat("column") {
            let if_exists = self.mariadb_only(&["if", "exists"])?;
            let old = self.column_name()?;
            self.expect("to")?;
            return Ok(Action::RenameColumn { old, new: self.column_name()?, if_exists });
        }
        if self.is_any(&["index", "key"]) {
            self.skip(1);
            let if_exists = self.mariadb_only(&["if", "exists"])?;
            let old = self.name()?;
            self.expect("to")?;
            return Ok(Action::RenameKey { old, new: self.name()?, if_exists });
        }
        if !self.eat_any(&["to", "as"]) {
            self.eat_symbol("=");
        }
        Ok(Action::RenameTo(self.object()?))
    }

    fn altered(&mut self) -> Parsed<Action> {
        if self.is_any(&["index", "key"]) {
            self.skip(1);
            self.mariadb_only(&["if", "exists"])?;
            let name = self.name()?;
            if !self.eat_any(&["visible", "invisible", "ignored"]) && !self.eat_all(&["not", "ignored"]) {
                return Err(self.syntax());
            }
            return Ok(Action::TouchKey { name });
        }
        if self.is_any(&["check", "constraint"]) && self.flavour() != Flavour::MariaDb {
            self.skip(1);
            self.name()?;
            self.eat("not");
            self.expect("enforced")?;
            return Ok(Action::Nothing);
        }
        self.eat("column");
        let if_exists = self.mariadb_only(&["if", "exists"])?;
        let column = self.column_name()?;
        if self.eat_all(&["drop", "default"]) {
            return Ok(Action::SetDefault { column, default: None, if_exists });
        }
        if self.eat_all(&["set", "default"]) {
            let default = Some(self.initial(&column)?);
            return Ok(Action::SetDefault { column, default, if_exists });
        }
        if self.eat_all(&["set", "visible"]) || self.eat_all(&["set", "invisible"]) {
            return Ok(Action::Nothing);
        }
        if self.is("set") {
            self.skip(1);
        }
        Err(self.syntax())
    }

    fn converted(&mut self) -> Parsed<Action> {
        if !self.eat_all(&["character", "set"]) && !self.eat("charset") && !self.eat_all(&["char", "set"]) {
            return Err(self.syntax());
        }
        let charset = Some(self.option_value()?.to_ascii_lowercase()).filter(|charset| charset != "default");
        let collation = if self.eat("collate") { Some(self.collation()?) } else { None };
        Ok(Action::Convert { charset, collation })
    }
}
