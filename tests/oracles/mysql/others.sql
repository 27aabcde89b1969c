-- Views, triggers, routines, rows, and words of other databases.

-- ok
CREATE TABLE t (id INT AUTO_INCREMENT PRIMARY KEY, a INT NOT NULL, b VARCHAR(20) DEFAULT 'x');

-- ok
CREATE VIEW v AS SELECT id, a AS first FROM t WHERE a > 0;

-- 1050: Table 'v' already exists
CREATE VIEW v AS SELECT 1;

-- ok
CREATE OR REPLACE VIEW v AS SELECT id FROM t;

-- ok
CREATE ALGORITHM=MERGE DEFINER=CURRENT_USER SQL SECURITY INVOKER VIEW w (x, y) AS SELECT id, a FROM t;

-- 1054: Unknown column 'nothing' in 'SELECT'
CREATE VIEW bad AS SELECT nothing FROM t;

-- 1146: Table 'nowhere' doesn't exist
CREATE VIEW bad AS SELECT a FROM nowhere;

-- 1054: Unknown column 't.nothing' in 'SELECT'
CREATE VIEW bad AS SELECT t.nothing FROM t;

-- 1050: Table 't' already exists
CREATE VIEW t AS SELECT 1;

-- 1050: Table 'v' already exists
CREATE TABLE v (a INT);

-- 1965: 'v' is a view
DROP TABLE v;

-- 4092: Unknown VIEW: 't'
DROP VIEW t;

-- 1347: 'v' is not of type 'BASE TABLE'
ALTER TABLE v ADD COLUMN a INT;

-- 1347: 'v' is not of type 'BASE TABLE'
CREATE INDEX i ON v (id);

-- 1064: You have an error in your SQL syntax; check the manual that corresponds to your MariaDB server version for the right syntax to use near 'MATERIALIZED VIEW mv AS SELECT 1' at line 1
CREATE MATERIALIZED VIEW mv AS SELECT 1;

-- 4092: Unknown VIEW: 'nowhere'
DROP VIEW nowhere;

-- ok
DROP VIEW IF EXISTS nowhere;

-- ok
DROP VIEW w;

-- ok
CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW SET NEW.a = 1;

-- 1359: Trigger 'tr' already exists
CREATE TRIGGER tr BEFORE UPDATE ON t FOR EACH ROW SET NEW.a = 1;

-- ok
CREATE TRIGGER tr2 AFTER UPDATE ON t FOR EACH ROW BEGIN INSERT INTO t (a) VALUES (OLD.a); END;

-- 1146: Table 'nowhere' doesn't exist
CREATE TRIGGER bad BEFORE INSERT ON nowhere FOR EACH ROW SET NEW.a = 1;

-- 1347: 'v' is not of type 'BASE TABLE'
CREATE TRIGGER bad BEFORE INSERT ON v FOR EACH ROW SET NEW.a = 1;

-- 1054: Unknown column 'nothing' in 'NEW'
CREATE TRIGGER bad BEFORE INSERT ON t FOR EACH ROW SET NEW.nothing = 1;

-- 1064: You have an error in your SQL syntax; check the manual that corresponds to your MariaDB server version for the right syntax to use near 'BEGIN SELECT 1; END' at line 1
CREATE TRIGGER bad AFTER INSERT ON t BEGIN SELECT 1; END;

-- 1064: You have an error in your SQL syntax; check the manual that corresponds to your MariaDB server version for the right syntax to use near 'STATEMENT SET @x = 1' at line 1
CREATE TRIGGER bad AFTER INSERT ON t FOR EACH STATEMENT SET @x = 1;

-- ok
CREATE TRIGGER IF NOT EXISTS tr BEFORE INSERT ON t FOR EACH ROW SET NEW.a = 2;

-- ok
DROP TRIGGER tr;

-- 1360: Trigger does not exist
DROP TRIGGER tr;

-- ok
DROP TRIGGER IF EXISTS tr;

-- 1064: You have an error in your SQL syntax; check the manual that corresponds to your MariaDB server version for the right syntax to use near 'ON t' at line 1
DROP TRIGGER tr2 ON t;

-- ok
CREATE PROCEDURE pr(IN x INT) BEGIN DECLARE y INT DEFAULT 0; IF x > 1 THEN SET y = 1; END IF; SELECT y; END;

-- 1304: PROCEDURE pr already exists
CREATE PROCEDURE pr() SELECT 1;

-- ok
CREATE FUNCTION f(x INT) RETURNS INT DETERMINISTIC RETURN x + 1;

-- 1304: FUNCTION f already exists
CREATE FUNCTION f(x INT) RETURNS INT DETERMINISTIC RETURN x + 1;

-- 1064: You have an error in your SQL syntax; check the manual that corresponds to your MariaDB server version for the right syntax to use near 'AS 'x'' at line 1
CREATE FUNCTION g() RETURNS INT AS 'x';

-- ok
DROP FUNCTION f;

-- 1305: FUNCTION f does not exist
DROP FUNCTION f;

-- ok
DROP PROCEDURE pr;

-- 1305: PROCEDURE pr does not exist
DROP PROCEDURE pr;

-- ok
DROP PROCEDURE IF EXISTS pr;

-- 1305: PROCEDURE pr does not exist
CALL pr();

-- ok
INSERT INTO t (a, b) VALUES (1, 'y'), (2, 'z');

-- ok
INSERT INTO t VALUES (10, 1, 'y');

-- 1136: Column count doesn't match value count at row 1
INSERT INTO t VALUES (1, 'y');

-- 1054: Unknown column 'nothing' in 'INSERT INTO'
INSERT INTO t (a, nothing) VALUES (1, 2);

-- 1136: Column count doesn't match value count at row 1
INSERT INTO t (a) VALUES (1, 2);

-- 1110: Column 'a' specified twice
INSERT INTO t (a, a) VALUES (1, 2);

-- 1146: Table 'nowhere' doesn't exist
INSERT INTO nowhere (a) VALUES (1);

-- 1364: Field 'a' doesn't have a default value
INSERT INTO t (b) VALUES ('y');

-- ok
INSERT IGNORE INTO t (b) VALUES ('y');

-- ok
INSERT INTO t SET a = 3, b = 'q';

-- ok
INSERT INTO t (a) VALUES (5) ON DUPLICATE KEY UPDATE a = VALUES(a);

-- 1064: You have an error in your SQL syntax; check the manual that corresponds to your MariaDB server version for the right syntax to use near 'CONFLICT (id) DO NOTHING' at line 1
INSERT INTO t (id, a) VALUES (1, 5) ON CONFLICT (id) DO NOTHING;

-- 1064: You have an error in your SQL syntax; check the manual that corresponds to your MariaDB server version for the right syntax to use near 'OR IGNORE INTO t (a) VALUES (1)' at line 1
INSERT OR IGNORE INTO t (a) VALUES (1);

-- 1064: You have an error in your SQL syntax; check the manual that corresponds to your MariaDB server version for the right syntax to use near '"t" (a) VALUES (1)' at line 1
INSERT INTO "t" (a) VALUES (1);

-- 1054: Unknown column 'nothing' in 'WHERE'
INSERT INTO t (a) SELECT id FROM t WHERE nothing = 1;

-- 1146: Table 'nowhere' doesn't exist
INSERT INTO t (a) SELECT id FROM nowhere;

-- ok
REPLACE INTO t (id, a) VALUES (1, 6);

-- 1442: Can't update table 't' in stored function/trigger because it is already used by statement which invoked this stored function/trigger
UPDATE t SET a = 1 WHERE id = 2;

-- 1054: Unknown column 'nothing' in 'SET'
UPDATE t SET nothing = 1;

-- 1054: Unknown column 'nothing' in 'SET'
UPDATE t SET a = nothing;

-- 1054: Unknown column 'nothing' in 'WHERE'
UPDATE t SET a = 1 WHERE nothing = 1;

-- 1146: Table 'nowhere' doesn't exist
UPDATE nowhere SET a = 1;

-- 1064: You have an error in your SQL syntax; check the manual that corresponds to your MariaDB server version for the right syntax to use near '::int' at line 1
UPDATE t SET a = '1'::int;

-- 1064: You have an error in your SQL syntax; check the manual that corresponds to your MariaDB server version for the right syntax to use near 'RETURNING id' at line 1
UPDATE t SET a = 1 RETURNING id;

-- 1064: You have an error in your SQL syntax; check the manual that corresponds to your MariaDB server version for the right syntax to use near 'FROM v WHERE v.id = t.id' at line 1
UPDATE t SET a = 1 FROM v WHERE v.id = t.id;

-- ok
DELETE FROM t WHERE id = 999;

-- 1054: Unknown column 'nothing' in 'WHERE'
DELETE FROM t WHERE nothing = 1;

-- 1146: Table 'nowhere' doesn't exist
DELETE FROM nowhere;

-- ok
SELECT COUNT(*) FROM t;

-- 1054: Unknown column 'nothing' in 'SELECT'
SELECT nothing FROM t;

-- ok
SELECT a AS z FROM t ORDER BY z;

-- 1054: Unknown column 'nothing' in 'ORDER BY'
SELECT a AS z FROM t ORDER BY nothing;

-- ok
SELECT x.a FROM t x JOIN v y ON x.id = y.id;

-- 1054: Unknown column 'x.nothing' in 'SELECT'
SELECT x.nothing FROM t x;

-- 1064: You have an error in your SQL syntax; check the manual that corresponds to your MariaDB server version for the right syntax to use near 'PRAGMA foreign_keys = ON' at line 1
PRAGMA foreign_keys = ON;

-- 1064: You have an error in your SQL syntax; check the manual that corresponds to your MariaDB server version for the right syntax to use near 'COMMENT ON TABLE t IS 'x'' at line 1
COMMENT ON TABLE t IS 'x';

-- 1064: You have an error in your SQL syntax; check the manual that corresponds to your MariaDB server version for the right syntax to use near 'EXTENSION pgcrypto' at line 1
CREATE EXTENSION pgcrypto;

-- 1064: You have an error in your SQL syntax; check the manual that corresponds to your MariaDB server version for the right syntax to use near 'TYPE mood AS ENUM ('a')' at line 1
CREATE TYPE mood AS ENUM ('a');

-- 1064: You have an error in your SQL syntax; check the manual that corresponds to your MariaDB server version for the right syntax to use near 'COPY t FROM STDIN' at line 1
COPY t FROM STDIN;

-- 1064: You have an error in your SQL syntax; check the manual that corresponds to your MariaDB server version for the right syntax to use near 'TRANSACTION' at line 1
BEGIN TRANSACTION;

-- ok
BEGIN;

-- ok
COMMIT;

-- ok
START TRANSACTION;

-- ok
COMMIT WORK;

-- 1064: You have an error in your SQL syntax; check the manual that corresponds to your MariaDB server version for the right syntax to use near 'END' at line 1
END;

-- 1064: You have an error in your SQL syntax; check the manual that corresponds to your MariaDB server version for the right syntax to use near 'VACUUM' at line 1
VACUUM;

-- ok
SET NAMES utf8mb4;

-- ok
SET @x = 1;

-- ok
SET SESSION sql_mode = 'STRICT_TRANS_TABLES';

-- ok
LOCK TABLES t WRITE;

-- ok
UNLOCK TABLES;

-- ok
/*!40101 SET character_set_client = utf8mb4 */;

-- ok
ANALYZE TABLE t;

-- ok
SHOW TABLES;

-- ok
DROP TABLE t;
