//! `DROP`, and what goes with what is dropped.

use std::rc::Rc;

use sqlparser::ast::ObjectType;

use super::create::columns_in;
use super::error::{PgError, shown};
use super::state::{Adjust as _, Constraint, Rule, UserType};
use super::{Database, bare, schema_of};

impl Database {
    /// Drops what one statement names: what only its own objects need goes with them.
    pub(super) fn drop_objects(
        &mut self,
        kind: ObjectType,
        names: &[String],
        if_exists: bool,
        cascade: bool,
    ) -> Result<(), PgError> {
        let mut found = Vec::new();
        for name in names {
            let name = self.temporary_or(name.clone());
            if self.is_there(kind, &name, if_exists)? {
                found.push(name);
            }
        }
        for name in &found {
            match kind {
                ObjectType::Table => self.drop_table(name, cascade, &found)?,
                ObjectType::View | ObjectType::MaterializedView => self.drop_view(name, cascade, &found)?,
                ObjectType::Index => self.drop_index(name, cascade)?,
                ObjectType::Schema => self.drop_schema(name, cascade)?,
                ObjectType::Sequence => self.drop_sequence(name, cascade)?,
                _ => self.drop_type(name, cascade)?,
            }
        }
        Ok(())
    }

    /// Whether an object is there to be dropped; refused where it has to be.
    fn is_there(&mut self, kind: ObjectType, name: &str, if_exists: bool) -> Result<bool, PgError> {
        let word = match kind {
            ObjectType::Table => "table",
            ObjectType::View => "view",
            ObjectType::MaterializedView => "materialized view",
            ObjectType::Index => "index",
            ObjectType::Schema => "schema",
            ObjectType::Sequence => "sequence",
            ObjectType::Type => "type",
            _ => return Ok(false),
        };
        let state = &self.state;
        let is_view = |materialized: bool| state.views.get(name).is_some_and(|view| view.materialized == materialized);
        let known = match kind {
            ObjectType::Table => state.tables.contains_key(name),
            ObjectType::View => is_view(false),
            ObjectType::MaterializedView => is_view(true),
            ObjectType::Index => state.indexes.contains_key(name),
            ObjectType::Schema => name == "public" || state.schemas.contains(name),
            ObjectType::Sequence => state.sequences.contains_key(name),
            _ => state.types.contains_key(name),
        };
        if known {
            return Ok(true);
        }
        if state.has_relation(name) && !matches!(kind, ObjectType::Schema | ObjectType::Type) {
            return Err(PgError::wrong_type(format!("\"{}\" is not {} {word}", bare(name), article(word))));
        }
        // A `REINDEX CONCURRENTLY` that fails leaves such an index.
        let is_left = kind == ObjectType::Index && (name.contains("_ccnew") || name.contains("_ccold"));
        // What was in doubt is gone now.
        let in_doubt = is_left || self.state.doubt.has(name) && kind != ObjectType::Schema;
        self.state.doubt.settle(name);
        if if_exists || in_doubt {
            return Ok(false);
        }
        if kind != ObjectType::Schema {
            self.check_schema(name)?;
        }
        Err(PgError::undefined(word, if kind == ObjectType::Type { name } else { bare(name) }))
    }

    /// `with` are the tables that the same statement drops.
    fn drop_table(&mut self, name: &str, cascade: bool, with: &[String]) -> Result<(), PgError> {
        if !self.state.tables.contains_key(name) {
            return Ok(());
        }
        let with: Vec<String> =
            with.iter().map(String::as_str).chain([name]).flat_map(|name| self.state.parts_of(name)).collect();
        let with = with.as_slice();
        let mut others: Vec<_> = self.state.references_to(name);
        others.retain(|(other, _)| other != name && !with.contains(other));
        let views: Vec<String> = self.views_on(name);
        let (parts, heirs): (Vec<String>, Vec<String>) =
            self.state.children(name).into_iter().partition(|child| self.state.is_partition(child));
        if !cascade && heirs.iter().any(|heir| !with.contains(heir)) {
            return Err(PgError::depended_on(&format!("table {}", shown(name))));
        }
        // Parts go with the whole.
        for part in parts.iter().chain(heirs.iter().filter(|_| cascade)) {
            self.drop_table(part, cascade, with)?;
        }
        let is_needed = !others.is_empty() || !views.is_empty();
        if is_needed && !cascade {
            return Err(PgError::depended_on(&format!("table {}", shown(name))));
        }
        for (other, constraint) in others {
            if let Some(table) = self.state.table_mut(&other) {
                table.constraints.retain(|known| known.name != constraint);
            }
        }
        for view in views {
            self.drop_view(&view, true, &[])?;
        }
        self.state.tables.remove(name);
        self.state.heirs.remove(name);
        self.state.indexes.keep(|_, owner| owner != name);
        self.state.sequences.keep(|_, sequence| !sequence.is_of(name));
        Ok(())
    }

    /// Views that surely need a column.
    pub(super) fn views_that_need(&self, name: &str, column: &str) -> Vec<String> {
        let needs = self.state.views.iter().filter(|(_, view)| view.needs(name, column));
        needs.map(|(view, _)| view.clone()).collect()
    }

    /// The generated columns of a table that are made of a column.
    pub(super) fn generated_from(&self, name: &str, column: &str) -> Vec<String> {
        let Some(table) = self.state.tables.get(name) else { return Vec::new() };
        let needs = |expression: &String| columns_in(expression, table).iter().any(|known| known == column);
        let made = table.columns.iter().filter(|known| known.name != column);
        made.filter(|known| known.generated.as_ref().is_some_and(needs)).map(|known| known.name.clone()).collect()
    }

    fn views_on(&self, name: &str) -> Vec<String> {
        self.state.views.iter().filter(|(_, view)| view.reads.contains(name)).map(|(view, _)| view.clone()).collect()
    }

    /// `with` are the views that the same statement drops.
    fn drop_view(&mut self, name: &str, cascade: bool, with: &[String]) -> Result<(), PgError> {
        let Some(view) = self.state.views.get(name) else { return Ok(()) };
        let word = if view.materialized { "materialized view" } else { "view" };
        let others = self.views_on(name);
        if !cascade && others.iter().any(|other| !with.contains(other)) {
            return Err(PgError::depended_on(&format!("{word} {}", shown(name))));
        }
        self.state.views.remove(name);
        self.state.indexes.keep(|_, owner| owner != name);
        others.into_iter().try_for_each(|other| self.drop_view(&other, true, &[]))
    }

    /// The foreign keys that rest on a unique index, and on no other key.
    fn keys_on(&self, owner: &str, index: &str) -> Vec<(String, String)> {
        let Some(table) = self.state.tables.get(owner) else { return Vec::new() };
        // Nothing rests on any other index, and no table has to be gone through.
        if !table.indexes.iter().any(|known| known.name == index && known.unique) {
            return Vec::new();
        }
        let mut without = (**table).clone();
        without.indexes.retain(|known| known.name != index);
        let rests = |constraint: &Constraint| match &constraint.rule {
            Rule::Foreign(foreign) => {
                foreign.table == owner && table.has_key(&foreign.references) && !without.has_key(&foreign.references)
            }
            _ => false,
        };
        let of = |(other, table): (&String, &Rc<super::Table>)| {
            let names = table.constraints.iter().filter(|one| rests(one)).map(|one| one.name.clone());
            names.map(|name| (other.clone(), name)).collect::<Vec<_>>()
        };
        self.state.tables.iter().flat_map(of).collect()
    }

    fn drop_index(&mut self, name: &str, cascade: bool) -> Result<(), PgError> {
        let Some(owner) = self.state.indexes.get(name).cloned() else { return Err(PgError::undefined("index", name)) };
        let Some(table) = self.state.table_mut(&owner) else { return Ok(()) };
        if table.constraints.iter().any(|constraint| constraint.rule.has_index() && constraint.name == bare(name)) {
            return Err(PgError::required_by(bare(name), bare(name), bare(&owner)));
        }
        let whole = table.indexes.iter().find(|index| index.name == bare(name)).and_then(|index| index.whole.clone());
        if let Some(whole) = whole {
            let parent = self.state.heirs.get(&owner).and_then(|heritage| heritage.parents.first());
            let whole = format!("{}{whole}", schema_of(parent.map_or(owner.as_str(), String::as_str)));
            return Err(PgError::required_by_index(name, &whole));
        }
        let others = self.keys_on(&owner, bare(name));
        if !others.is_empty() && !cascade {
            return Err(PgError::depended_on(&format!("index {}", shown(name))));
        }
        for (other, constraint) in others {
            if let Some(table) = self.state.table_mut(&other) {
                table.constraints.retain(|known| known.name != constraint);
            }
        }
        let Some(table) = self.state.table_mut(&owner) else { return Ok(()) };
        table.indexes.retain(|index| index.name != bare(name));
        self.state.indexes.remove(name);
        if self.state.heirs.is_empty() {
            return Ok(());
        }
        // Its parts go with it.
        let is_part = |index: &super::Index| index.whole.as_deref() == Some(bare(name));
        let parts: Vec<(String, String)> = self
            .state
            .tables
            .iter()
            .flat_map(|(table, found)| found.indexes.iter().map(move |index| (table, index)))
            .filter(|(_, index)| is_part(index))
            .map(|(table, index)| (table.clone(), index.name.clone()))
            .collect();
        for (table, index) in parts {
            self.state.indexes.remove(&format!("{}{index}", schema_of(&table)));
            if let Some(table) = self.state.table_mut(&table) {
                table.indexes.retain(|known| known.name != index);
            }
        }
        Ok(())
    }

    fn drop_schema(&mut self, name: &str, cascade: bool) -> Result<(), PgError> {
        let prefix = format!("{name}.");
        let inside = |key: &str| if name == "public" { !key.contains('.') } else { key.starts_with(&prefix) };
        let tables: Vec<String> = self.state.tables.keys().filter(|key| inside(key)).cloned().collect();
        let used = !tables.is_empty() || self.state.types.keys().any(|key| inside(key));
        if used && !cascade {
            return Err(PgError::depended_on(&format!("schema {name}")));
        }
        tables.iter().try_for_each(|table| self.drop_table(table, true, &[]))?;
        self.state.types.keep(|key, _| !inside(key));
        self.state.views.keep(|key, _| !inside(key));
        self.state.sequences.keep(|key, _| !inside(key));
        self.state.routines.keep(|key, _| !inside(key));
        self.state.schemas.remove(name);
        Ok(())
    }

    fn drop_sequence(&mut self, name: &str, cascade: bool) -> Result<(), PgError> {
        let sign = format!("nextval('{name}'");
        let uses = |default: &Option<String>| {
            default.as_deref().is_some_and(|default| default.starts_with(&sign) && !default.contains("::TEXT"))
        };
        let having: Vec<String> = self
            .state
            .tables
            .iter()
            .filter(|(_, table)| table.columns.iter().any(|column| uses(&column.default)))
            .map(|(table, _)| table.clone())
            .collect();
        if !having.is_empty() && !cascade {
            return Err(PgError::depended_on(&format!("sequence {}", shown(name))));
        }
        for owner in having {
            if let Some(table) = self.state.table_mut(&owner) {
                for column in table.columns_mut().filter(|column| uses(&column.default)) {
                    column.default = None;
                }
            }
        }
        self.state.sequences.remove(name);
        Ok(())
    }

    fn drop_type(&mut self, name: &str, cascade: bool) -> Result<(), PgError> {
        let array = format!("{name}[]");
        let uses = |data_type: &str| data_type == name || data_type == array;
        let mut having = Vec::new();
        for (table, found) in &self.state.tables {
            having.extend(
                found
                    .columns
                    .iter()
                    .filter(|column| uses(&column.data_type))
                    .map(|column| (table.clone(), column.name.clone())),
            );
        }
        if !having.is_empty() && !cascade {
            return Err(PgError::depended_on(&format!("type {}", shown(name))));
        }
        for (table, column) in having {
            self.drop_column(&table, &column, true, true)?;
        }
        self.state.types.remove(name);
        // A type of ranges has one of several ranges beside it.
        let beside = format!("multirange of {name}");
        self.state.types.keep(|_, user| !matches!(user, UserType::Other(text) if *text == beside));
        Ok(())
    }

    pub(super) fn drop_trigger(&mut self, name: &str, table: &str, if_exists: bool) -> Result<(), PgError> {
        let table = &self.temporary_or(table.to_owned());
        let Some(found) = self.state.table_mut(table) else {
            return if if_exists || self.state.views.contains_key(table) {
                Ok(())
            } else {
                Err(PgError::undefined("relation", table))
            };
        };
        if found.triggers.remove(bare(name)).is_none() && !if_exists {
            let message = format!("trigger \"{name}\" for table \"{}\" does not exist", bare(table));
            return Err(PgError { condition: "UndefinedObject", ..PgError::wrong_type(message) });
        }
        Ok(())
    }

    pub(super) fn drop_column(
        &mut self,
        name: &str,
        column: &str,
        if_exists: bool,
        cascade: bool,
    ) -> Result<(), PgError> {
        let has = |columns: &[String]| columns.iter().any(|known| known == column);
        let Some(table) = self.state.tables.get(name) else { return Err(PgError::undefined("relation", name)) };
        if table.column(column).is_none() {
            return if if_exists { Ok(()) } else { Err(PgError::undefined_column(bare(name), column)) };
        }
        let mut others = Vec::new();
        for (other, found) in &self.state.tables {
            for constraint in &found.constraints {
                if let Rule::Foreign(foreign) = &constraint.rule
                    && foreign.table == name
                    && has(&foreign.references)
                    && !(other == name && has(&foreign.columns))
                {
                    others.push((other.clone(), constraint.name.clone()));
                }
            }
        }
        let views = self.views_that_need(name, column);
        let generated = self.generated_from(name, column);
        let is_needed = !others.is_empty() || !views.is_empty() || !generated.is_empty();
        if is_needed && !cascade {
            return Err(PgError::depended_on(&format!("column {column} of table {}", shown(name))));
        }
        for view in views {
            self.drop_view(&view, true, &[])?;
        }
        for column in generated {
            self.drop_column(name, &column, true, true)?;
        }
        for (other, constraint) in others {
            if let Some(table) = self.state.table_mut(&other) {
                table.constraints.retain(|known| known.name != constraint);
            }
        }
        let schema = schema_of(name).to_owned();
        let Some(table) = self.state.table_mut(name) else { return Ok(()) };
        let (gone, kept): (Vec<Rc<Constraint>>, Vec<Rc<Constraint>>) =
            std::mem::take(&mut table.constraints).into_iter().partition(|constraint| has(constraint.rule.columns()));
        table.constraints = kept;
        let lost: Vec<String> =
            table.indexes.iter().filter(|index| has(&index.columns)).map(|index| index.name.clone()).collect();
        table.indexes.retain(|index| !has(&index.columns));
        table.columns.retain(|known| known.name != column);
        for name in gone.iter().filter(|one| one.rule.has_index()).map(|one| &one.name).chain(&lost) {
            self.state.indexes.remove(&format!("{schema}{name}"));
        }
        let owned = Some((name.to_owned(), column.to_owned()));
        self.state.sequences.keep(|_, sequence| sequence.owner != owned);
        Ok(())
    }

    pub(super) fn drop_constraint(
        &mut self,
        name: &str,
        constraint: &str,
        if_exists: bool,
        cascade: bool,
    ) -> Result<(), PgError> {
        let Some(table) = self.state.tables.get(name) else { return Err(PgError::undefined("relation", name)) };
        let Some(found) = table.constraint(constraint).cloned() else {
            return if if_exists { Ok(()) } else { Err(PgError::undefined_on("constraint", constraint, bare(name))) };
        };
        if let Rule::PrimaryKey(key) | Rule::Unique(key) = &found.rule {
            let mut without = (**table).clone();
            without.constraints.retain(|known| known.name != constraint);
            let mut others = Vec::new();
            for (other, table) in &self.state.tables {
                for known in &table.constraints {
                    if let Rule::Foreign(foreign) = &known.rule
                        && foreign.table == name
                        && foreign.references.len() == key.len()
                        && foreign.references.iter().all(|column| key.contains(column))
                        && !without.has_key(&foreign.references)
                    {
                        others.push((other.clone(), known.name.clone()));
                    }
                }
            }
            if !others.is_empty() && !cascade {
                return Err(PgError::depended_on(&format!("constraint {constraint} on table {}", shown(name))));
            }
            for (other, constraint) in others {
                if let Some(table) = self.state.tables.get_mut(&other) {
                    Rc::make_mut(table).constraints.retain(|known| known.name != constraint);
                }
            }
        }
        if let Some(table) = self.state.table_mut(name) {
            table.constraints.retain(|known| known.name != constraint);
        }
        if found.rule.has_index() {
            self.state.indexes.remove(&format!("{}{constraint}", schema_of(name)));
        }
        Ok(())
    }
}

fn article(word: &str) -> &'static str {
    if word.starts_with(['a', 'e', 'i', 'o', 'u']) { "an" } else { "a" }
}
