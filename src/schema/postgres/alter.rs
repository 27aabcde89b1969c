//! `ALTER TABLE`.

use std::rc::Rc;

use sqlparser::ast::{self, AlterColumnOperation, AlterTableOperation};

use super::create::{check_columns, check_name, column_type, constraint_of};
use super::defaults::{check_default, default_of, default_of_type};
use super::error::PgError;
use super::expressions::{self, Place};
use super::rows::check_constant;
use super::state::{Adjust as _, Column, Identity, Rule, Sequence, Table, UserType, View};
use super::types::{Family, assignable, base, check_class, comparable, family};
use super::{Database, bare, ident, object, schema_of};

impl Database {
    pub(super) fn alter_table(&mut self, alter: &ast::AlterTable) -> Result<(), PgError> {
        let name = self.temporary_or(object(&alter.name));
        if !self.state.tables.contains_key(&name) {
            if alter.if_exists {
                return Ok(());
            }
            // Views and indexes can be altered by the same words.
            if self.state.has_relation(&name) {
                return self.alter_other(&name, &alter.operations);
            }
            return Err(PgError::undefined("relation", &name));
        }
        // What comes later in one statement is about the table's name as it was.
        alter.operations.iter().try_for_each(|operation| {
            self.check_own(&name, operation)?;
            self.alter_one(&name, operation)?;
            if alter.only { Ok(()) } else { self.pass_on(&name, operation) }
        })
    }

    fn alter_other(&mut self, name: &str, operations: &[AlterTableOperation]) -> Result<(), PgError> {
        operations.iter().try_for_each(|operation| match operation {
            AlterTableOperation::RenameTable { table_name } => {
                let new = renamed(name, table_name);
                if self.state.has_relation(&new) {
                    return Err(PgError::duplicate_relation(bare(&new)));
                }
                if self.state.indexes.contains_key(name) {
                    return self.rename_index(name, &new);
                }
                if let Some(sequence) = self.state.sequences.remove(name) {
                    self.state.sequences.insert(new, sequence);
                } else if let Some(view) = self.state.views.remove(name) {
                    self.state.views.insert(new, view);
                }
                Ok(())
            }
            AlterTableOperation::OwnerTo { .. } => Ok(()),
            // The defaults of a view hold no column of a table.
            AlterTableOperation::AlterColumn {
                op: AlterColumnOperation::SetDefault { .. } | AlterColumnOperation::DropDefault,
                ..
            } if self.state.views.contains_key(name) => Ok(()),
            AlterTableOperation::RenameColumn { .. } if self.state.views.contains_key(name) => {
                Err(PgError::unsupported("renames a column of a view"))
            }
            _ if self.state.views.contains_key(name) || self.state.indexes.contains_key(name) => {
                Err(PgError::unsupported(format!(
                    "alters `{}`, which is no table, in a way that is not followed",
                    bare(name)
                )))
            }
            _ => Err(PgError::wrong_type(format!("\"{}\" is not a table", bare(name)))),
        })
    }

    pub(super) fn table(&mut self, name: &str) -> Result<&mut Table, PgError> {
        self.state.table_mut(name).ok_or_else(|| PgError::undefined("relation", name))
    }

    pub(super) fn alter_one(&mut self, name: &str, operation: &AlterTableOperation) -> Result<(), PgError> {
        match operation {
            AlterTableOperation::AddColumn { if_not_exists, column_def, .. } => {
                let column = ident(&column_def.name);
                if self.table(name)?.column(&column).is_some() {
                    return match if_not_exists {
                        true => Ok(()),
                        false => Err(PgError::duplicate_column(bare(name), &column)),
                    };
                }
                let (column, constraints) = self.column(name, column_def)?;
                // The rows that are there get it at once, and it is worked out where there are none, too.
                column_def.options.iter().try_for_each(|option| match &option.option {
                    ast::ColumnOption::Default(value) => check_constant(&column, value),
                    _ => Ok(()),
                })?;
                self.table(name)?.columns.push(Rc::new(column));
                if let Some(table) = self.state.tables.get(name) {
                    self.check_generated(table, column_def)?;
                }
                for constraint in &constraints {
                    if let Rule::Check { expression, .. } = &constraint.rule {
                        check_columns(expression, self.table(name)?)?;
                    }
                }
                constraints.into_iter().try_for_each(|constraint| self.add_constraint(name, constraint))
            }
            AlterTableOperation::DropColumn { column_names, if_exists, drop_behavior, .. } => {
                let cascade = matches!(drop_behavior, Some(ast::DropBehavior::Cascade));
                column_names.iter().map(ident).try_for_each(|column| {
                    self.check_divides(name, &column, "drop")?;
                    self.drop_column(name, &column, *if_exists, cascade)
                })
            }
            AlterTableOperation::AlterColumn { column_name, op } => self.alter_column(name, &ident(column_name), op),
            AlterTableOperation::RenameColumn { old_column_name, new_column_name } => {
                self.rename_column(name, &ident(old_column_name), &ident(new_column_name))
            }
            AlterTableOperation::RenameTable { table_name } => self.rename_table(name, &renamed(name, table_name)),
            AlterTableOperation::AddConstraint { constraint, .. } => {
                let wanted = constraint_of(constraint, self.table(name)?)?;
                if let Rule::Check { expression, .. } = &wanted.rule {
                    check_columns(expression, self.table(name)?)?;
                }
                if let (ast::TableConstraint::Exclude(exclude), Some(table)) = (constraint, self.state.tables.get(name))
                {
                    self.check_exclude(exclude, table)?;
                }
                if let ast::TableConstraint::PrimaryKeyUsingIndex(using)
                | ast::TableConstraint::UniqueUsingIndex(using) = constraint
                {
                    let index = ident(&using.index_name);
                    self.table(name)?.indexes.retain(|known| known.name != index);
                    self.state.indexes.remove(&format!("{}{index}", schema_of(name)));
                }
                self.add_constraint(name, wanted)
            }
            AlterTableOperation::DropConstraint { if_exists, name: constraint, drop_behavior } => {
                let cascade = matches!(drop_behavior, Some(ast::DropBehavior::Cascade));
                self.drop_constraint(name, &ident(constraint), *if_exists, cascade)
            }
            AlterTableOperation::RenameConstraint { old_name, new_name } => {
                let (old, new) = (ident(old_name), ident(new_name));
                let table = self.table(name)?;
                if table.constraint(&new).is_some() {
                    return Err(PgError::duplicate_on("constraint", &new, bare(name)));
                }
                let Some(found) = table.constraints.iter_mut().find(|constraint| constraint.name == old) else {
                    return Err(PgError::undefined_constraint(&old, bare(name)));
                };
                Rc::make_mut(found).name.clone_from(&new);
                self.state.given.note(&new);
                let schema = schema_of(name);
                if let Some(owner) = self.state.indexes.remove(&format!("{schema}{old}")) {
                    self.state.indexes.insert(format!("{schema}{new}"), owner);
                }
                Ok(())
            }
            AlterTableOperation::ValidateConstraint { name: constraint } => {
                let constraint = ident(constraint);
                match self.table(name)?.constraint(&constraint) {
                    Some(_) => Ok(()),
                    None => Err(PgError::undefined_on("constraint", &constraint, bare(name))),
                }
            }
            AlterTableOperation::AttachPartition { .. } | AlterTableOperation::DetachPartition { .. } => {
                Err(PgError::unsupported("changes partitions"))
            }
            AlterTableOperation::ChangeColumn { .. } | AlterTableOperation::ModifyColumn { .. } => {
                Err(PgError::syntax("MODIFY"))
            }
            // Owners, triggers, storage and row security hold no column.
            _ => Ok(()),
        }
    }

    /// Whether a column has a domain of the project's, or gets one: what that turns into is not told by its name.
    fn is_of_project(&mut self, name: &str, column: &str, new_type: Option<&str>) -> Result<bool, PgError> {
        let old_type = self.table(name)?.column(column).map(|column| column.data_type.clone());
        let mut types = old_type.as_deref().into_iter().chain(new_type);
        Ok(types.any(|data_type| matches!(self.state.types.get(data_type), Some(UserType::Other(_)))))
    }

    fn alter_column(&mut self, name: &str, column: &str, op: &AlterColumnOperation) -> Result<(), PgError> {
        let Some(known) = self.table(name)?.column(column) else {
            return Err(PgError::undefined_column(bare(name), column));
        };
        if let AlterColumnOperation::SetDefault { value } = op {
            let data_type = known.data_type.clone();
            check_default(column, &data_type, value, &self.state)?;
        }
        let Some(known) = self.table(name)?.column(column) else { return Ok(()) };
        let refused = |what: &str| {
            let message = format!("column \"{column}\" of relation \"{}\" is {what}", bare(name));
            Err(PgError { condition: "SyntaxError", ..PgError::invalid_table(message) })
        };
        let sets_default = matches!(op, AlterColumnOperation::SetDefault { .. } | AlterColumnOperation::DropDefault);
        if sets_default && known.identity.is_some() {
            return refused("an identity column");
        }
        if sets_default && known.generated.is_some() {
            return refused("a generated column");
        }
        let new_type = match op {
            AlterColumnOperation::SetDataType { data_type, .. } => Some(column_type(data_type, &self.state)?),
            _ => None,
        };
        if new_type.is_some() {
            self.check_divides(name, column, "alter")?;
        }
        if let Some(default) = defaults_to(op) {
            expressions::check(default, Place::Default, &Table::default(), &self.state)?;
        }
        let given = match op {
            AlterColumnOperation::SetDataType { using: Some(using), .. } => {
                self.state.tables.get(name).and_then(|table| expressions::type_of(using, table, &self.state))
            }
            _ => None,
        };
        let given = given.filter(|given| !matches!(self.state.types.get(given), Some(UserType::Other(_))));
        let is_open = self.is_of_project(name, column, new_type.as_ref().map(|new_type| new_type.name.as_str()))?;
        let is_viewed = !self.views_that_need(name, column).is_empty();
        let is_source = !self.generated_from(name, column).is_empty();
        let is_key = self.table(name)?.primary_key().is_some_and(|key| key.iter().any(|part| part == column));
        let Some(found) = self.table(name)?.column_mut(column) else { return Ok(()) };
        match op {
            AlterColumnOperation::SetNotNull => found.nullable = false,
            AlterColumnOperation::DropNotNull => {
                if is_key {
                    return Err(PgError::invalid_table(format!("column \"{column}\" is in a primary key")));
                }
                if found.identity.is_some() {
                    let message = format!("column \"{column}\" of relation \"{}\" is an identity column", bare(name));
                    return Err(PgError { condition: "SyntaxError", ..PgError::invalid_table(message) });
                }
                found.nullable = true;
            }
            AlterColumnOperation::SetDefault { value } => found.default = default_of(&found.data_type, value),
            AlterColumnOperation::DropDefault => found.default = None,
            AlterColumnOperation::SetDataType { using, .. } => {
                let Some(new_type) = new_type else { return Ok(()) };
                let (old, new) = (found.data_type.clone(), new_type.name);
                if found.identity.is_some() && family(&new) != Family::Integer {
                    return Err(PgError::identity_type());
                }
                // A domain turns into what the type below it turns into.
                if using.is_none() && !is_open && !assignable(&old, &new) {
                    let message = format!("column \"{column}\" cannot be cast automatically to type {}", base(&new));
                    return Err(PgError::mismatch(message));
                }
                if let Some(given) = given
                    && !is_open
                    && !assignable(&given, &new)
                {
                    let what = format!("result of USING clause for column \"{column}\"");
                    let message = format!("{what} cannot be cast automatically to type {}", base(&new));
                    return Err(PgError::mismatch(message));
                }
                let is_sequence = found.default.as_deref().is_some_and(|default| default.starts_with("nextval("));
                if found.default.is_some() && !assignable(&old, &new) && !is_sequence {
                    let message =
                        format!("default for column \"{column}\" cannot be cast automatically to type {}", base(&new));
                    return Err(PgError::mismatch(message));
                }
                if is_source || is_viewed {
                    let user = if is_source { "generated column" } else { "view or rule" };
                    let message = format!("cannot alter type of a column used by a {user}");
                    return Err(PgError::not_supported(message));
                }
                if let Some(default) = found.default.as_deref()
                    && let Some(kept) = default_of_type(default, &old, &new)
                {
                    found.default = Some(kept);
                }
                found.data_type = new;
                // Without one that is said, it is the type's own.
                found.collation = None;
                self.check_users(name, column)?;
            }
            AlterColumnOperation::AddGenerated { generated_as, .. } => {
                add_identity(found, name, generated_as.as_ref())?;
            }
        }
        Ok(())
    }

    /// Refuses what must not be done to a column that decides in which part of its table a row is.
    pub(super) fn check_divides(&self, name: &str, column: &str, verb: &str) -> Result<(), PgError> {
        let keys = self.state.tables.get(name).and_then(|table| table.partition_by.as_ref());
        if keys.is_some_and(|keys| keys.iter().flatten().any(|key| key == column)) {
            let message = format!(
                "cannot {verb} column \"{column}\" because it is part of the partition key of relation \"{}\"",
                bare(name)
            );
            return Err(PgError::invalid_table(message));
        }
        Ok(())
    }

    /// Refuses the new type of a column where what uses the column does not take it.
    fn check_users(&self, name: &str, column: &str) -> Result<(), PgError> {
        let type_of = |table: &str, column: &str| {
            self.state.tables.get(table).and_then(|table| table.column(column)).map(|column| column.data_type.as_str())
        };
        let Some(new) = type_of(name, column) else { return Ok(()) };
        for (owner, table) in &self.state.tables {
            for constraint in &table.constraints {
                let Rule::Foreign(foreign) = &constraint.rule else { continue };
                for (own, other) in foreign.columns.iter().zip(&foreign.references) {
                    let is_about = owner == name && own == column || foreign.table == name && other == column;
                    if is_about
                        && let (Some(one), Some(two)) = (type_of(owner, own), type_of(&foreign.table, other))
                        && !comparable(one, two)
                    {
                        let message = format!("foreign key constraint \"{}\" cannot be implemented", constraint.name);
                        return Err(PgError::mismatch(message));
                    }
                }
            }
        }
        let Some(table) = self.state.tables.get(name) else { return Ok(()) };
        for constraint in &table.constraints {
            if let Rule::PrimaryKey(columns) | Rule::Unique(columns) = &constraint.rule
                && columns.iter().any(|part| part == column)
            {
                check_class(new, "btree")?;
            }
        }
        for index in &table.indexes {
            if self.state.extensions.is_empty() && index.parts.iter().any(|part| part.is_column && part.text == column)
            {
                check_class(new, &index.method)?;
            }
        }
        Ok(())
    }

    fn rename_column(&mut self, name: &str, old: &str, new: &str) -> Result<(), PgError> {
        let table = self.table(name)?;
        if table.column(old).is_none() {
            return Err(PgError::unknown_column(old));
        }
        if table.column(new).is_some() {
            return Err(PgError::duplicate_column(bare(name), new));
        }
        check_name(new)?;
        let rename = |columns: &mut Vec<String>| {
            for column in columns.iter_mut().filter(|column| *column == old) {
                new.clone_into(column);
            }
        };
        if let Some(column) = table.column_mut(old) {
            new.clone_into(&mut column.name);
        }
        for constraint in table.constraints_mut() {
            rename(constraint.rule.columns_mut());
            if let Rule::Check { expression, .. } | Rule::Exclude { definition: expression, .. } = &mut constraint.rule
            {
                *expression = replace_word(expression, old, new);
            }
            if let Rule::Foreign(foreign) = &mut constraint.rule
                && foreign.table == name
            {
                rename(&mut foreign.references);
            }
        }
        for index in &mut table.indexes {
            rename(&mut index.columns);
            for part in &mut index.parts {
                part.text = if part.is_column && part.text == old {
                    new.to_owned()
                } else if part.is_column {
                    part.text.clone()
                } else {
                    replace_word(&part.text, old, new)
                };
            }
            index.predicate = index.predicate.as_deref().map(|predicate| replace_word(predicate, old, new));
        }
        for column in table.columns_mut() {
            column.generated = column.generated.as_deref().map(|text| replace_word(text, old, new));
        }
        let refers = |other: &str, table: &Rc<Table>| other != name && table.refers_to(name);
        self.state.tables.adjust(refers, |table| {
            for constraint in Rc::make_mut(table).constraints_mut() {
                if let Rule::Foreign(foreign) = &mut constraint.rule
                    && foreign.table == name
                {
                    rename(&mut foreign.references);
                }
            }
        });
        let numbers = |_: &str, sequence: &Sequence| matches!(&sequence.owner, Some((table, column)) if table == name && column == old);
        let renamed = Some((name.to_owned(), new.to_owned()));
        self.state.sequences.adjust(numbers, |sequence| sequence.owner.clone_from(&renamed));
        let needs = |_: &str, view: &View| view.needs(name, old);
        self.state.views.adjust(needs, |view| {
            if let Some(columns) = view.columns.get_mut(name) {
                columns.remove(old);
                columns.insert(new.to_owned());
            }
        });
        Ok(())
    }

    /// Gives a table another schema, and its indexes and sequences with it.
    pub(super) fn move_table(&mut self, old: &str, new: &str) -> Result<(), PgError> {
        self.rename_table(old, new)?;
        let schema = schema_of(new);
        let moved: Vec<String> =
            self.state.indexes.iter().filter(|(_, owner)| *owner == new).map(|(name, _)| name.clone()).collect();
        for name in moved {
            self.state.indexes.remove(&name);
            self.state.indexes.insert(format!("{schema}{}", bare(&name)), new.to_owned());
        }
        let owned = |owner: &Option<(String, String)>| matches!(owner, Some((table, _)) if table == new);
        let sequences = self.state.sequences.iter().filter(|(_, sequence)| owned(&sequence.owner));
        let sequences: Vec<String> = sequences.map(|(name, _)| name.clone()).collect();
        for name in sequences {
            if let Some(sequence) = self.state.sequences.remove(&name) {
                self.state.sequences.insert(format!("{schema}{}", bare(&name)), sequence);
            }
        }
        Ok(())
    }

    pub(super) fn rename_table(&mut self, old: &str, new: &str) -> Result<(), PgError> {
        if self.state.has_relation(new) {
            return Err(PgError::duplicate_relation(bare(new)));
        }
        let Some(table) = self.state.tables.remove(old) else { return Err(PgError::undefined("relation", old)) };
        self.state.tables.insert(new.to_owned(), table);
        self.state.rename_heir(old, new);
        self.state.tables.adjust(
            |_, table| table.refers_to(old),
            |table| {
                for constraint in Rc::make_mut(table).constraints_mut() {
                    if let Rule::Foreign(foreign) = &mut constraint.rule
                        && foreign.table == old
                    {
                        new.clone_into(&mut foreign.table);
                    }
                }
            },
        );
        self.state.indexes.adjust(|_, owner| owner == old, |owner| new.clone_into(owner));
        self.state.sequences.adjust(
            |_, sequence| sequence.is_of(old),
            |sequence| {
                if let Some((table, _)) = &mut sequence.owner {
                    new.clone_into(table);
                }
            },
        );
        self.state.views.adjust(
            |_, view| view.reads.contains(old),
            |view| {
                view.reads.remove(old);
                view.reads.insert(new.to_owned());
                if let Some(columns) = view.columns.remove(old) {
                    view.columns.insert(new.to_owned(), columns);
                }
            },
        );
        Ok(())
    }
}

/// Makes a column number its rows.
fn add_identity(found: &mut Column, name: &str, generated_as: Option<&ast::GeneratedAs>) -> Result<(), PgError> {
    let refused =
        |what: &str| PgError::not_ready(format!("column \"{}\" of relation \"{}\" {what}", found.name, bare(name)));
    if family(&found.data_type) != Family::Integer {
        return Err(PgError::identity_type());
    }
    if found.nullable {
        return Err(refused("must be declared NOT NULL before identity can be added"));
    }
    if found.identity.is_some() {
        return Err(refused("is already an identity column"));
    }
    if found.default.is_some() {
        return Err(refused("already has a default value"));
    }
    found.identity = Some(match generated_as {
        Some(ast::GeneratedAs::ByDefault) => Identity::ByDefault,
        _ => Identity::Always,
    });
    Ok(())
}

/// The value that a column gets as its default.
fn defaults_to(op: &AlterColumnOperation) -> Option<&ast::Expr> {
    match op {
        AlterColumnOperation::SetDefault { value } => Some(value),
        _ => None,
    }
}

fn renamed(old: &str, new: &ast::RenameTableNameKind) -> String {
    let (ast::RenameTableNameKind::As(new) | ast::RenameTableNameKind::To(new)) = new;
    let new = object(new);
    if new.contains('.') { new } else { format!("{}{new}", schema_of(old)) }
}

/// Replaces a name in an expression where it stands as a word of its own.
fn replace_word(text: &str, old: &str, new: &str) -> String {
    use crate::schema::token::{Kind, tokens};
    let mut result = String::with_capacity(text.len());
    let mut done = 0;
    for token in tokens(text) {
        let is_it = match token.kind {
            Kind::Word => token.text.eq_ignore_ascii_case(old),
            Kind::Quoted => token.value() == old,
            _ => false,
        };
        if is_it {
            result.push_str(&text[done..token.start]);
            result.push_str(new);
            done = token.end();
        }
    }
    result.push_str(&text[done..]);
    result
}
