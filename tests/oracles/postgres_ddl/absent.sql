-- Casts, what rests on an index, and objects that are not there.

-- ok
CREATE TABLE q (id int PRIMARY KEY, data text, n int, at timestamp, flag boolean, mood text);

-- ok
CREATE TYPE feeling AS ENUM ('sad', 'ok');

-- DatatypeMismatch: result of USING clause for column "data" cannot be cast automatically to type jsonb
ALTER TABLE q ALTER COLUMN data TYPE jsonb USING data::text

-- DatatypeMismatch: result of USING clause for column "data" cannot be cast automatically to type jsonb
ALTER TABLE q ALTER COLUMN data TYPE jsonb USING (data::varchar)

-- DatatypeMismatch: result of USING clause for column "data" cannot be cast automatically to type jsonb
ALTER TABLE q ALTER COLUMN data TYPE jsonb USING data

-- DatatypeMismatch: column "data" cannot be cast automatically to type jsonb
ALTER TABLE q ALTER COLUMN data TYPE jsonb

-- DatatypeMismatch: column "data" cannot be cast automatically to type integer
ALTER TABLE q ALTER COLUMN data TYPE integer

-- DatatypeMismatch: result of USING clause for column "mood" cannot be cast automatically to type feeling
ALTER TABLE q ALTER COLUMN mood TYPE feeling USING mood::text

-- ok
ALTER TABLE q ALTER COLUMN mood TYPE feeling USING mood::feeling

-- DatatypeMismatch: result of USING clause for column "flag" cannot be cast automatically to type integer
ALTER TABLE q ALTER COLUMN flag TYPE integer USING flag::boolean

-- ok
ALTER TABLE q ALTER COLUMN flag TYPE integer USING flag::integer

-- DatatypeMismatch: result of USING clause for column "n" cannot be cast automatically to type boolean
ALTER TABLE q ALTER COLUMN n TYPE boolean USING n::text

-- DatatypeMismatch: result of USING clause for column "n" cannot be cast automatically to type uuid
ALTER TABLE q ALTER COLUMN n TYPE uuid USING n::text

-- ok
ALTER TABLE q ALTER COLUMN n TYPE text USING n::bigint

-- ok
ALTER TABLE q ALTER COLUMN at TYPE time

-- ok
ALTER TABLE q ALTER COLUMN data TYPE json USING data::jsonb

-- ok
CREATE TABLE c (id varchar(10) NOT NULL, pk int NOT NULL, n int NOT NULL)

-- ok
CREATE UNIQUE INDEX c_idx ON c (id)

-- ok
CREATE UNIQUE INDEX c_n ON c (id, n)

-- ok
CREATE TABLE a (id int PRIMARY KEY, cid varchar(10), n int)

-- ok
ALTER TABLE a ADD CONSTRAINT fk FOREIGN KEY (cid) REFERENCES c (id)

-- DependentObjectsStillExist: cannot drop index c_idx because other objects depend on it
DROP INDEX c_idx

-- ok
DROP INDEX c_idx CASCADE

-- ok
ALTER TABLE a ADD CONSTRAINT fk FOREIGN KEY (cid, n) REFERENCES c (id, n)

-- DuplicateObject: constraint "fk" for relation "a" already exists
ALTER TABLE a ADD CONSTRAINT fk FOREIGN KEY (cid, n) REFERENCES c (id, n)

-- DependentObjectsStillExist: cannot drop index c_n because other objects depend on it
DROP INDEX c_n

-- ok
CREATE VIEW v AS SELECT id FROM a

-- ok
CREATE MATERIALIZED VIEW m AS SELECT id FROM a

-- ok
CREATE SEQUENCE s

-- DuplicateTable: relation "a" already exists
CREATE TABLE a AS SELECT 1 AS x

-- DuplicateTable: relation "v" already exists
CREATE TABLE v AS SELECT 1 AS x

-- ok
CREATE TABLE IF NOT EXISTS a AS SELECT 1 AS x

-- DuplicateTable: relation "m" already exists
CREATE MATERIALIZED VIEW m AS SELECT 1 AS x

-- DuplicateTable: relation "a" already exists
CREATE MATERIALIZED VIEW a AS SELECT 1 AS x

-- ok
CREATE MATERIALIZED VIEW IF NOT EXISTS m AS SELECT 1 AS x

-- UndefinedTable: relation "missing37" does not exist
CREATE MATERIALIZED VIEW m2 AS SELECT * FROM missing37

-- DuplicateTable: relation "a" already exists
CREATE VIEW a AS SELECT 1 AS x

-- DuplicateTable: relation "a" already exists
CREATE SEQUENCE a

-- UndefinedColumn: column "zz" of relation "a" does not exist
ALTER TABLE a ALTER COLUMN zz SET STORAGE PLAIN

-- UndefinedColumn: column "zz" of relation "a" does not exist
ALTER TABLE a ALTER COLUMN zz SET STATISTICS 100

-- UndefinedColumn: column "zz" of relation "a" does not exist
ALTER TABLE a ALTER zz SET (n_distinct = 5)

-- ok
ALTER TABLE a ALTER COLUMN n SET STATISTICS 100

-- UndefinedTable: relation "missing45" does not exist
ALTER TABLE missing45 ALTER COLUMN n SET STATISTICS 100

-- UndefinedTable: relation "missing46" does not exist
CREATE TABLE b (LIKE missing46)

-- UndefinedTable: relation "missing48" does not exist
CREATE TABLE b () INHERITS (missing48)

-- UndefinedTable: relation "missing49" does not exist
CREATE VIEW w AS SELECT * FROM missing49

-- UndefinedObject: trigger "tr" for table "a" does not exist
DROP TRIGGER tr ON a

-- UndefinedTable: relation "missing51" does not exist
DROP TRIGGER tr ON missing51

-- ok
DROP TRIGGER IF EXISTS tr ON a

-- ok
DROP TRIGGER IF EXISTS tr ON missing53

-- UndefinedObject: policy "p" for table "a" does not exist
DROP POLICY p ON a

-- UndefinedTable: relation "missing55" does not exist
DROP POLICY p ON missing55

-- ok
DROP POLICY IF EXISTS p ON a

-- ok
DROP POLICY IF EXISTS p ON missing57

-- UndefinedObject: policy "p" for table "a" does not exist
ALTER POLICY p ON a USING (true)

-- UndefinedTable: relation "missing59" does not exist
ALTER POLICY p ON missing59 USING (true)

-- UndefinedObject: policy "p" for table "a" does not exist
ALTER POLICY p ON a RENAME TO p2

-- UndefinedTable: relation "missing61" does not exist
CREATE POLICY p ON missing61 USING (true)

-- ok
CREATE POLICY p ON a USING (id > 0)

-- ok
ALTER POLICY p ON a RENAME TO p2

-- ok
DROP POLICY p2 ON a

-- UndefinedTable: relation "missing67" does not exist
DROP RULE r ON missing67

-- UndefinedTable: relation "missing68" does not exist
CREATE RULE r AS ON INSERT TO missing68 DO NOTHING

-- UndefinedTable: relation "missing69" does not exist
COMMENT ON TABLE missing69 IS 'x'

-- ok
COMMENT ON TABLE a IS 'x'

-- UndefinedColumn: column "zz" of relation "a" does not exist
COMMENT ON COLUMN a.zz IS 'x'

-- UndefinedTable: relation "missing72" does not exist
COMMENT ON COLUMN missing72.zz IS 'x'

-- UndefinedColumn: column "zz" of relation "public.a" does not exist
COMMENT ON COLUMN public.a.zz IS 'x'

-- ok
COMMENT ON COLUMN public.a.n IS 'x'

-- UndefinedTable: relation "missing75" does not exist
COMMENT ON INDEX missing75 IS 'x'

-- ok
COMMENT ON INDEX c_n IS 'x'

-- UndefinedTable: relation "missing77" does not exist
COMMENT ON VIEW missing77 IS 'x'

-- ok
COMMENT ON VIEW v IS 'x'

-- ok
COMMENT ON TYPE feeling IS 'x'

-- UndefinedTable: relation "missing82" does not exist
COMMENT ON SEQUENCE missing82 IS 'x'

-- UndefinedObject: constraint "zz" for table "a" does not exist
COMMENT ON CONSTRAINT zz ON a IS 'x'

-- ok
COMMENT ON CONSTRAINT fk ON a IS 'x'

-- UndefinedTable: relation "missing86" does not exist
GRANT SELECT ON missing86 TO PUBLIC

-- UndefinedTable: relation "missing87" does not exist
GRANT SELECT, INSERT ON TABLE a, missing87 TO PUBLIC

-- ok
GRANT SELECT ON a TO PUBLIC

-- ok
GRANT SELECT (n) ON a TO PUBLIC

-- UndefinedTable: relation "missing91" does not exist
GRANT USAGE ON SEQUENCE missing91 TO PUBLIC

-- ok
GRANT SELECT ON ALL TABLES IN SCHEMA public TO PUBLIC

-- UndefinedTable: relation "missing94" does not exist
REVOKE ALL ON missing94 FROM PUBLIC

-- ok
REVOKE ALL ON TABLE a FROM PUBLIC

-- ok
CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'

-- ok
CREATE TRIGGER tr BEFORE INSERT ON a FOR EACH ROW EXECUTE FUNCTION f()

-- DuplicateObject: trigger "tr" for relation "a" already exists
CREATE TRIGGER tr BEFORE INSERT ON a FOR EACH ROW EXECUTE FUNCTION f()

-- UndefinedTable: relation "missing99" does not exist
CREATE TRIGGER tr BEFORE INSERT ON missing99 FOR EACH ROW EXECUTE FUNCTION f()

-- UndefinedColumn: column "zz" of relation "a" does not exist
CREATE TRIGGER tr3 BEFORE UPDATE OF zz ON a FOR EACH ROW EXECUTE FUNCTION f()

-- ok
ALTER TRIGGER tr ON a RENAME TO tr2

-- UndefinedObject: trigger "tr" for table "a" does not exist
ALTER TRIGGER tr ON a RENAME TO tr3

-- UndefinedObject: trigger "tr" for table "a" does not exist
DROP TRIGGER tr ON a

-- ok
DROP TRIGGER tr2 ON a

-- UndefinedTable: relation "missing105" does not exist
ALTER SEQUENCE missing105 RESTART WITH 5

-- UndefinedTable: relation "missing106" does not exist
ALTER SEQUENCE missing106 RENAME TO x

-- ok
ALTER SEQUENCE IF EXISTS missing109 RESTART

-- UndefinedTable: relation "missing110" does not exist
ALTER INDEX missing110 RENAME TO x

-- ok
ALTER INDEX IF EXISTS missing111 RENAME TO x

-- DuplicateTable: relation "a" already exists
ALTER INDEX a RENAME TO a

-- UndefinedTable: relation "missing114" does not exist
REFRESH MATERIALIZED VIEW missing114

-- ok
REFRESH MATERIALIZED VIEW m

-- UndefinedObject: constraint "missing117" of relation "a" does not exist
ALTER TABLE a VALIDATE CONSTRAINT missing117

-- ok
ALTER TABLE a VALIDATE CONSTRAINT fk

-- UndefinedTable: relation "missing119" does not exist
ALTER TABLE missing119 OWNER TO postgres

-- UndefinedTable: relation "missing120" does not exist
ALTER TABLE missing120 ENABLE ROW LEVEL SECURITY

-- UndefinedTable: relation "missing121" does not exist
ALTER TABLE missing121 SET (fillfactor = 50)

-- ok
ALTER TABLE IF EXISTS missing122 OWNER TO postgres

-- ok
ALTER TABLE a ENABLE ROW LEVEL SECURITY

-- ok
ALTER TABLE a DISABLE TRIGGER ALL

-- UndefinedTable: relation "missing128" does not exist
ALTER VIEW missing128 RENAME TO x

-- UndefinedTable: relation "missing129" does not exist
ALTER VIEW missing129 SET (security_barrier)

-- UndefinedTable: relation "missing130" does not exist
ALTER MATERIALIZED VIEW missing130 RENAME TO x

-- UndefinedObject: type "missing131" does not exist
ALTER TYPE missing131 ADD VALUE 'a'

-- UndefinedObject: type "missing132" does not exist
ALTER TYPE missing132 RENAME TO x

-- UndefinedTable: relation "missing136" does not exist
TRUNCATE missing136

-- UndefinedTable: relation "missing137" does not exist
TRUNCATE TABLE a, missing137

-- UndefinedTable: relation "missing138" does not exist
REINDEX TABLE missing138

-- UndefinedTable: relation "missing139" does not exist
REINDEX INDEX missing139

-- InvalidSchemaName: schema "missing143" does not exist
DROP SCHEMA missing143

-- UndefinedFunction: function missing145() does not exist
DROP FUNCTION missing145()

-- UndefinedObject: type "missing146" does not exist
DROP DOMAIN missing146

-- UndefinedObject: type "missing147" does not exist
DROP TYPE missing147

-- UndefinedFunction: aggregate missing148(integer) does not exist
DROP AGGREGATE missing148(int)

-- DuplicateObject: type "feeling" already exists
CREATE TYPE feeling AS ENUM ('x')

-- DuplicateObject: type "feeling" already exists
CREATE DOMAIN feeling AS int

-- UndefinedTable: relation "missing151" does not exist
CREATE INDEX ON missing151 (a)

-- DuplicateTable: relation "c_n" already exists
CREATE INDEX c_n ON a (n)

-- UndefinedObject: type "feelings" does not exist
CREATE TABLE b (id int, x feelings)

-- DuplicateTable: relation "c" already exists
ALTER TABLE a RENAME TO c

-- UndefinedColumn: column "zz" does not exist
ALTER TABLE a RENAME COLUMN zz TO y

-- UndefinedObject: constraint "zz" for table "a" does not exist
ALTER TABLE a RENAME CONSTRAINT zz TO y

-- DuplicateObject: constraint "fk" for relation "a" already exists
ALTER TABLE a ADD CONSTRAINT fk CHECK (n > 0)
