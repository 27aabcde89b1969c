//! The operations of Alembic in a plain revision.

use super::{Footprint, key, note_name, sql};
use crate::python::acts::OPERATIONS;
use crate::python::plain::{self, Call, Plain, Value};
use crate::track::revision::NAMES;

/// What a revision file may touch, where its text is plain enough to tell.
pub fn of_revision(text: &str) -> Option<Footprint> {
    let plain = plain::read(text, "upgrade", &["downgrade"], &NAMES)?;
    let mut scribe = Scribe::new(&plain)?;
    let mut found = Footprint { only_adds_columns: true, ..Footprint::default() };
    for step in &plain.steps {
        scribe.step(&step.call, step.bound, &mut found)?;
    }
    found.only_adds_columns &= !plain.steps.is_empty();
    Some(found)
}

/// What a text says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    /// The name of a table, an index, a constraint or a type.
    Name,
    Column,
    /// The name of a table that is only referred to, or `table.column`.
    Refers,
    /// SQL that is carried out.
    Sql,
    /// SQL that is part of something else.
    Expression,
    Nothing,
    /// Not known, so that it must not be a text.
    Other,
}

/// What keywords of operations and of SQLAlchemy's classes say.
const KEYWORDS: [(&str, Role); 41] = {
    use Role::{Column, Expression, Name, Nothing, Refers};
    [
        ("name", Name),
        ("table_name", Name),
        ("old_table_name", Name),
        ("new_table_name", Name),
        ("source_table", Name),
        ("source", Name),
        ("constraint_name", Name),
        ("index_name", Name),
        ("schema", Name),
        ("source_schema", Name),
        ("referent_schema", Name),
        ("column_name", Column),
        ("new_column_name", Column),
        ("columns", Column),
        ("local_cols", Column),
        ("remote_cols", Column),
        ("key", Column),
        ("insert_after", Column),
        ("insert_before", Column),
        ("postgresql_include", Column),
        ("referent_table", Refers),
        ("referent", Refers),
        ("condition", Expression),
        ("sqltext", Expression),
        ("server_default", Expression),
        ("existing_server_default", Expression),
        ("server_onupdate", Expression),
        ("default", Expression),
        ("postgresql_where", Expression),
        ("postgresql_using", Expression),
        ("sqlite_where", Expression),
        ("comment", Nothing),
        ("existing_comment", Nothing),
        ("doc", Nothing),
        ("type_", Nothing),
        ("ondelete", Nothing),
        ("onupdate", Nothing),
        ("initially", Nothing),
        ("match", Nothing),
        ("recreate", Nothing),
        ("mysql_engine", Nothing),
    ]
};

fn role_of(keyword: &str) -> Role {
    KEYWORDS.iter().find(|(known, _)| *known == keyword).map_or(Role::Other, |(_, role)| *role)
}

/// What the places of an operation say; `None` for one that may do anything.
fn places(method: &str, is_batch: bool) -> Option<Vec<Role>> {
    match method {
        "execute" => Some(vec![Role::Sql]),
        "batch_alter_table" => Some(vec![Role::Name]),
        _ => {
            let (_, parameters) = OPERATIONS.iter().find(|(name, _)| *name == method)?;
            // The others are none of `op`.
            let is_known = parameters.first().is_some_and(|first| role_of(first) == Role::Name);
            let own = parameters.iter().filter(|parameter| !is_batch || **parameter != "table_name");
            is_known.then(|| own.map(|parameter| role_of(parameter)).collect())
        }
    }
}

/// Keywords with which a column is more than one.
const MORE_THAN_A_COLUMN: [&str; 7] =
    ["unique", "index", "primary_key", "autoincrement", "info", "create_constraint", "native_enum"];

/// Whose modules a plain revision imports: what is imported from others may do anything.
const KNOWN: [&str; 6] = ["alembic", "sqlalchemy", "typing", "typing_extensions", "collections", "__future__"];

/// Modules of SQLAlchemy, which may have any name.
const MODULES: [&str; 8] = ["postgresql", "mysql", "sqlite", "oracle", "mssql", "types", "sql", "func"];

struct Scribe<'a> {
    /// What the classes and functions of SQLAlchemy are reached by.
    library: Vec<&'a str>,
    batches: Vec<&'a str>,
}

impl<'a> Scribe<'a> {
    fn new(plain: &Plain<'a>) -> Option<Self> {
        let mut library = Vec::new();
        for import in &plain.imports {
            let root = import.module.split('.').next().unwrap_or_default();
            if !KNOWN.contains(&root) {
                return None;
            }
            let is_operations = import.module == "alembic" && import.name == Some("op");
            if (import.local == "op") != is_operations || import.local == "upgrade" {
                return None;
            }
            if root == "sqlalchemy" {
                // What has another name here could be taken for something else.
                let is_module = import.name.is_none_or(|name| MODULES.contains(&name));
                if !is_module && import.name != Some(import.local) {
                    return None;
                }
                library.push(import.local);
            }
        }
        Some(Self { library, batches: Vec::new() })
    }

    fn step(&mut self, call: &Call<'a>, bound: Option<&'a str>, found: &mut Footprint) -> Option<()> {
        let (object, method) = call.path.split_once('.')?;
        let is_batch = self.batches.contains(&object);
        if !is_batch && object != "op" {
            return None;
        }
        found.takes_away |= ["drop_", "alter_", "rename_"].iter().any(|verb| method.starts_with(verb));
        found.only_adds_columns &= matches!(method, "add_column" | "batch_alter_table");
        let places = places(method, is_batch)?;
        // What is executed may also be given by a keyword.
        if method == "execute" && call.arguments.iter().any(|(keyword, _)| keyword.is_some()) {
            return None;
        }
        self.arguments(call, &places, found)?;
        if let Some(bound) = bound {
            if method != "batch_alter_table" || bound == "op" || self.library.contains(&bound) {
                return None;
            }
            self.batches.push(bound);
        }
        Some(())
    }

    fn arguments(&self, call: &Call<'a>, places: &[Role], found: &mut Footprint) -> Option<()> {
        let mut at = 0;
        let of_column = ["Column", "alter_column"].contains(&call.path.rsplit('.').next().unwrap_or_default());
        for (keyword, value) in &call.arguments {
            let role = match keyword {
                Some("name") if of_column => Role::Column,
                Some(keyword) => {
                    found.only_adds_columns &= !MORE_THAN_A_COLUMN.contains(keyword);
                    role_of(keyword)
                }
                None => {
                    at += 1;
                    places.get(at - 1).copied().unwrap_or(Role::Other)
                }
            };
            self.value(value, role, found)?;
        }
        Some(())
    }

    fn value(&self, value: &Value<'a>, role: Role, found: &mut Footprint) -> Option<()> {
        match value {
            Value::Text(text) => write(text, role, found),
            Value::Several(_) if role == Role::Sql => None,
            Value::Several(values) => values.iter().try_for_each(|value| self.value(value, role, found)),
            Value::Call(call) => self.call(call, role, found),
            // SQL must be there to be read, and so must names.
            Value::Constant => (role != Role::Sql).then_some(()),
            Value::Named => matches!(role, Role::Other | Role::Expression | Role::Nothing).then_some(()),
        }
    }

    /// A value that something makes: a column, a constraint, a type, SQL.
    fn call(&self, call: &Call<'a>, role: Role, found: &mut Footprint) -> Option<()> {
        let (root, own) = (call.path.split('.').next()?, call.path.rsplit('.').next()?);
        if root == "op" || self.batches.contains(&root) {
            // The name as it is, whatever the naming convention says.
            let is_name = own == "f" && call.path.len() == root.len() + 2;
            return is_name.then(|| self.arguments(call, &[role], found))?;
        }
        if !root.is_empty() && !self.library.contains(&root) || role == Role::Sql && own != "text" {
            return None;
        }
        let places: &[Role] = match own {
            "Column" => &[Role::Column],
            "text" if role == Role::Sql => &[Role::Sql],
            "text" | "literal_column" | "CheckConstraint" | "Computed" => &[Role::Expression],
            "ForeignKey" => &[Role::Refers],
            "ForeignKeyConstraint" => &[Role::Column, Role::Refers],
            "PrimaryKeyConstraint" | "UniqueConstraint" => &[Role::Column; 16],
            "Index" => &[Role::Name, Role::Column, Role::Column, Role::Column, Role::Column],
            // What it makes of a name is not known.
            _ if matches!(role, Role::Name | Role::Column | Role::Refers) => return None,
            _ => &[],
        };
        // A type that has a name is made with the column, and so is what a foreign key leads to looked up.
        found.only_adds_columns &= !matches!(own, "ForeignKey" | "ForeignKeyConstraint" | "Index" | "UniqueConstraint");
        found.only_adds_columns &= !matches!(own, "CheckConstraint" | "Computed" | "Identity" | "Sequence");
        if matches!(own, "Enum" | "ENUM") {
            // It makes a type, or a condition.
            found.only_adds_columns = false;
            let mut named = call.arguments.iter().filter(|(keyword, _)| keyword.is_some());
            return named.try_for_each(|(_, value)| self.value(value, Role::Name, found));
        }
        self.arguments(call, places, found)
    }
}

/// Notes what a text says in its role.
fn write(text: &str, role: Role, found: &mut Footprint) -> Option<()> {
    match role {
        Role::Nothing => {}
        Role::Other => return None,
        Role::Column => found.columns.push(key(text)),
        Role::Name => {
            found.only_adds_columns &= found.names.is_empty() || found.names == [key(text)];
            note_name(text, &mut found.names, &mut found.stems)?;
        }
        Role::Refers => {
            let parts: Vec<&str> = text.split('.').collect();
            let (tables, columns) = parts.split_at(parts.len() - usize::from(parts.len() > 1));
            tables.iter().try_for_each(|table| note_name(table, &mut found.reads, &mut Vec::new()))?;
            found.columns.extend(columns.iter().map(|column| key(column)));
        }
        Role::Sql => sql::executed(text, found)?,
        Role::Expression => sql::expression(text, found)?,
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::super::{Key, Names};
    use super::*;

    fn of(body: &str) -> Option<Footprint> {
        of_revision(&format!(
            "from alembic import op\nimport sqlalchemy as sa\nfrom sqlalchemy.dialects import postgresql\n\n\n\
             revision = 'b'\ndown_revision = 'a'\n\n\ndef upgrade():\n    {body}\n"
        ))
    }

    fn has(keys: &[Key], names: &[&str]) -> bool {
        let mut own: Vec<Key> = keys.to_vec();
        let mut wanted: Vec<Key> = names.iter().map(|name| key(name)).collect();
        own.sort_unstable();
        own.dedup();
        wanted.sort_unstable();
        own == wanted
    }

    #[test]
    fn what_operations_touch_is_told() {
        for (body, names, columns, reads) in [
            ("pass", &[][..], &[][..], &[][..]),
            (
                "op.create_table('t', sa.Column('id', sa.Integer(), primary_key=True), sa.Column('u', \
                 sa.Integer(), sa.ForeignKey('users.uid', ondelete='CASCADE')))",
                &["t"],
                &["id", "u", "uid"],
                &["users"],
            ),
            ("op.add_column('t', sa.Column('c', sa.Text(), server_default='x y'))", &["t"], &["c", "x", "y"], &[]),
            ("op.add_column('t', sa.Column('c', sa.Enum('a', 'b', name='kind')))", &["t", "kind"], &["c"], &[]),
            ("op.create_index(op.f('ix'), 't', ['a', sa.text('lower(b)')])", &["ix", "t"], &["a", "lower", "b"], &[]),
            ("op.create_foreign_key(None, 'a', 'b', ['x'], ['y'])", &["a"], &["x", "y"], &["b"]),
            ("op.create_foreign_key('fk', 'a', 'b', ['x'], ['y'])", &["fk", "a"], &["x", "y"], &["b"]),
            ("op.rename_table('A', 'b', schema='s')", &["a", "b", "s"], &[], &[]),
            (
                "with op.batch_alter_table('t') as batch:\n        batch.drop_column('c')\n        \
                 batch.create_foreign_key('fk', 'u', ['x'], ['y'])",
                &["t", "fk"],
                &["c", "x", "y"],
                &["u"],
            ),
            (
                "op.execute(sa.text('ALTER TABLE t ADD COLUMN c INTEGER REFERENCES u (id) ON DELETE CASCADE'))",
                &["t"],
                &[
                    "alter",
                    "table",
                    "t",
                    "add",
                    "column",
                    "c",
                    "integer",
                    "references",
                    "u",
                    "id",
                    "on",
                    "delete",
                    "cascade",
                ],
                &["u"],
            ),
            ("op.execute(\"UPDATE t SET c = 'x'\")", &[], &["update", "t", "set", "c"], &[]),
        ] {
            let found = of(body).unwrap_or_else(|| panic!("not told: {body}"));
            assert!(has(&found.names, names), "{body}: {found:?}");
            assert!(has(&found.columns, columns), "{body}: {found:?}");
            assert!(has(&found.reads, reads), "{body}: {found:?}");
        }
    }

    #[test]
    fn what_only_adds_columns_is_told_from_what_does_more() {
        for (body, only) in [
            ("op.add_column('t', sa.Column('c', sa.Text(), nullable=False, server_default=sa.text('now()')))", true),
            ("with op.batch_alter_table('t') as batch:\n        batch.add_column(sa.Column('c', sa.Text()))", true),
            ("op.add_column('t', sa.Column('c', sa.Text(), unique=True))", false),
            ("op.add_column('t', sa.Column('c', sa.Text(), sa.ForeignKey('u.id')))", false),
            ("op.add_column('t', sa.Column('c', sa.Enum('a', name='e')))", false),
            ("op.add_column('t', sa.Column('c', sa.Text()))\n    op.add_column('u', sa.Column('c', sa.Text()))", false),
            ("op.drop_column('t', 'c')", false),
            ("op.execute('ALTER TABLE t ADD COLUMN c TEXT')", false),
            ("pass", false),
        ] {
            assert_eq!(of(body).map(|found| found.only_adds_columns), Some(only), "{body}");
        }
    }

    #[test]
    fn a_text_that_is_broken_anywhere_ends_in_nothing_or_in_something() {
        let text = "from alembic import (op,)\nimport sqlalchemy as sa\nrevision: str = 'b'\n\n\ndef upgrade() -> None:\n    \
                    op.execute(\"ALTER TABLE s.t ADD COLUMN c mood DEFAULT 'low'::mood, DROP CONSTRAINT IF EXISTS \\\"k\\\"\")\n    \
                    with op.batch_alter_table('t') as b:\n        b.add_column(sa.Column('é', sa.String(3).with_variant(sa.Text())))\n";
        assert!(of_revision(text).is_some());
        for at in (0..=text.len()).filter(|at| text.is_char_boundary(*at)) {
            let _ = of_revision(&text[..at]);
            for wrong in ["\\", "'", "\"", "(", ")", "é", "\n", "\r", "#", "f'{", "[", ".", ",", "="] {
                let _ = of_revision(&format!("{}{wrong}", &text[..at]));
                let _ = of_revision(&format!("{}{wrong}{}", &text[..at], &text[at..]));
            }
        }
    }

    #[test]
    fn names_that_no_revision_is_told_by_are_left_to_evaluation() {
        let mut names = Names::default();
        assert_eq!(names.add_part("t", Some("c")), Some(()));
        assert!(names.has("t") && names.has_column("c"));
        for name in ["s.t", "type", "a b", "é"] {
            assert_eq!(names.add_part(name, None), None, "{name}");
            assert!(!names.has(name), "{name}");
        }
    }

    #[test]
    fn what_takes_something_away_is_told() {
        for (body, takes_away) in [
            ("op.drop_table('t')", true),
            ("op.alter_column('t', 'c', type_=sa.Text())", true),
            ("op.execute('ALTER TABLE t DROP COLUMN c')", true),
            ("op.execute('ALTER TABLE t RENAME TO u')", true),
            ("op.execute('ALTER TABLE t ADD COLUMN c TEXT')", false),
            ("op.create_table('t')", false),
            ("op.execute('DELETE FROM t')", false),
        ] {
            assert_eq!(of(body).map(|found| found.takes_away), Some(takes_away), "{body}");
        }
    }

    #[test]
    fn what_the_text_does_not_tell_is_left_to_evaluation() {
        for body in [
            "op.bulk_insert(sa.table('t'), [])",
            "op.get_bind()",
            "op.execute(sa.table('t').delete())",
            "op.execute(sa.DDL('DROP TABLE t'))",
            "op.execute(sqltext='DROP TABLE t')",
            "op.execute('DROP TABLE t CASCADE')",
            "op.execute('CREATE VIEW v AS SELECT 1')",
            "op.execute('DO $$ BEGIN NULL; END $$')",
            "op.execute('SET search_path TO x')",
            "op.execute(\"COMMENT ON TABLE t IS E'\\\\\\\\''\")",
            "op.execute('SELECT f()')",
            "op.execute('ALTER TABLE type ADD COLUMN c TEXT')",
            "op.create_table('type')",
            "helper.create_table('t')",
            "op.create_table('t', make())",
        ] {
            assert!(of(body).is_none(), "{body}");
        }
        for text in [
            "from alembic import op\nfrom app import helpers\ndef upgrade():\n    pass\n",
            "from app import op\ndef upgrade():\n    pass\n",
            "from alembic import op\ndef upgrade():\n    pass\nfrom typing import Any as upgrade\n",
            "import sqlalchemy as op\ndef upgrade():\n    pass\n",
            "from alembic import op\nfrom sqlalchemy import Text as Column\ndef upgrade():\n    pass\n",
        ] {
            assert!(of_revision(text).is_none(), "{text}");
        }
    }

    #[test]
    fn names_are_needed_by_what_changes_them_and_by_what_refers_to_them_where_they_are_taken_away() {
        let (makes, adds) = (of("op.create_table('t')").unwrap(), of("op.add_column('t', sa.Column('c'))").unwrap());
        let refers = of("op.create_foreign_key('fk', 'u', 't', ['x'], ['y'])").unwrap();
        let need = |body: &str| {
            let mut names = Names::default();
            names.add(&of(body).unwrap());
            [&makes, &adds, &refers].map(|footprint| names.need(footprint))
        };
        assert_eq!(need("op.add_column('t', sa.Column('d'))"), [true, false, false]);
        assert_eq!(need("op.add_column('t', sa.Column('c'))"), [true, true, false]);
        assert_eq!(need("op.drop_column('t', 'd')"), [true, true, true]);
        assert_eq!(need("op.create_table('v', sa.Column('x', sa.ForeignKey('t.c')))"), [true, true, false]);
        assert_eq!(need("op.create_table('v')"), [false, false, false]);
    }
}
