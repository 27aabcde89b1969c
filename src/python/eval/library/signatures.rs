//! What Alembic's operations and SQLAlchemy's constructors take, in any version that is in use, and what Python says of a
//! call that passes something else.

use super::super::interpreter::{Eval, Interpreter};
use super::super::value::{Args, Value};

/// The parameters of each, in their order: `a` is required, `a?` may be left out, `a!` may be left out and older versions
/// alone take it by its position, `a=` goes by its name only. `*` takes any more by position, `**` any by name, and `**_`
/// those by name that an engine's options may have.
type Table = &'static [(&'static str, &'static str)];

const OPERATIONS: Table = &[
    ("add_column", "table_name column schema! if_not_exists= inline_references= inline_primary_key= spatial_index="),
    (
        "alter_column",
        "table_name column_name nullable! comment! server_default! new_column_name! type_! existing_type! \
         existing_server_default! existing_nullable! existing_comment! schema! **",
    ),
    (
        "batch_alter_table",
        "table_name schema? recreate? partial_reordering? copy_from? table_args? table_kwargs? reflect_args? \
         reflect_kwargs? naming_convention?",
    ),
    ("bulk_insert", "table rows multiinsert!"),
    ("create_check_constraint", "constraint_name table_name condition schema! **_"),
    ("create_exclude_constraint", "constraint_name table_name * **"),
    (
        "create_foreign_key",
        "constraint_name source_table referent_table local_cols remote_cols onupdate! ondelete! deferrable! initially! \
         match! source_schema! referent_schema! **_",
    ),
    ("create_index", "index_name table_name columns schema! unique! if_not_exists= quote= **_"),
    ("create_primary_key", "constraint_name table_name columns schema!"),
    (
        "create_table",
        "table_name * if_not_exists= schema= quote= info= comment= prefixes= listeners= autoload= useexisting= **_",
    ),
    ("create_table_comment", "table_name comment existing_comment! schema!"),
    ("create_unique_constraint", "constraint_name table_name columns schema! deferrable= initially= **_"),
    ("drop_column", "table_name column_name schema! **"),
    ("drop_constraint", "constraint_name table_name type_? schema! if_exists="),
    ("drop_index", "index_name table_name? schema! if_exists= quote= **_"),
    ("drop_table", "table_name schema! if_exists= quote= info= comment= prefixes= listeners= **_"),
    ("drop_table_comment", "table_name existing_comment! schema!"),
    ("execute", "sqltext execution_options!"),
    ("rename_table", "old_table_name new_table_name schema!"),
];

const BATCH: Table = &[
    (
        "add_column",
        "column insert_before! insert_after! if_not_exists= inline_references= inline_primary_key= spatial_index=",
    ),
    (
        "alter_column",
        "column_name nullable! comment! server_default! new_column_name! type_! existing_type! \
         existing_server_default! existing_nullable! existing_comment! insert_before! insert_after! **",
    ),
    ("create_check_constraint", "constraint_name condition **_"),
    ("create_exclude_constraint", "constraint_name * **"),
    (
        "create_foreign_key",
        "constraint_name referent_table local_cols remote_cols referent_schema! onupdate! ondelete! deferrable! \
         initially! match! **_",
    ),
    ("create_index", "index_name columns unique= if_not_exists= quote= schema= **_"),
    ("create_primary_key", "constraint_name columns"),
    ("create_unique_constraint", "constraint_name columns deferrable= initially= schema= **_"),
    ("drop_column", "column_name **"),
    ("drop_constraint", "constraint_name type_? if_exists="),
    ("drop_index", "index_name if_exists= quote= schema= **_"),
    ("execute", "sqltext execution_options!"),
];

const RECORDS: Table = &[
    (
        "Column",
        "* name= type_= autoincrement= default= insert_default= doc= key= index= unique= info= nullable= onupdate= \
         primary_key= server_default= server_onupdate= quote= system= comment= insert_sentinel= init= repr= hash= compare= \
         deferred= **_",
    ),
    (
        "ForeignKey",
        "column _constraint? use_alter? name? onupdate? ondelete? deferrable? initially? link_to_name? match? info? \
         comment? **",
    ),
    (
        "ForeignKeyConstraint",
        "columns refcolumns name? onupdate? ondelete? deferrable? initially? use_alter? link_to_name? match? table? \
         info? comment? **",
    ),
    ("UniqueConstraint", "* name= deferrable= initially= info= comment= **_"),
    ("PrimaryKeyConstraint", "* name= deferrable= initially= info= comment= **_"),
    ("CheckConstraint", "sqltext name? deferrable? initially? table? info? comment= **_"),
    ("Index", "name * unique= quote= info= **_"),
    ("Computed", "sqltext persisted? **"),
    (
        "Identity",
        "always? on_null? start? increment? minvalue? maxvalue? nominvalue? nomaxvalue? cycle? cache? order? **",
    ),
    ("Integer", ""),
    ("BigInteger", ""),
    ("SmallInteger", ""),
    ("Date", ""),
    ("String", "length? collation? convert_unicode? unicode_error? _warn_on_bytestring? _expect_unicode?"),
    ("Text", "length? collation? convert_unicode? unicode_error? _warn_on_bytestring? _expect_unicode?"),
    ("Unicode", "length? collation? convert_unicode= unicode_error="),
    ("UnicodeText", "length? collation? convert_unicode= unicode_error="),
    ("Boolean", "create_constraint? name? _create_events?"),
    ("DateTime", "timezone?"),
    ("Time", "timezone?"),
    ("Float", "precision? asdecimal? decimal_return_scale?"),
    ("Double", "precision? asdecimal? decimal_return_scale?"),
    ("Numeric", "precision? scale? decimal_return_scale? asdecimal?"),
    ("LargeBinary", "length?"),
    ("Uuid", "as_uuid? native_uuid?"),
    ("UUID", "as_uuid? native_uuid?"),
    ("JSON", "none_as_null? astext_type?"),
    ("JSONB", "none_as_null? astext_type?"),
    ("ARRAY", "item_type as_tuple? dimensions? zero_indexes?"),
];

/// What a call passes that its function does not take, in Python's words; `None` where it is taken in some version.
struct Parameters {
    names: Vec<(&'static str, char)>,
    /// Takes any more by position.
    more: bool,
    /// Takes others by name: any (`*`), or those with an underscore (`_`).
    others: Option<char>,
}

impl Parameters {
    fn of(table: Table, name: &str) -> Option<Self> {
        let (_, text) = table.iter().find(|(known, _)| *known == name)?;
        let mut parameters = Self { names: Vec::new(), more: false, others: None };
        for part in text.split_whitespace() {
            match part {
                "*" => parameters.more = true,
                "**" => parameters.others = Some('*'),
                "**_" => parameters.others = Some('_'),
                _ => {
                    let kind = part.chars().last().filter(|last| "?!=".contains(*last));
                    parameters.names.push((part.trim_end_matches(['?', '!', '=']), kind.unwrap_or(' ')));
                }
            }
        }
        Some(parameters)
    }

    fn count(&self, kinds: &str) -> usize {
        self.names.iter().filter(|(_, kind)| kinds.contains(*kind)).count()
    }

    /// Why a method that is called with these arguments stops. `shown` is how Python calls it; what older versions alone take
    /// by position counts where they are `lenient`.
    fn complaint(&self, shown: &str, args: &Args<'_>, lenient: bool) -> Option<String> {
        let given = args.positional.len();
        for (keyword, _) in &args.keyword {
            let place = self.names.iter().position(|(known, _)| known == keyword);
            let by_position = place.is_some_and(|place| place < given && !self.is_by_name(place));
            if by_position && !self.more {
                return Some(format!("{shown}() got multiple values for argument '{keyword}'"));
            }
            match (place, self.others) {
                (None, None) => return Some(format!("{shown}() got an unexpected keyword argument '{keyword}'")),
                (None, Some('_')) if !keyword.contains('_') => {
                    return Some(format!(
                        "Additional arguments should be named <dialectname>_<argument>, got '{keyword}'"
                    ));
                }
                _ => {}
            }
        }
        if !self.more && given > self.count(if lenient { " ?!" } else { " ?" }) {
            // Its receiver counts, too.
            let (least, most) = (self.count(" ") + 1, self.count(" ?") + 1);
            let range = if least == most { most.to_string() } else { format!("from {least} to {most}") };
            let plural = if most == 1 { "" } else { "s" };
            return Some(format!("{shown}() takes {range} positional argument{plural} but {} were given", given + 1));
        }
        let is_missing = |(place, (name, kind)): &(usize, &(&'static str, char))| {
            *kind == ' ' && *place >= given && args.get(name).is_none()
        };
        let missing: Vec<&str> = self.names.iter().enumerate().filter(is_missing).map(|(_, (name, _))| *name).collect();
        (!missing.is_empty()).then(|| format!("{shown}() missing {}", required(&missing)))
    }

    fn is_by_name(&self, place: usize) -> bool {
        self.names.get(place).is_some_and(|(_, kind)| *kind == '=')
    }
}

/// `2 required positional arguments: 'a' and 'b'`.
fn required(names: &[&str]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("'{name}'")).collect();
    let listed = match quoted.as_slice() {
        [one] => one.clone(),
        [one, other] => format!("{one} and {other}"),
        [first @ .., last] => format!("{}, and {last}", first.join(", ")),
        [] => String::new(),
    };
    let plural = if names.len() == 1 { "" } else { "s" };
    format!("{} required positional argument{plural}: {listed}", names.len())
}

/// Why Python stops where an operation is called so; `None` where it does not, or where that is not known.
pub(super) fn operation(vm: &Interpreter<'_>, name: &str, in_batch: bool, args: &Args<'_>) -> Option<String> {
    if vm.has_open_arguments() {
        return None;
    }
    let parameters = Parameters::of(if in_batch { BATCH } else { OPERATIONS }, name)?;
    // What stands where older versions take something else stops in each of them, for another reason.
    let excess = args.positional.get(parameters.count(" ?")..).unwrap_or_default();
    let is_no_option = |value: &Value<'_>| matches!(value, Value::Instance(_) | Value::List(_));
    let lenient = name != "add_column" || !excess.iter().any(is_no_option);
    parameters.complaint(name, args, lenient)
}

/// The same of one of SQLAlchemy's constructors.
pub(super) fn record(vm: &Interpreter<'_>, class: &str, args: &Args<'_>) -> Option<String> {
    if vm.has_open_arguments() {
        return None;
    }
    let parameters = Parameters::of(RECORDS, class)?;
    if parameters.names.is_empty() && !parameters.more {
        let takes_none = args.positional.is_empty() && args.keyword.is_empty();
        return (!takes_none).then(|| format!("{class}() takes no arguments"));
    }
    let shown = match class {
        "Text" | "Unicode" | "UnicodeText" => "String",
        _ => class,
    };
    parameters.complaint(&format!("{shown}.__init__"), args, true)
}

/// Stops where one of SQLAlchemy's constructors is given what it does not take.
pub(in super::super) fn check_record<'a>(
    vm: &mut Interpreter<'a>,
    class: &str,
    args: &Args<'a>,
) -> Eval<'a, Option<Value<'a>>> {
    if let Some(message) = record(vm, class, args) {
        return vm.raise_surely("TypeError", message).map(Some);
    }
    match wrong_value(vm, class, args)? {
        Some((error, message)) => vm.raise_surely(error, message).map(Some),
        None => Ok(None),
    }
}

/// The values that a constructor of SQLAlchemy's refuses, with the exception and what it says.
fn wrong_value<'a>(vm: &mut Interpreter<'a>, class: &str, args: &Args<'a>) -> Eval<'a, Option<(&'static str, String)>> {
    match class {
        "Column" => {
            if let Some(message) = args.get("server_default").and_then(no_default) {
                return Ok(Some(("ArgumentError", message)));
            }
            for (place, value) in args.positional.iter().enumerate() {
                let is_item = match value {
                    Value::Str(_) => place == 0,
                    Value::Int(_) | Value::Float(_) | Value::Bool(_) | Value::List(_) | Value::Dict(_) => false,
                    _ => true,
                };
                if !is_item {
                    return item_expected(vm, value).map(Some);
                }
            }
        }
        "UniqueConstraint" | "PrimaryKeyConstraint" | "Index" => {
            let skipped = usize::from(class == "Index");
            if let Some(list) = args.positional.iter().skip(skipped).find(|value| matches!(value, Value::List(_))) {
                let shown = vm.repr(list)?;
                let shown = shown.as_str().unwrap_or("a list");
                let message =
                    format!("String column name or column expression for DDL constraint expected, got {shown}.");
                return Ok(Some(("ArgumentError", message)));
            }
        }
        "ForeignKeyConstraint" => {
            let count = |value: Option<&Value<'a>>| match value {
                Some(Value::List(list)) => Some(list.0.borrow().len()),
                Some(Value::Tuple(tuple)) => Some(tuple.items.len()),
                _ => None,
            };
            let lists = (args.at(0, "columns"), args.at(1, "refcolumns"));
            let is_known = [lists.0, lists.1].into_iter().flatten().all(|list| vm.taint_of(list).is_none());
            if let (Some(own), Some(other), true) = (count(lists.0), count(lists.1), is_known)
                && own != other
            {
                let message = "ForeignKeyConstraint number of constrained columns must match the number of referenced \
                               columns.";
                return Ok(Some(("ArgumentError", message.to_owned())));
            }
        }
        "Enum" if matches!(args.positional.first(), Some(Value::List(_))) => {
            return Ok(Some(("TypeError", "unhashable type: 'list'".to_owned())));
        }
        "ARRAY" => {
            let item = args.at(0, "item_type");
            let is_array = match item {
                Some(Value::Instance(item)) => &*item.class.name == "ARRAY",
                Some(Value::Class(item)) => &*item.name == "ARRAY",
                _ => false,
            };
            if is_array {
                let message = "Do not nest ARRAY types; ARRAY(basetype) handles multi-dimensional arrays of basetype";
                return Ok(Some(("ValueError", message.to_owned())));
            }
        }
        _ => {}
    }
    Ok(None)
}

fn item_expected<'a>(vm: &mut Interpreter<'a>, value: &Value<'a>) -> Eval<'a, (&'static str, String)> {
    let shown = vm.repr(value)?;
    let shown = shown.as_str().unwrap_or("something else");
    let message = format!("'SchemaItem' object, such as a 'Column' or a 'Constraint' expected, got {shown}");
    Ok(("ArgumentError", message))
}

/// What SQLAlchemy says of a default of the database that is none: a truth value, a number, a function that is not called.
pub(super) fn no_default(value: &Value<'_>) -> Option<String> {
    use super::super::value::Role;
    let found = match value {
        Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::List(_) | Value::Dict(_) | Value::Bytes(_) => {
            format!("<class '{}'>", value.type_name())
        }
        Value::Tuple(tuple) if tuple.class.is_none() => "<class 'tuple'>".to_owned(),
        Value::Function(_) | Value::Native(_) => "<class 'function'>".to_owned(),
        Value::Method(method) if matches!(&method.0, Value::Object(object) if object.type_name() == "func") => {
            "<class 'sqlalchemy.sql.functions._FunctionGenerator'>".to_owned()
        }
        Value::Class(class) if class.role == Role::Builtin => "<class 'type'>".to_owned(),
        Value::Instance(member) if member.class.role == Role::Enum && value.plain().as_str().is_none() => {
            format!("<enum '{}'>", member.class.name)
        }
        _ => return None,
    };
    Some(format!(
        "Argument 'arg' is expected to be one of type '<class 'str'>' or '<class \
         'sqlalchemy.sql.elements.ClauseElement'>' or '<class 'sqlalchemy.sql.elements.TextClause'>', got '{found}'"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn says(table: Table, name: &str, positional: usize, keyword: &[&'static str]) -> Option<String> {
        let args = Args {
            positional: vec![Value::None; positional],
            keyword: keyword.iter().map(|name| ((*name).into(), Value::None)).collect(),
        };
        Parameters::of(table, name).unwrap().complaint(name, &args, true)
    }

    #[test]
    fn what_is_said_is_what_python_says() {
        let cases: &[(Table, &str, usize, &[&str], &str)] = &[
            (OPERATIONS, "add_column", 1, &[], "add_column() missing 1 required positional argument: 'column'"),
            (OPERATIONS, "drop_table", 3, &[], "drop_table() takes 2 positional arguments but 4 were given"),
            (OPERATIONS, "rename_table", 4, &[], "rename_table() takes 3 positional arguments but 5 were given"),
            (
                OPERATIONS,
                "drop_constraint",
                2,
                &["type"],
                "drop_constraint() got an unexpected keyword argument 'type'",
            ),
            (
                OPERATIONS,
                "create_foreign_key",
                3,
                &[],
                "create_foreign_key() missing 2 required positional arguments: 'local_cols' and 'remote_cols'",
            ),
            (
                OPERATIONS,
                "create_index",
                3,
                &["uniqe"],
                "Additional arguments should be named <dialectname>_<argument>, got 'uniqe'",
            ),
            (BATCH, "create_index", 3, &[], "create_index() takes 3 positional arguments but 4 were given"),
            (BATCH, "drop_constraint", 2, &["type_"], "drop_constraint() got multiple values for argument 'type_'"),
        ];
        for (table, name, positional, keyword, wanted) in cases {
            assert_eq!(says(table, name, *positional, keyword).as_deref(), Some(*wanted));
        }
    }

    #[test]
    fn what_some_version_takes_is_nothing_to_complain_of() {
        for (name, positional, keyword) in [
            ("add_column", 3, &[] as &[&str]),
            ("create_index", 3, &["postgresql_using", "unique"]),
            ("drop_index", 2, &[]),
            ("alter_column", 2, &["anything"]),
            ("create_table", 7, &["sqlite_autoincrement", "comment"]),
            ("create_foreign_key", 7, &[]),
        ] {
            assert_eq!(says(OPERATIONS, name, positional, keyword), None, "{name}");
        }
    }
}
