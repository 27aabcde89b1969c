use super::*;
use crate::schema::model::Schema;
use crate::schema::sqlite::{Database, Limits};

fn schema(sql: &str) -> Schema {
    let mut db = Database::new(Limits::default()).unwrap();
    db.execute_script(sql).unwrap_or_else(|error| panic!("{error}: {sql}"));
    db.snapshot().unwrap()
}

fn phrases(before: &str, after: &str) -> Vec<String> {
    diff(&schema(before), &schema(after), Level::Full).iter().map(ToString::to_string).collect()
}

const BASE: &str = "
    CREATE TABLE u (id INTEGER PRIMARY KEY);
    CREATE TABLE t (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        name TEXT NOT NULL DEFAULT 'x' COLLATE NOCASE,
        cost REAL CHECK (cost > 0),
        twice REAL GENERATED ALWAYS AS (cost * 2) VIRTUAL,
        u_id INTEGER REFERENCES u (id) ON DELETE CASCADE,
        UNIQUE (name, cost)
    );
    CREATE INDEX i ON t (name, cost DESC) WHERE cost IS NOT NULL;
    CREATE VIEW v AS SELECT id FROM t;
    CREATE VIRTUAL TABLE f USING fts5(name, tokenize = 'porter');
    CREATE TRIGGER g AFTER INSERT ON t BEGIN UPDATE t SET cost = 1 WHERE id = new.id; END;
";

/// Each mutation of the schema makes one of its changes this phrase.
fn check_mutations(mutations: &[(&str, &str, &str)]) {
    for (from, to, phrase) in mutations {
        assert!(BASE.contains(from), "{from}");
        let found = phrases(BASE, &BASE.replacen(from, to, 1));
        assert!(found.iter().any(|found| found == phrase), "{from} -> {to}: {found:#?}");
    }
}

#[test]
fn every_attribute_of_a_column_is_seen() {
    check_mutations(&[
        ("cost REAL", "cost TEXT", "type of column `t.cost` changes from `REAL` to `TEXT`"),
        ("TEXT NOT NULL", "TEXT", "nullability of column `t.name` changes from `NOT NULL` to `NULL`"),
        ("'x'", "'X'", "default of column `t.name` changes from `'x'` to `'X'`"),
        ("DEFAULT 'x'", "", "default of column `t.name` changes from `'x'` to `NULL`"),
        ("COLLATE NOCASE", "", "collation of column `t.name` changes from `NOCASE` to `BINARY`"),
        (
            "cost * 2",
            "cost * 3",
            "generated value of column `t.twice` changes from `(cost * 2) VIRTUAL` to `(cost * 3) VIRTUAL`",
        ),
        (
            "VIRTUAL,",
            "STORED,",
            "generated value of column `t.twice` changes from `(cost * 2) VIRTUAL` to `(cost * 2) STORED`",
        ),
        ("KEY);", "KEY, max_cost REAL);", "column `u.max_cost` (REAL) is added"),
        ("u (id INTEGER PRIMARY KEY)", "u (k INTEGER)", "column `u.id` (INTEGER) is removed"),
    ]);
}

#[test]
fn every_constraint_and_option_is_seen() {
    check_mutations(&[
        ("CREATE TABLE u (", "CREATE TABLE w (a); CREATE TABLE u (", "table `w` is added"),
        ("AUTOINCREMENT", "", "AUTOINCREMENT of table `t` changes from `yes` to `no`"),
        ("KEY);", "KEY) STRICT;", "STRICT of table `u` changes from `no` to `yes`"),
        ("KEY);", "KEY) WITHOUT ROWID;", "WITHOUT ROWID of table `u` changes from `no` to `yes`"),
        ("u (id INTEGER PRIMARY KEY)", "u (id INTEGER)", "primary key of `u` (id) is removed"),
        (
            "(id INTEGER PRIMARY KEY)",
            "(id INTEGER, b, PRIMARY KEY (id, b))",
            "list of columns of primary key of `u` changes from `id` to `id, b`",
        ),
        ("KEY);", "KEY ON CONFLICT IGNORE);", "conflict clause of primary key of `u` changes from `ABORT` to `IGNORE`"),
        ("cost > 0", "cost > 1", "check of `t` (cost > 1) changes"),
        ("CHECK (cost > 0)", "", "check of `t` (cost > 0) is removed"),
        ("ON DELETE CASCADE", "", "foreign key of `t` (u_id) changes"),
        ("u (id) ON", "t (id) ON", "foreign key of `t` (u_id) changes"),
        ("CASCADE", "CASCADE DEFERRABLE INITIALLY DEFERRED", "foreign key of `t` (u_id) changes"),
        ("REFERENCES u (id) ON DELETE CASCADE", "", "foreign key of `t` (u_id) is removed"),
        ("UNIQUE (name, cost)", "UNIQUE (name)", "unique constraint on `t` (name, cost) is removed"),
        ("UNIQUE (name, cost)", "UNIQUE (name)", "unique constraint on `t` (name) is added"),
        ("cost)\n", "cost) ON CONFLICT IGNORE\n", "unique constraint on `t` (name, cost) changes"),
    ]);
}

#[test]
fn every_part_of_an_index_and_every_text_is_seen() {
    check_mutations(&[
        ("cost DESC", "cost", "list of columns of index `i` on `t` changes from `(name, cost DESC)` to `(name, cost)`"),
        (
            "(name, cost DESC)",
            "(name COLLATE BINARY, cost DESC)",
            "list of columns of index `i` on `t` changes from `(name, cost DESC)` to `(name COLLATE BINARY, cost DESC)`",
        ),
        ("CREATE INDEX", "CREATE UNIQUE INDEX", "uniqueness of index `i` on `t` changes from `not UNIQUE` to `UNIQUE`"),
        (
            "cost IS NOT NULL;",
            "cost IS NULL;",
            "condition of index `i` on `t` changes from `cost IS NOT NULL` to `cost IS NULL`",
        ),
        ("INDEX i ", "INDEX j ", "index `j` on `t` (name, cost DESC) WHERE cost IS NOT NULL is added"),
        ("SELECT id FROM t", "SELECT name FROM t", "view `v` changes"),
        ("VIEW v", "VIEW w", "view `w` is added"),
        ("porter", "ascii", "virtual table `f` changes"),
        ("TABLE f", "TABLE h", "virtual table `f` is removed"),
        ("cost = 1", "cost = 2", "trigger `g` on `t` changes"),
        ("TRIGGER g", "TRIGGER h", "trigger `g` on `t` is removed"),
    ]);
}

#[test]
fn formatting_is_no_difference() {
    let other = "
        create table \"U\" ([ID] integer primary key not null);
        CREATE TABLE IF NOT EXISTS `T` (
            u_id integer, -- columns in another order
            id integer /* the id */ primary key autoincrement,
            name text default ('x') not null collate nocase,
            cost real, twice real as (COST*2),
            constraint positive check ((\"cost\">0)),
            constraint once unique (\"name\", cost),
            foreign key (u_id) references u on delete cascade on update no action
        );
        create index if not exists [I] on T (\"name\" collate nocase asc,cost desc) where (cost is not null);
        CREATE VIEW V as select   id from \"t\";
        create virtual table F using FTS5 (name, tokenize=\"porter\");
        create trigger if not exists G after insert on t for each row
        begin
            update t set cost=1 where id == new.id;
        end;
    ";
    assert_eq!(phrases(BASE, other), [""; 0]);
    assert_eq!(phrases(other, BASE), [""; 0]);
}

#[test]
fn defaults_that_mean_the_same_are_equal() {
    for (left, right) in [
        ("DEFAULT 0", "DEFAULT (0)"),
        ("DEFAULT 0", "DEFAULT FALSE"),
        ("DEFAULT 1", "DEFAULT true"),
        ("DEFAULT NULL", ""),
        ("DEFAULT \"user\"", "DEFAULT 'user'"),
        ("DEFAULT word", "DEFAULT 'word'"),
        ("DEFAULT CURRENT_TIMESTAMP", "DEFAULT (current_timestamp)"),
        ("DEFAULT (datetime('now'))", "DEFAULT (DATETIME( 'now' ))"),
        ("DEFAULT -1", "DEFAULT (- 1)"),
        ("DEFAULT +1", "DEFAULT 1"),
    ] {
        let table = |clause: &str| format!("CREATE TABLE t (a TEXT {clause})");
        assert_eq!(phrases(&table(left), &table(right)), [""; 0], "{left}");
    }
}

#[test]
fn an_added_column_and_a_rebuild_end_where_a_fresh_table_begins() {
    let fresh = "CREATE TABLE t (a INTEGER PRIMARY KEY, b TEXT NOT NULL DEFAULT 'x' CHECK (b <> ''), c REAL)";
    let added = "CREATE TABLE t (a INTEGER PRIMARY KEY, c REAL); \
                 ALTER TABLE t ADD COLUMN b TEXT NOT NULL DEFAULT 'x' CHECK (b <> '')";
    let rebuilt = "CREATE TABLE t (a); \
                   CREATE TABLE t_new (a INTEGER PRIMARY KEY, b TEXT DEFAULT 'x' NOT NULL CHECK (b <> ''), c REAL); \
                   DROP TABLE t; ALTER TABLE t_new RENAME TO t;";
    assert_eq!(phrases(fresh, added), [""; 0]);
    assert_eq!(phrases(fresh, rebuilt), [""; 0]);
}

#[test]
fn a_level_hides_what_is_finer() {
    let left = schema("CREATE TABLE t (a INTEGER, b TEXT)");
    let right = schema("CREATE TABLE t (a INT NOT NULL, b DATETIME)");
    assert!(equivalent(&left, &right, Level::Coarse));
    assert_eq!(diff(&left, &right, Level::Full).len(), 3);
    let other = schema("CREATE TABLE t (a INTEGER, b REAL)");
    assert!(equivalent(&left, &other, Level::Names));
    assert_eq!(diff(&left, &other, Level::Coarse).len(), 1);
}

#[test]
fn a_text_that_changed_has_a_readable_diff() {
    let before = "CREATE TABLE t (a, b); CREATE TRIGGER g AFTER INSERT ON t BEGIN UPDATE t SET a = 1 WHERE b = 2; END;";
    let changes = diff(&schema(before), &schema(&before.replace("a = 1", "a = 9")), Level::Full);
    let [change] = changes.as_slice() else { panic!("{changes:?}") };
    assert_eq!(
        change.text_diff().unwrap(),
        "  CREATE TRIGGER g AFTER INSERT ON t\n  BEGIN\n  UPDATE t\n- SET a = 1\n+ SET a = 9\n  WHERE b = 2;\n  END\n"
    );
}

#[test]
fn the_sql_of_a_schema_makes_that_schema() {
    let odd = "CREATE TABLE \"select\" (\"a b\" VARCHAR(10), [c\"d] NUMERIC(1,2) DEFAULT (1 + 2), e DEFAULT -1, \
               PRIMARY KEY (e, \"a b\") ON CONFLICT REPLACE) WITHOUT ROWID; \
               CREATE UNIQUE INDEX \"i i\" ON \"select\" (lower(\"a b\") DESC, e COLLATE RTRIM) WHERE e > 0";
    for before in [schema(BASE), schema(odd)] {
        let sql = render::to_sql(&before);
        let after = schema(&sql);
        assert_eq!(diff(&before, &after, Level::Full), [], "{sql}");
        assert_eq!(render::to_sql(&after), sql);
    }
}

#[test]
fn json_has_the_promised_shape() {
    let json = render::to_json(&schema("CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT NOT NULL DEFAULT 'x')"));
    let column = &json["tables"]["t"]["columns"][1];
    assert_eq!(column["name"], "a");
    assert_eq!(column["type"], "TEXT");
    assert_eq!(column["nullable"], false);
    assert_eq!(column["default"], "'x'");
    assert_eq!(column["primary_key"], serde_json::Value::Null);
    assert_eq!(json["tables"]["t"]["columns"][0]["primary_key"], 1);
    assert_eq!(json["tables"]["t"]["indexes"], serde_json::json!([]));
}
