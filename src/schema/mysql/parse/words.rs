//! Words that are no names.

/// Those that MySQL 8 and MariaDB 10.11 both reserve (<https://dev.mysql.com/doc/refman/8.4/en/keywords.html>,
/// <https://mariadb.com/kb/en/reserved-words/>), in the order of the alphabet.
const RESERVED: &str = "accessible add all alter analyze and as asc asensitive before between bigint binary blob both by \
    call cascade case change char character check collate column condition constraint continue convert create cross \
    current_date current_time current_timestamp current_user cursor databases day_hour day_microsecond day_minute \
    day_second dec decimal declare default delayed delete desc describe deterministic distinct distinctrow div double \
    drop dual each else elseif enclosed escaped except exists exit explain false fetch float float4 float8 for force \
    foreign from fulltext grant group having high_priority hour_microsecond hour_minute hour_second if ignore in index \
    infile inner inout insensitive insert int int1 int2 int3 int4 int8 integer interval into is iterate join key keys \
    kill leading leave left like limit linear lines load localtime localtimestamp lock long longblob longtext loop \
    low_priority master_ssl_verify_server_cert match maxvalue mediumblob mediumint mediumtext middleint \
    minute_microsecond minute_second mod modifies natural not no_write_to_binlog null numeric on optimize optionally or \
    order out outer outfile over partition precision primary procedure purge range read reads read_write real recursive \
    references regexp release rename repeat replace require resignal restrict return revoke right rlike rows row_number \
    schemas second_microsecond select sensitive separator set show signal smallint spatial specific sql sqlexception \
    sqlstate sqlwarning sql_big_result sql_calc_found_rows sql_small_result ssl starting straight_join table terminated \
    then tinyblob tinyint tinytext to trailing trigger true undo union unique unlock unsigned update usage use using \
    utc_date utc_time utc_timestamp values varbinary varchar varcharacter varying when where while with write xor \
    year_month zerofill";

pub(in crate::schema::mysql) fn is_reserved(word: &str) -> bool {
    RESERVED.split_ascii_whitespace().any(|reserved| reserved.eq_ignore_ascii_case(word))
}

/// Words of expressions that are no columns, though they could name one.
const NOISE: &[&str] = &[
    "array",
    "boolean",
    "date",
    "datetime",
    "day",
    "escape",
    "expansion",
    "hour",
    "json",
    "language",
    "microsecond",
    "minute",
    "mode",
    "month",
    "nchar",
    "quarter",
    "query",
    "second",
    "signed",
    "time",
    "timestamp",
    "unknown",
    "value",
    "week",
    "year",
    "member",
    "of",
    "sounds",
    "offset",
    "at",
    "zone",
    "local",
    "any",
    "some",
    "empty",
    "end",
    "error",
    "path",
    "returning",
];

pub(super) fn is_noise(word: &str) -> bool {
    NOISE.iter().any(|noise| noise.eq_ignore_ascii_case(word))
}
