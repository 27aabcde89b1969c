-- What statements about rows, views and indexes say of columns, types and rows.

-- ok
CREATE TABLE makers (id int PRIMARY KEY, town text, code varchar(5));

-- ok
CREATE TYPE shade AS ENUM ('dark', 'light');

-- ok
CREATE TABLE lamps (id int PRIMARY KEY, watts int, lit boolean, maker text, label varchar(5), hue shade, at timestamp, ref uuid, meta jsonb);

-- ok
CREATE FUNCTION bright(lamps) RETURNS int LANGUAGE sql AS 'SELECT 1';

-- UndefinedColumn: column lamps.name does not exist
SELECT lamps.name FROM lamps;

-- UndefinedColumn: column l.text does not exist
SELECT l.text FROM lamps l;

-- UndefinedColumn: column lamps.max does not exist
SELECT lamps.max FROM lamps;

-- ok
SELECT lamps.count, lamps.to_jsonb, lamps.quote_literal, lamps.pg_column_size FROM lamps GROUP BY lamps.*;

-- ok
SELECT lamps.bright, lamps.row_to_json FROM lamps;

-- StringDataRightTruncation: value too long for type character varying(5)
UPDATE lamps SET label = 'brightest';

-- StringDataRightTruncation: value too long for type character varying(5)
UPDATE lamps SET label = 'brightest' WHERE id = 7;

-- ok
UPDATE lamps SET label = 'dim   ';

-- StringDataRightTruncation: value too long for type character varying(5)
INSERT INTO lamps (id, label) SELECT id, 'brightest' FROM makers;

-- StringDataRightTruncation: value too long for type character varying(5)
INSERT INTO lamps (id, label) VALUES (1, 'a') ON CONFLICT (id) DO UPDATE SET label = 'brightest';

-- ok
UPDATE lamps SET label = CASE WHEN lit THEN 'brightest' ELSE 'darkest' END;

-- ok
UPDATE lamps SET label = substr('brightest', 1, 3);

-- UndefinedFunction: function ifnull(text, unknown) does not exist
UPDATE lamps SET maker = IFNULL(maker, '');

-- UndefinedFunction: function strftime(unknown, timestamp without time zone) does not exist
UPDATE lamps SET maker = strftime('%Y', at);

-- UndefinedFunction: function group_concat(text) does not exist
SELECT group_concat(maker) FROM lamps;

-- UndefinedFunction: function json_extract(jsonb, unknown) does not exist
SELECT json_extract(meta, '$.a') FROM lamps;

-- UndefinedFunction: function unix_timestamp(timestamp without time zone) does not exist
DELETE FROM lamps WHERE unix_timestamp(at) < 5;

-- UndefinedFunction: function date_format(timestamp without time zone, unknown) does not exist
CREATE VIEW years AS SELECT date_format(at, '%Y') AS year FROM lamps;

-- UndefinedFunction: function randomblob(integer) does not exist
ALTER TABLE lamps ADD COLUMN token text DEFAULT (encode(randomblob(16), 'hex'));

-- ok
CREATE FUNCTION ifnull(text, text) RETURNS text LANGUAGE sql AS 'SELECT coalesce($1, $2)';

-- ok
UPDATE lamps SET maker = ifnull(maker, '');

-- SyntaxError: syntax error at or near "GLOB"
DELETE FROM lamps WHERE maker GLOB 'a*';

-- SyntaxError: syntax error at or near "NOT"
DELETE FROM lamps WHERE NOT maker NOT GLOB 'a*';

-- ok
SELECT maker AS glob FROM lamps WHERE maker <> 'glob';

-- SyntaxError: LIMIT #,# syntax is not supported
SELECT id FROM lamps LIMIT 0, 10;

-- ok
SELECT id FROM lamps LIMIT 10 OFFSET 0;

-- UndefinedColumn: column "l" of relation "lamps" does not exist
UPDATE lamps l SET l.label = 'a';

-- UndefinedColumn: column "lamps" of relation "lamps" does not exist
UPDATE lamps SET lamps.label = 'a';

-- SyntaxError: syntax error at or near "JOIN"
UPDATE lamps JOIN makers ON true SET label = 'a';

-- DatatypeMismatch: column "watts" is of type integer but expression is of type character varying
UPDATE lamps SET watts = label;

-- DatatypeMismatch: column "watts" is of type integer but expression is of type text
UPDATE lamps SET watts = lower('A');

-- ok
UPDATE lamps SET label = watts;

-- DatatypeMismatch: column "watts" is of type integer but expression is of type boolean
UPDATE lamps SET watts = lit;

-- DatatypeMismatch: column "lit" is of type boolean but expression is of type integer
UPDATE lamps SET lit = watts;

-- DatatypeMismatch: column "ref" is of type uuid but expression is of type text
UPDATE lamps SET ref = maker;

-- DatatypeMismatch: column "at" is of type timestamp without time zone but expression is of type text
UPDATE lamps SET at = maker;

-- DatatypeMismatch: column "meta" is of type jsonb but expression is of type text
UPDATE lamps SET meta = maker;

-- DatatypeMismatch: column "hue" is of type shade but expression is of type text
UPDATE lamps SET hue = maker;

-- DatatypeMismatch: column "hue" is of type shade but expression is of type text
UPDATE lamps SET hue = lower('dark');

-- DatatypeMismatch: column "hue" is of type shade but expression is of type text
UPDATE lamps SET hue = CASE WHEN lit THEN 'dark' ELSE 'light' END;

-- ok
UPDATE lamps SET hue = (CASE WHEN lit THEN 'dark' ELSE 'light' END)::shade;

-- ok
UPDATE lamps SET hue = CASE WHEN lit THEN 'dark' ELSE hue END;

-- DatatypeMismatch: CASE types integer and text cannot be matched
UPDATE lamps SET watts = CASE WHEN lit THEN maker ELSE 0 END;

-- ok
UPDATE lamps SET watts = CASE WHEN lit THEN '5' ELSE 0 END;

-- ok
UPDATE lamps SET maker = CASE WHEN lit THEN 1 ELSE 2 END;

-- ok
UPDATE lamps SET watts = coalesce(watts, id, 0);

-- DatatypeMismatch: column "watts" is of type integer but expression is of type text
UPDATE lamps SET watts = coalesce('1', '2');

-- DatatypeMismatch: column "hue" is of type shade but expression is of type text
INSERT INTO lamps (id, hue) SELECT id, lower(town) FROM makers;

-- ok
INSERT INTO lamps (id, hue) SELECT id, 'dark' FROM makers;

-- DatatypeMismatch: column "watts" is of type integer but expression is of type text
INSERT INTO lamps (id, watts) SELECT id, town FROM makers;

-- UndefinedFunction: operator does not exist: integer = text
UPDATE lamps SET label = 'a' FROM makers m WHERE m.id = lamps.maker;

-- ok
UPDATE lamps SET label = 'a' FROM makers m WHERE m.id = lamps.watts;

-- UndefinedFunction: operator does not exist: text = shade
UPDATE lamps SET label = 'a' FROM makers m WHERE m.town = lamps.hue;

-- ok
UPDATE lamps SET label = 'a' FROM makers m WHERE m.town = lamps.hue::text;

-- UndefinedFunction: operator does not exist: boolean = integer
SELECT 1 FROM lamps WHERE lit = watts;

-- UndefinedFunction: operator does not exist: uuid = text
SELECT 1 FROM lamps WHERE ref = maker;

-- UndefinedFunction: operator does not exist: boolean = integer
CREATE INDEX lamps_lit ON lamps (id) WHERE lit = 0;

-- ok
CREATE INDEX lamps_lit ON lamps (id) WHERE lit = true;

-- GroupingError: column "lamps.at" must appear in the GROUP BY clause or be used in an aggregate function
SELECT maker, at, count(*) FROM lamps GROUP BY maker;

-- GroupingError: column "lamps.maker" must appear in the GROUP BY clause or be used in an aggregate function
SELECT maker, count(*) FROM lamps;

-- ok
SELECT maker, count(*) FROM lamps GROUP BY maker;

-- ok
SELECT maker, at, count(*) FROM lamps GROUP BY id;

-- ok
SELECT maker AS m, count(*) FROM lamps GROUP BY m;

-- ok
SELECT maker, count(*) OVER () FROM lamps;

-- ok
CREATE UNIQUE INDEX makers_town ON makers (lower(town));

-- InvalidColumnReference: there is no unique or exclusion constraint matching the ON CONFLICT specification
INSERT INTO makers VALUES (1, 'Ulm') ON CONFLICT (town) DO NOTHING;

-- ok
CREATE UNIQUE INDEX makers_some ON makers (town) WHERE id > 5;

-- InvalidColumnReference: there is no unique or exclusion constraint matching the ON CONFLICT specification
INSERT INTO makers VALUES (1, 'Ulm') ON CONFLICT (town) DO NOTHING;

-- ok
CREATE UNIQUE INDEX makers_code ON makers (code);

-- ok
INSERT INTO makers VALUES (1, 'Ulm') ON CONFLICT (code) DO NOTHING;

-- UndefinedColumn: column "size" does not exist
CREATE VIEW bad AS SELECT id, town, size FROM makers;

-- UndefinedColumn: column "founded" does not exist
CREATE VIEW bad AS SELECT id FROM makers WHERE founded < now();

-- UndefinedColumn: column l.maker_id does not exist
CREATE VIEW bad AS SELECT m.id FROM makers m JOIN lamps l ON l.maker_id = m.id;

-- ok
CREATE VIEW ends AS SELECT m.id, m.town, sum(l.watts) AS total FROM makers m LEFT JOIN lamps l ON l.maker = m.code GROUP BY m.id;

-- UndefinedColumn: column "size" does not exist
CREATE VIEW upper_ends AS SELECT id, size FROM ends;

-- DependentObjectsStillExist: cannot drop column town of table makers because other objects depend on it
ALTER TABLE makers DROP COLUMN town;

-- FeatureNotSupported: cannot alter type of a column used by a view or rule
ALTER TABLE lamps ALTER COLUMN maker TYPE varchar(20);

-- ok
ALTER TABLE lamps DROP COLUMN at;

-- ok
ALTER TABLE lamps RENAME COLUMN watts TO power;

-- DependentObjectsStillExist: cannot drop column power of table lamps because other objects depend on it
ALTER TABLE lamps DROP COLUMN power;

-- ok
DROP VIEW ends;

-- ok
ALTER TABLE lamps DROP COLUMN maker;

-- ok
ALTER TABLE lamps ADD COLUMN twice int GENERATED ALWAYS AS (power * 2) STORED;

-- DependentObjectsStillExist: cannot drop column power of table lamps because other objects depend on it
ALTER TABLE lamps DROP COLUMN power;

-- FeatureNotSupported: cannot alter type of a column used by a generated column
ALTER TABLE lamps ALTER COLUMN power TYPE bigint;

-- ok
ALTER TABLE lamps ALTER COLUMN lit SET NOT NULL;

-- ok
ALTER TABLE lamps DROP COLUMN power CASCADE;

-- UndefinedColumn: column "twice" of relation "lamps" does not exist
ALTER TABLE lamps DROP COLUMN twice;

-- InvalidTextRepresentation: malformed array literal: "[]"
CREATE TABLE tags (names text[] DEFAULT '[]');

-- ok
CREATE TABLE tags (names text[] DEFAULT '[0:1]={a,b}');

-- DatetimeFieldOverflow: date/time field value out of range: "0000-00-00"
CREATE TABLE days (day date DEFAULT '0000-00-00');

-- ok
CREATE TABLE days (day date DEFAULT '2000-01-01');

-- ok
CREATE TABLE ranks (id int PRIMARY KEY, name varchar(20) UNIQUE, kind text, CONSTRAINT ranks_kind CHECK (kind IN ('low', 'high')));

-- UniqueViolation: duplicate key value violates unique constraint "ranks_pkey"
INSERT INTO ranks (id, name) VALUES (1, 'a'), (2, 'b'), (1, 'c');

-- UniqueViolation: duplicate key value violates unique constraint "ranks_name_key"
INSERT INTO ranks (id, name) VALUES (1, 'a'), (2, 'a');

-- ok
INSERT INTO ranks (id, name) VALUES (1, NULL), (2, NULL);

-- CheckViolation: new row for relation "ranks" violates check constraint "ranks_kind"
INSERT INTO ranks (id, kind) VALUES (3, 'middle');

-- ok
INSERT INTO ranks (id, kind) VALUES (3, 'high'), (4, NULL);

-- ok
CREATE TABLE holders (id int PRIMARY KEY, name text NOT NULL);

-- NotNullViolation: null value in column "name" of relation "holders" violates not-null constraint
INSERT INTO holders (id) SELECT id FROM ranks;

-- ok
INSERT INTO holders (id, name) SELECT id, 'x' FROM ranks;

-- UndefinedColumn: column "title" of relation "ranks" does not exist
COMMENT ON COLUMN ranks.title IS 'x';

-- ok
COMMENT ON COLUMN ranks.name IS 'x';

-- ok
CREATE MATERIALIZED VIEW sums AS SELECT kind, count(*) AS n FROM ranks GROUP BY kind;

-- ObjectNotInPrerequisiteState: cannot refresh materialized view "public.sums" concurrently
REFRESH MATERIALIZED VIEW CONCURRENTLY sums;

-- ok
CREATE UNIQUE INDEX sums_kind ON sums (kind);

-- ok
REFRESH MATERIALIZED VIEW CONCURRENTLY sums;

-- ok
CREATE FUNCTION noted() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN new; END';

-- UndefinedColumn: column "title" of relation "ranks" does not exist
CREATE TRIGGER noted BEFORE UPDATE OF name, title ON ranks FOR EACH ROW EXECUTE FUNCTION noted();

-- ok
CREATE TRIGGER noted BEFORE INSERT OR UPDATE OF name, kind ON ranks FOR EACH ROW EXECUTE FUNCTION noted();

-- ok
CREATE TABLE journal (id bigint, at date NOT NULL) PARTITION BY RANGE (at);

-- FeatureNotSupported: unique constraint on partitioned table must include all partitioning columns
CREATE UNIQUE INDEX journal_id ON journal (id);

-- ok
CREATE UNIQUE INDEX journal_id ON journal (id, at);

-- UndefinedColumn: column "owner" does not exist
CREATE POLICY own ON ranks USING (owner = 'a');

-- ok
CREATE POLICY own ON ranks USING (name = 'a');

-- FeatureNotSupported: cannot use subquery in check constraint
ALTER TABLE ranks ADD CONSTRAINT ranks_in CHECK (id IN (SELECT id FROM holders));

-- ok
ALTER TABLE ranks ADD CONSTRAINT ranks_in CHECK (id IN (1, 2, 3, 4));

-- SyntaxError: syntax error at or near "||"
CREATE INDEX ranks_text ON ranks (name || 'x');

-- SyntaxError: syntax error at or near "::"
CREATE INDEX ranks_text ON ranks (name::text);

-- ok
CREATE INDEX ranks_text ON ranks ((name || 'x'));

-- UndefinedTable: relation "ranks_seq" does not exist
SELECT setval('ranks_seq', 1);

-- UndefinedTable: relation "ranks_seq" does not exist
SELECT nextval('ranks_seq');

-- ok
CREATE SEQUENCE ranks_seq;

-- ok
SELECT setval('ranks_seq', 5);

-- ok
CREATE CAST (varchar AS shade) WITH INOUT AS ASSIGNMENT;

-- ok
UPDATE lamps SET hue = label;
