//! What the name of a SQL file, or of the folder that it lies in, says of the migration in it.

use crate::schema::dialect::Named as Database;

/// A name, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    pub version: Option<Version>,
    /// What is left without version, dialect, direction and ending: what the migration is about.
    pub slug: String,
    /// The database that it is for by its ending (`x.sqlite.up.sql`), by its first word (`pgsql_1.2.sql`) or by its last
    /// (`app_mysql.sql`).
    pub database: Option<Database>,
    /// It is not told by a dot: the last or first word of a name may be about anything.
    pub is_loose: bool,
    pub part: Part,
}

/// What of a migration a file has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The way forth: `x.up.sql`, `up.sql`.
    Up,
    /// The way back, which is never run.
    Down,
    /// `U2__x.sql`: Flyway's way back, and what refinery runs whatever has run.
    Undo,
    /// Both, or the way forth alone.
    Whole,
    /// Flyway's `R__x.sql`, which runs whenever it changed.
    Repeatable,
}

/// The number of a migration, whatever it is written like: `0007`, `20250103120000`, `2025-01-03-120000`, `1_26`, `v1.3`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Version {
    pub text: String,
    pub numbers: Vec<u128>,
}

impl Version {
    /// `None` for a text that is no version.
    pub fn parse(text: &str) -> Option<Self> {
        let bare = text.strip_prefix(['v', 'V']).unwrap_or(text);
        let numbers: Option<Vec<u128>> = bare.split(['.', '_', '-']).map(|part| part.parse().ok()).collect();
        let numbers = numbers.filter(|numbers| !numbers.is_empty())?;
        Some(Self { text: text.to_owned(), numbers })
    }

    /// The moment that a stamp says, as `YYYYMMDD`; `None` for a number that is none.
    pub fn day(&self) -> Option<u32> {
        let digits: String = match self.numbers.as_slice() {
            [one] => one.to_string(),
            [year, month, day, ..] if *year > 1900 => format!("{year}{month:02}{day:02}"),
            _ => return None,
        };
        let day: u32 = digits.get(..8).filter(|_| digits.len() >= 8)?.parse().ok()?;
        let (year, month) = (day / 10_000, day / 100 % 100);
        ((1990..2100).contains(&year) && (1..=12).contains(&month)).then_some(day)
    }
}

/// The words that begin the name of an upgrade before its number: `upgrade_188.sql`.
const FRONT: [&str; 9] = ["upgrade", "update", "migration", "migrate", "patch", "version", "schema", "to", "rev"];

impl Name {
    /// Of a file that ends in `.sql`; `None` for every other.
    pub fn of_file(name: &str) -> Option<Self> {
        let stem = name.strip_suffix(".sql")?;
        Some(Self::of_stem(stem))
    }

    /// Of a file in Go that begins with a number, tests aside; `None` for every other.
    pub fn of_code(name: &str) -> Option<Self> {
        let stem = name.strip_suffix(".go").filter(|_| crate::go::is_go(name))?;
        if !stem.starts_with(|first: char| first.is_ascii_digit()) || !stem.contains('_') {
            return None;
        }
        let (version, slug, _) = version(stem);
        Some(Self {
            version: Some(version?),
            slug: slug.to_owned(),
            database: None,
            is_loose: false,
            part: Part::Whole,
        })
    }

    /// Of a folder that is one migration, or of all of one version.
    pub fn of_folder(name: &str) -> Self {
        Self::of_stem(name)
    }

    fn of_stem(stem: &str) -> Self {
        let mut rest = stem;
        let mut part = Part::Whole;
        let mut database = None;
        if let Some(direction) = direction(stem) {
            return Self { version: None, slug: String::new(), database: None, is_loose: false, part: direction };
        }
        // `x.sqlite3.autocommit.up`, from its end.
        while let Some((front, last)) = rest.rsplit_once('.') {
            let lower = last.to_ascii_lowercase();
            if let Some(found) = direction(&lower).filter(|_| part == Part::Whole) {
                part = found;
            } else if let Some(found) = Database::of_word(last).filter(|_| database.is_none()) {
                database = Some(found);
            } else if !matches!(lower.as_str(), "autocommit" | "notx" | "tx" | "notransaction") {
                break;
            }
            rest = front;
        }
        if let Some(front) =
            rest.strip_suffix("_up").or_else(|| rest.strip_suffix("-up")).filter(|_| part == Part::Whole)
        {
            (part, rest) = (Part::Up, front);
        } else if let Some(front) =
            rest.strip_suffix("_down").or_else(|| rest.strip_suffix("-down")).filter(|_| part == Part::Whole)
        {
            (part, rest) = (Part::Down, front);
        }
        let mut is_loose = false;
        if database.is_none() {
            if let Some((first, behind)) = rest.split_once(['_', '-'])
                && let Some(found) = Database::of_word(first)
                && behind.starts_with(|first: char| first.is_ascii_digit() || first == 'v')
            {
                (database, rest, is_loose) = (Some(found), behind, true);
            } else if let Some((front, last)) = rest.rsplit_once(['_', '-'])
                && let Some(found) = Database::of_ending(last)
                && !front.is_empty()
            {
                (database, rest, is_loose) = (Some(found), front.trim_end_matches(['_', '-']), true);
            }
        }
        let (version, slug, of_flyway) = version(rest);
        let part = of_flyway.unwrap_or(part);
        Self { version, slug: slug.to_owned(), database, is_loose, part }
    }
}

/// What a word says of the way.
fn direction(word: &str) -> Option<Part> {
    match word {
        "up" | "migration" => Some(Part::Up),
        "down" | "undo" | "rollback" | "revert" => Some(Part::Down),
        _ => None,
    }
}

/// The version at the front of a name, what follows it, and what Flyway's letter says.
fn version(name: &str) -> (Option<Version>, &str, Option<Part>) {
    if let Some(slug) = name.strip_prefix("R__") {
        return (None, slug, Some(Part::Repeatable));
    }
    // `V1_26__x`, `B1__x`, `U1__x`: the version ends at two underscores.
    if let Some((front, slug)) = name.split_once("__")
        && let Some(letter) = front.chars().next().filter(char::is_ascii_alphabetic)
        && let Some(version) = front.get(1..).and_then(Version::parse)
    {
        let part = match letter {
            'U' => Some(Part::Undo),
            _ => None,
        };
        return (Some(version), slug, part);
    }
    let lower = name.to_ascii_lowercase();
    let front = FRONT.iter().find_map(|word| {
        let rest = name.get(word.len()..).filter(|_| lower.starts_with(word))?;
        let rest = rest.strip_prefix(['_', '-']).unwrap_or(rest);
        // `upgrade-pre-1.0.0`, `upgrade_to_3`
        let inner = ["pre", "to", "from"].iter().find_map(|word| rest.strip_prefix(word)?.strip_prefix(['_', '-']));
        let rest = inner.unwrap_or(rest);
        rest.starts_with(|first: char| first.is_ascii_digit()).then_some(rest)
    });
    let rest = front.or_else(|| behind_a_word(name)).unwrap_or(name);
    let bare = rest.strip_prefix(['v', 'V']).filter(|rest| rest.starts_with(|first: char| first.is_ascii_digit()));
    let bare = bare.unwrap_or(rest);
    // Numbers go on over a `-` in a stamp and over a `.` in a release; a `_` ends them.
    let mut end = 0;
    let bytes = bare.as_bytes();
    while end < bytes.len() {
        let joins = matches!(bytes[end], b'.' | b'-') && end > 0 && bytes.get(end + 1).is_some_and(u8::is_ascii_digit);
        // `2-add-3-columns` is number 2, `2025-01-03-120000` a stamp.
        let is_word = |from: usize| {
            let after = bytes[from..].iter().position(|byte| !byte.is_ascii_digit()).map(|at| bytes[from + at]);
            after.is_some_and(|byte| byte.is_ascii_alphabetic())
        };
        if bytes[end].is_ascii_digit() || joins && !is_word(end + 1) {
            end += 1;
        } else {
            break;
        }
    }
    match Version::parse(&bare[..end]) {
        Some(version) => (Some(version), bare[end..].trim_start_matches(['_', '-', '.', ' ']), None),
        None => (None, name, None),
    }
}

/// The number of `db_00001` and what follows it: behind any word, where zeros in front say that it is one that counts.
fn behind_a_word(name: &str) -> Option<&str> {
    const DIGITS: usize = 3;
    let (word, rest) = name.split_once(['_', '-'])?;
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let is_word = !word.is_empty() && word.bytes().all(|letter| letter.is_ascii_alphabetic());
    let ends = rest.as_bytes().get(digits).is_none_or(|next| b"_-.".contains(next));
    (is_word && digits >= DIGITS && rest.starts_with('0') && ends).then_some(rest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::{mysql, postgres, sqlite};

    fn told(name: &str) -> (Option<Vec<u128>>, String, Option<Database>, Part) {
        let name = Name::of_file(name).unwrap();
        (name.version.map(|version| version.numbers), name.slug, name.database, name.part)
    }

    #[test]
    fn a_name_tells_version_slug_database_and_direction() {
        let known = |dialect| Some(Database::Known(dialect));
        for (name, version, slug, database, part) in [
            ("000123_add_x.up.sql", Some(vec![123]), "add_x", None, Part::Up),
            ("0188.down.sql", Some(vec![188]), "", None, Part::Down),
            ("V0001.Name.up.sql", Some(vec![1]), "Name", None, Part::Up),
            ("9_x.sql", Some(vec![9]), "x", None, Part::Whole),
            ("V1_26__add_x.sql", Some(vec![1, 26]), "add_x", None, Part::Whole),
            ("V1.26.1__add_x___MYSQL.sql", Some(vec![1, 26, 1]), "add_x", known(mysql::DIALECT), Part::Whole),
            ("R__views.sql", None, "views", None, Part::Repeatable),
            ("U2__x.sql", Some(vec![2]), "x", None, Part::Undo),
            (
                "20250103120000000000_x.postgres.up.sql",
                Some(vec![20_250_103_120_000_000_000]),
                "x",
                known(postgres::DIALECT),
                Part::Up,
            ),
            ("20250103_x.sqlite3.autocommit.down.sql", Some(vec![20_250_103]), "x", known(sqlite::DIALECT), Part::Down),
            ("pgsql_1.3.0_1.4.0.sql", Some(vec![1, 3, 0]), "1.4.0", known(postgres::DIALECT), Part::Whole),
            ("app_postgresql.sql", None, "app", known(postgres::DIALECT), Part::Whole),
            ("upgrade_188.sql", Some(vec![188]), "", None, Part::Whole),
            ("upgrade-pre-1.2.0.sql", Some(vec![1, 2, 0]), "", None, Part::Whole),
            ("update_to_3.sql", Some(vec![3]), "", None, Part::Whole),
            ("update_to_do.sql", None, "update_to_do", None, Part::Whole),
            ("2016100900.sql", Some(vec![2_016_100_900]), "", None, Part::Whole),
            ("0003_v0_3_0_fax.sql", Some(vec![3]), "v0_3_0_fax", None, Part::Whole),
            ("up.sql", None, "", None, Part::Up),
            ("migration.sql", None, "", None, Part::Up),
            ("2-add-3-columns.sql", Some(vec![2]), "add-3-columns", None, Part::Whole),
            ("db_00001.sql", Some(vec![1]), "", None, Part::Whole),
            ("dump_20240101.sql", None, "dump_20240101", None, Part::Whole),
            ("accounts.sql", None, "accounts", None, Part::Whole),
        ] {
            assert_eq!(told(name), (version, slug.to_owned(), database, part), "{name}");
        }
        assert_eq!(Name::of_folder("2025-01-03-120000_add_x").version.unwrap().numbers, [2025, 1, 3, 120_000]);
        assert_eq!(Name::of_folder("v1.3").version.unwrap().numbers, [1, 3]);
        assert_eq!(Name::of_file("x.txt"), None);
    }

    #[test]
    fn a_stamp_says_its_day() {
        let day = |text: &str| Version::parse(text).unwrap().day();
        assert_eq!(day("20250103120000"), Some(20_250_103));
        assert_eq!(day("2025-01-03-120000"), Some(20_250_103));
        assert_eq!((day("0007"), day("12345678"), day("1.3.0")), (None, None, None));
    }
}
