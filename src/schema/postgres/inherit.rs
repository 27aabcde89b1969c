//! Tables that have the columns of others: `INHERITS`, `PARTITION OF`, `LIKE`, `AS SELECT`.

use std::rc::Rc;

use sqlparser::ast::{self, AlterColumnOperation, AlterTableOperation, Expr};

use super::create::Wanted;
use super::error::PgError;
use super::rewrite::Copied;
use super::state::{Adjust as _, Column, Heritage, Index, KeyOptions, Rule, State, Table};
use super::{Database, bare, ident, object};

/// What a new table has before its own columns.
#[derive(Debug, Default)]
pub(super) struct Inherited {
    pub columns: Vec<Rc<Column>>,
    pub checks: Vec<Wanted>,
    pub heritage: Option<Heritage>,
}

impl State {
    /// The tables that inherit from one, directly.
    pub(super) fn children(&self, name: &str) -> Vec<String> {
        let is_child = |heritage: &Heritage| heritage.parents.iter().any(|parent| parent == name);
        self.heirs.iter().filter(|(_, heritage)| is_child(heritage)).map(|(child, _)| child.clone()).collect()
    }

    pub(super) fn is_partition(&self, name: &str) -> bool {
        self.heirs.get(name).is_some_and(|heritage| heritage.is_partition)
    }

    /// The table that a part of one, or a part of a part, keeps the rows of.
    pub(super) fn whole_of(&self, part: &str) -> Option<&str> {
        let above = |part: &str| self.heirs.get(part).filter(|heritage| heritage.is_partition)?.parents.first();
        let mut whole = above(part)?;
        let mut left = self.heirs.len();
        while let Some(next) = above(whole).filter(|_| left > 0) {
            (whole, left) = (next, left - 1);
        }
        Some(whole)
    }

    /// Whether a parent of the table has this column.
    fn inherits_column(&self, name: &str, column: &str) -> bool {
        let parents = self.heirs.get(name).map(|heritage| heritage.parents.as_slice()).unwrap_or_default();
        parents.iter().any(|parent| self.tables.get(parent).is_some_and(|table| table.column(column).is_some()))
    }

    /// The parts of a table, and theirs.
    pub(super) fn parts_of(&self, name: &str) -> Vec<String> {
        let mut found = vec![name.to_owned()];
        let mut at = 0;
        while let Some(whole) = found.get(at).cloned() {
            found.extend(self.children(&whole).into_iter().filter(|child| self.is_partition(child)));
            at += 1;
        }
        found
    }

    /// Gives a table another name wherever others inherit from it.
    pub(super) fn rename_heir(&mut self, old: &str, new: &str) {
        if let Some(heritage) = self.heirs.remove(old) {
            self.heirs.insert(new.to_owned(), heritage);
        }
        self.heirs.adjust(
            |_, heritage| heritage.parents.iter().any(|parent| parent == old),
            |heritage| {
                for parent in heritage.parents.iter_mut().filter(|parent| *parent == old) {
                    new.clone_into(parent);
                }
            },
        );
    }
}

impl Database {
    /// What a table has from those that it names as its parents, or that it is a part of.
    pub(super) fn inherited(&self, create: &ast::CreateTable, name: &str) -> Result<Inherited, PgError> {
        if let Some(parent) = &create.partition_of {
            let parent = self.temporary_or(object(parent));
            let Some(table) = self.state.tables.get(&parent) else { return Err(self.no_table(&parent)) };
            if table.partition_by.is_none() {
                return Err(PgError::invalid_object(format!("\"{}\" is not partitioned", bare(&parent))));
            }
            let heritage = Heritage { parents: vec![parent.clone()], is_partition: true };
            return Ok(Inherited { heritage: Some(heritage), ..of_parent(table) });
        }
        let mut all = Inherited::default();
        let mut parents: Vec<String> = Vec::new();
        for parent in create.inherits.iter().flatten() {
            let parent = self.temporary_or(object(parent));
            let Some(table) = self.state.tables.get(&parent) else { return Err(self.no_table(&parent)) };
            let refused =
                |what: &str| Err(PgError::wrong_type(format!("cannot inherit from {what} \"{}\"", bare(&parent))));
            if table.partition_by.is_some() {
                return refused("partitioned table");
            }
            if self.state.is_partition(&parent) {
                return refused("partition");
            }
            if table.temporary && !name.starts_with("pg_temp.") {
                return refused("temporary relation");
            }
            if parents.contains(&parent) {
                let message = format!("relation \"{}\" would be inherited from more than once", bare(&parent));
                return Err(PgError { condition: "DuplicateTable", ..PgError::wrong_type(message) });
            }
            let Inherited { columns, checks, .. } = of_parent(table);
            for column in columns {
                match all.columns.iter_mut().find(|known| known.name == column.name) {
                    Some(known) if known.data_type != column.data_type => {
                        let message = format!("inherited column \"{}\" has a type conflict", column.name);
                        return Err(PgError::mismatch(message));
                    }
                    Some(known) => Rc::make_mut(known).nullable &= column.nullable,
                    None => all.columns.push(column),
                }
            }
            for check in checks {
                if !all.checks.iter().any(|known| known.name == check.name) {
                    all.checks.push(check);
                }
            }
            parents.push(parent);
        }
        all.heritage = (!parents.is_empty()).then_some(Heritage { parents, is_partition: false });
        Ok(all)
    }

    fn no_table(&self, name: &str) -> PgError {
        if self.state.has_relation(name) {
            let message = format!("inherited relation \"{}\" is not a table or foreign table", bare(name));
            return PgError::wrong_type(message);
        }
        PgError::undefined("relation", name)
    }

    /// A column of a table that has one of this name from a parent: both become one.
    pub(super) fn merged(known: &Column, own: Column) -> Result<Column, PgError> {
        if known.data_type != own.data_type {
            return Err(PgError::mismatch(format!("column \"{}\" has a type conflict", own.name)));
        }
        let nullable = known.nullable && own.nullable;
        Ok(Column { nullable, default: own.default.clone().or_else(|| known.default.clone()), ..own })
    }

    /// Gives a new part of a table the keys and indexes of the whole.
    pub(super) fn clone_parts(&mut self, parent: &str, part: &str) -> Result<(), PgError> {
        let Some(whole) = self.state.tables.get(parent).cloned() else { return Ok(()) };
        for constraint in &whole.constraints {
            if matches!(constraint.rule, Rule::Check { .. }) {
                continue;
            }
            let Some(own) = self.state.tables.get(part) else { continue };
            if own.constraints.iter().any(|known| known.rule == constraint.rule) {
                continue;
            }
            let is_free = own.constraint(&constraint.name).is_none();
            // A key's index needs a name of its own; a reference keeps the name.
            let name = (!constraint.rule.has_index() && is_free).then(|| constraint.name.clone());
            self.add_constraint(
                part,
                Wanted { name, rule: constraint.rule.clone(), options: constraint.options.clone() },
            )?;
        }
        for index in &whole.indexes {
            self.clone_index(index, part);
        }
        for (trigger, text) in &whole.triggers {
            if let Some(table) = self.state.table_mut(part) {
                table.triggers.entry(trigger.clone()).or_insert_with(|| text.clone());
            }
        }
        Ok(())
    }

    /// Gives a part of a table an index of the whole, if it has none that does the same.
    pub(super) fn clone_index(&mut self, index: &Index, part: &str) {
        let Some(own) = self.state.tables.get(part) else { return };
        let does_the_same = |known: &Index| {
            known.parts == index.parts
                && known.unique == index.unique
                && known.method == index.method
                && known.predicate == index.predicate
        };
        if own.indexes.iter().any(does_the_same) {
            return;
        }
        let labels: Vec<&str> = index
            .parts
            .iter()
            .map(|part| match part.text.split_once('(') {
                _ if part.is_column => part.text.as_str(),
                Some((function, _)) if !function.is_empty() && !function.contains(' ') => function,
                _ => "expr",
            })
            .collect();
        let name = self.state.choose_name(part, &labels.join("_"), "idx", &|_| false);
        let made = Index { name: bare(&name).to_owned(), whole: Some(index.name.clone()), ..index.clone() };
        self.state.indexes.insert(name, part.to_owned());
        if let Some(table) = self.state.table_mut(part) {
            table.indexes.push(made);
        }
        let parts = if self.state.tables.get(part).is_some_and(|table| table.partition_by.is_some()) {
            self.state.children(part)
        } else {
            Vec::new()
        };
        for below in parts {
            self.clone_index(index, &below);
        }
    }

    /// Refuses to change on a table what it has from its parents.
    pub(super) fn check_own(&self, name: &str, operation: &AlterTableOperation) -> Result<(), PgError> {
        if self.state.heirs.is_empty() {
            return Ok(());
        }
        let refused = |what: &str, column: &str| {
            Err(PgError::invalid_table(format!("cannot {what} inherited column \"{column}\"")))
        };
        let has = |column: &str| self.state.inherits_column(name, column);
        match operation {
            AlterTableOperation::DropColumn { column_names, .. } => {
                match column_names.iter().map(ident).find(|column| has(column)) {
                    Some(column) => refused("drop", &column),
                    None => Ok(()),
                }
            }
            AlterTableOperation::RenameColumn { old_column_name, .. } if has(&ident(old_column_name)) => {
                refused("rename", &ident(old_column_name))
            }
            AlterTableOperation::AlterColumn { column_name, op: AlterColumnOperation::SetDataType { .. } }
                if has(&ident(column_name)) =>
            {
                refused("alter", &ident(column_name))
            }
            AlterTableOperation::DropConstraint { name: constraint, .. } => {
                let constraint = ident(constraint);
                let own = self.state.tables.get(name).and_then(|table| table.constraint(&constraint));
                let parents = self.state.heirs.get(name).map(|heritage| heritage.parents.as_slice());
                let is_inherited = own.is_some_and(|own| {
                    parents.unwrap_or_default().iter().filter_map(|parent| self.state.tables.get(parent)).any(|table| {
                        table.constraints.iter().any(|known| match &known.rule {
                            Rule::Check { .. } => known.name == constraint && known.rule == own.rule,
                            rule => self.state.is_partition(name) && *rule == own.rule,
                        })
                    })
                });
                if is_inherited {
                    let message =
                        format!("cannot drop inherited constraint \"{constraint}\" of relation \"{}\"", bare(name));
                    return Err(PgError::invalid_table(message));
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// Does to the tables that inherit from one what was done to it.
    pub(super) fn pass_on(&mut self, name: &str, operation: &AlterTableOperation) -> Result<(), PgError> {
        if self.state.heirs.is_empty() {
            return Ok(());
        }
        let divided = self.state.tables.get(name).is_some_and(|table| table.partition_by.is_some());
        for child in self.state.children(name) {
            let Some(table) = self.state.tables.get(&child) else { continue };
            let wanted = match operation {
                AlterTableOperation::AddColumn { column_def, .. } => {
                    let column = ident(&column_def.name);
                    if table.column(&column).is_some() {
                        continue;
                    }
                    let made = self.state.tables.get(name).and_then(|parent| parent.column(&column)).cloned();
                    if let (Some(made), Some(table)) = (made, self.state.table_mut(&child)) {
                        table.columns.push(Rc::new(Column { local: false, ..made }));
                    }
                    self.pass_on(&child, operation)?;
                    continue;
                }
                AlterTableOperation::DropColumn { column_names, .. } => {
                    column_names.iter().any(|column| table.column(&ident(column)).is_some_and(|own| !own.local))
                }
                AlterTableOperation::RenameColumn { old_column_name, .. } => {
                    table.column(&ident(old_column_name)).is_some()
                }
                AlterTableOperation::AlterColumn { column_name, op } => {
                    table.column(&ident(column_name)).is_some()
                        && !matches!(op, AlterColumnOperation::AddGenerated { .. })
                }
                AlterTableOperation::AddConstraint { constraint, .. } => match constraint {
                    ast::TableConstraint::Check(check) => {
                        let named = check.name.as_ref().map(ident);
                        if named.is_some_and(|named| table.constraint(&named).is_some()) {
                            continue;
                        }
                        !check.to_string().to_ascii_uppercase().contains("NO INHERIT")
                    }
                    _ if divided => {
                        self.clone_parts(name, &child)?;
                        false
                    }
                    _ => false,
                },
                AlterTableOperation::DropConstraint { name: constraint, .. } => {
                    let own = table.constraint(&ident(constraint));
                    own.is_some_and(|own| own.options.inherited || !matches!(own.rule, Rule::Check { .. }) && divided)
                }
                _ => false,
            };
            if wanted {
                self.alter_one(&child, operation)?;
                if let AlterTableOperation::AddConstraint { .. } = operation
                    && let Some(table) = self.state.table_mut(&child)
                    && let Some(last) = table.constraints.last_mut()
                {
                    Rc::make_mut(last).options.inherited = true;
                }
                self.pass_on(&child, operation)?;
            }
        }
        Ok(())
    }

    /// `ATTACH PARTITION` and `INHERIT`.
    pub(super) fn attach(&mut self, parent: &str, child: &str, is_partition: bool) -> Result<(), PgError> {
        let (parent, child) = (&self.temporary_or(parent.to_owned()), &self.temporary_or(child.to_owned()));
        let (Some(whole), Some(part)) = (self.state.tables.get(parent), self.state.tables.get(child)) else {
            let missing = if self.state.tables.contains_key(parent) { child } else { parent };
            return Err(PgError::undefined("relation", missing));
        };
        if is_partition && whole.partition_by.is_none() {
            let message = format!("ALTER action ATTACH PARTITION cannot be performed on relation \"{}\"", bare(parent));
            return Err(PgError::wrong_type(message));
        }
        if is_partition && self.state.is_partition(child) {
            return Err(PgError::wrong_type(format!("\"{}\" is already a partition", bare(child))));
        }
        for column in &whole.columns {
            let Some(own) = part.column(&column.name) else {
                return Err(PgError::mismatch(format!("child table is missing column \"{}\"", column.name)));
            };
            if own.data_type != column.data_type {
                let message =
                    format!("child table \"{}\" has different type for column \"{}\"", bare(child), column.name);
                return Err(PgError::mismatch(message));
            }
            if own.nullable && !column.nullable {
                let message = format!("column \"{}\" in child table must be marked NOT NULL", column.name);
                return Err(PgError::mismatch(message));
            }
        }
        if is_partition && let Some(extra) = part.columns.iter().find(|column| whole.column(&column.name).is_none()) {
            let message = format!(
                "table \"{}\" contains column \"{}\" not found in parent \"{}\"",
                bare(child),
                extra.name,
                bare(parent)
            );
            return Err(PgError::mismatch(message));
        }
        let mut heritage = self.state.heirs.get(child).cloned().unwrap_or_default();
        if heritage.parents.contains(parent) {
            let message = format!("relation \"{}\" would be inherited from more than once", bare(parent));
            return Err(PgError { condition: "DuplicateTable", ..PgError::wrong_type(message) });
        }
        heritage.parents.push(parent.clone());
        heritage.is_partition = is_partition;
        self.state.heirs.insert(child.clone(), heritage);
        if is_partition { self.clone_parts(parent, child) } else { Ok(()) }
    }

    /// `DETACH PARTITION` and `NO INHERIT`.
    pub(super) fn detach(&mut self, parent: &str, child: &str, is_partition: bool) -> Result<(), PgError> {
        let (parent, child) = (&self.temporary_or(parent.to_owned()), &self.temporary_or(child.to_owned()));
        for name in [parent, child] {
            if !self.state.has_relation(name) {
                return Err(PgError::undefined("relation", name));
            }
        }
        let is_child = |heritage: &&mut Heritage| heritage.parents.contains(parent);
        let Some(heritage) = self.state.heirs.get_mut(child).filter(is_child) else {
            let message = if is_partition {
                format!("relation \"{}\" is not a partition of relation \"{}\"", bare(child), bare(parent))
            } else {
                format!("relation \"{}\" is not a parent of relation \"{}\"", bare(parent), bare(child))
            };
            return Err(PgError { condition: "UndefinedTable", ..PgError::wrong_type(message) });
        };
        heritage.parents.retain(|known| known != parent);
        if heritage.parents.is_empty() {
            self.state.heirs.remove(child);
        }
        if let Some(table) = self.state.table_mut(child) {
            table.columns_mut().for_each(|column| column.local = true);
            table.indexes.iter_mut().for_each(|index| index.whole = None);
        }
        Ok(())
    }

    /// The columns of `CREATE TABLE … (LIKE other)`.
    pub(super) fn columns_like(&self, like: &ast::CreateTableLikeKind) -> Result<Vec<Rc<Column>>, PgError> {
        let (ast::CreateTableLikeKind::Parenthesized(like) | ast::CreateTableLikeKind::Plain(like)) = like;
        let name = self.temporary_or(object(&like.name));
        if let Some(output) = self.state.views.get(&name).and_then(|view| view.output.clone()) {
            return plain_columns(output).ok_or_else(|| not_plain(&name));
        }
        if self.state.views.contains_key(&name) || self.state.types.contains_key(&name) {
            return Err(not_plain(&name));
        }
        let Some(table) = self.state.tables.get(&name) else { return Err(PgError::undefined("relation", &name)) };
        let with_defaults = like.defaults == Some(ast::CreateTableLikeDefaults::Including);
        Ok(table
            .columns
            .iter()
            .map(|column| {
                Rc::new(Column {
                    default: column.default.clone().filter(|_| with_defaults),
                    identity: None,
                    generated: None,
                    local: true,
                    ..(**column).clone()
                })
            })
            .collect())
    }

    /// What `LIKE other INCLUDING …` brings besides the columns; foreign keys are never among it.
    pub(super) fn copy_parts(&mut self, name: &str, other: &str, copied: Copied) -> Result<(), PgError> {
        let Some(source) = self.state.tables.get(&self.temporary_or(other.to_owned())).cloned() else { return Ok(()) };
        if let Some(table) = self.state.table_mut(name) {
            for (column, own) in table.columns_mut().zip(&source.columns) {
                column.identity = own.identity.filter(|_| copied.identity);
                column.generated = own.generated.clone().filter(|_| copied.generated);
            }
        }
        for constraint in &source.constraints {
            let wanted = match &constraint.rule {
                Rule::Check { .. } if copied.checks => Some(constraint.name.clone()),
                Rule::PrimaryKey(_) | Rule::Unique(_) | Rule::Exclude { .. } if copied.indexes => None,
                _ => continue,
            };
            let (rule, options) = (constraint.rule.clone(), constraint.options.clone());
            self.add_constraint(name, Wanted { name: wanted, rule, options })?;
        }
        for index in source.indexes.iter().filter(|_| copied.indexes) {
            self.clone_index(index, name);
        }
        if let Some(table) = self.state.table_mut(name) {
            table.indexes.iter_mut().for_each(|index| index.whole = None);
        }
        Ok(())
    }

    /// The columns of `CREATE TABLE … AS SELECT …`.
    pub(super) fn columns_selected(
        &self,
        create: &ast::CreateTable,
        query: &ast::Query,
    ) -> Result<Vec<Rc<Column>>, PgError> {
        let name = object(&create.name);
        let mut output = self.columns_of(query).ok_or_else(|| not_plain(&name))?;
        for (column, given) in output.iter_mut().zip(&create.columns) {
            column.0 = ident(&given.name);
        }
        plain_columns(output).ok_or_else(|| not_plain(&name))
    }
}

fn not_plain(name: &str) -> PgError {
    PgError::unsupported(format!("makes the table \"{name}\" of a query whose columns are not plain"))
}

fn plain_columns(output: Vec<(String, Option<String>)>) -> Option<Vec<Rc<Column>>> {
    let column = |(name, data_type): (String, Option<String>)| {
        Some(Rc::new(Column { name, data_type: data_type?, nullable: true, local: true, ..Column::default() }))
    };
    output.into_iter().map(column).collect()
}

/// What a table gives to those that inherit from it.
fn of_parent(table: &Table) -> Inherited {
    let columns = table.columns.iter().map(|column| {
        // An identity numbers the rows of one table alone.
        Rc::new(Column { local: false, identity: None, ..(**column).clone() })
    });
    let checks = table.constraints.iter().filter_map(|constraint| match &constraint.rule {
        Rule::Check { expression, .. } if !expression.to_ascii_uppercase().contains("NO INHERIT") => Some(Wanted {
            name: Some(constraint.name.clone()),
            rule: constraint.rule.clone(),
            options: KeyOptions { inherited: true, ..KeyOptions::default() },
        }),
        _ => None,
    });
    Inherited { columns: columns.collect(), checks: checks.collect(), heritage: None }
}

/// Refuses a bound of another kind than the whole is divided by.
pub(super) fn check_bound(whole: &Table, bound: Option<&ast::ForValues>) -> Result<(), PgError> {
    let Some(strategy) = whole.strategy.as_deref() else { return Ok(()) };
    let fits = match bound {
        Some(ast::ForValues::In(_)) => strategy == "list",
        Some(ast::ForValues::From { from, to }) => {
            let keys = whole.partition_by.as_ref().map_or(0, Vec::len);
            if strategy == "range" && (from.len() != keys || to.len() != keys) {
                let side = if from.len() == keys { "TO" } else { "FROM" };
                let message = format!("{side} must specify exactly one value per partitioning column");
                return Err(PgError::invalid_object(message));
            }
            strategy == "range"
        }
        Some(ast::ForValues::With { .. }) => strategy == "hash",
        Some(ast::ForValues::Default) if strategy == "hash" => {
            let message = "a hash-partitioned table may not have a default partition".to_owned();
            return Err(PgError::invalid_table(message));
        }
        Some(ast::ForValues::Default) | None => true,
    };
    if fits {
        return Ok(());
    }
    Err(PgError::invalid_table(format!("invalid bound specification for a {strategy} partition")))
}

/// The word that a table is divided by: `range`, `list`, `hash`.
pub(super) fn strategy(by: &Expr) -> Option<String> {
    match by {
        Expr::Function(function) => Some(object(&function.name)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_of_a_table_has_its_columns_keys_and_indexes() {
        let mut database = Database::default();
        database
            .execute(
                "CREATE TABLE m (at DATE NOT NULL, n INT, PRIMARY KEY (at, n)) PARTITION BY RANGE (at);
                 CREATE INDEX ON m (n);
                 CREATE TABLE m1 PARTITION OF m FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
                 ALTER TABLE m ADD COLUMN note TEXT;
                 CREATE INDEX ON m (note)",
            )
            .unwrap();
        let part = database.state().tables.get("m1").unwrap();
        assert!(part.column("note").is_some());
        assert_eq!(part.constraints[0].name, "m1_pkey");
        let indexes: Vec<&str> = part.indexes.iter().map(|index| index.name.as_str()).collect();
        assert_eq!(indexes, ["m1_n_idx", "m1_note_idx"]);
        let said = |database: &mut Database, sql: &str| database.execute(sql).unwrap_err().message;
        assert_eq!(said(&mut database, "ALTER TABLE m1 DROP COLUMN note"), "cannot drop inherited column \"note\"");
        database.execute("DROP TABLE m").unwrap();
        assert!(database.state().tables.is_empty() && database.state().indexes.is_empty());
    }
}
