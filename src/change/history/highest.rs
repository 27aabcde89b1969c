//! Whether the code that runs a list goes by the highest number that a database has run.

/// Parts of the names that such a number has.
const OF_DATABASES: [&str; 5] = ["version", "current", "applied", "latest", "highest"];

/// Names of the number of a migration that is looked at.
const OF_MIGRATIONS: [&str; 10] = ["id", "version", "number", "num", "n", "v", "ver", "target", "key", "seq"];

/// Whether a text leaves out the migrations whose number is not above the one that a database has: `if m.id <= version` before
/// a `continue`, or `if number > version` before it runs one.
pub fn goes_by_the_highest(text: &str) -> bool {
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    lines.iter().enumerate().any(|(at, line)| {
        let Some(condition) = line.strip_prefix("if ") else { return false };
        let next = lines.get(at + 1).copied().unwrap_or_default();
        match comparison(condition) {
            Some((is_above, database)) if is_above => {
                !assigns(next, database)
                    && !["return", "raise", "panic", "log."].iter().any(|word| next.starts_with(word))
            }
            Some(_) => next.starts_with("continue") || line.ends_with("continue"),
            None => false,
        }
    })
}

/// Whether a line gives a name another value: it looks for the highest number itself.
fn assigns(line: &str, name: &str) -> bool {
    let rest = line.strip_prefix(name).map(str::trim_start);
    rest.is_some_and(|rest| rest.starts_with(['=', ':']))
}

/// Whether a condition wants the number of a migration above that of a database, or not above it, and how the latter is
/// called; `None` where it compares something else.
fn comparison(condition: &str) -> Option<(bool, &str)> {
    let condition =
        condition.trim_end_matches(['{', ':', ' ']).trim_end_matches("continue").trim_end_matches([':', ' ']);
    let condition = condition.trim_start_matches('(').trim_end_matches(')');
    let (left, sign, right) = [" <= ", " >= ", " > ", " < "].iter().find_map(|sign| {
        let (left, right) = condition.split_once(sign)?;
        Some((left.trim(), sign.trim(), right.trim()))
    })?;
    let (migration, database, is_above) = match sign {
        "<=" => (left, right, false),
        ">=" => (right, left, false),
        ">" => (left, right, true),
        _ => (right, left, true),
    };
    let is_name = |text: &str| !text.is_empty() && text.chars().all(|part| part.is_alphanumeric() || part == '_');
    let is_of_database = is_name(database) && {
        let name = database.to_lowercase();
        OF_DATABASES.iter().any(|part| name.contains(part))
    };
    let own = migration.rsplit('.').next().unwrap_or_default();
    let is_of_migration = migration != database
        && migration.split('.').all(is_name)
        && OF_MIGRATIONS.contains(&own.to_lowercase().as_str());
    (is_of_database && is_of_migration).then_some((is_above, database))
}

#[cfg(test)]
mod tests {
    use super::goes_by_the_highest;

    #[test]
    fn a_runner_that_goes_by_the_highest_number_is_told_by_its_condition() {
        for text in [
            "for _, s := range all {\n\tif s.id <= version {\n\t\tcontinue\n",
            "for number, _, step in MIGRATIONS:\n    if number > version:\n        step(db)\n",
            "    if current_version >= m.version:\n        continue\n",
            "\tif applied < m.Version {\n\t\tif err := m.Up(tx); err != nil {\n",
        ] {
            assert!(goes_by_the_highest(text), "{text}");
        }
        for text in [
            "if m.Version > latest {\n\tlatest = m.Version\n}",
            "sort.Slice(all, func(a, b int) bool { return all[a].version < all[b].version })",
            "if m.version in applied:\n    continue",
            "if version > CURRENT_VERSION:\n    raise Newer()",
            "if m.id <= last {\n\treturn errOrder\n}",
        ] {
            assert!(!goes_by_the_highest(text), "{text}");
        }
    }
}
