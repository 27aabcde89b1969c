//! How a mapped class becomes a table: its attributes in their order, its columns, its name and its arguments
//! (`sqlalchemy.orm.decl_base`).

use std::borrow::Cow;
use std::rc::Rc;

use super::super::super::super::classes::{ANNOTATIONS, Annotation, DOUBTED, FIELD, PLACE};
use super::super::super::super::interpreter::{Eval, Interpreter};
use super::super::super::super::value::{Args, Class, Instance, Key, Names, Unknown, Value};
use super::super::records::{self, own_name};
use super::annotation::{self, Said};
use super::bases::{BASE, FLASK, OWN_BASE};
use super::mapping::{Doubt, Mapping, mapping};
use super::sqlmodel;

/// A class that is being mapped.
pub(super) struct Building<'a> {
    class: Rc<Class<'a>>,
    /// Itself and its bases, those aside that are mapped themselves.
    own: Vec<Rc<Class<'a>>>,
    above: Option<Rc<Mapping<'a>>>,
    attributes: Vec<String>,
    columns: Vec<Value<'a>>,
    named: Vec<(String, Value<'a>)>,
    doubt: Doubt,
}

impl<'a> Building<'a> {
    pub(super) fn of(vm: &mut Interpreter<'a>, class: &Rc<Class<'a>>) -> Eval<'a, Option<Mapping<'a>>> {
        let is_abstract = matches!(class.names.borrow().get("__abstract__"), Some(Value::Bool(true)));
        if is_abstract || !class.is_named(BASE) || class.names.borrow().contains_key(OWN_BASE) {
            return Ok(None);
        }
        let mut doubt = Doubt::default();
        if class.names.borrow().contains_key(DOUBTED) {
            doubt.table = Some("is defined on a condition that is not known");
        }
        let mut own = vec![class.clone()];
        let mut above = None;
        for base in class.bases.clone() {
            match mapping(vm, &base)? {
                Some(found) => above = above.or(Some(found)),
                None => own.push(base),
            }
        }
        let given = class.names.borrow().get("__table__").cloned();
        if let Some(given) = given {
            return Ok(Some(match given {
                Value::Instance(table) => {
                    let names = records::column_records(&table).into_iter().filter_map(|column| own_name(&column));
                    Mapping { attributes: names.collect(), own: Vec::new(), table: Some(table), doubt }
                }
                _ => Mapping { table: None, attributes: Vec::new(), own: Vec::new(), doubt },
            }));
        }
        let mut building = Self {
            class: class.clone(),
            own,
            above,
            attributes: Vec::new(),
            columns: Vec::new(),
            named: Vec::new(),
            doubt,
        };
        let name = match building.table_name(vm)? {
            Named::Known(name) => Some(name),
            Named::Not => None,
            Named::Unknown => {
                building.doubt.table = Some("has a name that is computed");
                return Ok(Some(Mapping {
                    table: None,
                    attributes: Vec::new(),
                    own: Vec::new(),
                    doubt: building.doubt,
                }));
            }
        };
        // Flask-SQLAlchemy gives one a name where it has a key.
        if name.is_none() && building.above.is_none() && !is_flask(class) {
            return Ok(None);
        }
        building.collect(vm)?;
        let name = match name {
            None if is_flask(class) => building.flask_name(),
            name => name,
        };
        match name {
            Some(name) => building.table(vm, name).map(Some),
            None => Ok(building.into_table_above()),
        }
    }

    /// What its table is called.
    fn table_name(&self, vm: &mut Interpreter<'a>) -> Eval<'a, Named> {
        if sqlmodel::is_sqlmodel(&self.class) && !sqlmodel::is_table(&self.class) {
            return Ok(Named::Not);
        }
        for part in self.class.lineage() {
            let Some(given) = part.names.borrow().get("__tablename__").cloned() else { continue };
            let is_of_another = !self.own.iter().any(|own| Rc::ptr_eq(own, &part));
            if is_of_another && !is_computed(&given) {
                continue;
            }
            return Ok(match resolved(vm, &self.class, given)? {
                Value::Str(name) => Named::Known(name.to_string()),
                Value::None => Named::Not,
                _ => Named::Unknown,
            });
        }
        if sqlmodel::is_sqlmodel(&self.class) {
            return Ok(Named::Known(self.class.name.to_lowercase()));
        }
        Ok(Named::Not)
    }

    /// The name that Flask-SQLAlchemy gives it: `UserRole` is `user_role`; one without a key shares the table above.
    fn flask_name(&self) -> Option<String> {
        let is_key = |column: &Value<'a>| match column {
            Value::Instance(column) => column.flag("primary_key") == Some(true),
            _ => false,
        };
        self.columns.iter().any(is_key).then(|| snake(&self.class.name))
    }

    /// Takes up the columns of the class and its mixins.
    fn collect(&mut self, vm: &mut Interpreter<'a>) -> Eval<'a, ()> {
        let mut seen: Vec<String> = self.above.iter().flat_map(|above| above.attributes.iter().cloned()).collect();
        self.attributes.clone_from(&seen);
        let mut parts = self.own.clone();
        if sqlmodel::is_sqlmodel(&self.class) {
            // Fields of a base come first, as the class itself says them.
            parts.reverse();
        }
        for part in parts {
            if part.open.is_some() {
                self.doubt.open = Some("has a base that is not known");
            }
            let is_own = Rc::ptr_eq(&part, &self.class);
            // What a mixin computes comes last.
            let (computed, plain): (Vec<_>, Vec<_>) =
                attributes(&part).into_iter().partition(|attribute| is_computed(&attribute.value));
            for mut attribute in plain.into_iter().chain(computed) {
                vm.steps(8 + self.columns.len())?;
                // A class takes over what it says itself, and what the class above it has.
                if seen.contains(&attribute.name) && !(is_own && self.overrides(&attribute)) {
                    continue;
                }
                seen.push(attribute.name.clone());
                if !is_own && sqlmodel::is_sqlmodel(&self.class) {
                    let nearest = self
                        .own
                        .iter()
                        .find_map(|part| attributes(part).into_iter().find(|known| known.name == attribute.name));
                    attribute = nearest.unwrap_or(attribute);
                }
                self.attribute(vm, attribute, is_own)?;
            }
        }
        Ok(())
    }

    /// Whether a class with a table of its own says anew what the class above it has, such as its key.
    fn overrides(&self, attribute: &Attribute<'a>) -> bool {
        !self.attributes_of_own().contains(&attribute.name)
    }

    fn attributes_of_own(&self) -> Vec<String> {
        let above = self.above.iter().map(|above| above.attributes.len()).sum();
        self.attributes.iter().skip(above).cloned().collect()
    }

    fn attribute(&mut self, vm: &mut Interpreter<'a>, attribute: Attribute<'a>, is_own: bool) -> Eval<'a, ()> {
        let Attribute { name, value, annotation } = attribute;
        let annotation = annotation.or_else(|| returned(&value));
        let mut value = resolved(vm, &self.class, value)?;
        let is_of_sqlmodel = sqlmodel::is_sqlmodel(&self.class);
        if let Value::Instance(field) = &value
            && field.class.name == FIELD
        {
            let Some(column) = self.column_of_field(vm, field)? else { return Ok(()) };
            value = column;
        }
        if let Value::Instance(record) = &value
            && record.class.name == "Composite"
        {
            return self.composite(vm, record, annotation.as_ref());
        }
        let may_be = match &value {
            Value::Instance(record) => record.class.is_named("Column") || record.class.name == sqlmodel::FIELD,
            Value::Ellipsis | Value::Unknown(_) => true,
            _ => is_of_sqlmodel,
        };
        if !may_be {
            return Ok(());
        }
        let said = match &annotation {
            Some(annotation) => match annotation::read(vm, annotation)? {
                Some(said) => Some(said),
                None => return Ok(()),
            },
            None => None,
        };
        let column = if is_of_sqlmodel {
            let is_relationship =
                matches!(&value, Value::Instance(record) if record.class.name == sqlmodel::RELATIONSHIP);
            if name.starts_with('_') || name == "model_config" || is_relationship {
                return Ok(());
            }
            match &said {
                Some(said) => sqlmodel::column(vm, &name, &value, said)?,
                None => None,
            }
        } else {
            match &value {
                Value::Unknown(_) => {
                    // What is no column is called something else, and nothing is lost.
                    self.doubt.columns.push(name);
                    return Ok(());
                }
                Value::Instance(record) if record.class.is_named("Column") => Some(if is_own {
                    record.clone()
                } else {
                    Rc::new(Instance { class: record.class.clone(), names: record.names.borrow().clone().into() })
                }),
                Value::Ellipsis if said.as_ref().is_some_and(|said| said.mapped) => {
                    let class = vm.record_class("Column");
                    Some(Rc::new(Instance { class, names: Names::default().into() }))
                }
                _ => None,
            }
        };
        let Some(column) = column else { return Ok(()) };
        self.complete(vm, &column, &name, said.as_ref())?;
        let has_place = column.get(PLACE).is_some();
        if let (false, Some(annotation)) = (has_place, &annotation)
            && let Some(location) = annotation.location()
        {
            let place = Unknown { reason: "".into(), location, text: None };
            column.names.borrow_mut().insert(PLACE.into(), Value::Unknown(Rc::new(place)));
        }
        self.attributes.push(name.clone());
        self.columns.push(Value::Instance(column.clone()));
        self.named.push((name, Value::Instance(column)));
        Ok(())
    }

    /// The column that the metadata of a dataclass's field have under the key that its class names; `None` where they have none
    /// (<https://docs.sqlalchemy.org/en/20/orm/dataclasses.html#mapping-pre-existing-dataclasses-using-declarative-style-fields>).
    fn column_of_field(&self, vm: &mut Interpreter<'a>, field: &Rc<Instance<'a>>) -> Eval<'a, Option<Value<'a>>> {
        let Some(key) = self.class.find("__sa_dataclass_metadata_key__") else { return Ok(None) };
        let metadata = field.get("metadata");
        let found = match &metadata {
            Some(Value::Dict(metadata)) => metadata.items.borrow().get(&Key(key)).cloned(),
            Some(unknown @ Value::Unknown(_)) => Some(unknown.clone()),
            _ => None,
        };
        match found {
            // A mixin has a function, so that each class gets a column of its own.
            Some(function @ (Value::Function(_) | Value::Native(_))) => vm.call(&function, Args::default()).map(Some),
            found => Ok(found),
        }
    }

    /// `composite(Point, Column("x", Integer), …)`, or with the class in the annotation: its fields say the types and names
    /// that the columns do not say (`sqlalchemy.orm.descriptor_props.CompositeProperty`).
    fn composite(
        &mut self,
        vm: &mut Interpreter<'a>,
        record: &Rc<Instance<'a>>,
        annotation: Option<&Annotation<'a>>,
    ) -> Eval<'a, ()> {
        let mut parts = record.positional();
        let class = match parts.first() {
            Some(Value::Class(class)) if !class.is_named("Column") => {
                let class = class.clone();
                parts.remove(0);
                Some(class)
            }
            _ => match annotation.map(|annotation| annotation::read(vm, annotation)).transpose()?.flatten() {
                Some(said) => said.classes.iter().find_map(|part| match part {
                    Value::Class(class) => Some(class.clone()),
                    _ => None,
                }),
                None => None,
            },
        };
        let is_text = |part: &Value<'a>| part.as_str().is_some();
        if !parts.is_empty() && parts.iter().all(is_text) {
            // Over attributes that the class has.
            return Ok(());
        }
        let fields: Vec<Attribute<'a>> =
            class.iter().flat_map(attributes).filter(|field| field.annotation.is_some()).collect();
        let is_own = |part: &Value<'a>| matches!(part, Value::Instance(column) if column.class.is_named("Column"));
        if !parts.iter().all(is_own) || parts.is_empty() {
            self.doubt.open = Some("has columns of a composite that are not followed");
            return Ok(());
        }
        for (at, part) in parts.into_iter().enumerate() {
            let Value::Instance(column) = &part else { continue };
            // One that has an attribute of its own is a column by that.
            if self.columns.iter().any(|known| known.is(&part)) {
                continue;
            }
            let field = fields.get(at);
            let said = match field.and_then(|field| field.annotation.as_ref()) {
                Some(annotation) => annotation::read(vm, annotation)?.map(|said| Said { mapped: true, ..said }),
                None => None,
            };
            let name = own_name(column).or_else(|| field.map(|field| field.name.clone()));
            let is_typed = records::column_type(column).is_some() || said.is_some();
            let Some(name) = name.filter(|_| is_typed) else {
                self.doubt.open = Some("has columns of a composite that are not followed");
                return Ok(());
            };
            self.complete(vm, column, &name, said.as_ref())?;
            self.columns.push(part);
        }
        Ok(())
    }

    /// Gives a column the name, the type and the nullability that it has by its attribute.
    fn complete(
        &self,
        vm: &mut Interpreter<'a>,
        column: &Rc<Instance<'a>>,
        attribute: &str,
        said: Option<&Said<'a>>,
    ) -> Eval<'a, ()> {
        let mut args = column.positional();
        let mut keywords = column.keywords();
        // What `Annotated[…]` gives holds where the attribute does not say otherwise.
        for given in said.iter().flat_map(|said| &said.columns) {
            for (key, value) in given.keywords() {
                keywords.entry(key).or_insert(value);
            }
            let has = |class: &str| {
                let is = |part: &Value<'a>| matches!(part, Value::Instance(part) if part.class.is_named(class));
                args.iter().any(is)
            };
            let typed = records::column_type(column).is_some();
            let more: Vec<Value<'a>> = given
                .positional()
                .into_iter()
                .filter(|part| match part {
                    Value::Instance(part) if part.class.is_named("ForeignKey") => !has("ForeignKey"),
                    Value::Instance(_) | Value::Class(_) => !typed,
                    _ => false,
                })
                .collect();
            args.extend(more);
        }
        if own_name(column).is_none() && !keywords.contains_key(&Key(Value::text("name"))) {
            args.insert(0, Value::text(attribute));
        }
        column.names.borrow_mut().insert("args".into(), Value::tuple(args.clone()));
        let has_key =
            args.iter().any(|part| matches!(part, Value::Instance(part) if part.class.is_named("ForeignKey")));
        if !has_key && records::column_type(column).is_none() && !keywords.contains_key(&Key(Value::text("type_"))) {
            let known = match said {
                Some(said) => annotation::data_type(vm, &self.class, said)?,
                None => None,
            };
            args.push(known.unwrap_or_else(|| vm.unknown("has a column whose type is not known")));
        }
        let flag = |name: &str| keywords.get(&Key(Value::text(name))).cloned();
        let is_key = matches!(flag("primary_key"), Some(Value::Bool(true)));
        if let Some(said) = said.filter(|said| said.mapped && !is_plain_column(column))
            && flag("nullable").is_none()
            && !is_key
        {
            keywords.insert(Key(Value::text("nullable")), Value::Bool(said.optional));
        }
        let mut names = column.names.borrow_mut();
        names.insert("args".into(), Value::tuple(args));
        names.insert("kwargs".into(), Value::dict(keywords));
        Ok(())
    }

    /// A table of its own.
    fn table(mut self, vm: &mut Interpreter<'a>, name: String) -> Eval<'a, Mapping<'a>> {
        let metadata = self.class.find("metadata").unwrap_or(Value::None);
        let mut args = Args { positional: vec![Value::text(name), metadata], keyword: Vec::new() };
        args.positional.extend(self.columns.iter().cloned());
        // What a class says of its table may name its columns.
        let so_far = Mapping {
            table: None,
            attributes: self.attributes.clone(),
            own: self.named.clone(),
            doubt: self.doubt.clone(),
        };
        vm.mappings.insert(Rc::as_ptr(&self.class) as usize, (self.class.clone(), Some(Rc::new(so_far))));
        for part in self.arguments(vm)? {
            match part {
                Value::Dict(options) => {
                    let options = options.items.borrow();
                    let named = |(key, value): (&Key<'a>, &Value<'a>)| {
                        Some((Cow::Owned(key.0.as_str()?.to_owned()), value.clone()))
                    };
                    args.keyword.extend(options.iter().filter_map(named));
                }
                Value::Instance(_) => args.positional.push(part),
                Value::None => {}
                _ => self.doubt.keys = Some("has arguments that are computed"),
            }
        }
        let record = Value::Class(vm.record_class("Table"));
        let Value::Instance(table) = vm.call(&record, args)? else {
            self.doubt.table = Some("has arguments that its table does not take");
            return Ok(Mapping { table: None, attributes: self.attributes, own: self.named, doubt: self.doubt });
        };
        if let Some(location) = self.class.location.clone() {
            let place = Unknown { reason: "".into(), location, text: None };
            table.names.borrow_mut().insert(PLACE.into(), Value::Unknown(Rc::new(place)));
        }
        for column in records::column_records(&table) {
            records::settle(&column, &table);
        }
        Ok(Mapping { table: Some(table), attributes: self.attributes, own: self.named, doubt: self.doubt })
    }

    /// What `__table_args__` says.
    fn arguments(&mut self, vm: &mut Interpreter<'a>) -> Eval<'a, Vec<Value<'a>>> {
        for part in self.class.lineage() {
            let Some(given) = part.names.borrow().get("__table_args__").cloned() else { continue };
            if !self.own.iter().any(|own| Rc::ptr_eq(own, &part)) && !is_computed(&given) {
                continue;
            }
            return Ok(match resolved(vm, &self.class, given)? {
                Value::Tuple(parts) => parts.items.clone(),
                Value::List(parts) => parts.0.borrow().clone(),
                Value::None => Vec::new(),
                Value::Unknown(_) => {
                    self.doubt.keys = Some("has arguments that are computed");
                    Vec::new()
                }
                other => vec![other],
            });
        }
        Ok(Vec::new())
    }

    /// Its columns in the table of the class above it.
    fn into_table_above(self) -> Option<Mapping<'a>> {
        let above = self.above?;
        let mut doubt = above.doubt.clone();
        doubt.columns.extend(self.doubt.columns);
        doubt.open = doubt.open.or(self.doubt.open);
        doubt.table = doubt.table.or(self.doubt.table);
        if let Some(table) = &above.table {
            for column in self.columns {
                let Value::Instance(column) = &column else { continue };
                let is_known = |known: &Rc<Instance<'a>>| own_name(known) == own_name(column);
                if !records::column_records(table).iter().any(is_known) {
                    records::settle(column, table);
                    records::add_part(table, Value::Instance(column.clone()));
                }
            }
        }
        Some(Mapping { table: above.table.clone(), attributes: self.attributes, own: self.named, doubt })
    }
}

enum Named {
    Known(String),
    Not,
    Unknown,
}

/// One thing that a class binds or annotates.
struct Attribute<'a> {
    name: String,
    /// `...` where there is an annotation alone.
    value: Value<'a>,
    annotation: Option<Annotation<'a>>,
}

/// What a class binds, and what it has an annotation for alone, in the order of its text.
fn attributes<'a>(class: &Rc<Class<'a>>) -> Vec<Attribute<'a>> {
    if class.location.is_none() {
        return Vec::new();
    }
    let names = class.names.borrow();
    let mut annotated: Vec<(String, Option<Annotation<'a>>)> = Vec::new();
    if let Some(Value::Tuple(all)) = names.get(ANNOTATIONS) {
        for item in &all.items {
            let Value::Tuple(item) = item else { continue };
            let Some(name) = item.items.first().and_then(Value::as_str) else { continue };
            let annotation = match item.items.get(2) {
                Some(Value::Object(object)) => object.annotation(),
                _ => None,
            };
            annotated.push((name.to_owned(), annotation));
        }
    }
    let bound = names.keys().filter(|name| !name.starts_with("__") && !name.starts_with('<'));
    let bound: Vec<String> = bound.map(ToString::to_string).collect();
    let order = merged(&bound, &annotated.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>());
    let one = |name: String| {
        let annotation = annotated.iter().find(|(known, _)| *known == name).and_then(|(_, found)| found.clone());
        let value = names.get(name.as_str()).cloned().unwrap_or(Value::Ellipsis);
        Attribute { name, value, annotation }
    };
    order.into_iter().map(one).collect()
}

/// Two orders as one, as SQLAlchemy merges them (`sqlalchemy.util.merge_lists_w_ordering`): the first up to a name that both
/// have, then the second up to the next such name, and so on.
fn merged(one: &[String], other: &[String]) -> Vec<String> {
    let mut overlap: Vec<&String> = one.iter().filter(|name| other.contains(name)).collect();
    let (mut current, mut next) = (one.iter(), other.iter());
    let mut found = Vec::new();
    loop {
        let mut is_switched = false;
        for name in current.by_ref() {
            if let Some(at) = overlap.iter().position(|known| *known == name) {
                overlap.remove(at);
                is_switched = true;
                break;
            }
            if !found.contains(name) {
                found.push(name.clone());
            }
        }
        if !is_switched {
            found.extend(next.filter(|name| !found.contains(name)).cloned().collect::<Vec<_>>());
            return found;
        }
        std::mem::swap(&mut current, &mut next);
    }
}

fn is_computed(value: &Value<'_>) -> bool {
    matches!(value, Value::Instance(record) if record.class.name == "declared_attr" || is_descriptor(record))
}

/// Whether a class of the project says what it is in other classes.
fn is_descriptor(record: &Instance<'_>) -> bool {
    record.class.location.is_some() && record.class.find("__get__").is_some()
}

fn is_flask(class: &Class<'_>) -> bool {
    class.find(FLASK).is_some()
}

/// The function behind `@declared_attr`.
fn function_of<'a>(value: &Value<'a>) -> Option<Value<'a>> {
    let Value::Instance(record) = value else { return None };
    match record.positional().into_iter().next()? {
        Value::Instance(inner) if &*inner.class.name == "classmethod" => inner.get("function"),
        function => Some(function),
    }
}

/// What such a function says that it returns.
fn returned<'a>(value: &Value<'a>) -> Option<Annotation<'a>> {
    let Value::Function(function) = function_of(value).filter(|_| is_computed(value))? else { return None };
    Some(Annotation { expression: function.returns?, scope: function.scope.clone() })
}

/// A value of a class, where a mixin computes it for each class of its own.
pub(in super::super::super) fn resolved<'a>(
    vm: &mut Interpreter<'a>,
    class: &Rc<Class<'a>>,
    value: Value<'a>,
) -> Eval<'a> {
    match &value {
        Value::Instance(record) if is_descriptor(record) => {
            let Some(get) = record.class.find("__get__") else { return Ok(value) };
            let positional = vec![value.clone(), Value::None, Value::Class(class.clone())];
            vm.call(&get, Args { positional, keyword: Vec::new() })
        }
        Value::Instance(_) if is_computed(&value) => {
            let Some(function) = function_of(&value) else { return Ok(value) };
            vm.call(&function, Args { positional: vec![Value::Class(class.clone())], keyword: Vec::new() })
        }
        _ => Ok(value),
    }
}

/// `UserRole` as `user_role` (`flask_sqlalchemy.model.camel_to_snake_case`).
fn snake(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    let mut text = String::new();
    for (at, letter) in letters.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|before| letters.get(before));
        let starts = letter.is_ascii_uppercase()
            && before.is_some_and(|before| {
                before.is_ascii_lowercase()
                    || before.is_ascii_digit()
                    || letters.get(at + 1).is_some_and(char::is_ascii_lowercase)
            });
        if starts {
            text.push('_');
        }
        text.extend(letter.to_lowercase());
    }
    text.trim_start_matches('_').to_owned()
}

/// Whether a column is one of `Column(…)`, which takes nothing of the annotation beside it, as `mapped_column(…)` does.
fn is_plain_column(column: &Instance<'_>) -> bool {
    let Some(Value::Unknown(place)) = column.get(PLACE) else { return false };
    let text = place.location.source.text().get(place.location.range.clone()).unwrap_or_default();
    let callee = text.split('(').next().unwrap_or_default();
    callee.rsplit('.').next().is_some_and(|name| name.trim() == "Column")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_flask_sqlalchemy() {
        for (class, table) in [
            ("User", "user"),
            ("UserRole", "user_role"),
            ("HTTPLog", "http_log"),
            ("A2B", "a2_b"),
            ("OAuth2Token", "o_auth2_token"),
        ] {
            assert_eq!(snake(class), table);
        }
    }
}
