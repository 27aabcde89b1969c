-- Definitions that ask the catalog first.

-- ok
CREATE TABLE t (id INT PRIMARY KEY, kind VARCHAR(9), KEY by_kind (kind));

-- ok
SET @n = (SELECT COUNT(*) FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = 't' AND COLUMN_NAME = 'a');

-- ok
SET @s = IF(@n = 0, 'ALTER TABLE t ADD COLUMN a INT', 'SELECT 1');

-- ok
PREPARE st FROM @s;

-- ok
EXECUTE st;

-- ok
DEALLOCATE PREPARE st;

-- ok
SET @s = (SELECT IF((SELECT COUNT(*) FROM INFORMATION_SCHEMA.COLUMNS WHERE table_name = 't' AND table_schema = DATABASE() AND column_name = 'a') > 0, "SELECT 1", "ALTER TABLE t ADD COLUMN a INT"));

-- ok
PREPARE st FROM @s;

-- ok
EXECUTE st;

-- ok
SELECT COUNT(*) INTO @has FROM information_schema.STATISTICS WHERE table_schema = DATABASE() AND table_name = 't' AND index_name = 'by_kind';

-- ok
SET @s = IF(@has > 0, CONCAT('DROP INDEX ', 'by_kind', ' ON t'), 'DO 0');

-- ok
PREPARE st FROM @s;

-- ok
EXECUTE st;

-- ok
SELECT IF(EXISTS(SELECT 1 FROM information_schema.TABLES WHERE table_schema = DATABASE() AND table_name = 'u'), 'DO 0', 'CREATE TABLE u (id INT PRIMARY KEY, t_id INT, CONSTRAINT u_t FOREIGN KEY (t_id) REFERENCES t (id))') INTO @s;

-- ok
PREPARE st FROM @s;

-- ok
EXECUTE st;

-- ok
CREATE PROCEDURE add_b() BEGIN IF NOT EXISTS (SELECT * FROM information_schema.COLUMNS WHERE table_schema = DATABASE() AND table_name = 't' AND column_name = 'b') THEN ALTER TABLE t ADD COLUMN b INT NOT NULL DEFAULT 0; END IF; END;

-- ok
CALL add_b();

-- ok
CALL add_b();

-- ok
DROP PROCEDURE add_b;

-- ok
CREATE PROCEDURE drop_key(IN tbl VARCHAR(64), IN fk VARCHAR(64)) BEGIN DECLARE n INT DEFAULT 0; SELECT COUNT(*) INTO n FROM information_schema.TABLE_CONSTRAINTS WHERE constraint_schema = DATABASE() AND table_name = tbl AND constraint_name = fk AND constraint_type = 'FOREIGN KEY'; IF n > 0 THEN SET @s = CONCAT('ALTER TABLE ', tbl, ' DROP FOREIGN KEY ', fk); PREPARE st FROM @s; EXECUTE st; DEALLOCATE PREPARE st; ELSE CREATE TABLE was_not_there (id INT); END IF; END;

-- ok
CALL drop_key('u', 'u_t');

-- ok
CALL drop_key('u', 'u_t');

-- ok
CREATE PROCEDURE goes_on() BEGIN DECLARE CONTINUE HANDLER FOR SQLEXCEPTION BEGIN END; ALTER TABLE t ADD COLUMN b INT; ALTER TABLE t ADD COLUMN c INT; END;

-- ok
CALL goes_on();

-- ok
CREATE PROCEDURE stops() BEGIN ALTER TABLE t ADD COLUMN d INT; ALTER TABLE t ADD COLUMN d INT; ALTER TABLE t ADD COLUMN e INT; END;

-- 1060: Duplicate column name 'd'
CALL stops();

-- 1305: PROCEDURE nothing does not exist
CALL nothing();

-- ok
SET @s = 'ALTER TABLE t ADD COLUMN c INT';

-- ok
PREPARE st FROM @s;

-- 1060: Duplicate column name 'c'
EXECUTE st;

-- 1243: Unknown prepared statement handler (other) given to EXECUTE
EXECUTE other;

-- ok
PREPARE st FROM 'CREATE TABLE v (id INT)';

-- ok
EXECUTE st;

-- ok
BEGIN NOT ATOMIC IF EXISTS (SELECT 1 FROM information_schema.TABLES WHERE table_schema = DATABASE() AND table_name = 'v') THEN DROP TABLE v; END IF; END;
