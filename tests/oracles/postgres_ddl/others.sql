-- Views, types, sequences, functions, triggers, schemas and parts of tables.

-- ok
CREATE TABLE t (id int PRIMARY KEY, a text, b date);

-- ok
CREATE VIEW v AS SELECT id, a FROM t;

-- DuplicateTable: relation "v" already exists
CREATE VIEW v AS SELECT 1 AS one;

-- UndefinedTable: relation "missing" does not exist
CREATE VIEW w AS SELECT * FROM missing;

-- ok
CREATE OR REPLACE VIEW v AS SELECT id, a, b FROM t;

-- InvalidTableDefinition: cannot change name of view column "a" to "b"
CREATE OR REPLACE VIEW v AS SELECT id, b, a FROM t;

-- InvalidTableDefinition: cannot drop columns from view
CREATE OR REPLACE VIEW v AS SELECT id FROM t;

-- InvalidTableDefinition: cannot change data type of view column "b" from date to text
CREATE OR REPLACE VIEW v AS SELECT id, a, b::text AS b FROM t;

-- ok
CREATE OR REPLACE VIEW v AS SELECT x.*, 1 AS more FROM t AS x;

-- SyntaxError: CREATE VIEW specifies more column names than columns
CREATE VIEW w (one, two) AS SELECT 1;

-- DuplicateColumn: column "id" specified more than once
CREATE VIEW w AS SELECT id, id FROM t;

-- WrongObjectType: "t" is not a view
CREATE OR REPLACE VIEW t AS SELECT 1;

-- ok
ALTER TABLE v ALTER COLUMN a SET DEFAULT 'x';

-- FeatureNotSupported: cannot alter type of a column used by a view or rule
ALTER TABLE t ALTER COLUMN a TYPE varchar(10);

-- DependentObjectsStillExist: cannot drop column a of table t because other objects depend on it
ALTER TABLE t DROP COLUMN a;

-- DependentObjectsStillExist: cannot drop table t because other objects depend on it
DROP TABLE t;

-- UndefinedTable: view "missing" does not exist
DROP VIEW missing;

-- ok
DROP VIEW IF EXISTS missing;

-- WrongObjectType: "t" is not a view
DROP VIEW t;

-- ok
CREATE VIEW w AS SELECT id FROM v;

-- DependentObjectsStillExist: cannot drop view v because other objects depend on it
DROP VIEW v;

-- ok
CREATE MATERIALIZED VIEW m AS SELECT id FROM t;

-- ok
CREATE UNIQUE INDEX ON m (id);

-- WrongObjectType: "m" is not a view
DROP VIEW m;

-- ok
DROP MATERIALIZED VIEW m;

-- ok
DROP VIEW v, w;

-- ok
CREATE TYPE mood AS ENUM ('calm', 'glad');

-- DuplicateObject: type "mood" already exists
CREATE TYPE mood AS ENUM ('sad');

-- UniqueViolation: duplicate key value violates unique constraint "pg_enum_typid_label_index"
CREATE TYPE twice AS ENUM ('a', 'a');

-- DuplicateObject: enum label "glad" already exists
ALTER TYPE mood ADD VALUE 'glad';

-- ok
ALTER TYPE mood ADD VALUE IF NOT EXISTS 'glad';

-- InvalidParameterValue: "nowhere" is not an existing enum label
ALTER TYPE mood ADD VALUE 'sad' BEFORE 'nowhere';

-- InvalidParameterValue: "nowhere" is not an existing enum label
ALTER TYPE mood RENAME VALUE 'nowhere' TO 'x';

-- DuplicateObject: enum label "glad" already exists
ALTER TYPE mood RENAME VALUE 'calm' TO 'glad';

-- UndefinedObject: type "missing" does not exist
ALTER TYPE missing ADD VALUE 'x';

-- InvalidTextRepresentation: invalid input value for enum mood: "angry"
ALTER TABLE t ADD COLUMN feels mood DEFAULT 'angry';

-- ok
ALTER TABLE t ADD COLUMN feels mood DEFAULT 'glad';

-- DependentObjectsStillExist: cannot drop type mood because other objects depend on it
DROP TYPE mood;

-- UndefinedObject: type "missing" does not exist
DROP TYPE missing;

-- ok
DROP TYPE IF EXISTS missing;

-- ok
DROP TYPE mood CASCADE;

-- ok
CREATE TYPE span AS RANGE (subtype = date);

-- UndefinedObject: type "spanmultirange" does not exist
CREATE TABLE stays (during span, holes spanmultirange);

-- ok
CREATE TYPE pair AS (one int, two text);

-- ok
CREATE TABLE pairs (p pair);

-- DependentObjectsStillExist: cannot drop type pair because other objects depend on it
DROP TYPE pair;

-- ok
CREATE DOMAIN short AS varchar(3);

-- DuplicateObject: type "short" already exists
CREATE DOMAIN short AS text;

-- ok
CREATE TABLE shorts (s short);

-- DependentObjectsStillExist: cannot drop type short because other objects depend on it
DROP DOMAIN short;

-- ok
CREATE SEQUENCE numbers;

-- DuplicateTable: relation "numbers" already exists
CREATE SEQUENCE numbers;

-- ok
CREATE SEQUENCE IF NOT EXISTS numbers;

-- ok
ALTER TABLE t ADD COLUMN n int DEFAULT nextval('numbers');

-- UndefinedTable: relation "missing" does not exist
ALTER TABLE t ADD COLUMN k int DEFAULT nextval('missing');

-- UndefinedTable: relation "missing" does not exist
ALTER SEQUENCE missing RESTART WITH 5;

-- ok
ALTER SEQUENCE IF EXISTS missing RESTART WITH 5;

-- DependentObjectsStillExist: cannot drop sequence numbers because other objects depend on it
DROP SEQUENCE numbers;

-- UndefinedTable: sequence "missing" does not exist
DROP SEQUENCE missing;

-- ok
DROP SEQUENCE numbers CASCADE;

-- ok
CREATE FUNCTION f(a int) RETURNS int AS $$ SELECT 1 $$ LANGUAGE sql;

-- DuplicateFunction: function "f" already exists with same argument types
CREATE FUNCTION f(integer) RETURNS int AS $$ SELECT 1 $$ LANGUAGE sql;

-- ok
CREATE FUNCTION f(text) RETURNS int AS $$ SELECT 1 $$ LANGUAGE sql;

-- InvalidFunctionDefinition: cannot change return type of existing function
CREATE OR REPLACE FUNCTION f(a int) RETURNS text AS $$ SELECT 'x' $$ LANGUAGE sql;

-- InvalidFunctionDefinition: cannot change name of input parameter "a"
CREATE OR REPLACE FUNCTION f(b int) RETURNS int AS $$ SELECT 1 $$ LANGUAGE sql;

-- AmbiguousFunction: function name "f" is not unique
DROP FUNCTION f;

-- UndefinedFunction: function f(date) does not exist
DROP FUNCTION f(date);

-- ok
DROP FUNCTION IF EXISTS f(date);

-- ok
DROP FUNCTION f(int), f(text);

-- UndefinedFunction: could not find a function named "f"
DROP FUNCTION f;

-- ok
CREATE FUNCTION note() RETURNS trigger AS $$ BEGIN RETURN NEW; END $$ LANGUAGE plpgsql;

-- ok
CREATE TRIGGER tr BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION note();

-- DuplicateObject: trigger "tr" for relation "t" already exists
CREATE TRIGGER tr BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION note();

-- UndefinedFunction: function missing() does not exist
CREATE TRIGGER ts BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION missing();

-- UndefinedTable: relation "missing" does not exist
CREATE TRIGGER ts BEFORE UPDATE ON missing FOR EACH ROW EXECUTE FUNCTION note();

-- DependentObjectsStillExist: cannot drop function note() because other objects depend on it
DROP FUNCTION note();

-- UndefinedObject: trigger "ts" for table "t" does not exist
DROP TRIGGER ts ON t;

-- ok
DROP TRIGGER IF EXISTS ts ON t;

-- ok
DROP TRIGGER IF EXISTS ts ON missing;

-- ok
DROP FUNCTION note() CASCADE;

-- UndefinedObject: trigger "tr" for table "t" does not exist
DROP TRIGGER tr ON t;

-- ok
CREATE SCHEMA s;

-- DuplicateSchema: schema "s" already exists
CREATE SCHEMA s;

-- ok
CREATE SCHEMA IF NOT EXISTS s;

-- ok
CREATE TABLE s.inside (id int);

-- DependentObjectsStillExist: cannot drop schema s because other objects depend on it
DROP SCHEMA s;

-- InvalidSchemaName: schema "missing" does not exist
DROP SCHEMA missing;

-- ok
DROP SCHEMA s CASCADE;

-- InvalidSchemaName: schema "missing" does not exist
ALTER TABLE t SET SCHEMA missing;

-- ok
CREATE TABLE events (id int, day date NOT NULL, note text) PARTITION BY RANGE (day);

-- FeatureNotSupported: unique constraint on partitioned table must include all partitioning columns
ALTER TABLE events ADD PRIMARY KEY (id);

-- ok
ALTER TABLE events ADD PRIMARY KEY (id, day);

-- ok
CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');

-- InvalidTableDefinition: invalid bound specification for a range partition
CREATE TABLE events_2 PARTITION OF events FOR VALUES IN ('2021-01-01');

-- InvalidObjectDefinition: "t" is not partitioned
CREATE TABLE events_2 PARTITION OF t FOR VALUES FROM (1) TO (2);

-- UndefinedTable: relation "missing" does not exist
CREATE TABLE events_2 PARTITION OF missing DEFAULT;

-- ok
CREATE INDEX ON events (note);

-- ok
ALTER TABLE events ADD COLUMN more int;

-- InvalidTableDefinition: cannot drop inherited column "more"
ALTER TABLE events_1 DROP COLUMN more;

-- InvalidTableDefinition: cannot rename inherited column "more"
ALTER TABLE events_1 RENAME COLUMN more TO less;

-- ok
CREATE TABLE events_3 (day date NOT NULL, id int NOT NULL);

-- DatatypeMismatch: child table is missing column "note"
ALTER TABLE events ATTACH PARTITION events_3 DEFAULT;

-- ok
ALTER TABLE events_3 ADD COLUMN note text, ADD COLUMN more int, ADD COLUMN extra int;

-- DatatypeMismatch: table "events_3" contains column "extra" not found in parent "events"
ALTER TABLE events ATTACH PARTITION events_3 DEFAULT;

-- ok
ALTER TABLE events_3 DROP COLUMN extra;

-- ok
ALTER TABLE events ATTACH PARTITION events_3 DEFAULT;

-- ok
ALTER TABLE events DETACH PARTITION events_3;

-- UndefinedTable: relation "events_3" is not a partition of relation "events"
ALTER TABLE events DETACH PARTITION events_3;

-- UndefinedColumn: column "missing" named in partition key does not exist
CREATE TABLE by_key (id int, PRIMARY KEY (id)) PARTITION BY HASH (missing);

-- ok
DROP TABLE events_1;

-- ok
DROP TABLE events;

-- ok
CREATE TABLE parent (id int PRIMARY KEY, name text, CONSTRAINT named CHECK (name <> ''));

-- ok
CREATE TABLE child (more int) INHERITS (parent);

-- DatatypeMismatch: column "name" has a type conflict
CREATE TABLE wrong (name int) INHERITS (parent);

-- DuplicateTable: relation "parent" would be inherited from more than once
CREATE TABLE wrong () INHERITS (parent, parent);

-- UndefinedTable: relation "missing" does not exist
CREATE TABLE wrong () INHERITS (missing);

-- InvalidTableDefinition: cannot drop inherited column "name"
ALTER TABLE child DROP COLUMN name;

-- InvalidTableDefinition: cannot drop inherited constraint "named" of relation "child"
ALTER TABLE child DROP CONSTRAINT named;

-- ok
ALTER TABLE parent ADD COLUMN later int;

-- DuplicateColumn: column "later" of relation "child" already exists
ALTER TABLE child ADD COLUMN later int;

-- ok
ALTER TABLE parent DROP COLUMN later;

-- UndefinedColumn: column "later" of relation "child" does not exist
ALTER TABLE child DROP COLUMN later;

-- DependentObjectsStillExist: cannot drop table parent because other objects depend on it
DROP TABLE parent;

-- ok
ALTER TABLE child NO INHERIT parent;

-- ok
DROP TABLE parent;

-- ok
ALTER TABLE child DROP COLUMN name;

-- ok
CREATE TABLE roads (name text, length int)

-- ok
SELECT sum(length) FROM ONLY roads WHERE name ~ 'I- .*'

-- UndefinedTable: relation "lanes" does not exist
SELECT 1 FROM ONLY lanes

-- UndefinedColumn: column "width" does not exist
DELETE FROM ONLY roads WHERE width = 1

-- ok
UPDATE ONLY roads SET length = 2

-- ok
CREATE FUNCTION longer(a int, b int DEFAULT 1) RETURNS int LANGUAGE sql AS 'SELECT a + b'

-- ok
SELECT longer(a := 1, b := 2), longer(a => 1) FROM roads

-- ok
SELECT pg_lsn '0/16AE7F8' FROM roads

-- ok
SELECT '0/16AE7F8' > pg_lsn '0/16AE7F7'

-- ok
WITH RECURSIVE x (id) AS (SELECT * FROM y UNION ALL SELECT id + 1 FROM x WHERE id < 5), y (id) AS (VALUES (1)) SELECT * FROM x

-- ok
CREATE TABLE fruits (key int PRIMARY KEY, fruit text)

-- ok
INSERT INTO fruits VALUES (2, 'Orange') ON CONFLICT (key, key) DO UPDATE SET fruit = excluded.fruit

-- ok
CREATE SCHEMA AUTHORIZATION postgres

-- ok
DROP SCHEMA postgres CASCADE
