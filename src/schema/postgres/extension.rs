//! What PostgreSQL's own extensions bring: a statement that needs it says which extension has to be made first.
//!
//! An extension may be there although no migration makes it: an administrator or a script made it. Whoever carries the
//! statements out decides.

use super::Database;
use super::error::PgError;
use super::state::State;

struct Extension {
    name: &'static str,
    functions: &'static [&'static str],
    /// Operator classes that have a name of their own.
    classes: &'static [&'static str],
}

/// From the catalog of PostgreSQL 15 (`pg_depend`): what projects use in definitions.
const EXTENSIONS: &[Extension] = &[
    Extension {
        name: "uuid-ossp",
        functions: &[
            "uuid_generate_v1",
            "uuid_generate_v1mc",
            "uuid_generate_v3",
            "uuid_generate_v4",
            "uuid_generate_v5",
            "uuid_nil",
            "uuid_ns_dns",
            "uuid_ns_url",
        ],
        classes: &[],
    },
    Extension {
        name: "pgcrypto",
        functions: &["crypt", "gen_salt", "digest", "hmac", "gen_random_bytes", "pgp_sym_encrypt", "pgp_sym_decrypt"],
        classes: &[],
    },
    Extension {
        name: "pg_trgm",
        functions: &["similarity", "word_similarity", "strict_word_similarity", "show_trgm"],
        classes: &["gin_trgm_ops", "gist_trgm_ops"],
    },
    Extension { name: "unaccent", functions: &["unaccent"], classes: &[] },
    Extension { name: "fuzzystrmatch", functions: &["levenshtein", "soundex", "dmetaphone"], classes: &[] },
    Extension { name: "earthdistance", functions: &["ll_to_earth", "earth_distance", "earth_box"], classes: &[] },
    Extension {
        name: "btree_gist",
        functions: &[],
        classes: &[
            "gist_int2_ops",
            "gist_int4_ops",
            "gist_int8_ops",
            "gist_float4_ops",
            "gist_float8_ops",
            "gist_numeric_ops",
            "gist_text_ops",
            "gist_bpchar_ops",
            "gist_bool_ops",
            "gist_date_ops",
            "gist_time_ops",
            "gist_timestamp_ops",
            "gist_timestamptz_ops",
            "gist_interval_ops",
            "gist_uuid_ops",
            "gist_enum_ops",
            "gist_inet_ops",
        ],
    },
    Extension { name: "intarray", functions: &[], classes: &["gin__int_ops", "gist__int_ops", "gist__intbig_ops"] },
    Extension { name: "hstore", functions: &["hstore"], classes: &["gin_hstore_ops", "gist_hstore_ops"] },
    Extension { name: "ltree", functions: &["nlevel", "subpath", "text2ltree"], classes: &["gist_ltree_ops"] },
];

/// The types of extensions that PostgreSQL ships.
const TYPES: &[(&str, &str)] = &[
    ("citext", "citext"),
    ("hstore", "hstore"),
    ("ltree", "ltree"),
    ("lquery", "ltree"),
    ("ltxtquery", "ltree"),
    ("cube", "cube"),
    ("seg", "seg"),
    ("ean13", "isn"),
    ("isbn", "isn"),
    ("isbn13", "isn"),
    ("issn", "isn"),
    ("upc", "isn"),
];

/// Extensions that `CASCADE` makes as well.
const REQUIRED: &[(&str, &str)] = &[("earthdistance", "cube"), ("postgis_topology", "postgis")];

impl State {
    pub(super) fn has_extension(&self, name: &str) -> bool {
        self.extensions.contains(name)
    }

    /// The extension that brings a function, where that is missing.
    pub(super) fn lacks_function(&self, name: &str) -> Option<&'static str> {
        if name.contains('.') || self.routines.contains_key(name) || self.doubt.has(name) {
            return None;
        }
        let known = EXTENSIONS.iter().find(|extension| extension.functions.contains(&name))?;
        (!self.has_extension(known.name)).then_some(known.name)
    }

    /// Refuses the type of a column that an extension brings which is missing.
    pub(super) fn check_type(&self, name: &str) -> Result<(), PgError> {
        let element = name.trim_end_matches("[]");
        let Some((_, extension)) = TYPES.iter().find(|(known, _)| *known == element) else { return Ok(()) };
        let is_there = self.has_extension(extension) || self.types.contains_key(element) || self.doubt.has(element);
        if is_there { Ok(()) } else { Err(PgError::undefined("type", element).of_extension(extension)) }
    }

    /// Refuses an operator class that an extension brings which is missing.
    pub(super) fn check_class_name(&self, class: &str, method: &str) -> Result<(), PgError> {
        let Some(known) = EXTENSIONS.iter().find(|extension| extension.classes.contains(&class)) else { return Ok(()) };
        if self.has_extension(known.name) {
            return Ok(());
        }
        Err(PgError::undefined_class(class, method).of_extension(known.name))
    }
}

impl Database {
    /// Takes an extension for made by somebody else.
    pub fn assume(&mut self, extension: &str) {
        self.state.extensions.insert(extension.to_owned());
    }

    /// Drops an extension; one that nothing here made is gone, too.
    pub(super) fn drop_extension(&mut self, name: &str) {
        self.state.extensions.remove(name);
    }

    pub(super) fn create_extension(&mut self, name: &str, if_not_exists: bool, cascade: bool) -> Result<(), PgError> {
        if self.state.has_extension(name) {
            return if if_not_exists { Ok(()) } else { Err(PgError::duplicate("extension", name)) };
        }
        if cascade {
            let required = REQUIRED.iter().filter(|(of, _)| *of == name);
            self.state.extensions.extend(required.map(|(_, required)| (*required).to_owned()));
        }
        self.state.extensions.insert(name.to_owned());
        Ok(())
    }
}
