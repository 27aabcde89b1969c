//! What to do about a migration that is refused.

use crate::change::TrackChange;
use crate::evaluate::outcome::{Outcome, Refused};
use crate::schema::database::{RefusalKind, Sort, Thing};
use crate::schema::model::{Name, Schema};

/// What to do, by why it is refused and who says it.
pub fn help(track: &TrackChange, refusal: &Refused<'_>, speaker: &str, said: &str) -> String {
    match &refusal.failure.kind {
        RefusalKind::Exists(thing) => {
            // What an earlier step makes on fresh databases alone is asked for; what is there everywhere needs no step.
            let first = if refusal.deployed {
                "it is there already: take the step out, or "
            } else {
                "an earlier step makes it on fresh databases: "
            };
            format!("{first}{}", (track.track.dialect.facts().statements.unless_there)(thing))
        }
        RefusalKind::Missing(thing) => {
            let near = |outcome: &Outcome| {
                nearest(thing, &outcome.after.schema).or_else(|| nearest(thing, &outcome.fresh.schema))
            };
            match track.outcome.as_ref().and_then(near) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "check the name, and that a migration before this one makes it".to_owned(),
            }
        }
        RefusalKind::Held => {
            format!("put it alone into a {} of its own, for which no transaction is begun", track.track.kind.noun(1))
        }
        RefusalKind::LeftOpen => "end the transaction that the file begins: `COMMIT;`".to_owned(),
        _ => match said.strip_prefix("NameError: name '").and_then(|rest| rest.split('\'').next()) {
            Some(name) => format!("import or define `{name}` in this file"),
            None => format!("let the {} say what {speaker} takes", track.track.kind.noun(1)),
        },
    }
}

/// The name in a schema that is nearest to the one of a table or a column that is missing.
fn nearest(thing: &Thing, schema: &Schema) -> Option<String> {
    let missing = thing.name.rsplit('.').next()?.to_lowercase();
    let names: Vec<&str> = match thing.sort {
        Sort::Table | Sort::Dropped => schema.tables.keys().map(Name::as_str).collect(),
        Sort::Column => {
            let table = thing.of.as_deref().map(Name::from);
            let tables = schema.tables.values().filter(|known| table.as_ref().is_none_or(|table| known.name == *table));
            tables.flat_map(|table| &table.columns).map(|column| column.name.as_str()).collect()
        }
        _ => return None,
    };
    let distance = |name: &str| strsim::damerau_levenshtein(&missing, &name.to_lowercase());
    let near = names.into_iter().map(|name| (distance(name), name)).min()?;
    (near.0 > 0 && near.0 <= 2 && near.0 * 3 <= missing.len()).then(|| near.1.to_owned())
}

#[cfg(test)]
mod tests {
    use crate::schema::database::{Sort, Thing};
    use crate::schema::{postgres, sqlite};

    #[test]
    fn no_database_is_told_words_that_it_does_not_have() {
        let thing = |sort| Thing { sort, name: "it".to_owned(), of: None };
        let postgres = postgres::DIALECT.facts().statements.unless_there;
        assert!(!postgres(&thing(Sort::Type)).contains("IF NOT EXISTS"));
        assert!(!postgres(&thing(Sort::Constraint)).contains("IF NOT EXISTS"));
        assert!(postgres(&thing(Sort::Table)).contains("IF NOT EXISTS"));
        let sqlite = sqlite::DIALECT.facts().statements.unless_there;
        assert!(!sqlite(&thing(Sort::Column)).starts_with("say"));
    }
}
