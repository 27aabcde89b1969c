//! `CREATE TABLE`: what is written becomes a table, or is refused.

use std::rc::Rc;

use super::error::Error;
use super::keys::{self, Wanted};
use super::parse::{CheckDef, ColumnDef, Content, CreateTable, Element, ForeignDef, Initial, Options, Reader, Rule};
use super::settings::is_elsewhere;
use super::state::{Check, Column, Fallback, KeyKind, Table, same};
use super::{Database, Done, Flavour, defaults};
use crate::schema::token;

impl Database {
    pub(super) fn create(&mut self, reader: &mut Reader<'_>, text: &str) -> Done {
        reader.skip(1);
        let or_replace = reader.eat_all(&["or", "replace"]);
        if or_replace
            && self.settings.flavour == Flavour::MySql
            && !reader.is_any(&["view", "algorithm", "definer", "sql"])
        {
            return Err(reader.syntax());
        }
        let temporary = reader.eat("temporary");
        if reader.eat("table") {
            let made = reader.create_table(or_replace, temporary)?;
            return self.create_table(made);
        }
        if temporary && !reader.is("sequence") {
            return Err(reader.syntax());
        }
        self.create_object(reader, or_replace, text)
    }

    fn create_table(&mut self, made: CreateTable) -> Done {
        if is_elsewhere(&made.name) {
            return Err(Error::unsupported(format!("makes `{}`, which is in another database", made.name)));
        }
        if matches!(&made.content, Content::Like(other) if *other == made.name) {
            return Err(Error::new(1066, format!("Not unique table/alias: '{}'", made.name)));
        }
        if made.or_replace && self.state.tables.contains_key(&made.name) {
            self.drop_table(&made.name, &[])?;
        } else if self.state.has_relation(&made.name) && !made.temporary {
            let error = Error::table_exists(&made.name);
            return if made.if_not_exists { Ok(()) } else { Err(error) };
        } else if self.open && made.if_not_exists && self.state.doubt.contains(&made.name.to_lowercase()) {
            return Err(Error::unsupported(format!("makes `{}` where it is not there", made.name)));
        }
        if !made.temporary {
            self.same_but_for_case(&made.name)?;
        }
        match made.content {
            Content::Like(other) => self.create_like(&made.name, &other, made.temporary),
            Content::Query => Err(Reader::of_query()),
            Content::Elements(elements, options) => {
                let mut table = self.table_of(&made.name, elements, options)?;
                table.temporary = made.temporary;
                if made.temporary && self.state.tables.contains_key(&made.name) {
                    return Err(Error::unsupported("makes a temporary table in front of another one"));
                }
                self.state.put(table);
                Ok(())
            }
        }
    }

    /// Two names that differ in case are one table on some servers.
    fn same_but_for_case(&self, name: &str) -> Done {
        let names = self.state.tables.keys().chain(self.state.views.keys());
        match names.into_iter().find(|other| same(other, name) && *other != name) {
            Some(_) => Err(self.missing(name)),
            None => Ok(()),
        }
    }

    fn create_like(&mut self, name: &str, other: &str, temporary: bool) -> Done {
        let Some(other) = self.state.table(other) else {
            return Err(if self.state.views.contains_key(other) {
                Error::not_a_table(other, self.settings.flavour)
            } else {
                self.missing(other)
            });
        };
        let mut table = Table { name: name.to_owned(), foreign: Vec::new(), temporary, ..other.clone() };
        for key in &mut table.keys {
            key.implicit = false;
        }
        self.state.put(table);
        Ok(())
    }

    fn table_of(&self, name: &str, elements: Vec<Element>, options: Options) -> Result<Table, Error> {
        let mut table = Table { name: name.to_owned(), ..Table::default() };
        table.engine = options.engine;
        table.charset = options.charset;
        if let Some(collation) = &options.collation {
            table.charset.get_or_insert_with(|| charset_of(collation));
        }
        table.collation = options.collation;
        let mut wanted: Vec<Wanted> = Vec::new();
        let mut foreign: Vec<(ForeignDef, bool)> = Vec::new();
        let mut checks: Vec<CheckDef> = Vec::new();
        for element in elements {
            match element {
                Element::Column(column) => {
                    self.parts_of_column(&column, &mut wanted, &mut foreign, &mut checks);
                    let column = self.column_of(*column, &table)?;
                    table.columns.push(column);
                }
                Element::Rule(Rule::Key(key)) => wanted.push(Wanted::written(key)),
                Element::Rule(Rule::Foreign(def)) => {
                    wanted.push(Wanted::for_foreign(&def));
                    foreign.push((def, false));
                }
                Element::Rule(Rule::Check(check)) => checks.push(check),
            }
        }
        if table.columns.is_empty() {
            return Err(Error::without_columns(self.settings.flavour));
        }
        Self::no_column_twice(&table)?;
        keys::add(&mut table, wanted, &self.settings)?;
        self.hold_defaults(&table)?;
        self.hold_generated(&table)?;
        self.add_checks(&mut table, checks)?;
        self.add_foreign(&mut table, foreign)?;
        Ok(table)
    }

    /// The keys and constraints that are written on a column.
    pub(super) fn parts_of_column(
        &self,
        column: &ColumnDef,
        wanted: &mut Vec<Wanted>,
        foreign: &mut Vec<(ForeignDef, bool)>,
        checks: &mut Vec<CheckDef>,
    ) {
        if column.primary {
            wanted.push(Wanted::of_column(&column.name, KeyKind::Primary));
        }
        if column.unique {
            wanted.push(Wanted::of_column(&column.name, KeyKind::Unique));
        }
        checks.extend(column.checks.iter().cloned());
        // MySQL before 9 reads it and does nothing.
        if let Some(def) = column.references.as_ref().filter(|_| self.settings.flavour != Flavour::MySql) {
            wanted.push(Wanted::for_foreign(def));
            foreign.push((def.clone(), true));
        }
    }

    /// A column as it is kept, unless what is said of it does not fit together.
    pub(super) fn column_of(&self, def: ColumnDef, table: &Table) -> Result<Column, Error> {
        let flavour = self.settings.flavour;
        let name = def.name;
        let mut data_type = def.data_type;
        if let Some(collation) = &data_type.collation {
            data_type.charset.get_or_insert_with(|| charset_of(collation));
        }
        if data_type.is_text() && data_type.charset.is_none() {
            data_type.charset = table.charset.clone().or_else(|| self.settings.charset.clone());
            data_type.collation = data_type.collation.or_else(|| table.collation.clone());
        }
        let data_type = data_type.kept(flavour);
        self.hold_type(&name, &data_type)?;
        let nullable = def.nullable.unwrap_or(!def.auto_increment && !def.primary);
        if def.nullable == Some(true) && def.primary && flavour == Flavour::MySql {
            let message = "All parts of a PRIMARY KEY must be NOT NULL; if you need NULL in a key, use UNIQUE instead";
            return Err(Error::new(1171, message.to_owned()));
        }
        if def.auto_increment && !data_type.is_integer() && !data_type.is(&["float", "double"]) {
            return Err(Error::column_specifier(&name));
        }
        if def.auto_increment && def.default.is_some() {
            return Err(Error::invalid_default(&name));
        }
        if let Some((_, digits)) = &def.on_update {
            let differs = flavour == Flavour::MySql && *digits != data_type.digits();
            if !data_type.is_moment() || differs {
                return Err(Error::on_update(&name));
            }
        }
        let default = match def.default {
            Some(Initial::Value(value)) => Some(value),
            Some(Initial::Null) | None => None,
        };
        Ok(Column {
            name,
            data_type,
            nullable,
            default,
            on_update: def.on_update.map(|(text, _)| text),
            auto_increment: def.auto_increment,
            generated: def.generated,
            invisible: def.invisible,
        })
    }

    /// Every column's type can have its default.
    pub(super) fn hold_defaults(&self, table: &Table) -> Done {
        let with_default = table.columns.iter().filter_map(|column| Some((column, column.default.as_ref()?)));
        with_default
            .into_iter()
            .try_for_each(|(column, default)| self.hold_default(&column.name, &column.data_type, default))
    }

    pub(super) fn hold_default(&self, name: &str, data_type: &super::DataType, value: &Fallback) -> Done {
        let is_literal = matches!(value, Fallback::Literal { .. });
        if is_literal && data_type.is_lob() && self.settings.flavour == Flavour::MySql {
            let message = format!("BLOB, TEXT, GEOMETRY or JSON column '{name}' can't have a default value");
            return Err(Error::new(1101, message));
        }
        if self.settings.strict && defaults::is_invalid(data_type, value, self.settings.flavour) {
            return Err(Error::invalid_default(name));
        }
        Ok(())
    }

    /// Lengths and digits that no type has.
    fn hold_type(&self, name: &str, data_type: &super::DataType) -> Done {
        let first = data_type.arguments.first().copied().unwrap_or(0);
        let bytes = data_type
            .charset
            .as_deref()
            .map_or_else(|| self.settings.character_bytes(), super::data_type::character_bytes);
        let too_big = |most: u64, message: String| if first > most { Err(Error::new(1074, message)) } else { Ok(()) };
        let long =
            |most: u64| format!("Column length too big for column '{name}' (max = {most}); use BLOB or TEXT instead");
        match data_type.name.as_str() {
            "char" | "binary" => too_big(255, long(255))?,
            "varchar" => too_big(65_535 / bytes, long(65_535 / bytes))?,
            "varbinary" => too_big(65_535, long(65_535))?,
            "datetime" | "timestamp" | "time" if first > 6 => {
                let message = format!("Too big precision specified for '{name}'. Maximum is 6");
                return Err(Error::new(1426, message));
            }
            "decimal" if first > 65 => {
                return Err(Error::new(1426, format!("Too big precision specified for '{name}'. Maximum is 65")));
            }
            "enum" | "set" if self.settings.strict => {
                let values = &data_type.values;
                let twice = values
                    .iter()
                    .enumerate()
                    .find(|(index, value)| values[index + 1..].iter().any(|known| same(known, value)));
                if let Some((_, value)) = twice {
                    let kind = data_type.name.to_ascii_uppercase();
                    return Err(Error::new(1291, format!("Column '{name}' has duplicated value '{value}' in {kind}")));
                }
            }
            _ => {}
        }
        Ok(())
    }

    pub(super) fn no_column_twice(table: &Table) -> Done {
        let columns = &table.columns;
        let twice = columns
            .iter()
            .enumerate()
            .find(|(index, column)| columns[..*index].iter().any(|other| same(&other.name, &column.name)));
        twice.map_or(Ok(()), |(_, column)| Err(Error::duplicate_column(&column.name)))
    }

    /// What columns are computed from is there.
    pub(super) fn hold_generated(&self, table: &Table) -> Done {
        for column in &table.columns {
            let Some(generated) = &column.generated else { continue };
            if let Some(missing) = generated.columns.iter().find(|name| table.column(name).is_none()) {
                let clause = if self.settings.flavour == Flavour::MariaDb {
                    "GENERATED ALWAYS AS"
                } else {
                    "generated column function"
                };
                return Err(Error::unknown_column(missing, clause));
            }
            self.hold_paths(&generated.expression)?;
        }
        Ok(())
    }

    /// The path of `->` begins with `$` where it is written out (<https://dev.mysql.com/doc/refman/8.4/en/json.html>). MariaDB has
    /// no such operator.
    fn hold_paths(&self, expression: &str) -> Done {
        let all: Vec<token::Token<'_>> = token::tokens(expression).collect();
        let is_broken = all.windows(2).any(|pair| {
            let is_path = pair[1].kind == token::Kind::Text || pair[1].text.starts_with('"');
            let is_arrow = ["->", "->>"].iter().any(|arrow| pair[0].is_symbol(arrow));
            is_arrow && is_path && !pair[1].value().trim_start().starts_with('$')
        });
        if is_broken && self.settings.flavour != Flavour::MariaDb { Err(Error::json_path()) } else { Ok(()) }
    }

    /// Checks are named, and name columns that are there.
    pub(super) fn add_checks(&self, table: &mut Table, checks: Vec<CheckDef>) -> Done {
        for def in checks {
            if let Some(name) = &def.name
                && table.checks.iter().any(|check| same(&check.name, name))
            {
                return Err(Error::duplicate_check(name, self.settings.flavour));
            }
            let name = def.name.unwrap_or_else(|| self.name_of_check(table, def.of.as_deref()));
            table.checks.push(Check { name, expression: def.expression, columns: def.columns, of: def.of });
        }
        self.hold_checks(table)
    }

    pub(super) fn hold_checks(&self, table: &Table) -> Done {
        for check in &table.checks {
            self.hold_paths(&check.expression)?;
            if let Some(missing) = check.columns.iter().find(|name| table.column(name).is_none()) {
                return Err(match self.settings.flavour {
                    Flavour::MariaDb => Error::unknown_column(missing, "CHECK"),
                    _ => Error::new(
                        3820,
                        format!("Check constraint '{}' refers to non-existing column '{missing}'.", check.name),
                    ),
                });
            }
            let counts = |name: &&String| table.column(name).is_some_and(|column| column.auto_increment);
            if let Some(column) = check.columns.iter().find(counts) {
                return Err(match self.settings.flavour {
                    Flavour::MariaDb => Error::new(
                        1901,
                        format!(
                            "Function or expression 'AUTO_INCREMENT' cannot be used in the CHECK clause of `{column}`"
                        ),
                    ),
                    _ => Error::new(
                        3818,
                        format!("Check constraint '{}' cannot refer to an auto-increment column.", check.name),
                    ),
                });
            }
        }
        table
            .foreign
            .iter()
            .filter(|foreign| !foreign.is_doubtful)
            .try_for_each(|foreign| self.hold_checked(table, foreign))
    }

    /// A name that MariaDB or MySQL gives.
    fn name_of_check(&self, table: &Table, of: Option<&str>) -> String {
        let (start, is_free): (String, bool) = match (self.settings.flavour, of) {
            (Flavour::MariaDb, Some(column)) => (column.to_owned(), true),
            (Flavour::MariaDb, None) => ("CONSTRAINT_".to_owned(), false),
            _ => (format!("{}_chk_", table.name), false),
        };
        if is_free {
            return start;
        }
        let is_taken = |name: &str| table.checks.iter().any(|check| same(&check.name, name));
        let mut names = (1_u32..).map(|number| format!("{start}{number}"));
        names.find(|name| !is_taken(name)).unwrap_or(start)
    }

    /// Takes a table away with its triggers, where nothing needs it. `also` goes in the same statement.
    pub(super) fn drop_table(&mut self, name: &str, also: &[String]) -> Done {
        if self.settings.foreign_key_checks {
            let needed = self.state.holding(name).find(|(child, _)| child.name != name && !also.contains(&child.name));
            if let Some((child, foreign)) = needed {
                return Err(Error::referenced(name, &foreign.name, &child.name, self.settings.flavour));
            }
        }
        self.state.tables.remove(name);
        let doubtful = self.state.referring(name).filter(|(_, foreign)| foreign.is_doubtful);
        let children: Vec<String> = doubtful.map(|(child, _)| child.name.clone()).collect();
        for child in children {
            if let Some(child) = self.state.table_mut(&child) {
                child.foreign.retain(|foreign| foreign.table != name);
            }
        }
        let gone: Vec<String> = self
            .state
            .triggers
            .iter()
            .filter(|(_, trigger)| trigger.table == name)
            .map(|(name, _)| name.clone())
            .collect();
        for trigger in gone {
            self.state.triggers.remove(&trigger);
        }
        Ok(())
    }

    /// Changes a table as one.
    pub(super) fn replace(&mut self, old: &str, table: Table) {
        self.state.tables.remove(old);
        self.state.tables.insert(table.name.clone(), Rc::new(table));
    }
}

/// The character set of a collation: what stands in front of its first `_`.
pub(super) fn charset_of(collation: &str) -> String {
    collation.split('_').next().unwrap_or(collation).to_owned()
}
