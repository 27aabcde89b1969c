//! What a declared type can store, whatever it is called.

/// SQLite's type affinities (<https://www.sqlite.org/datatype3.html#type_affinity>).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Affinity {
    Integer,
    Text,
    Blob,
    Real,
    Numeric,
}

/// The affinity that SQLite gives a column of this type, by the rules of section 3.1.
pub fn affinity(data_type: &str) -> Affinity {
    let upper = data_type.to_ascii_uppercase();
    let has = |parts: &[&str]| parts.iter().any(|part| upper.contains(part));
    match () {
        () if has(&["INT"]) => Affinity::Integer,
        () if has(&["CHAR", "CLOB", "TEXT"]) => Affinity::Text,
        () if upper.trim().is_empty() || has(&["BLOB"]) => Affinity::Blob,
        () if has(&["REAL", "FLOA", "DOUB"]) => Affinity::Real,
        () => Affinity::Numeric,
    }
}

/// The affinity of the values that projects keep in such a column. SQLite has no type for a truth value, a time or a
/// document, so that files which declare one mean the type in which it is stored
/// (<https://www.sqlite.org/datatype3.html#boolean_datatype>).
pub fn coarse(data_type: &str) -> Affinity {
    let upper = data_type.to_ascii_uppercase();
    let is = |parts: &[&str]| parts.iter().any(|part| upper.contains(part));
    match affinity(data_type) {
        Affinity::Numeric if is(&["BOOL"]) => Affinity::Integer,
        Affinity::Numeric if is(&["DATE", "TIME", "JSON", "UUID", "ENUM", "STRING"]) => Affinity::Text,
        Affinity::Numeric => Affinity::Real,
        affinity => affinity,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_examples_of_the_documentation_hold() {
        for (types, expected) in [
            ("INT,INTEGER,TINYINT,BIGINT,UNSIGNED BIG INT,INT8,FLOATING POINT,CHARINT", Affinity::Integer),
            ("CHARACTER(20),VARCHAR(255),NATIVE CHARACTER(70),TEXT,CLOB", Affinity::Text),
            ("BLOB,", Affinity::Blob),
            ("REAL,DOUBLE,DOUBLE PRECISION,FLOAT", Affinity::Real),
            ("NUMERIC,DECIMAL(10.5),BOOLEAN,DATE,DATETIME,STRING", Affinity::Numeric),
        ] {
            for data_type in types.split(',') {
                assert_eq!(affinity(data_type), expected, "{data_type}");
            }
        }
    }

    #[test]
    fn a_time_is_text_and_a_truth_value_a_number_where_types_are_coarse() {
        assert_eq!(coarse("DATETIME"), coarse("TEXT"));
        assert_eq!(coarse("BOOLEAN"), coarse("INTEGER"));
        assert_eq!(coarse("DECIMAL(10, 2)"), coarse("REAL"));
        assert_ne!(coarse("TEXT"), coarse("INTEGER"));
    }
}
