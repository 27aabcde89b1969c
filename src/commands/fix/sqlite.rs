//! A plan as SQL of SQLite's: what `ALTER TABLE` can do, and a rebuild of the table for the rest
//! (<https://www.sqlite.org/lang_altertable.html>, "Making Other Kinds Of Table Schema Changes").

use std::collections::{BTreeMap, BTreeSet};

use super::keys::constraint_name;
use super::plan::said;
use crate::evaluate::parity::{Difference, What};
use crate::schema::delta::{Attribute, Object};
use crate::schema::dialect::Dialect;
use crate::schema::model::{Column, ForeignKey, Index, IndexOptions, IndexTerm, KeyOptions, Name, Schema, Table};
use crate::schema::types::{Affinity, coarse};
use crate::schema::{render, token};

/// What a file is to say, and what is left.
#[derive(Debug, Default)]
pub struct Statements {
    pub up: Vec<String>,
    /// What takes it back, in its own order.
    pub down: Vec<String>,
    pub by_hand: Vec<String>,
    pub notes: Vec<String>,
}

/// The two sides between which a plan is made.
#[derive(Debug)]
pub struct Sides<'s> {
    /// That of the other track.
    pub dialect: Dialect,
    pub own: Dialect,
    /// As the other track makes it.
    pub source: &'s Schema,
    /// As SQLite has it.
    pub target: &'s Schema,
}

/// The statements that make up for differences.
pub fn statements(sides: &Sides<'_>, differences: &[Difference]) -> Statements {
    let mut writer = Writer {
        sides,
        found: Statements::default(),
        wanted: sides.target.tables.clone(),
        rebuilt: BTreeSet::new(),
        inline: BTreeSet::new(),
    };
    // A key of a new column is said with the column.
    for difference in differences {
        if let (Object::ForeignKey { table, columns }, What::Added(_)) = (&difference.object, &difference.what)
            && let [only] = columns.as_slice()
            && sides.target.tables.get(table).is_some_and(|table| table.column(only).is_none())
        {
            writer.inline.insert((table.clone(), only.clone()));
        }
    }
    for difference in differences {
        if writer.difference(difference).is_none() {
            writer.found.by_hand.push(said(difference));
        }
    }
    writer.rebuild();
    writer.found.down.reverse();
    writer.found
}

struct Writer<'s> {
    sides: &'s Sides<'s>,
    found: Statements,
    /// The tables as they are to be, where one is rebuilt.
    wanted: BTreeMap<Name, Table>,
    rebuilt: BTreeSet<Name>,
    inline: BTreeSet<(Name, Name)>,
}

impl Writer<'_> {
    fn difference(&mut self, difference: &Difference) -> Option<()> {
        let object = &difference.object;
        match (object, &difference.what) {
            (Object::Table(name), What::Added(_)) => self.create(name),
            (Object::Table(name), What::Removed) => {
                self.found.up.push(format!("DROP TABLE {}", render::quoted(name)));
                Some(())
            }
            (Object::Column { table, name }, What::Added(_)) => self.add_column(table, name),
            (Object::Column { table, name }, What::Removed) => self.drop_column(table, name),
            (Object::Column { table, name }, What::Differs { attribute, .. }) => self.alter(table, name, *attribute),
            (Object::Index { table, name }, What::Added(_)) => {
                let index = self.sides.source.tables.get(table)?.indexes.get(name)?.clone();
                self.create_index(table, &index)
            }
            (Object::Index { table, name }, What::Differs { .. }) => {
                let index = self.sides.source.tables.get(table)?.indexes.get(name)?.clone();
                self.sides.target.tables.get(table)?.indexes.get(name)?;
                self.found.up.push(format!("DROP INDEX {}", render::quoted(name)));
                self.create_index(table, &index)
            }
            (Object::Unique { table, columns }, What::Added(_)) => {
                let name = constraint_name(table, columns, "key");
                let parts = columns.iter().map(render::quoted).collect::<Vec<_>>().join(", ");
                let (own, on) = (render::quoted(&name), render::quoted(table));
                self.found.up.push(format!("CREATE UNIQUE INDEX {own} ON {on} ({parts})"));
                self.found.down.push(format!("DROP INDEX {own}"));
                Some(())
            }
            (Object::ForeignKey { table, columns }, What::Added(_)) => {
                if let [only] = columns.as_slice()
                    && self.inline.contains(&(table.clone(), only.clone()))
                {
                    return Some(());
                }
                let key =
                    self.sides.source.tables.get(table)?.foreign_keys.iter().find(|key| key.columns == *columns)?;
                let key = self.foreign_key(key);
                self.wanted.get_mut(table)?.foreign_keys.push(key);
                self.rebuilt.insert(table.clone());
                Some(())
            }
            (Object::Index { table, name }, What::Removed) => {
                self.sides.target.tables.get(table)?.indexes.get(name)?;
                self.found.up.push(format!("DROP INDEX {}", render::quoted(name)));
                Some(())
            }
            _ => None,
        }
    }

    fn create(&mut self, name: &Name) -> Option<()> {
        let source = self.sides.source.tables.get(name)?;
        let own = source.primary_key();
        let counts = matches!(own.as_slice(), [only] if source.column(only).is_some_and(numbers_itself));
        let mut table = Table { name: source.name.clone(), ..Table::default() };
        for column in &source.columns {
            let mut made = self.column(source, column);
            if counts && made.primary_key.is_some() {
                (made.data_type, made.default) = ("INTEGER".to_owned(), None);
            }
            table.columns.push(made);
        }
        table.uniques = source
            .uniques
            .iter()
            .map(|unique| crate::schema::model::Unique {
                conflict: None,
                options: KeyOptions::default(),
                ..unique.clone()
            })
            .collect();
        table.foreign_keys = source.foreign_keys.iter().map(|key| self.foreign_key(key)).collect();
        self.found.up.push(render::create_table(&table));
        self.found.down.push(format!("DROP TABLE {}", render::quoted(name)));
        for index in source.indexes.values() {
            // They go with their table.
            let down = self.found.down.len();
            self.create_index(name, index)?;
            self.found.down.truncate(down);
        }
        Some(())
    }

    fn add_column(&mut self, table: &Name, name: &Name) -> Option<()> {
        let source = self.sides.source.tables.get(table)?;
        let mut column = self.column(source, source.column(name)?);
        column.primary_key = None;
        let key = source.foreign_keys.iter().find(|key| key.columns == [name.clone()]).map(|key| self.foreign_key(key));
        let is_computed = column.default.as_deref().is_some_and(|default| {
            token::tokens(default).any(|token| {
                token.kind == token::Kind::Word && !["true", "false", "null"].iter().any(|word| token.is(word))
            })
        });
        let own = self.wanted.get_mut(table)?;
        if is_computed || column.generated.is_some() {
            own.columns.push(column);
            own.foreign_keys.extend(key);
            self.rebuilt.insert(table.clone());
            return Some(());
        }
        if !column.nullable && column.default.is_none() {
            let note = format!(
                "`{table}.{name}` may be NULL on SQLite, which adds no column that must not be without a default"
            );
            self.found.notes.push(note);
            column.nullable = true;
        }
        let mut text = format!("{} {}", render::quoted(name), render::column_definition(&column)).trim_end().to_owned();
        if let Some(key) = &key {
            // `FOREIGN KEY (a) REFERENCES t (b)`, without its columns.
            let definition = render::foreign_key_definition(&ForeignKey { name: None, ..key.clone() });
            let references = definition.find("REFERENCES").map(|at| definition[at..].to_owned()).unwrap_or_default();
            text.push_str(&format!(" {references}"));
        }
        own.columns.push(column);
        own.foreign_keys.extend(key);
        let on = render::quoted(table);
        self.found.up.push(format!("ALTER TABLE {on} ADD COLUMN {text}"));
        self.found.down.push(format!("ALTER TABLE {on} DROP COLUMN {}", render::quoted(name)));
        Some(())
    }

    fn drop_column(&mut self, table: &Name, name: &Name) -> Option<()> {
        let own = self.wanted.get_mut(table)?;
        let at = own.columns.iter().position(|column| column.name == *name)?;
        if own.columns[at].primary_key.is_some() {
            return None;
        }
        let is_part = |index: &Index| {
            index.parts.iter().any(|part| matches!(&part.term, IndexTerm::Column(term) if term == name))
        };
        let indexes: Vec<Name> =
            own.indexes.values().filter(|index| is_part(index)).map(|index| index.name.clone()).collect();
        let in_key = own.uniques.iter().any(|unique| unique.columns.contains(name))
            || own.foreign_keys.iter().any(|key| key.columns.contains(name));
        own.columns.remove(at);
        own.indexes.retain(|_, index| !indexes.contains(&index.name));
        own.uniques.retain(|unique| !unique.columns.contains(name));
        own.foreign_keys.retain(|key| !key.columns.contains(name));
        if in_key {
            self.rebuilt.insert(table.clone());
            return Some(());
        }
        self.found.up.extend(indexes.iter().map(|index| format!("DROP INDEX {}", render::quoted(index))));
        self.found.up.push(format!("ALTER TABLE {} DROP COLUMN {}", render::quoted(table), render::quoted(name)));
        Some(())
    }

    fn alter(&mut self, table: &Name, name: &Name, attribute: Attribute) -> Option<()> {
        let source = self.sides.source.tables.get(table)?;
        let wanted = self.column(source, source.column(name)?);
        let column = self.wanted.get_mut(table)?.columns.iter_mut().find(|column| column.name == *name)?;
        match attribute {
            Attribute::Type => column.data_type = wanted.data_type,
            Attribute::Nullability => column.nullable = wanted.nullable,
            Attribute::Default => column.default = wanted.default,
            _ => return None,
        }
        self.rebuilt.insert(table.clone());
        Some(())
    }

    fn create_index(&mut self, table: &Name, index: &Index) -> Option<()> {
        if index.options.method.is_some() || index.predicate.is_some() && self.sides.dialect != self.sides.own {
            return None;
        }
        if index.parts.iter().any(|part| matches!(part.term, IndexTerm::Expression(_))) {
            return None;
        }
        let unique = if index.unique { "UNIQUE " } else { "" };
        let plain = Index { options: IndexOptions::default(), ..index.clone() };
        // Names of indexes are one for all tables.
        let is_dropped = self.found.up.contains(&format!("DROP INDEX {}", render::quoted(&index.name)));
        let is_taken =
            !is_dropped && self.sides.target.tables.iter().any(|(_, other)| other.indexes.contains_key(&index.name));
        let name = if is_taken { Name::new(format!("{table}_{}", index.name)) } else { index.name.clone() };
        let (own, on) = (render::quoted(&name), render::quoted(table));
        self.found.up.push(format!("CREATE {unique}INDEX {own} ON {on} {}", render::index_terms(&plain)));
        self.found.down.push(format!("DROP INDEX {own}"));
        Some(())
    }

    /// Makes the tables anew that SQLite cannot alter: the new one, the rows, the old one away, the name, what hung on it.
    fn rebuild(&mut self) {
        for name in std::mem::take(&mut self.rebuilt) {
            let (Some(wanted), Some(old)) = (self.wanted.get(&name), self.sides.target.tables.get(&name)) else {
                continue;
            };
            let new = Name::new(format!("{name}_new"));
            let (own, other) = (render::quoted(&name), render::quoted(&new));
            let kept: Vec<&Column> = wanted
                .columns
                .iter()
                .filter(|column| old.column(&column.name).is_some() && column.generated.is_none())
                .collect();
            let columns = kept.iter().map(|column| render::quoted(&column.name)).collect::<Vec<_>>().join(", ");
            let values = kept.iter().map(|column| {
                let was_nullable = old.column(&column.name).is_some_and(|old| old.nullable);
                let quoted = render::quoted(&column.name);
                match &column.default {
                    Some(default) if was_nullable && !column.nullable => format!("coalesce({quoted}, {default})"),
                    _ => quoted,
                }
            });
            let values = values.collect::<Vec<_>>().join(", ");
            let up = &mut self.found.up;
            // What was altered by itself before is in the new table.
            up.retain(|statement| !statement.starts_with(&format!("ALTER TABLE {own} ")));
            up.push(render::create_table(&Table { name: new.clone(), ..wanted.clone() }));
            up.push(format!("INSERT INTO {other} ({columns}) SELECT {values} FROM {own}"));
            up.push(format!("DROP TABLE {own}"));
            up.push(format!("ALTER TABLE {other} RENAME TO {own}"));
            for index in wanted.indexes.values() {
                let unique = if index.unique { "UNIQUE " } else { "" };
                let (index_name, definition) = (render::quoted(&index.name), render::index_definition(index));
                up.push(format!("CREATE {unique}INDEX {index_name} ON {own} {definition}"));
            }
            let triggers = self.sides.target.triggers.values().filter(|trigger| trigger.table == name);
            up.extend(triggers.map(|trigger| trigger.sql.clone()));
            let refers = |table: &&Table| table.foreign_keys.iter().any(|key| key.table == name);
            if self.sides.target.tables.values().any(|table| refers(&table)) {
                self.found.notes.push(format!(
                    "other tables refer to `{name}`, which is made anew: let the runner turn `PRAGMA foreign_keys` off for it"
                ));
            }
        }
    }

    fn foreign_key(&self, key: &ForeignKey) -> ForeignKey {
        let mut key = key.clone();
        if key.references.is_empty() {
            let table = self.sides.source.tables.get(&key.table);
            key.references = table.map(|table| table.primary_key().into_iter().cloned().collect()).unwrap_or_default();
        }
        key
    }

    /// A column of the other track as SQLite has it.
    fn column(&mut self, table: &Table, column: &Column) -> Column {
        let mut made = column.clone();
        made.collation = None;
        if self.sides.dialect == self.sides.own {
            return made;
        }
        made.data_type = self.data_type(&column.data_type);
        made.default = match column.default.as_deref().map(default) {
            Some(Some(default)) => Some(default),
            Some(None) => {
                let written = column.default.as_deref().unwrap_or_default();
                let place = format!("`{}.{}`", table.name, column.name);
                if !numbers_itself(column) {
                    self.found.notes.push(format!("the default of {place} is left out: `{written}` is not SQLite's"));
                }
                None
            }
            None => None,
        };
        made
    }

    /// SQLite's type for one of the other track: what most columns of that type have, else by the kind of value.
    fn data_type(&self, declared: &str) -> String {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for table in self.sides.source.tables.values() {
            let Some(own) = self.sides.target.tables.get(&table.name) else { continue };
            for column in table.columns.iter().filter(|column| column.data_type == declared) {
                if let Some(found) = own.column(&column.name) {
                    *counts.entry(&found.data_type).or_default() += 1;
                }
            }
        }
        if let Some((found, _)) = counts.into_iter().max_by_key(|(_, count)| *count) {
            return found.to_owned();
        }
        let lower = declared.to_ascii_lowercase();
        let has = |words: &[&str]| words.iter().any(|word| lower.starts_with(word));
        if has(&["bool", "tinyint(1)"]) {
            "BOOLEAN".to_owned()
        } else if has(&["timestamp", "datetime"]) {
            "DATETIME".to_owned()
        } else if has(&["date"]) {
            "DATE".to_owned()
        } else if has(&["bytea", "blob", "longblob", "mediumblob", "binary", "varbinary"]) {
            "BLOB".to_owned()
        } else if has(&["serial", "bigserial", "smallserial"]) {
            "INTEGER".to_owned()
        } else {
            match coarse(declared) {
                Affinity::Integer => "INTEGER",
                Affinity::Real => "REAL",
                Affinity::Numeric if has(&["numeric", "decimal"]) => "NUMERIC",
                Affinity::Blob | Affinity::Text | Affinity::Numeric => "TEXT",
            }
            .to_owned()
        }
    }
}

/// Whether a column numbers its rows by itself.
fn numbers_itself(column: &Column) -> bool {
    let lower = column.data_type.to_ascii_lowercase();
    lower.contains("serial")
        || lower.contains("identity")
        || lower.contains("auto_increment")
        || column.default.as_deref().is_some_and(|default| default.to_ascii_lowercase().starts_with("nextval("))
}

/// A default as SQLite says it; `None` for what it has no word for.
fn default(written: &str) -> Option<String> {
    let text = written.split("::").next().unwrap_or(written).trim();
    let tokens: Vec<token::Token<'_>> = token::tokens(text).collect();
    match tokens.as_slice() {
        [only] if only.is("true") => Some("1".to_owned()),
        [only] if only.is("false") => Some("0".to_owned()),
        [only] if ["current_timestamp", "current_date", "current_time", "null"].iter().any(|word| only.is(word)) => {
            Some(only.text.to_ascii_uppercase())
        }
        [only] if matches!(only.kind, token::Kind::Text | token::Kind::Literal) => Some(only.text.to_owned()),
        [sign, only] if sign.is_symbol("-") && only.kind == token::Kind::Literal => Some(text.to_owned()),
        [now, open, close] if now.is("now") && open.is_symbol("(") && close.is_symbol(")") => {
            Some("CURRENT_TIMESTAMP".to_owned())
        }
        [now, ..] if now.is("current_timestamp") => Some("CURRENT_TIMESTAMP".to_owned()),
        _ => None,
    }
}
