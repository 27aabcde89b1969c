//! The names that Alembic's operations had for their arguments before 0.7, and took until 1.4 (`_with_legacy_names`).

use super::super::super::interpreter::Interpreter;
use super::super::super::value::Args;

/// The first version that does not take them.
const ENDS: (u32, u32) = (1, 5);

/// Operations, each with the old names of its arguments and today's.
const NAMES: &[(&str, &[(&str, &str)])] = &[
    ("alter_column", &[("name", "new_column_name")]),
    ("create_check_constraint", &[("name", "constraint_name"), ("source", "table_name")]),
    ("create_foreign_key", &[("name", "constraint_name"), ("source", "source_table"), ("referent", "referent_table")]),
    ("create_index", &[("name", "index_name")]),
    ("create_primary_key", &[("name", "constraint_name"), ("cols", "columns")]),
    ("create_table", &[("name", "table_name")]),
    ("create_unique_constraint", &[("name", "constraint_name"), ("source", "table_name"), ("local_cols", "columns")]),
    ("drop_constraint", &[("type", "type_"), ("name", "constraint_name")]),
    ("drop_index", &[("name", "index_name"), ("tablename", "table_name")]),
    ("drop_table", &[("name", "table_name")]),
];

/// Gives arguments today's names, where the project surely has a version that does.
pub(super) fn rename(vm: &mut Interpreter<'_>, operation: &str, args: &mut Args<'_>) {
    let Some((_, names)) = NAMES.iter().find(|(known, _)| *known == operation) else { return };
    let meant = |keyword: &str| names.iter().find(|(old, _)| *old == keyword).map(|(_, new)| *new);
    if !args.keyword.iter().any(|(keyword, _)| meant(keyword).is_some()) || !vm.has_alembic_before(ENDS) {
        return;
    }
    for (keyword, _) in &mut args.keyword {
        if let Some(new) = meant(keyword) {
            *keyword = new.into();
        }
    }
}
