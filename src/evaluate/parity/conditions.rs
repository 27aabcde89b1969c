//! Conditions of two tracks of one engine: what says the same in other words, as `pg_dump` and other hands write it.

use crate::schema::token::{Kind, tokens};

/// A condition in one spelling: without casts and without brackets around single values, `= ANY (ARRAY[…])` as `IN (…)`, what is
/// listed in one order, `BETWEEN` as two comparisons.
pub(super) fn spelled(condition: &str) -> Vec<String> {
    let words = without_casts(&words(condition));
    let words = as_lists(&without_brackets(words));
    as_comparisons(&in_order(without_brackets(words)))
}

fn words(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for token in tokens(text) {
        match token.kind {
            // What stands in square brackets is a list here, and no name.
            Kind::Quoted if token.text.starts_with('[') => {
                let inner = token.text.trim_start_matches('[').trim_end_matches(']');
                found.push("[".to_owned());
                found.extend(words(inner));
                found.push("]".to_owned());
            }
            Kind::Text | Kind::Quoted => found.push(token.text.to_owned()),
            _ => found.push(token.text.to_lowercase()),
        }
    }
    found
}

fn is_word(text: &str) -> bool {
    text.starts_with(|first: char| first.is_alphabetic() || first == '_' || first == '"')
}

/// `(state)::character varying(10)[]` is `(state)`.
fn without_casts(words: &[String]) -> Vec<String> {
    const MORE: [&str; 6] = ["varying", "precision", "without", "with", "time", "zone"];
    let mut kept = Vec::new();
    let mut at = 0;
    while at < words.len() {
        if words[at] != "::" {
            kept.push(words[at].clone());
            at += 1;
            continue;
        }
        at += 2;
        while words.get(at).is_some_and(|word| MORE.contains(&word.as_str())) {
            at += 1;
        }
        for (open, close) in [("(", ")"), ("[", "]")] {
            if words.get(at).is_some_and(|word| word == open) {
                at += words[at..].iter().position(|word| word == close).map_or(1, |end| end + 1);
            }
        }
    }
    kept
}

/// Without brackets around single values, and without those around everything.
fn without_brackets(mut words: Vec<String>) -> Vec<String> {
    const BEFORE: [&str; 3] = ["and", "or", "not"];
    loop {
        let around = words.windows(3).enumerate().position(|(at, part)| {
            let before = at.checked_sub(1).and_then(|at| words.get(at));
            let is_call = before.is_some_and(|word| is_word(word) && !BEFORE.contains(&word.as_str()));
            part[0] == "(" && part[2] == ")" && part[1] != "(" && !is_call
        });
        match around {
            Some(at) => {
                words.remove(at + 2);
                words.remove(at);
            }
            None if closes_at_the_end(&words) => {
                words.pop();
                words.remove(0);
            }
            None => return words,
        }
    }
}

/// Whether the first bracket is closed by the last word.
fn closes_at_the_end(words: &[String]) -> bool {
    let mut depth = 0_usize;
    words.first().is_some_and(|first| first == "(")
        && words.iter().position(|word| {
            match word.as_str() {
                "(" => depth += 1,
                ")" => depth -= 1,
                _ => {}
            }
            depth == 0
        }) == Some(words.len() - 1)
}

/// `= any ( array [ a , b ] )` is `in ( a , b )`.
fn as_lists(words: &[String]) -> Vec<String> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < words.len() {
        let is_any = words[at] == "=" && words.get(at + 1).is_some_and(|word| word == "any");
        let begins = words[at..].iter().position(|word| word == "array").filter(|begins| is_any && *begins <= 4);
        let list = begins.and_then(|begins| {
            let first = at + begins + 2;
            let end = first + words.get(first..)?.iter().position(|word| word == "]")?;
            Some((words[first..end].to_vec(), end + begins - 1))
        });
        match list {
            Some((items, end)) => {
                found.extend(["in".to_owned(), "(".to_owned()]);
                found.extend(items);
                found.push(")".to_owned());
                at = end;
            }
            None => {
                found.push(words[at].clone());
                at += 1;
            }
        }
    }
    found
}

/// With the values of each list in their order.
fn in_order(mut words: Vec<String>) -> Vec<String> {
    for at in 1..words.len() {
        if words[at - 1] != "in" || words[at] != "(" {
            continue;
        }
        let Some(length) = words[at..].iter().position(|word| word == ")") else { continue };
        let inside = &mut words[at + 1..at + length];
        if inside.iter().any(|word| word == "(") || inside.iter().skip(1).step_by(2).any(|word| word != ",") {
            continue;
        }
        let mut values: Vec<String> = inside.iter().step_by(2).cloned().collect();
        values.sort();
        values.into_iter().enumerate().for_each(|(place, value)| inside[2 * place] = value);
    }
    words
}

/// `a between 1 and 9` is `a >= 1 and a <= 9`, where all three are single words.
fn as_comparisons(words: &[String]) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut at = 0;
    while at < words.len() {
        match &words[at..] {
            [between, low, and, high, ..] if between == "between" && and == "and" && !found.is_empty() => {
                let name = found.last().cloned().unwrap_or_default();
                found.extend([">=".to_owned(), low.clone(), "and".to_owned(), name, "<=".to_owned(), high.clone()]);
                at += 4;
            }
            _ => {
                found.push(words[at].clone());
                at += 1;
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::spelled;

    #[test]
    fn conditions_are_alike_in_other_words() {
        for (one, other) in [
            ("state IN ('a', 'b')", "state in ('b', 'a')"),
            (
                "state IN ('a', 'b')",
                "((state)::text = ANY ((ARRAY['a'::character varying, 'b'::character varying])::text[]))",
            ),
            ("state IN ('a', 'b')", "state = ANY (ARRAY['a', 'b'])"),
            ("state <> ''", "(state)::text <> ''::text"),
            ("weight > 0", "weight>(0)"),
            ("weight BETWEEN 0 AND 9", "weight >= 0 AND weight <= 9"),
        ] {
            assert_eq!(spelled(one), spelled(other), "{one} {other}");
        }
        for (one, other) in [
            ("state IN ('a', 'b')", "state IN ('a', 'b', 'c')"),
            ("weight > 0", "weight >= 0"),
            ("(a OR b) AND c", "a OR b AND c"),
            ("state = 'A'", "state = 'a'"),
            ("length(a) > 0", "a > 0"),
        ] {
            assert_ne!(spelled(one), spelled(other), "{one} {other}");
        }
    }
}
