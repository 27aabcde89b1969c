//! Random definitions on MariaDB and on the model of it: the same is taken, the same is refused, and both have the same
//! tables at the end. `PARITY_CHECK_MARIADB` demands a server, `PARITY_CHECK_SEED` chooses other statements.

use parity_check::schema::mysql::Flavour;

use crate::common::random::Random;
use crate::mysql::{compare, database, oracle, said};

const SEQUENCES: u64 = 300;
const LENGTH: usize = 14;

const TABLES: [&str; 4] = ["alpha", "beta", "gamma", "delta"];
const COLUMNS: [&str; 5] = ["id", "amount", "label", "note", "made"];
const KEYS: [&str; 3] = ["k_one", "k_two", "label"];
const NAMES: [&str; 2] = ["fk_one", "fk_two"];

/// A type that goes with a column's name most of the time, so that most statements fit together.
fn data_type(random: &mut Random, column: &str) -> &'static str {
    if random.chance(85) {
        return match column {
            "id" | "amount" => "INT",
            "label" => "VARCHAR(40)",
            "note" => "TEXT",
            _ => "DATETIME",
        };
    }
    random.pick(&[
        "BIGINT",
        "INT UNSIGNED",
        "VARCHAR(10)",
        "DECIMAL(8,2)",
        "TINYINT(1)",
        "DATE",
        "CHAR(5)",
        "LONGTEXT",
        "BLOB",
        "ENUM('a','b')",
    ])
}

fn attributes(random: &mut Random, data_type: &str) -> String {
    let mut text = String::new();
    if random.chance(35) {
        text += " NOT NULL";
    } else if random.chance(10) {
        text += " NULL";
    }
    if random.chance(30) {
        let default = match data_type {
            "INT" | "BIGINT" | "INT UNSIGNED" | "TINYINT(1)" | "DECIMAL(8,2)" => {
                random.pick(&["0", "1", "'7'", "NULL", "'x'"])
            }
            "DATETIME" => random.pick(&["CURRENT_TIMESTAMP", "'2020-01-31 00:00:00'", "NULL", "'soon'"]),
            "DATE" => random.pick(&["'2020-01-31'", "NULL"]),
            "ENUM('a','b')" => random.pick(&["'a'", "'c'", "NULL"]),
            "TEXT" | "LONGTEXT" | "BLOB" => random.pick(&["NULL", "'x'"]),
            _ => random.pick(&["''", "'x'", "'a text that is too long for most'", "NULL"]),
        };
        text += &format!(" DEFAULT {default}");
    }
    text
}

fn column(random: &mut Random) -> String {
    let name = random.pick(&COLUMNS);
    let data_type = data_type(random, name);
    format!("{name} {data_type}{}", attributes(random, data_type))
}

fn key_columns(random: &mut Random) -> String {
    let first = random.pick(&COLUMNS[..4]);
    let mut parts = vec![part(random, first)];
    if random.chance(25) {
        let second = random.pick(&COLUMNS);
        if second != first {
            parts.push(part(random, second));
        }
    }
    parts.join(", ")
}

fn part(random: &mut Random, column: &str) -> String {
    let length = if column == "note" && random.chance(80) || random.chance(5) { "(8)" } else { "" };
    format!("{column}{length}")
}

fn key(random: &mut Random) -> String {
    let kind = random.pick(&["KEY", "KEY", "UNIQUE KEY", "INDEX"]);
    let name = if random.chance(60) { format!(" {}", random.pick(&KEYS)) } else { String::new() };
    format!("{kind}{name} ({})", key_columns(random))
}

fn foreign(random: &mut Random) -> String {
    let name = if random.chance(50) { format!("CONSTRAINT {} ", random.pick(&NAMES)) } else { String::new() };
    let column = random.pick(&["amount", "amount", "id", "label"]);
    let parent = random.pick(&TABLES);
    // What a column refers to in its own row is the server's secret.
    let parent = if column == "label" { "alpha" } else { parent };
    let referenced = if column == "label" { "label" } else { "id" };
    let action = random.pick(&["", "", " ON DELETE CASCADE", " ON DELETE SET NULL", " ON UPDATE CASCADE"]);
    format!("{name}FOREIGN KEY ({column}) REFERENCES {parent} ({referenced}){action}")
}

fn create(random: &mut Random) -> String {
    let table = random.pick(&TABLES);
    let guard = if random.chance(15) { "IF NOT EXISTS " } else { "" };
    let mut parts =
        vec![if random.chance(70) { "id INT AUTO_INCREMENT PRIMARY KEY".to_owned() } else { "id INT".to_owned() }];
    for name in &COLUMNS[1..] {
        if random.chance(75) {
            let data_type = data_type(random, name);
            parts.push(format!("{name} {data_type}{}", attributes(random, data_type)));
        }
    }
    if random.chance(40) {
        parts.push(key(random));
    }
    if random.chance(30) {
        parts.push(foreign(random));
    }
    if random.chance(15) {
        parts.push("CONSTRAINT ck_one CHECK (amount > 0)".to_owned());
    }
    format!("CREATE TABLE {guard}{table} ({})", parts.join(", "))
}

fn place(random: &mut Random) -> String {
    match random.below(6) {
        0 => " FIRST".to_owned(),
        1 => format!(" AFTER {}", random.pick(&COLUMNS)),
        _ => String::new(),
    }
}

fn action(random: &mut Random) -> String {
    match random.below(17) {
        0..=2 => format!("ADD COLUMN {}{}", column(random), place(random)),
        3 => format!("ADD COLUMN IF NOT EXISTS {}", column(random)),
        4 => format!("DROP COLUMN {}", random.pick(&COLUMNS)),
        5 => format!("DROP COLUMN IF EXISTS {}", random.pick(&COLUMNS)),
        6 | 7 => format!("MODIFY {}{}", column(random), place(random)),
        8 => format!("CHANGE {} {}", random.pick(&COLUMNS), column(random)),
        9 => format!("RENAME COLUMN {} TO {}", random.pick(&COLUMNS), random.pick(&["amount", "note", "extra"])),
        10 => format!("ALTER COLUMN amount {}", random.pick(&["SET DEFAULT 5", "DROP DEFAULT", "SET DEFAULT 'x'"])),
        11 | 12 => format!("ADD {}", key(random)),
        13 => format!("DROP INDEX {}", random.pick(&KEYS)),
        14 => random.pick(&["DROP PRIMARY KEY", "ADD PRIMARY KEY (id)", "ADD PRIMARY KEY (amount)"]).to_owned(),
        15 => format!("ADD {}", foreign(random)),
        _ => format!("DROP FOREIGN KEY {}", random.pick(&["fk_one", "fk_two", "alpha_ibfk_1", "beta_ibfk_1"])),
    }
}

fn statement(random: &mut Random) -> String {
    let table = random.pick(&TABLES);
    match random.below(20) {
        0..=4 => create(random),
        5..=13 => format!("ALTER TABLE {table} {}", action(random)),
        14 => format!("CREATE INDEX {} ON {table} ({})", random.pick(&KEYS), key_columns(random)),
        15 => format!("DROP INDEX {} ON {table}", random.pick(&KEYS)),
        16 => format!("RENAME TABLE {table} TO {}", random.pick(&TABLES)),
        17 => format!("DROP TABLE {}{table}", if random.chance(50) { "IF EXISTS " } else { "" }),
        18 => format!("CREATE TABLE {table} LIKE {}", random.pick(&TABLES)),
        _ => format!("INSERT INTO {table} ({}) SELECT 1 FROM DUAL WHERE 1 = 0", random.pick(&COLUMNS)),
    }
}

fn sequence(seed: u64) -> Vec<String> {
    let mut random = Random::new(seed);
    let mut all = vec![
        "CREATE TABLE alpha (id INT AUTO_INCREMENT PRIMARY KEY, label VARCHAR(40) NOT NULL, UNIQUE KEY (label))"
            .to_owned(),
        create(&mut random),
    ];
    while all.len() < LENGTH {
        all.push(statement(&mut random));
    }
    all
}

#[test]
fn random_definitions_end_alike_on_mariadb_and_on_the_model() {
    let start = std::env::var("PARITY_CHECK_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(1);
    let all: Vec<Vec<String>> = (start..start + SEQUENCES).map(sequence).collect();
    let Some(found) = oracle(&all) else { return };
    let (mut wrong, mut refused) = (Vec::new(), 0);
    for (index, (statements, found)) in all.iter().zip(&found).enumerate() {
        let seed = start + index as u64;
        let (mut own, mut lenient) = (database(Flavour::MariaDb), database(Flavour::Unknown));
        let before = wrong.len();
        for (statement, real) in statements.iter().zip(&found.said) {
            refused += usize::from(real != "ok");
            let answer = said(&mut own, statement);
            let difference = compare(real, answer.as_deref())
                .or_else(|| (real != "ok" && answer.as_deref() == Some("ok")).then(|| format!("{real:?} is not told")));
            if let Some(difference) = difference {
                wrong.push(format!("seed {seed}: {statement}\n    {difference}"));
                break;
            }
            // One that does not know which server it is takes what that one takes.
            let kept = lenient.clone();
            match said(&mut lenient, statement) {
                Some(answer) if real == "ok" && answer != "ok" => {
                    wrong.push(format!("seed {seed}: {statement}\n    is taken, and refused with {answer}"));
                    break;
                }
                _ if real != "ok" => lenient = kept,
                _ => {}
            }
        }
        if wrong.len() == before {
            wrong.extend(
                crate::mysql::differences(&found.catalog, &crate::mysql::catalog(own.state()))
                    .into_iter()
                    .map(|line| format!("seed {seed}: {line}")),
            );
            if wrong.len() > before {
                wrong.push(statements.join(";\n    "));
            }
        }
    }
    let count = all.len() * LENGTH;
    println!("{refused} of {count} statements are refused");
    assert!(wrong.is_empty(), "{} of {SEQUENCES}\n{}", wrong.len(), wrong.join("\n"));
}
