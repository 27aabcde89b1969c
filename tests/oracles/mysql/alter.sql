-- Tables that change, and indexes by statements of their own.

-- ok
CREATE TABLE t (id INT PRIMARY KEY, a INT, b VARCHAR(20), c TEXT, d DATETIME);

-- ok
CREATE TABLE other (id INT PRIMARY KEY, code VARCHAR(10) UNIQUE);

-- ok
ALTER TABLE t ADD COLUMN e INT NOT NULL DEFAULT 0;

-- 1060: Duplicate column name 'e'
ALTER TABLE t ADD e INT;

-- ok
ALTER TABLE t ADD COLUMN IF NOT EXISTS e INT, ADD COLUMN IF NOT EXISTS f INT;

-- 1146: Table 'nowhere' doesn't exist
ALTER TABLE nowhere ADD COLUMN a INT;

-- ok
ALTER TABLE IF EXISTS nowhere ADD COLUMN a INT;

-- ok
ALTER TABLE t ADD COLUMN g INT AFTER a, ADD COLUMN h INT FIRST, ADD COLUMN i INT AFTER g;

-- 1054: Unknown column 'nothing' in 't'
ALTER TABLE t ADD COLUMN j INT AFTER nothing;

-- ok
ALTER TABLE t ADD (k INT, l VARCHAR(5) DEFAULT 'x');

-- ok
ALTER TABLE t ADD COLUMN (m INT, n INT, KEY mn (m, n));

-- ok
ALTER TABLE t ADD COLUMN o INT UNIQUE, ADD COLUMN p INT NOT NULL AFTER o, ADD INDEX (p);

-- ok
ALTER TABLE t DROP COLUMN o;

-- 1091: Can't DROP COLUMN `o`; check that it exists
ALTER TABLE t DROP COLUMN o;

-- ok
ALTER TABLE t DROP COLUMN IF EXISTS o;

-- ok
ALTER TABLE t DROP p, DROP n;

-- 1091: Can't DROP COLUMN `nothing`; check that it exists
ALTER TABLE t ADD COLUMN q INT, DROP COLUMN nothing;

-- ok
ALTER TABLE t MODIFY a BIGINT NOT NULL;

-- ok
ALTER TABLE t MODIFY COLUMN a INT UNSIGNED DEFAULT 5 AFTER b;

-- 1054: Unknown column 'nothing' in 't'
ALTER TABLE t MODIFY nothing INT;

-- ok
ALTER TABLE t MODIFY COLUMN IF EXISTS nothing INT;

-- ok
ALTER TABLE t CHANGE a a2 INT NULL COMMENT 'was a';

-- ok
ALTER TABLE t CHANGE COLUMN a2 a BIGINT DEFAULT 3 FIRST;

-- 1054: Unknown column 'nothing' in 't'
ALTER TABLE t CHANGE nothing some INT;

-- 1060: Duplicate column name 'b'
ALTER TABLE t CHANGE a b INT;

-- ok
ALTER TABLE t RENAME COLUMN a TO a1;

-- 1054: Unknown column 'a' in 't'
ALTER TABLE t RENAME COLUMN a TO a1;

-- 1060: Duplicate column name 'b'
ALTER TABLE t RENAME COLUMN a1 TO b;

-- 1054: Unknown column 'bb' in 't'
ALTER TABLE t RENAME COLUMN a1 TO a, RENAME COLUMN b TO bb, RENAME COLUMN bb TO c;

-- ok
ALTER TABLE t RENAME COLUMN a1 TO b, RENAME COLUMN b TO a1;

-- ok
ALTER TABLE t RENAME COLUMN a1 TO b, RENAME COLUMN b TO a;

-- ok
ALTER TABLE t ALTER COLUMN a SET DEFAULT 7;

-- ok
ALTER TABLE t ALTER a DROP DEFAULT;

-- 1054: Unknown column 'nothing' in 't'
ALTER TABLE t ALTER COLUMN nothing SET DEFAULT 7;

-- ok
ALTER TABLE t ALTER COLUMN d SET DEFAULT CURRENT_TIMESTAMP;

-- 1067: Invalid default value for 'l'
ALTER TABLE t ALTER COLUMN l SET DEFAULT 'too long for it';

-- 1064: You have an error in your SQL syntax; check the manual that corresponds to your MariaDB server version for the right syntax to use near 'TYPE BIGINT' at line 1
ALTER TABLE t ALTER COLUMN a TYPE BIGINT;

-- 1064: You have an error in your SQL syntax; check the manual that corresponds to your MariaDB server version for the right syntax to use near 'NOT NULL' at line 1
ALTER TABLE t ALTER COLUMN a SET NOT NULL;

-- 1064: You have an error in your SQL syntax; check the manual that corresponds to your MariaDB server version for the right syntax to use near 'NOT NULL' at line 1
ALTER TABLE t ALTER COLUMN a DROP NOT NULL;

-- 1064: You have an error in your SQL syntax; check the manual that corresponds to your MariaDB server version for the right syntax to use near 'DATA TYPE BIGINT' at line 1
ALTER TABLE t ALTER COLUMN a SET DATA TYPE BIGINT;

-- 1064: You have an error in your SQL syntax; check the manual that corresponds to your MariaDB server version for the right syntax to use near 'ADD COLUMN z INT' at line 1
ALTER TABLE ONLY t ADD COLUMN z INT;

-- 4161: Unknown data type: 'JSONB'
ALTER TABLE t ADD COLUMN z JSONB;

-- 1064: You have an error in your SQL syntax; check the manual that corresponds to your MariaDB server version for the right syntax to use near '"z" INT' at line 1
ALTER TABLE t ADD COLUMN "z" INT;

-- 1064: You have an error in your SQL syntax; check the manual that corresponds to your MariaDB server version for the right syntax to use near 'OWNER TO me' at line 1
ALTER TABLE t ADD COLUMN z INT, OWNER TO me;

-- ok
ALTER TABLE t RENAME z;

-- ok
ALTER TABLE z RENAME TO t;

-- 1050: Table 'other' already exists
ALTER TABLE t RENAME TO other;

-- 1068: Multiple primary key defined
ALTER TABLE t ADD CONSTRAINT PRIMARY KEY (a);

-- ok
ALTER TABLE t DROP PRIMARY KEY;

-- 1091: Can't DROP INDEX `PRIMARY`; check that it exists
ALTER TABLE t DROP PRIMARY KEY;

-- ok
ALTER TABLE t ADD PRIMARY KEY (id, a);

-- 1072: Key column 'a' doesn't exist in table
ALTER TABLE t DROP COLUMN a;

-- ok
ALTER TABLE t DROP PRIMARY KEY, ADD PRIMARY KEY (id);

-- ok
ALTER TABLE t MODIFY id INT AUTO_INCREMENT;

-- 1075: Incorrect table definition; there can be only one auto column and it must be defined as a key
ALTER TABLE t DROP PRIMARY KEY;

-- ok
ALTER TABLE t MODIFY id INT NULL;

-- ok
ALTER TABLE t ADD INDEX ix (b, d);

-- 1061: Duplicate key name 'ix'
ALTER TABLE t ADD INDEX ix (b);

-- ok
ALTER TABLE t ADD KEY (b);

-- ok
ALTER TABLE t ADD UNIQUE KEY (b);

-- ok
ALTER TABLE t ADD UNIQUE uq (b, a);

-- ok
ALTER TABLE t ADD CONSTRAINT un UNIQUE (a, b);

-- 1072: Key column 'nothing' doesn't exist in table
ALTER TABLE t ADD INDEX miss (nothing);

-- ok
ALTER TABLE t ADD INDEX long_text (c);

-- 1061: Duplicate key name 'long_text'
ALTER TABLE t ADD INDEX long_text (c(20));

-- ok
ALTER TABLE t ADD FULLTEXT INDEX words (c);

-- 1283: Column 'a' cannot be part of FULLTEXT index
ALTER TABLE t ADD FULLTEXT INDEX numbers (a);

-- ok
ALTER TABLE t ADD INDEX IF NOT EXISTS ix (a);

-- ok
ALTER TABLE t DROP INDEX ix;

-- 1091: Can't DROP INDEX `ix`; check that it exists
ALTER TABLE t DROP INDEX ix;

-- ok
ALTER TABLE t DROP INDEX IF EXISTS ix;

-- ok
ALTER TABLE t DROP KEY uq, ADD KEY uq (a);

-- ok
ALTER TABLE t RENAME INDEX uq TO qu;

-- 1176: Key 'uq' doesn't exist in table 't'
ALTER TABLE t RENAME INDEX uq TO qu;

-- 1061: Duplicate key name 'un'
ALTER TABLE t RENAME INDEX qu TO un;

-- ok
ALTER TABLE t DROP CONSTRAINT un;

-- 1091: Can't DROP CONSTRAINT `un`; check that it exists
ALTER TABLE t DROP CONSTRAINT un;

-- ok
ALTER TABLE t DROP CONSTRAINT IF EXISTS un;

-- ok
ALTER TABLE t ADD CONSTRAINT positive CHECK (a > 0);

-- 1826: Duplicate CHECK constraint name 'positive'
ALTER TABLE t ADD CONSTRAINT positive CHECK (a > 1);

-- 1054: Unknown column 'nothing' in 'CHECK'
ALTER TABLE t ADD CHECK (nothing > 0);

-- ok
ALTER TABLE t DROP COLUMN a;

-- 1054: Unknown column 'a' in 't'
ALTER TABLE t RENAME COLUMN a TO amount;

-- 1091: Can't DROP CONSTRAINT `positive`; check that it exists
ALTER TABLE t DROP CONSTRAINT positive, DROP COLUMN amount;

-- ok
ALTER TABLE t ADD COLUMN x INT, ADD INDEX x_and_y (x, y), ADD COLUMN y INT;

-- ok
ALTER TABLE t CHANGE x x2 INT, ADD INDEX only_new (x2);

-- 1072: Key column 'x2' doesn't exist in table
ALTER TABLE t CHANGE x2 x3 INT, ADD INDEX only_old (x2);

-- 1072: Key column 'x2' doesn't exist in table
ALTER TABLE t DROP COLUMN x2, ADD INDEX of_dropped (x2);

-- ok
ALTER TABLE t MODIFY b TEXT;

-- ok
ALTER TABLE t MODIFY c VARCHAR(10);

-- ok
ALTER TABLE t ENGINE=InnoDB, COMMENT='x', AUTO_INCREMENT=100;

-- ok
ALTER TABLE t DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

-- ok
ALTER TABLE t CONVERT TO CHARACTER SET utf8mb4;

-- 1846: ALGORITHM=INPLACE is not supported. Reason: INPLACE ADD or DROP of virtual columns cannot be combined with other ALTER TABLE actions. Try ALGORITHM=COPY
ALTER TABLE t ADD COLUMN w INT, ALGORITHM=INPLACE, LOCK=NONE;

-- 1060: Duplicate column name 'v'
ALTER TABLE t ADD COLUMN v INT, ADD v INT;

-- 1091: Can't DROP COLUMN `w`; check that it exists
ALTER TABLE t DROP COLUMN w, DROP COLUMN w;

-- ok
ALTER TABLE t ADD COLUMN u INT AS (id + 1);

-- 1054: Unknown column 'id' in 'GENERATED ALWAYS AS'
ALTER TABLE t DROP COLUMN id;

-- 1090: You can't delete all columns with ALTER TABLE; use DROP TABLE instead
ALTER TABLE other DROP COLUMN id, DROP COLUMN code;

-- ok
ALTER TABLE other MODIFY code VARCHAR(5), ADD made TIMESTAMP DEFAULT CURRENT_TIMESTAMP, DROP PRIMARY KEY;

-- ok
ALTER TABLE other ADD COLUMN num INT NOT NULL AUTO_INCREMENT PRIMARY KEY FIRST;

-- 1075: Incorrect table definition; there can be only one auto column and it must be defined as a key
ALTER TABLE other ADD COLUMN more INT NOT NULL AUTO_INCREMENT;

-- 1067: Invalid default value for 'code'
ALTER TABLE other MODIFY code ENUM('a', 'b') NOT NULL DEFAULT 'c';

-- ok
ALTER TABLE other MODIFY code ENUM('a', 'b') NOT NULL DEFAULT 'a', RENAME TO others;

-- ok
ALTER TABLE others RENAME AS other, ADD COLUMN late DATE;

-- 1067: Invalid default value for 'a'
ALTER TABLE other ADD COLUMN a INT DEFAULT 'x';

-- ok
ALTER TABLE other;

-- 1064: You have an error in your SQL syntax; check the manual that corresponds to your MariaDB server version for the right syntax to use near '' at line 1
ALTER TABLE other ADD;

-- ok
ALTER TABLE other FORCE;

-- ok
ALTER TABLE other DISABLE KEYS;

-- ok
ALTER TABLE other ORDER BY num;

-- 1064: You have an error in your SQL syntax; check the manual that corresponds to your MariaDB server version for the right syntax to use near 'ROW LEVEL SECURITY' at line 1
ALTER TABLE other ENABLE ROW LEVEL SECURITY;

-- 4161: Unknown data type: 'USING'
ALTER TABLE other ADD EXCLUDE USING gist (num WITH =);

-- ok
ALTER TABLE other ADD COLUMN s VARCHAR(10) CHARACTER SET latin1 COLLATE latin1_bin NOT NULL DEFAULT 'a' COMMENT 'said', ADD UNIQUE INDEX s_is (s ASC) USING BTREE COMMENT 'x';

-- ok
CREATE INDEX i1 ON other (s);

-- 1061: Duplicate key name 'i1'
CREATE INDEX i1 ON other (s);

-- ok
CREATE INDEX IF NOT EXISTS i1 ON other (num);

-- ok
CREATE UNIQUE INDEX i2 ON other (s, num DESC);

-- ok
CREATE FULLTEXT INDEX i3 ON other (s);

-- ok
CREATE INDEX i4 USING HASH ON other (num) COMMENT 'x' ALGORITHM=INPLACE LOCK=NONE;

-- 1072: Key column 'nothing' doesn't exist in table
CREATE INDEX i5 ON other (nothing);

-- 1146: Table 'nowhere' doesn't exist
CREATE INDEX i5 ON nowhere (a);

-- 1064: You have an error in your SQL syntax; check the manual that corresponds to your MariaDB server version for the right syntax to use near 'ON other (num)' at line 1
CREATE INDEX ON other (num);

-- 1064: You have an error in your SQL syntax; check the manual that corresponds to your MariaDB server version for the right syntax to use near 'WHERE num > 1' at line 1
CREATE INDEX i5 ON other (num) WHERE num > 1;

-- 1064: You have an error in your SQL syntax; check the manual that corresponds to your MariaDB server version for the right syntax to use near 'USING btree (num)' at line 1
CREATE INDEX i5 ON other USING btree (num);

-- 1064: You have an error in your SQL syntax; check the manual that corresponds to your MariaDB server version for the right syntax to use near 'i5 ON other (num)' at line 1
CREATE INDEX CONCURRENTLY i5 ON other (num);

-- 1064: You have an error in your SQL syntax; check the manual that corresponds to your MariaDB server version for the right syntax to use near 'NULLS FIRST)' at line 1
CREATE INDEX i5 ON other (num NULLS FIRST);

-- 1064: You have an error in your SQL syntax; check the manual that corresponds to your MariaDB server version for the right syntax to use near '(s)' at line 1
CREATE INDEX i5 ON other (num) INCLUDE (s);

-- 1064: You have an error in your SQL syntax; check the manual that corresponds to your MariaDB server version for the right syntax to use near '"i5" ON other (num)' at line 1
CREATE INDEX "i5" ON other (num);

-- 1064: You have an error in your SQL syntax; check the manual that corresponds to your MariaDB server version for the right syntax to use near 'USING gin (num)' at line 1
CREATE INDEX i5 ON other USING gin (num);

-- ok
CREATE OR REPLACE INDEX i1 ON other (num);

-- ok
DROP INDEX i1 ON other;

-- 1091: Can't DROP INDEX `i1`; check that it exists
DROP INDEX i1 ON other;

-- ok
DROP INDEX IF EXISTS i1 ON other;

-- 1064: You have an error in your SQL syntax; check the manual that corresponds to your MariaDB server version for the right syntax to use near '' at line 1
DROP INDEX i2;

-- 1064: You have an error in your SQL syntax; check the manual that corresponds to your MariaDB server version for the right syntax to use near '' at line 1
DROP INDEX IF EXISTS i2;

-- 1146: Table 'nowhere' doesn't exist
DROP INDEX i2 ON nowhere;

-- ok
DROP INDEX `PRIMARY` ON t;
