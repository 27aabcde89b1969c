//! Databases that no engine here is for: a chain of revisions for one of them is ordered, and not evaluated.

/// What is known of one. The signs are in lower case.
#[derive(Debug, PartialEq, Eq)]
pub struct Outside {
    /// What tracks for it are called.
    pub name: &'static str,
    /// Its own name, for sentences.
    pub title: &'static str,
    /// Schemes of its addresses for SQLAlchemy, without a driver.
    schemes: &'static [&'static str],
    /// What a file has in it that says what a project is installed and run with.
    needed: &'static [&'static str],
}

/// <https://docs.sqlalchemy.org/en/20/dialects/>
static ALL: [Outside; 18] = [
    Outside {
        name: "oracle",
        title: "Oracle",
        schemes: &["oracle"],
        needed: &["oracledb", "cx-oracle", "cx_oracle", "gvenzl/oracle"],
    },
    Outside {
        name: "mssql",
        title: "SQL Server",
        schemes: &["mssql"],
        needed: &["pyodbc", "pymssql", "aioodbc", "mssql/server"],
    },
    Outside { name: "snowflake", title: "Snowflake", schemes: &["snowflake"], needed: &["snowflake-sqlalchemy"] },
    Outside { name: "redshift", title: "Redshift", schemes: &["redshift"], needed: &["sqlalchemy-redshift"] },
    Outside {
        name: "databricks",
        title: "Databricks",
        schemes: &["databricks"],
        needed: &["databricks-sqlalchemy", "databricks-sql-connector"],
    },
    Outside {
        name: "clickhouse",
        title: "ClickHouse",
        schemes: &["clickhouse", "clickhousedb"],
        needed: &["clickhouse-sqlalchemy", "clickhouse-connect"],
    },
    Outside { name: "bigquery", title: "BigQuery", schemes: &["bigquery"], needed: &["sqlalchemy-bigquery"] },
    Outside { name: "duckdb", title: "DuckDB", schemes: &["duckdb"], needed: &["duckdb-engine", "duckdb_engine"] },
    Outside { name: "db2", title: "Db2", schemes: &["db2", "ibm_db_sa"], needed: &["ibm-db-sa", "ibm_db_sa"] },
    Outside {
        name: "firebird",
        title: "Firebird",
        schemes: &["firebird"],
        needed: &["sqlalchemy-firebird", "firebird-driver"],
    },
    Outside { name: "hana", title: "SAP HANA", schemes: &["hana"], needed: &["sqlalchemy-hana", "hdbcli"] },
    Outside { name: "teradata", title: "Teradata", schemes: &["teradatasql"], needed: &["teradatasqlalchemy"] },
    Outside { name: "trino", title: "Trino", schemes: &["trino"], needed: &["trino["] },
    Outside { name: "athena", title: "Athena", schemes: &["awsathena"], needed: &["pyathena"] },
    Outside { name: "vertica", title: "Vertica", schemes: &["vertica"], needed: &["vertica-python"] },
    Outside { name: "spanner", title: "Spanner", schemes: &["spanner"], needed: &["sqlalchemy-spanner"] },
    Outside { name: "exasol", title: "Exasol", schemes: &["exa"], needed: &["sqlalchemy-exasol"] },
    Outside { name: "sybase", title: "SAP ASE", schemes: &["sybase"], needed: &["sqlalchemy-sybase"] },
];

impl Outside {
    /// The one that the scheme of an address names, without its driver.
    pub fn of_scheme(scheme: &str) -> Option<&'static Self> {
        let scheme = scheme.to_ascii_lowercase();
        ALL.iter().find(|outside| outside.schemes.contains(&scheme.as_str()))
    }

    /// The one that a project asks for in a text in lower case.
    pub fn needed_by(text: &str) -> Option<&'static Self> {
        ALL.iter().find(|outside| outside.needed.iter().any(|sign| text.contains(sign)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::schema::dialect::Dialect;

    #[test]
    fn none_of_them_has_an_engine() {
        for outside in &ALL {
            assert!(outside.schemes.iter().all(|scheme| Dialect::of_scheme(scheme).is_none()), "{}", outside.name);
        }
    }

    #[test]
    fn one_is_told_by_an_address_or_by_its_driver() {
        let name = |outside: Option<&'static Outside>| outside.map(|outside| outside.name);
        assert_eq!(name(Outside::of_scheme("MSSQL")), Some("mssql"));
        assert_eq!(name(Outside::of_scheme("postgresql")), None);
        assert_eq!(name(Outside::needed_by("alembic\ncx-oracle==8.3\n")), Some("oracle"));
    }
}
