-- Foreign keys and the indexes that InnoDB makes for them.

-- ok
CREATE TABLE p (id INT PRIMARY KEY, code VARCHAR(10), n INT, big BIGINT UNSIGNED, plain INT, UNIQUE (code), KEY (n), KEY pair (n, code));

-- ok
CREATE TABLE c1 (id INT PRIMARY KEY, p_id INT, CONSTRAINT c1_p FOREIGN KEY (p_id) REFERENCES p (id));

-- 1005: Can't create table `c2` (errno: 121 "Duplicate key on write or update")
CREATE TABLE c2 (id INT, p_id INT, CONSTRAINT c1_p FOREIGN KEY (p_id) REFERENCES p (id));

-- ok
CREATE TABLE c2 (id INT, p_id INT, FOREIGN KEY (p_id) REFERENCES p (id), FOREIGN KEY (id) REFERENCES p (n) ON DELETE SET NULL);

-- 1005: Can't create table `c3` (errno: 150 "Foreign key constraint is incorrectly formed")
CREATE TABLE c3 (p_id BIGINT, FOREIGN KEY (p_id) REFERENCES p (id));

-- 1005: Can't create table `c3` (errno: 150 "Foreign key constraint is incorrectly formed")
CREATE TABLE c3 (p_id INT UNSIGNED, FOREIGN KEY (p_id) REFERENCES p (id));

-- 1005: Can't create table `c3` (errno: 150 "Foreign key constraint is incorrectly formed")
CREATE TABLE c3 (p_id VARCHAR(10), FOREIGN KEY (p_id) REFERENCES p (id));

-- 1005: Can't create table `c3` (errno: 150 "Foreign key constraint is incorrectly formed")
CREATE TABLE c3 (p_id INT, FOREIGN KEY (p_id) REFERENCES p (plain));

-- 1005: Can't create table `c3` (errno: 150 "Foreign key constraint is incorrectly formed")
CREATE TABLE c3 (p_id INT, FOREIGN KEY (p_id) REFERENCES p (nothing));

-- 1005: Can't create table `c3` (errno: 150 "Foreign key constraint is incorrectly formed")
CREATE TABLE c3 (p_id INT, FOREIGN KEY (p_id) REFERENCES nowhere (id));

-- 1072: Key column 'nothing' doesn't exist in table
CREATE TABLE c3 (p_id INT, FOREIGN KEY (nothing) REFERENCES p (id));

-- 1239: Incorrect foreign key definition for 'foreign key without name': Key reference and table reference don't match
CREATE TABLE c3 (p_id INT, x INT, FOREIGN KEY (p_id, x) REFERENCES p (id));

-- 1005: Can't create table `c3` (errno: 150 "Foreign key constraint is incorrectly formed")
CREATE TABLE c3 (p_id INT, FOREIGN KEY (p_id) REFERENCES p);

-- 1005: Can't create table `c3` (errno: 150 "Foreign key constraint is incorrectly formed")
CREATE TABLE c3 (p_id INT NOT NULL, FOREIGN KEY (p_id) REFERENCES p (id) ON DELETE SET NULL);

-- ok
CREATE TABLE c3 (code VARCHAR(30), FOREIGN KEY (code) REFERENCES p (code) ON UPDATE CASCADE);

-- 1005: Can't create table `c4` (errno: 150 "Foreign key constraint is incorrectly formed")
CREATE TABLE c4 (code VARCHAR(10) CHARACTER SET latin1, FOREIGN KEY (code) REFERENCES p (code));

-- ok
CREATE TABLE c4 (big BIGINT UNSIGNED, n INT, code VARCHAR(10), FOREIGN KEY (n, code) REFERENCES p (n, code), KEY own (n, code, big));

-- ok
CREATE TABLE c5 (id INT PRIMARY KEY, up INT, FOREIGN KEY (up) REFERENCES c5 (id) ON DELETE CASCADE);

-- ok
CREATE TABLE c6 (a INT, b INT, FOREIGN KEY idx (a) REFERENCES p (id), CONSTRAINT named FOREIGN KEY idx2 (b) REFERENCES p (id));

-- ok
CREATE TABLE c7 (a INT REFERENCES p (id), b INT REFERENCES p (id) ON DELETE CASCADE);

-- ok
CREATE TABLE c8 (a INT, FOREIGN KEY (a) REFERENCES p (id) ON DELETE SET DEFAULT);

-- 1064: You have an error in your SQL syntax; check the manual that corresponds to your MariaDB server version for the right syntax to use near 'DEFERRABLE INITIALLY DEFERRED)' at line 1
CREATE TABLE c9 (a INT, FOREIGN KEY (a) REFERENCES p (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED);

-- 1451: Cannot delete or update a parent row: a foreign key constraint fails
DROP TABLE p;

-- 1553: Cannot drop index 'c1_p': needed in a foreign key constraint
ALTER TABLE c1 DROP COLUMN p_id;

-- 1553: Cannot drop index 'c1_p': needed in a foreign key constraint
ALTER TABLE c1 DROP INDEX c1_p;

-- 1832: Cannot change column 'p_id': used in a foreign key constraint 'c1_p'
ALTER TABLE c1 MODIFY p_id BIGINT;

-- ok
ALTER TABLE c1 MODIFY p_id INT NOT NULL;

-- ok
ALTER TABLE c1 CHANGE p_id parent INT;

-- 1833: Cannot change column 'id': used in a foreign key constraint 'c1_p' of table 'c1'
ALTER TABLE p MODIFY id BIGINT;

-- ok
ALTER TABLE p CHANGE id pid INT;

-- ok
ALTER TABLE p RENAME COLUMN pid TO id;

-- 1829: Cannot drop column 'id': needed in a foreign key constraint 'c1_p' of table `c1`
ALTER TABLE p DROP COLUMN id;

-- 1553: Cannot drop index 'code': needed in a foreign key constraint
ALTER TABLE p DROP INDEX code;

-- 1833: Cannot change column 'code': used in a foreign key constraint 'c3_ibfk_1' of table 'c3'
ALTER TABLE p MODIFY code VARCHAR(20);

-- ok
ALTER TABLE c1 ADD INDEX better (parent, id);

-- 1553: Cannot drop index 'better': needed in a foreign key constraint
ALTER TABLE c1 DROP INDEX better;

-- ok
ALTER TABLE c1 DROP FOREIGN KEY c1_p, DROP INDEX better;

-- 1091: Can't DROP FOREIGN KEY `c1_p`; check that it exists
ALTER TABLE c1 DROP FOREIGN KEY c1_p;

-- ok
ALTER TABLE c1 ADD FOREIGN KEY (parent) REFERENCES p (id);

-- ok
ALTER TABLE c1 ADD CONSTRAINT twice FOREIGN KEY (parent) REFERENCES p (id) ON DELETE CASCADE;

-- 1005: Can't create table `c1` (errno: 121 "Duplicate key on write or update")
ALTER TABLE c1 ADD CONSTRAINT twice FOREIGN KEY (parent) REFERENCES p (id);

-- ok
ALTER TABLE c1 DROP FOREIGN KEY twice;

-- ok
ALTER TABLE c1 ADD COLUMN q INT, ADD CONSTRAINT q_p FOREIGN KEY (q) REFERENCES p (id) ON DELETE SET NULL;

-- 1830: Column 'q' cannot be NOT NULL: needed in a foreign key constraint 'q_p' SET NULL
ALTER TABLE c1 MODIFY q INT NOT NULL;

-- ok
ALTER TABLE c1 DROP FOREIGN KEY q_p, DROP COLUMN q;

-- ok
ALTER TABLE c1 DROP CONSTRAINT c1_ibfk_1;

-- 1005: Can't create table `c1` (errno: 150 "Foreign key constraint is incorrectly formed")
ALTER TABLE c1 ADD CONSTRAINT FOREIGN KEY (parent) REFERENCES nowhere (id);

-- 1005: Can't create table `c1` (errno: 150 "Foreign key constraint is incorrectly formed")
ALTER TABLE c1 ADD CONSTRAINT bad FOREIGN KEY (parent) REFERENCES p (plain);

-- ok
SET FOREIGN_KEY_CHECKS = 0;

-- ok
ALTER TABLE c1 ADD CONSTRAINT later FOREIGN KEY (parent) REFERENCES to_come (id);

-- ok
CREATE TABLE to_come (id INT PRIMARY KEY);

-- ok
SET FOREIGN_KEY_CHECKS = 1;

-- 1451: Cannot delete or update a parent row: a foreign key constraint fails
DROP TABLE to_come;

-- ok
RENAME TABLE c5 TO c50;

-- ok
ALTER TABLE c50 DROP FOREIGN KEY c50_ibfk_1, DROP COLUMN up;

-- ok
RENAME TABLE p TO parents;

-- ok
ALTER TABLE c6 DROP FOREIGN KEY idx;

-- 1091: Can't DROP FOREIGN KEY `idx2`; check that it exists
ALTER TABLE c6 DROP FOREIGN KEY idx2;

-- ok
ALTER TABLE c6 ADD INDEX (b);

-- ok
ALTER TABLE c6 DROP COLUMN a;

-- ok
DROP TABLE c1, to_come;

-- 1701: Cannot truncate a table referenced in a foreign key constraint (`c2`, CONSTRAINT `c2_ibfk_1` FOREIGN KEY (`p_id`) REFERENCES `parents` (`id`))
TRUNCATE TABLE parents;

-- ok
CREATE TABLE m (a INT, FOREIGN KEY (a) REFERENCES nowhere (id)) ENGINE=MyISAM;

-- ok
CREATE TABLE copy LIKE c6;

-- ok
ALTER TABLE c7 DROP FOREIGN KEY c7_ibfk_1, ADD CONSTRAINT other FOREIGN KEY (a) REFERENCES parents (id) ON UPDATE CASCADE;

-- 1005: Can't create table `c4` (errno: 150 "Foreign key constraint is incorrectly formed")
ALTER TABLE c4 ADD FOREIGN KEY (big) REFERENCES parents (big);

-- ok
ALTER TABLE parents ADD UNIQUE (big);

-- ok
ALTER TABLE c4 ADD FOREIGN KEY (big) REFERENCES parents (big);

-- 1553: Cannot drop index 'big': needed in a foreign key constraint
ALTER TABLE parents DROP INDEX big;

-- ok
ALTER TABLE parents DROP INDEX big, ADD INDEX big_too (big);

-- ok
ALTER TABLE c2 DROP FOREIGN KEY c2_ibfk_1, DROP FOREIGN KEY c2_ibfk_2;

-- ok
ALTER TABLE c2 DROP KEY p_id;
