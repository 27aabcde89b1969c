//! `CREATE TYPE`, `CREATE DOMAIN` and `ALTER TYPE`.

use std::rc::Rc;

use sqlparser::ast;

use super::create::column_type;
use super::error::PgError;
use super::state::{Adjust as _, Column, UserType};
use super::{Database, bare, ident, object, schema_of};

impl Database {
    pub(super) fn create_type(
        &mut self,
        name: &str,
        representation: Option<&ast::UserDefinedTypeRepresentation>,
    ) -> Result<(), PgError> {
        self.check_schema(name)?;
        // One that has only a name is waiting for the rest of it.
        let is_shell = |user: &UserType| matches!(user, UserType::Other(text) if text.is_empty());
        let completes = matches!(representation, Some(ast::UserDefinedTypeRepresentation::SqlDefinition { .. }))
            && self.state.types.get(name).is_some_and(is_shell);
        if !completes && (self.state.types.contains_key(name) || self.state.tables.contains_key(name)) {
            return Err(PgError::duplicate("type", bare(name)));
        }
        let made = match representation {
            Some(ast::UserDefinedTypeRepresentation::Enum { labels }) => {
                let labels: Vec<String> = labels.iter().map(|label| label.value.clone()).collect();
                if labels.iter().enumerate().any(|(index, label)| labels[..index].contains(label)) {
                    return Err(PgError::not_unique("pg_enum_typid_label_index"));
                }
                UserType::Enum(labels)
            }
            Some(other) => {
                if let ast::UserDefinedTypeRepresentation::Range { options } = other {
                    let multirange = multirange(name, options);
                    self.state.types.insert(multirange, UserType::Other(format!("multirange of {name}")));
                }
                UserType::Other(other.to_string())
            }
            None => UserType::Other(String::new()),
        };
        self.state.types.insert(name.to_owned(), made);
        if self.saved.is_some() {
            self.state.moment.note_type(name);
        }
        Ok(())
    }

    pub(super) fn create_domain(&mut self, domain: &ast::CreateDomain) -> Result<(), PgError> {
        let name = object(&domain.name);
        if self.state.types.contains_key(&name) {
            return Err(PgError::duplicate("type", bare(&name)));
        }
        let over = column_type(&domain.data_type, &self.state)?;
        self.state.types.insert(name, UserType::Other(over.name));
        Ok(())
    }

    pub(super) fn alter_type(&mut self, alter: &ast::AlterType) -> Result<(), PgError> {
        let name = object(&alter.name);
        let Some(known) = self.state.types.get_mut(&name) else { return Err(PgError::undefined("type", bare(&name))) };
        match (&alter.operation, known) {
            (ast::AlterTypeOperation::AddValue(add), UserType::Enum(labels)) => {
                let label = add.value.value.clone();
                if labels.contains(&label) {
                    if add.if_not_exists {
                        return Ok(());
                    }
                    return Err(PgError::duplicate("enum label", &label));
                }
                let near = |other: &ast::Ident| labels.iter().position(|known| *known == other.value);
                if let Some(
                    ast::AlterTypeAddValuePosition::Before(other) | ast::AlterTypeAddValuePosition::After(other),
                ) = &add.position
                    && near(other).is_none()
                {
                    return Err(PgError::no_label(&other.value));
                }
                let at = match &add.position {
                    Some(ast::AlterTypeAddValuePosition::Before(other)) => near(other),
                    Some(ast::AlterTypeAddValuePosition::After(other)) => near(other).map(|at| at + 1),
                    None => None,
                };
                labels.insert(at.unwrap_or(labels.len()), label.clone());
                if self.saved.is_some() {
                    self.state.moment.note_label(&name, &label);
                }
            }
            (ast::AlterTypeOperation::RenameValue(rename), UserType::Enum(labels)) => {
                if labels.contains(&rename.to.value) {
                    // The label that is renamed is looked for first.
                    return Err(if labels.contains(&rename.from.value) {
                        PgError::duplicate("enum label", &rename.to.value)
                    } else {
                        PgError::no_label(&rename.from.value)
                    });
                }
                match labels.iter_mut().find(|label| **label == rename.from.value) {
                    Some(label) => label.clone_from(&rename.to.value),
                    None => return Err(PgError::no_label(&rename.from.value)),
                }
            }
            // An enum whose labels are not known.
            (
                ast::AlterTypeOperation::AddValue(_) | ast::AlterTypeOperation::RenameValue(_),
                UserType::Other(labels),
            ) if labels.is_empty() => {}
            (ast::AlterTypeOperation::Rename(rename), _) => {
                let new = format!("{}{}", schema_of(&name), ident(&rename.new_name));
                if self.state.types.contains_key(&new) {
                    return Err(PgError::duplicate("type", bare(&new)));
                }
                let made = self.state.types.remove(&name);
                self.state.types.extend(made.map(|made| (new.clone(), made)));
                self.state.moment.rename_type(&name, &new);
                let array = format!("{name}[]");
                let is_of = |column: &Column| column.data_type == name || column.data_type == array;
                self.state.tables.adjust(
                    |_, table| table.columns.iter().any(|column| is_of(column)),
                    |table| {
                        for column in Rc::make_mut(table).columns_mut().filter(|column| is_of(column)) {
                            let is_array = column.data_type == array;
                            column.data_type = if is_array { format!("{new}[]") } else { new.clone() };
                        }
                    },
                );
            }
            _ => return Err(PgError::wrong_type(format!("{} is not an enum", bare(&name)))),
        }
        Ok(())
    }
}

/// The type of several ranges that comes with a type of ranges (`makeMultirangeTypeName`).
fn multirange(name: &str, options: &[ast::UserDefinedTypeRangeOption]) -> String {
    let given = options.iter().find_map(|option| match option {
        ast::UserDefinedTypeRangeOption::MultirangeTypeName(given) => Some(object(given)),
        _ => None,
    });
    given.unwrap_or_else(|| match bare(name).rfind("range") {
        Some(at) => {
            let (start, end) = bare(name).split_at(at);
            format!("{}{start}multi{end}", schema_of(name))
        }
        None => format!("{name}_multirange"),
    })
}
