//! What to do about a migration that is refused.

use crate::change::TrackChange;
use crate::evaluate::outcome::Refused;
use crate::schema::model::{Name, Schema};

/// What to do, by what is said and who says it.
pub fn help(track: &TrackChange, refusal: &Refused<'_>, speaker: &str, said: &str) -> String {
    if refusal.failure.kind.existing().is_some() {
        // What an earlier step makes on fresh databases alone is asked for; what is there everywhere needs no step.
        let first = if refusal.deployed {
            "it is there already: take the step out, or "
        } else {
            "an earlier step makes it on fresh databases: "
        };
        return format!("{first}{}", (track.track.dialect.facts().statements.unless_there)(said));
    }
    if said.contains("does not exist") || said.contains("no such ") {
        let near = track
            .outcome
            .as_ref()
            .and_then(|outcome| nearest(said, &outcome.after.schema).or_else(|| nearest(said, &outcome.fresh.schema)));
        return match near {
            Some(near) => format!("did you mean `{near}`?"),
            None => "check the name, and that a migration before this one makes it".to_owned(),
        };
    }
    if said.starts_with("unexpected transaction status") {
        return "end the transaction that the file begins: `COMMIT;`".to_owned();
    }
    if let Some(name) = said.strip_prefix("NameError: name '").and_then(|rest| rest.split('\'').next()) {
        return format!("import or define `{name}` in this file");
    }
    format!("let the {} say what {speaker} takes", track.track.kind.noun(1))
}

/// The name in a schema that is nearest to the one that a message misses.
fn nearest(said: &str, schema: &Schema) -> Option<String> {
    let quoted: Vec<&str> = said.split('"').skip(1).step_by(2).collect();
    let bare = said.rsplit(": ").next().filter(|_| said.starts_with("no such "));
    let missing = quoted.first().copied().or(bare)?;
    let missing = missing.rsplit('.').next()?;
    let is_column = said.contains("column");
    // A message that names the table, too, means one of its columns.
    let table = quoted.get(1).map(|table| Name::from(*table));
    let columns = schema.tables.values().filter(|known| table.as_ref().is_none_or(|table| known.name == *table));
    let names: Vec<&str> = if is_column {
        columns.flat_map(|table| &table.columns).map(|column| column.name.as_str()).collect()
    } else {
        schema.tables.keys().map(Name::as_str).collect()
    };
    let distance = |name: &str| strsim::damerau_levenshtein(&missing.to_lowercase(), &name.to_lowercase());
    let near = names.into_iter().map(|name| (distance(name), name)).min()?;
    (near.0 > 0 && near.0 <= 2 && near.0 * 3 <= missing.len()).then(|| near.1.to_owned())
}

#[cfg(test)]
mod tests {
    use crate::schema::{postgres, sqlite};

    #[test]
    fn no_database_is_told_words_that_it_does_not_have() {
        let postgres = postgres::DIALECT.facts().statements.unless_there;
        assert!(!postgres("type \"mood\" already exists").contains("IF NOT EXISTS"));
        assert!(!postgres("constraint \"c\" for relation \"t\" already exists").contains("IF NOT EXISTS"));
        assert!(postgres("relation \"users\" already exists").contains("IF NOT EXISTS"));
        let sqlite = sqlite::DIALECT.facts().statements.unless_there;
        assert!(!sqlite("duplicate column name: age").starts_with("say"));
    }
}
