//! The names that SQLAlchemy gives what has none: a `MetaData`'s naming convention, and how names that are too long are
//! cut (<https://docs.sqlalchemy.org/en/20/core/constraints.html#configuring-constraint-naming-conventions>).

use std::collections::BTreeMap;
use std::rc::Rc;

use super::super::super::interpreter::Interpreter;
use super::super::super::object::Bind;
use super::super::super::operators::Known;
use super::super::super::value::{Unknown, Value};
use super::ddl::{TableName, identifier};
use crate::schema::dialect::USUAL_OF_CHAINS;

/// `naming_convention={"ix": "ix_%(column_0_label)s", …}`.
#[derive(Debug, Default)]
pub struct Convention {
    forms: BTreeMap<String, String>,
    /// Why nothing, or not all, is known of it.
    unknown: Option<Rc<Unknown>>,
}

/// What is named.
#[derive(Clone, Copy, Debug)]
pub(in super::super) struct Subject<'s> {
    /// `pk`, `uq`, `fk`, `ck` or `ix`.
    pub kind: &'s str,
    pub table: &'s TableName,
    /// Empty where they are not known.
    pub columns: &'s [String],
    /// The table and the columns that a foreign key refers to.
    pub referred: Option<(&'s str, &'s [String])>,
}

impl Convention {
    /// The convention that an argument of `MetaData` is.
    pub fn of<'a>(vm: &Interpreter<'a>, value: &Value<'a>) -> Self {
        let mut found = Self::default();
        match value {
            Value::Dict(items) if vm.taint_of(value).is_none() => {
                for (key, form) in &*items.items.borrow() {
                    match (key.0.as_str(), form.as_str()) {
                        (Some(key), Some(form)) => drop(found.forms.insert(key.to_owned(), form.to_owned())),
                        // A token of one's own, or a class for a kind.
                        _ => found.unknown = Some(vm.why("has a naming convention that is computed")),
                    }
                }
            }
            Value::None => {}
            Value::Unknown(why) => found.unknown = Some(why.clone()),
            _ => found.unknown = Some(vm.why("has a naming convention that is computed")),
        }
        found
    }

    /// The forms that are known, by what they are for.
    pub fn forms(&self) -> &BTreeMap<String, String> {
        &self.forms
    }

    fn form(&self, kind: &str) -> Known<Option<&str>> {
        match (self.forms.get(kind), &self.unknown) {
            (Some(form), _) => Ok(Some(form)),
            (None, Some(why)) => Err(why.clone()),
            (None, None) => Ok((kind == "ix").then_some("ix_%(column_0_label)s")),
        }
    }
}

/// Whether the convention that holds now makes a longer name of one that is given for something, or is not known: such a
/// name is cut where it is too long, and no other is.
pub(in super::super) fn takes_in(vm: &Interpreter<'_>, kind: &str) -> bool {
    vm.naming.as_ref().is_some_and(|naming| match naming.form(kind) {
        Ok(form) => form.is_some_and(|form| form.contains("%(constraint_name)s")),
        Err(_) => true,
    })
}

/// Whether the convention that holds now has a form for something; `None` where it has none.
pub(in super::super) fn form(vm: &Interpreter<'_>, kind: &str) -> Option<()> {
    vm.naming.as_ref().filter(|naming| naming.forms.contains_key(kind) || naming.unknown.is_some()).map(drop)
}

/// The name of something by the convention that holds now: as it is given, or made; `None` where the database names it.
pub(in super::super) fn name(
    vm: &Interpreter<'_>,
    subject: Subject<'_>,
    given: Option<Known<String>>,
) -> Known<Option<String>> {
    let given = given.transpose()?;
    let convention = vm.naming.clone().unwrap_or_default();
    let is_finished = given.as_ref().is_some_and(|name| vm.finished_names.contains(name));
    if is_finished {
        // What a convention may have made is cut as what it makes.
        return Ok(given.map(|name| cut(vm, &name)));
    }
    let Some(form) = convention.form(subject.kind)? else { return Ok(given) };
    let takes_name = form.contains("%(constraint_name)s");
    match &given {
        Some(_) if !takes_name => return Ok(given),
        None if takes_name => return Err(vm.why("has no name, and its naming convention needs one")),
        _ => {}
    }
    let made = expand(form, subject, given.as_deref());
    made.map(|made| Some(cut(vm, &made))).ok_or_else(|| vm.why("has a name by a convention that is not followed"))
}

/// A name that is told as it is: cut where it takes part in no convention.
pub(in super::super) fn told(vm: &Interpreter<'_>, name: &str) -> String {
    if vm.finished_names.contains(name) { cut(vm, name) } else { name.to_owned() }
}

/// The same as the beginning of a constraint's definition.
pub(in super::super) fn label(
    vm: &Interpreter<'_>,
    subject: Subject<'_>,
    given: Option<Known<String>>,
) -> Known<String> {
    let name = name(vm, subject, given)?;
    Ok(name.map(|name| format!("CONSTRAINT {} ", identifier(&name))).unwrap_or_default())
}

/// The longest text that a form is filled in to: far more than a name may have.
const LONGEST_FORM: usize = 4 << 10;

/// Fills in a form; `None` where it has a token that is not known, or asks for a column that is not.
fn expand(form: &str, subject: Subject<'_>, given: Option<&str>) -> Option<String> {
    let mut text = String::new();
    let mut rest = form;
    while let Some(at) = rest.find('%') {
        if text.len() > LONGEST_FORM {
            return None;
        }
        text.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        if let Some(after) = rest.strip_prefix('%') {
            text.push('%');
            rest = after;
            continue;
        }
        let (token, after) = rest.strip_prefix('(')?.split_once(")s")?;
        text.push_str(&value(token, subject, given)?);
        rest = after;
    }
    Some(text + rest)
}

fn value(token: &str, subject: Subject<'_>, given: Option<&str>) -> Option<String> {
    let bare = |table: &str| table.rsplit('.').next().unwrap_or(table).to_owned();
    match token {
        "table_name" => return Some(subject.table.name.clone()),
        "constraint_name" => return given.map(str::to_owned),
        "referred_table_name" => return subject.referred.map(|(table, _)| bare(table)),
        _ => {}
    }
    let (columns, table, token) = match token.strip_prefix("referred_") {
        Some(token) => (subject.referred?.1, bare(subject.referred?.0), token),
        None => (subject.columns, subject.table.label(), token),
    };
    let (number, what) = token.strip_prefix("column_")?.rsplit_once('_')?;
    let shown = |column: &String| match what {
        "name" | "key" => Some(column.clone()),
        "label" => Some(format!("{table}_{column}")),
        _ => None,
    };
    if columns.is_empty() {
        return None;
    }
    let all = || columns.iter().map(shown).collect::<Option<Vec<_>>>();
    match number {
        "0N" => Some(all()?.concat()),
        "0_N" => Some(all()?.join("_")),
        number => shown(columns.get(number.parse::<usize>().ok()?)?),
    }
}

/// A name that was made, as SQLAlchemy cuts it where the database would.
fn cut(vm: &Interpreter<'_>, name: &str) -> String {
    let count = name.chars().count();
    let dialect = match &vm.database {
        Some(Value::Object(object)) => object.bind().map(Bind::dialect),
        _ => None,
    };
    let Some(longest) = dialect.unwrap_or(USUAL_OF_CHAINS).facts().longest_name else { return name.to_owned() };
    if count <= longest {
        return name.to_owned();
    }
    let kept: String = name.chars().take(longest - 8).collect();
    let sum = md5(name.as_bytes());
    format!("{kept}_{:02x}{:02x}", sum[14], sum[15])
}

/// The MD5 of a text (RFC 1321).
fn md5(text: &[u8]) -> [u8; 16] {
    const SHIFTS: [[u32; 4]; 4] = [[7, 12, 17, 22], [5, 9, 14, 20], [4, 11, 16, 23], [6, 10, 15, 21]];
    let mut state = [0x6745_2301_u32, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476];
    let mut bytes = text.to_vec();
    bytes.push(0x80);
    while bytes.len() % 64 != 56 {
        bytes.push(0);
    }
    bytes.extend((text.len() as u64).wrapping_mul(8).to_le_bytes());
    for block in bytes.chunks_exact(64) {
        let word =
            |at: usize| u32::from_le_bytes([block[at * 4], block[at * 4 + 1], block[at * 4 + 2], block[at * 4 + 3]]);
        let [mut a, mut b, mut c, mut d] = state;
        for step in 0..64_usize {
            let (mixed, at) = match step / 16 {
                0 => ((b & c) | (!b & d), step),
                1 => ((d & b) | (!d & c), (5 * step + 1) % 16),
                2 => (b ^ c ^ d, (3 * step + 5) % 16),
                _ => (c ^ (b | !d), (7 * step) % 16),
            };
            let sum = a.wrapping_add(mixed).wrapping_add(sine(step)).wrapping_add(word(at));
            (a, d, c, b) = (d, c, b, b.wrapping_add(sum.rotate_left(SHIFTS[step / 16][step % 4])));
        }
        for (total, part) in state.iter_mut().zip([a, b, c, d]) {
            *total = total.wrapping_add(part);
        }
    }
    let mut sum = [0; 16];
    for (place, part) in sum.chunks_exact_mut(4).zip(state) {
        place.copy_from_slice(&part.to_le_bytes());
    }
    sum
}

/// The constant of a step: the sine of its number as a fraction of 2³².
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss,
    reason = "that is how the constants are made"
)]
fn sine(step: usize) -> u32 {
    ((step as f64 + 1.0).sin().abs() * 4_294_967_296.0) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn md5_is_that_of_the_standard() {
        let hex = |text: &str| format!("{:032x}", u128::from_be_bytes(md5(text.as_bytes())));
        assert_eq!(hex(""), "d41d8cd98f00b204e9800998ecf8427e");
        assert_eq!(hex("message digest"), "f96b697d7cb7938d525a2f31aaf161d0");
        assert_eq!(hex(&"1234567890".repeat(8)), "57edf4a22be3c955ac49da2e2107b67a");
    }
}
