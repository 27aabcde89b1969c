//! Names of collations.

use super::{Parsed, Reader};
use crate::schema::mysql::error::Error;

/// The character sets of both servers, with which the name of each collation begins
/// (<https://dev.mysql.com/doc/refman/8.4/en/charset-charsets.html>,
/// <https://mariadb.com/kb/en/supported-character-sets-and-collations/>). MariaDB's newer collations are of several.
const SETS: &str = "armscii8 ascii big5 binary cp1250 cp1251 cp1256 cp1257 cp850 cp852 cp866 cp932 dec8 eucjpms euckr gb18030 \
    gb2312 gbk geostd8 greek hebrew hp8 keybcs2 koi8r koi8u latin1 latin2 latin5 latin7 macce macroman sjis swe7 tis620 uca1400 \
    ucs2 ujis utf16 utf16le utf32 utf8 utf8mb3 utf8mb4";

impl Reader<'_> {
    /// The collation that is named next, in lower case. Those of other databases have other names.
    pub(super) fn collation(&mut self) -> Parsed<String> {
        let said = self.option_value()?;
        let name = said.to_ascii_lowercase();
        let is_known = match name.split_once('_') {
            Some((set, _)) => SETS.split_whitespace().any(|known| known == set),
            None => matches!(name.as_str(), "binary" | "default"),
        };
        if is_known { Ok(name) } else { Err(Error::unknown_collation(&said)) }
    }
}
