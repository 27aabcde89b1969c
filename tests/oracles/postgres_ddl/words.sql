-- Words and forms that other databases have, and what no grammar has.

-- ok
CREATE TABLE t (id int PRIMARY KEY, h varchar(64), data text, n int)

-- ok
CREATE INDEX i ON t (h)

-- SyntaxError: syntax error at or near "("
ALTER TABLE t ADD COLUMN x bigint(20)

-- SyntaxError: syntax error at or near "("
ALTER TABLE t ADD COLUMN x int(11) NOT NULL

-- SyntaxError: syntax error at or near "("
ALTER TABLE t ADD x integer(11)

-- SyntaxError: syntax error at or near "("
ALTER TABLE t ADD x smallint(5), ADD y int

-- SyntaxError: syntax error at or near "("
ALTER TABLE t ADD x boolean(1)

-- SyntaxError: syntax error at or near "("
ALTER TABLE t ADD x real(10,2)

-- UndefinedObject: type "double" does not exist
ALTER TABLE t ADD x double(10,2)

-- UndefinedObject: type "double" does not exist
ALTER TABLE t ADD x double

-- SyntaxError: syntax error at or near "("
ALTER TABLE t ADD x double precision(10,2)

-- SyntaxError: type modifier is not allowed for type "text"
ALTER TABLE t ADD x text(100)

-- UndefinedObject: type "tinyint" does not exist
ALTER TABLE t ADD x tinyint(1)

-- UndefinedObject: type "tinyint" does not exist
ALTER TABLE t ADD x tinyint

-- UndefinedObject: type "mediumtext" does not exist
ALTER TABLE t ADD x mediumtext

-- UndefinedObject: type "longblob" does not exist
ALTER TABLE t ADD x longblob

-- UndefinedObject: type "datetime" does not exist
ALTER TABLE t ADD x datetime

-- UndefinedObject: type "datetime" does not exist
ALTER TABLE t ADD x datetime(6) DEFAULT CURRENT_TIMESTAMP(6)

-- UndefinedObject: type "enum" does not exist
ALTER TABLE t ADD x enum('a', 'b')

-- UndefinedObject: type "set" does not exist
ALTER TABLE t ADD x set('a', 'b')

-- UndefinedObject: type "year" does not exist
ALTER TABLE t ADD x year

-- UndefinedObject: type "varbinary" does not exist
ALTER TABLE t ADD x varbinary(16)

-- UndefinedObject: type "binary" does not exist
ALTER TABLE t ADD x binary(16)

-- UndefinedObject: type "blob" does not exist
ALTER TABLE t ADD x blob

-- UndefinedObject: type "nvarchar" does not exist
ALTER TABLE t ADD x nvarchar(10)

-- SyntaxError: syntax error at or near "unsigned"
ALTER TABLE t ADD x int unsigned

-- SyntaxError: syntax error at or near "AUTO_INCREMENT"
ALTER TABLE t ADD x int NOT NULL AUTO_INCREMENT

-- SyntaxError: syntax error at or near "signed"
ALTER TABLE t ADD x int signed

-- SyntaxError: syntax error at or near "zerofill"
ALTER TABLE t ADD x int zerofill

-- SyntaxError: syntax error at or near "unsigned"
ALTER TABLE t ADD x bigint unsigned NOT NULL

-- SyntaxError: syntax error at or near "("
ALTER TABLE t ADD x bigint(20) unsigned NOT NULL

-- SyntaxError: syntax error at or near "AFTER"
ALTER TABLE t ADD COLUMN z text AFTER h

-- SyntaxError: syntax error at or near "AFTER"
ALTER TABLE t ADD COLUMN z text NOT NULL AFTER h

-- SyntaxError: syntax error at or near "AFTER"
ALTER TABLE t ADD COLUMN z text DEFAULT 'a' AFTER h

-- SyntaxError: syntax error at or near "AFTER"
ALTER TABLE t ADD COLUMN z text DEFAULT NULL AFTER h

-- SyntaxError: syntax error at or near "AFTER"
ALTER TABLE t ADD COLUMN z int DEFAULT 0 AFTER h

-- SyntaxError: syntax error at or near "FIRST"
ALTER TABLE t ADD COLUMN z text FIRST

-- SyntaxError: syntax error at or near "FIRST"
ALTER TABLE t ADD COLUMN z text NULL FIRST

-- SyntaxError: syntax error at or near "COMMENT"
ALTER TABLE t ADD COLUMN z text COMMENT 'a'

-- SyntaxError: syntax error at or near "COMMENT"
ALTER TABLE t ADD COLUMN z varchar(10) COMMENT 'a'

-- SyntaxError: syntax error at or near "COMMENT"
ALTER TABLE t ADD COLUMN z int DEFAULT 0 COMMENT 'a'

-- SyntaxError: syntax error at or near "CHARACTER"
ALTER TABLE t ADD COLUMN z varchar(10) CHARACTER SET utf8

-- SyntaxError: syntax error at or near "CHARSET"
ALTER TABLE t ADD COLUMN z varchar(10) CHARSET utf8

-- SyntaxError: syntax error at or near "ON"
ALTER TABLE t ADD COLUMN z timestamp DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP

-- SyntaxError: syntax error at or near "ON"
ALTER TABLE t ADD COLUMN z timestamp ON UPDATE now()

-- SyntaxError: syntax error at or near "("
ALTER TABLE t ADD (a int, b int)

-- SyntaxError: syntax error at or near "("
ALTER TABLE t ADD COLUMN (a int, b int)

-- SyntaxError: syntax error at end of input
ALTER TABLE t ADD COLUMN z

-- SyntaxError: syntax error at end of input
ALTER TABLE t ADD z

-- SyntaxError: syntax error at or near ","
ALTER TABLE t ADD COLUMN z, ADD COLUMN y int

-- SyntaxError: syntax error at or near "NOT"
ALTER TABLE t ADD COLUMN z NOT NULL

-- SyntaxError: syntax error at or near "DEFAULT"
ALTER TABLE t ADD COLUMN z DEFAULT 1

-- SyntaxError: syntax error at or near "PRIMARY"
ALTER TABLE t ADD COLUMN z PRIMARY KEY

-- SyntaxError: syntax error at end of input
ALTER TABLE t ADD COLUMN

-- SyntaxError: syntax error at or near "i"
ALTER TABLE t DROP INDEX i

-- SyntaxError: syntax error at or near "IF"
ALTER TABLE t DROP INDEX IF EXISTS i

-- SyntaxError: syntax error at or near "i"
ALTER TABLE t DROP KEY i

-- SyntaxError: syntax error at or near "PRIMARY"
ALTER TABLE t DROP PRIMARY KEY

-- SyntaxError: syntax error at or near "CHECK"
ALTER TABLE t DROP CHECK c

-- SyntaxError: syntax error at or near "i"
ALTER TABLE t DROP COLUMN h, DROP INDEX i

-- SyntaxError: syntax error at or near "data"
ALTER TABLE t DROP COLUMN h data

-- SyntaxError: syntax error at or near "x"
ALTER TABLE t DROP CONSTRAINT c x

-- SyntaxError: syntax error at or near "("
ALTER TABLE t DROP (h)

-- SyntaxError: syntax error at or near "KEY"
ALTER TABLE t ADD UNIQUE KEY u (h)

-- SyntaxError: syntax error at or near "INDEX"
ALTER TABLE t ADD UNIQUE INDEX u (h)

-- SyntaxError: syntax error at or near "u"
ALTER TABLE t ADD UNIQUE u (h)

-- SyntaxError: syntax error at or near "KEY"
ALTER TABLE t ADD CONSTRAINT u UNIQUE KEY (h)

-- SyntaxError: syntax error at or near "INDEX"
ALTER TABLE t ADD CONSTRAINT u UNIQUE INDEX x (h)

-- UndefinedObject: type "u" does not exist
ALTER TABLE t ADD INDEX u (h)

-- UndefinedObject: type "u" does not exist
ALTER TABLE t ADD KEY u (h)

-- SyntaxError: syntax error at or near "("
ALTER TABLE t ADD INDEX (h)

-- SyntaxError: syntax error at or near "u"
ALTER TABLE t ADD FULLTEXT INDEX u (h)

-- UndefinedObject: type "u" does not exist
ALTER TABLE t ADD FULLTEXT u (h)

-- SyntaxError: syntax error at or near "BTREE"
ALTER TABLE t ADD PRIMARY KEY (id) USING BTREE

-- SyntaxError: syntax error at or near "INDEX"
ALTER TABLE t ADD UNIQUE INDEX IF NOT EXISTS u (h)

-- SyntaxError: syntax error at or near "i"
ALTER TABLE t RENAME INDEX i TO j

-- SyntaxError: syntax error at or near "i"
ALTER TABLE t RENAME KEY i TO j

-- SyntaxError: syntax error at or near "AS"
ALTER TABLE t RENAME AS u

-- SyntaxError: syntax error at end of input
ALTER TABLE t RENAME u

-- SyntaxError: syntax error at or near "MODIFY"
ALTER TABLE t MODIFY COLUMN h text

-- SyntaxError: syntax error at or near "MODIFY"
ALTER TABLE t MODIFY h text

-- SyntaxError: syntax error at or near "CHANGE"
ALTER TABLE t CHANGE h k text

-- SyntaxError: syntax error at or near "CHANGE"
ALTER TABLE t CHANGE COLUMN h k text

-- SyntaxError: syntax error at or near "ENGINE"
ALTER TABLE t ENGINE=InnoDB

-- SyntaxError: syntax error at or near "AUTO_INCREMENT"
ALTER TABLE t AUTO_INCREMENT = 10

-- SyntaxError: syntax error at or near "COMMENT"
ALTER TABLE t COMMENT = 'x'

-- SyntaxError: syntax error at or near "CONVERT"
ALTER TABLE t CONVERT TO CHARACTER SET utf8mb4

-- SyntaxError: syntax error at or near "DEFAULT"
ALTER TABLE t DEFAULT CHARACTER SET utf8

-- SyntaxError: syntax error at or near "CHARACTER"
ALTER TABLE t CHARACTER SET utf8

-- SyntaxError: syntax error at or near "ORDER"
ALTER TABLE t ORDER BY id

-- SyntaxError: syntax error at or near "ENGINE"
ALTER TABLE t ADD x int, ENGINE=InnoDB

-- SyntaxError: syntax error at or near "ALGORITHM"
ALTER TABLE t ADD x int, ALGORITHM=INPLACE, LOCK=NONE

-- SyntaxError: syntax error at or near "text"
ALTER TABLE t ALTER h text

-- SyntaxError: syntax error at or near "varchar"
ALTER TABLE t ALTER COLUMN h varchar(10)

-- SyntaxError: syntax error at or near "VARCHAR"
ALTER TABLE t ALTER COLUMN h VARCHAR(10) NOT NULL

-- SyntaxError: syntax error at or near "NOT"
ALTER TABLE t ALTER h NOT NULL

-- SyntaxError: syntax error at or near "i"
ALTER TABLE t ALTER INDEX i INVISIBLE

-- SyntaxError: syntax error at or near "KEYS"
ALTER TABLE t DISABLE KEYS

-- SyntaxError: syntax error at or near "`"
ALTER TABLE `t` ADD x int

-- SyntaxError: syntax error at or near "`"
ALTER TABLE t ADD `x` int

-- SyntaxError: syntax error at or near "`"
ALTER TABLE t ADD COLUMN `x` int

-- SyntaxError: syntax error at or near "`"
ALTER TABLE t DROP COLUMN `x`

-- SyntaxError: syntax error at end of input
ALTER TABLE t ADD x int,

-- SyntaxError: syntax error at or near ","
ALTER TABLE t ADD x int,, ADD y int

-- SyntaxError: syntax error at or near ","
ALTER TABLE t, ADD x int

-- SyntaxError: syntax error at end of input
ALTER TABLE t

-- UndefinedFunction: function h(integer) does not exist
CREATE UNIQUE INDEX u ON t(h(10))

-- UndefinedFunction: function data(integer) does not exist
CREATE INDEX u ON t(data(10), h)

-- SyntaxError: syntax error at or near "USING"
CREATE INDEX u ON t (h) USING BTREE

-- SyntaxError: syntax error at or near "USING"
CREATE INDEX u USING BTREE ON t (h)

-- SyntaxError: syntax error at or near "FULLTEXT"
CREATE FULLTEXT INDEX u ON t (h)

-- SyntaxError: syntax error at or near "COMMENT"
CREATE INDEX u ON t (h) COMMENT 'x'

-- SyntaxError: syntax error at or near ")"
CREATE INDEX u ON t (h,)

-- SyntaxError: syntax error at or near ")"
CREATE INDEX u ON t ()

-- SyntaxError: syntax error at or near "("
CREATE TABLE w (id int(11))

-- SyntaxError: syntax error at or near "("
CREATE TABLE w (id int(11) NOT NULL AUTO_INCREMENT, PRIMARY KEY (id))

-- SyntaxError: syntax error at or near "AUTO_INCREMENT"
CREATE TABLE w (id int NOT NULL AUTO_INCREMENT, PRIMARY KEY (id)) ENGINE=InnoDB

-- SyntaxError: syntax error at or near "AUTOINCREMENT"
CREATE TABLE w (id int PRIMARY KEY AUTOINCREMENT)

-- SyntaxError: syntax error at or near "KEY"
CREATE TABLE w (id int, name varchar(10) UNIQUE KEY)

-- SyntaxError: syntax error at or near "KEY"
CREATE TABLE w (id int, k int, UNIQUE KEY k (id))

-- SyntaxError: syntax error at or near "INDEX"
CREATE TABLE w (id int, k int, UNIQUE INDEX k (id))

-- SyntaxError: syntax error at or near "k"
CREATE TABLE w (id int, k int, UNIQUE k (id))

-- UndefinedObject: type "k" does not exist
CREATE TABLE w (id int, k int, KEY k (id))

-- UndefinedObject: type "k" does not exist
CREATE TABLE w (id int, k int, INDEX k (id))

-- SyntaxError: syntax error at or near "("
CREATE TABLE w (id int, k int, INDEX (id))

-- SyntaxError: syntax error at or near "k"
CREATE TABLE w (id int, k int, FULLTEXT KEY k (id))

-- SyntaxError: syntax error at or near "KEY"
CREATE TABLE w (id int, k int, CONSTRAINT u UNIQUE KEY (k))

-- SyntaxError: syntax error at or near "BTREE"
CREATE TABLE w (id int, k int, PRIMARY KEY (id) USING BTREE)

-- SyntaxError: syntax error at or near "BTREE"
CREATE TABLE w (id int, k int, PRIMARY KEY USING BTREE (id))

-- SyntaxError: syntax error at or near "("
CREATE TABLE w (id int, PRIMARY KEY (id(10)))

-- SyntaxError: syntax error at or near "DESC"
CREATE TABLE w (id int, PRIMARY KEY (id DESC))

-- SyntaxError: syntax error at or near "ASC"
CREATE TABLE w (id int, UNIQUE (id ASC))

-- SyntaxError: syntax error at or near "ON"
CREATE TABLE w (id int, k timestamp DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP)

-- SyntaxError: syntax error at or near "COMMENT"
CREATE TABLE w (id int COMMENT 'a')

-- SyntaxError: syntax error at or near "COMMENT"
CREATE TABLE w (id int) COMMENT='x'

-- SyntaxError: syntax error at or near "DEFAULT"
CREATE TABLE w (id int) DEFAULT CHARSET=utf8

-- SyntaxError: syntax error at or near "CHARACTER"
CREATE TABLE w (id int) CHARACTER SET utf8

-- SyntaxError: syntax error at or near "ROW_FORMAT"
CREATE TABLE w (id int) ROW_FORMAT=DYNAMIC

-- SyntaxError: syntax error at or near "TYPE"
CREATE TABLE w (id int) TYPE=InnoDB

-- SyntaxError: syntax error at or near "AUTO_INCREMENT"
CREATE TABLE w (id int) AUTO_INCREMENT=5

-- SyntaxError: syntax error at or near "`"
CREATE TABLE w (`id` int)

-- SyntaxError: syntax error at or near "`"
CREATE TABLE `w` (id int)

-- UndefinedObject: type "tinyint" does not exist
CREATE TABLE w (id tinyint(1))

-- UndefinedObject: type "datetime" does not exist
CREATE TABLE w (id datetime)

-- SyntaxError: syntax error at or near "unsigned"
CREATE TABLE w (id int unsigned)

-- SyntaxError: syntax error at or near "CHARACTER"
CREATE TABLE w (id int, k varchar(10) CHARACTER SET ascii)

-- SyntaxError: syntax error at or near ")"
CREATE TABLE w (id int DEFAULT)

-- SyntaxError: syntax error at or near ","
CREATE TABLE w (id int DEFAULT, k int)

-- SyntaxError: syntax error at or near "NOT"
CREATE TABLE w (id int DEFAULT NOT NULL)

-- SyntaxError: syntax error at or near "PRIMARY"
CREATE TABLE w (id int DEFAULT PRIMARY KEY)

-- SyntaxError: syntax error at or near "UNIQUE"
CREATE TABLE w (id int DEFAULT UNIQUE)

-- SyntaxError: syntax error at or near ")"
CREATE TABLE w (id int,)

-- SyntaxError: syntax error at or near ","
CREATE TABLE w (id int,, k int)

-- SyntaxError: syntax error at or near ","
CREATE TABLE w (, id int)

-- SyntaxError: syntax error at or near "NOT"
CREATE TABLE w (k int, id NOT NULL)

-- SyntaxError: syntax error at end of input
ALTER TABLE t ADD COLUMN p varchar(256) DEFAULT

-- SyntaxError: syntax error at or near ","
ALTER TABLE t ADD COLUMN p varchar(256) DEFAULT, ADD q int

-- SyntaxError: syntax error at or near "NOT"
ALTER TABLE t ADD COLUMN p varchar(256) DEFAULT NOT NULL

-- SyntaxError: syntax error at end of input
ALTER TABLE t ALTER COLUMN h SET DEFAULT

-- SyntaxError: syntax error at or near ","
ALTER TABLE t ALTER COLUMN h SET DEFAULT, ALTER n SET NOT NULL

-- SyntaxError: syntax error at end of input
ALTER TABLE t ALTER COLUMN h TYPE

-- SyntaxError: syntax error at or near "NULL"
ALTER TABLE t ALTER COLUMN h SET NULL

-- SyntaxError: syntax error at or near "NULL"
ALTER TABLE t ALTER COLUMN h NULL

-- SyntaxError: syntax error at or near "NULL"
ALTER TABLE t ALTER COLUMN h DROP NULL

-- SyntaxError: syntax error at or near "ON"
DROP INDEX i ON t

-- SyntaxError: syntax error at or near "RENAME"
RENAME TABLE t TO u

-- SyntaxError: syntax error at or near "t"
LOCK TABLES t WRITE

-- SyntaxError: syntax error at or near "UNLOCK"
UNLOCK TABLES

-- SyntaxError: syntax error at or near "NOT"
CREATE DATABASE IF NOT EXISTS d

-- SyntaxError: syntax error at or near "USE"
USE d

-- SyntaxError: syntax error at or near "("
ALTER TABLE IF EXISTS t ADD COLUMN x bigint(20)

-- ok
ALTER TABLE t ADD IF NOT EXISTS x int

-- ok
ALTER TABLE t ADD after int, ADD first int, ADD comment text, ADD unsigned text, ADD key text, ADD index int, ADD modify int, ADD engine int

-- ok
ALTER TABLE t DROP after, DROP first, DROP comment, DROP key CASCADE, DROP COLUMN index RESTRICT

-- ok
ALTER TABLE t ADD COLUMN x1 int DEFAULT 1 CHECK (x1 > 0) REFERENCES t (id) ON UPDATE CASCADE ON DELETE SET NULL

-- ok
ALTER TABLE t ADD COLUMN x2 varchar(20) COLLATE "C" DEFAULT 'after' NOT NULL, ADD x3 timestamp (3) DEFAULT CURRENT_TIMESTAMP, ADD x4 interval(3), ADD x5 float(4), ADD x6 bit(3), ADD x7 int[], ADD x8 dec(5,2), ADD x9 double precision[]

-- ok
ALTER TABLE t RENAME modify TO index

-- ok
ALTER TABLE t RENAME COLUMN index TO key

-- ok
ALTER TABLE t RENAME CONSTRAINT t_pkey TO t_pk

-- ok
CREATE TABLE ok1 (index int, key int, comment text, first int, after int, change int, unsigned int, engine text, PRIMARY KEY (key), UNIQUE (index, comment), CONSTRAINT after CHECK (first > 0))

-- ok
CREATE TABLE ok2 (id int DEFAULT NULL, a int DEFAULT (NULL), b text DEFAULT 'x' NOT NULL UNIQUE, c int CONSTRAINT comment NOT NULL)

-- ok
CREATE TABLE ok3 (id int REFERENCES t ON DELETE CASCADE ON UPDATE SET NULL, k int, FOREIGN KEY (k) REFERENCES t (id) ON UPDATE CASCADE)

-- ok
CREATE TABLE ok4 () INHERITS (t)

-- ok
CREATE FUNCTION h(int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1'

-- ok
CREATE INDEX u ON t (h(10))
