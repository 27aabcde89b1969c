-- Tables, columns, constraints and indexes.

-- ok
CREATE TABLE authors (id serial PRIMARY KEY, name text NOT NULL, born date, CONSTRAINT born_late CHECK (born > '1400-01-01'));

-- DuplicateTable: relation "authors" already exists
CREATE TABLE authors (id int);

-- ok
CREATE TABLE IF NOT EXISTS authors (id int);

-- ok
CREATE TABLE books (id int PRIMARY KEY, title text, author int REFERENCES authors (id), price numeric(8, 2) DEFAULT 0, made timestamptz DEFAULT 'now()');

-- DuplicateColumn: column "id" specified more than once
CREATE TABLE bad (id int, id text);

-- UndefinedTable: relation "nowhere" does not exist
CREATE TABLE bad (id int REFERENCES nowhere (id));

-- UndefinedColumn: column "nothing" referenced in foreign key constraint does not exist
CREATE TABLE bad (id int REFERENCES authors (nothing));

-- DatatypeMismatch: foreign key constraint "bad_id_fkey" cannot be implemented
CREATE TABLE bad (id text REFERENCES authors (id));

-- InvalidForeignKey: there is no unique constraint matching given keys for referenced table "authors"
CREATE TABLE bad (id int REFERENCES authors (name));

-- InvalidForeignKey: there is no unique constraint matching given keys for referenced table "authors"
CREATE TABLE bad (name text REFERENCES authors (name));

-- InvalidTableDefinition: multiple primary keys for table "bad" are not allowed
CREATE TABLE bad (id int PRIMARY KEY, other int PRIMARY KEY);

-- UndefinedColumn: column "missing" named in key does not exist
CREATE TABLE bad (id int, PRIMARY KEY (id, missing));

-- DuplicateColumn: column "id" appears twice in unique constraint
CREATE TABLE bad (id int, UNIQUE (id, id));

-- UndefinedObject: type "whatever" does not exist
CREATE TABLE bad (id whatever);

-- UndefinedColumn: column "missing" does not exist
CREATE TABLE bad (id int CHECK (missing > 0));

-- DatatypeMismatch: column "flag" is of type boolean but default expression is of type integer
CREATE TABLE bad (flag boolean DEFAULT 0);

-- InvalidDatetimeFormat: invalid input syntax for type timestamp: "soon"
CREATE TABLE bad (at timestamp DEFAULT 'soon');

-- InvalidTextRepresentation: invalid input syntax for type integer: "one"
CREATE TABLE bad (n int DEFAULT 'one');

-- FeatureNotSupported: cannot use column reference in DEFAULT expression
CREATE TABLE bad (a int DEFAULT b, b int);

-- FeatureNotSupported: cannot use subquery in DEFAULT expression
CREATE TABLE bad (a int DEFAULT (SELECT 1));

-- GroupingError: aggregate functions are not allowed in DEFAULT expressions
CREATE TABLE bad (a int DEFAULT sum(1));

-- InvalidSchemaName: schema "nowhere" does not exist
CREATE TABLE nowhere.bad (id int);

-- UndefinedObject: data type json has no default operator class for access method "btree"
CREATE TABLE bad (id json PRIMARY KEY);

-- InvalidParameterValue: identity column type must be smallint, integer, or bigint
CREATE TABLE bad (id text GENERATED ALWAYS AS IDENTITY);

-- SyntaxError: both default and identity specified for column "id" of table "bad"
CREATE TABLE bad (id int DEFAULT 1 GENERATED ALWAYS AS IDENTITY);

-- UndefinedColumn: column "c" does not exist
CREATE TABLE bad (a int, b int GENERATED ALWAYS AS (c * 2) STORED);

-- InvalidObjectDefinition: generation expression is not immutable
CREATE TABLE bad (a int, b timestamptz GENERATED ALWAYS AS (now()) STORED);

-- InvalidObjectDefinition: cannot use generated column "b" in column generation expression
CREATE TABLE bad (a int, b int GENERATED ALWAYS AS (a) STORED, c int GENERATED ALWAYS AS (b) STORED);

-- SyntaxError: both default and generation expression specified for column "b" of table "bad"
CREATE TABLE bad (a int, b int DEFAULT 1 GENERATED ALWAYS AS (a) STORED);

-- GroupingError: aggregate functions are not allowed in column generation expressions
CREATE TABLE bad (a int, b int GENERATED ALWAYS AS (sum(a)) STORED);

-- InvalidObjectDefinition: generation expression is not immutable
CREATE TABLE bad (a timestamptz, b text GENERATED ALWAYS AS (a::text) STORED);

-- ok
CREATE TABLE sums (a int, b int, c int GENERATED ALWAYS AS (a + b) STORED, d text GENERATED ALWAYS AS (lower(a::text)) STORED);

-- ok
CREATE TABLE system_columns (a int, CHECK (tableoid::text <> 'x'));

-- ok
CREATE TABLE odd_types (a xid8, b oidvector, c int4multirange, d regrole, e pg_lsn, f text[] DEFAULT '{}', g interval DAY TO SECOND);

-- DuplicateColumn: column "title" of relation "books" already exists
ALTER TABLE books ADD COLUMN title text;

-- ok
ALTER TABLE books ADD COLUMN IF NOT EXISTS title text;

-- UndefinedTable: relation "missing" does not exist
ALTER TABLE missing ADD COLUMN title text;

-- ok
ALTER TABLE IF EXISTS missing ADD COLUMN title text;

-- ok
ALTER TABLE IF EXISTS missing SET SCHEMA nowhere;

-- ok
ALTER TABLE IF EXISTS missing RENAME TO found;

-- ok
ALTER TABLE IF EXISTS missing RENAME COLUMN a TO b;

-- ok
ALTER TABLE IF EXISTS missing DROP CONSTRAINT x;

-- UndefinedColumn: column "missing" of relation "books" does not exist
ALTER TABLE books DROP COLUMN missing;

-- ok
ALTER TABLE books DROP COLUMN IF EXISTS missing;

-- UndefinedColumn: column "missing" does not exist
ALTER TABLE books RENAME COLUMN missing TO found;

-- DuplicateColumn: column "price" of relation "books" already exists
ALTER TABLE books RENAME COLUMN title TO price;

-- UndefinedColumn: column "missing" of relation "books" does not exist
ALTER TABLE books ALTER COLUMN missing SET NOT NULL;

-- DatatypeMismatch: column "title" cannot be cast automatically to type integer
ALTER TABLE books ALTER COLUMN title TYPE int;

-- ok
ALTER TABLE books ALTER COLUMN title TYPE int USING length(title);

-- ok
ALTER TABLE books ALTER COLUMN title TYPE text;

-- DatatypeMismatch: foreign key constraint "books_author_fkey" cannot be implemented
ALTER TABLE books ALTER COLUMN author TYPE text;

-- InvalidTableDefinition: column "id" is in a primary key
ALTER TABLE books ALTER COLUMN id DROP NOT NULL;

-- InvalidTextRepresentation: invalid input syntax for type numeric: "much"
ALTER TABLE books ALTER COLUMN price SET DEFAULT 'much';

-- ok
ALTER TABLE books ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY;

-- ObjectNotInPrerequisiteState: column "id" of relation "books" is already an identity column
ALTER TABLE books ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY;

-- SyntaxError: column "id" of relation "books" is an identity column
ALTER TABLE books ALTER COLUMN id SET DEFAULT 5;

-- ok
ALTER TABLE books ALTER COLUMN id DROP IDENTITY;

-- ObjectNotInPrerequisiteState: column "id" of relation "books" is not an identity column
ALTER TABLE books ALTER COLUMN id DROP IDENTITY;

-- ok
ALTER TABLE books ALTER COLUMN id DROP IDENTITY IF EXISTS;

-- ObjectNotInPrerequisiteState: column "id" of relation "authors" already has a default value
ALTER TABLE authors ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY;

-- InvalidParameterValue: identity column type must be smallint, integer, or bigint
ALTER TABLE books ALTER COLUMN title ADD GENERATED ALWAYS AS IDENTITY;

-- SyntaxError: column "c" of relation "sums" is a generated column
ALTER TABLE sums ALTER COLUMN c SET DEFAULT 1;

-- ObjectNotInPrerequisiteState: column "a" of relation "sums" must be declared NOT NULL before identity can be added
ALTER TABLE sums ALTER COLUMN a ADD GENERATED ALWAYS AS IDENTITY;

-- DuplicateTable: relation "books_pkey" already exists
ALTER TABLE books ADD CONSTRAINT books_pkey UNIQUE (title);

-- InvalidTableDefinition: multiple primary keys for table "books" are not allowed
ALTER TABLE books ADD PRIMARY KEY (title);

-- ok
ALTER TABLE books ADD CONSTRAINT dear CHECK (price > 1);

-- DuplicateObject: constraint "dear" for relation "books" already exists
ALTER TABLE books ADD CONSTRAINT dear CHECK (price > 2);

-- UndefinedObject: constraint "cheap" of relation "books" does not exist
ALTER TABLE books DROP CONSTRAINT cheap;

-- ok
ALTER TABLE books DROP CONSTRAINT IF EXISTS cheap;

-- UndefinedObject: constraint "cheap" for table "books" does not exist
ALTER TABLE books RENAME CONSTRAINT cheap TO dearer;

-- UndefinedObject: constraint "cheap" of relation "books" does not exist
ALTER TABLE books VALIDATE CONSTRAINT cheap;

-- DependentObjectsStillExist: cannot drop constraint authors_pkey on table authors because other objects depend on it
ALTER TABLE authors DROP CONSTRAINT authors_pkey;

-- DependentObjectsStillExist: cannot drop column id of table authors because other objects depend on it
ALTER TABLE authors DROP COLUMN id;

-- ok
CREATE INDEX ix ON books (title);

-- DuplicateTable: relation "ix" already exists
CREATE INDEX ix ON books (price);

-- ok
CREATE INDEX IF NOT EXISTS ix ON books (price);

-- UndefinedTable: relation "missing" does not exist
CREATE INDEX iy ON missing (a);

-- UndefinedColumn: column "missing" does not exist
CREATE INDEX iy ON books (missing);

-- UndefinedColumn: column "missing" does not exist
CREATE INDEX iy ON books ((lower(missing)));

-- UndefinedColumn: column "missing" does not exist
CREATE INDEX iy ON books (title) WHERE missing > 1;

-- UndefinedObject: data type text has no default operator class for access method "gin"
CREATE INDEX iy ON books USING gin (title);

-- UndefinedObject: data type numeric has no default operator class for access method "gist"
CREATE INDEX iy ON books USING gist (price);

-- UndefinedColumn: column "missing" does not exist
CREATE INDEX iy ON books (title) INCLUDE (missing);

-- InvalidObjectDefinition: functions in index expression must be marked IMMUTABLE
CREATE INDEX iy ON books (random());

-- InvalidObjectDefinition: functions in index expression must be marked IMMUTABLE
CREATE INDEX iy ON books ((made::date));

-- InvalidObjectDefinition: functions in index predicate must be marked IMMUTABLE
CREATE INDEX iy ON books (title) WHERE made < now();

-- ok
CREATE INDEX iy ON books (title text_pattern_ops, price DESC NULLS LAST);

-- ok
CREATE UNIQUE INDEX iz ON books (title) NULLS NOT DISTINCT;

-- UndefinedObject: operator class "gin_trgm_ops" does not exist for access method "gin"
CREATE INDEX gone ON books USING gin (title gin_trgm_ops);

-- UndefinedTable: relation "missing" does not exist
ALTER INDEX missing RENAME TO found;

-- ok
ALTER INDEX IF EXISTS missing RENAME TO found;

-- DuplicateTable: relation "iy" already exists
ALTER INDEX ix RENAME TO iy;

-- ok
ALTER INDEX ix RENAME TO books_title;

-- UndefinedObject: index "ix" does not exist
DROP INDEX ix;

-- ok
DROP INDEX IF EXISTS ix;

-- DependentObjectsStillExist: cannot drop index books_pkey because constraint books_pkey on table books requires it
DROP INDEX books_pkey;

-- WrongObjectType: "books" is not an index
DROP INDEX books;

-- UndefinedTable: table "ix" does not exist
DROP TABLE ix;

-- WrongObjectType: "books_title" is not a table
DROP TABLE books_title;

-- UndefinedTable: table "missing" does not exist
DROP TABLE missing;

-- ok
DROP TABLE IF EXISTS missing, missing_as_well;

-- DependentObjectsStillExist: cannot drop table authors because other objects depend on it
DROP TABLE authors;

-- ok
DROP TABLE authors, books;

-- ok
CREATE TEMPORARY TABLE scratch (id int PRIMARY KEY, name text);

-- ok
CREATE INDEX ON scratch (name);

-- ok
CREATE TEMP TABLE notes (scratch_id int REFERENCES scratch (id));

-- ok
ALTER TABLE scratch ADD COLUMN more int;

-- ok
ALTER TABLE scratch RENAME TO scratched;

-- ok
DROP TABLE scratched, notes;

-- ok
CREATE TEMP TABLE pg_temp.again (a int);

-- ok
CREATE TABLE copied AS SELECT a, b AS second FROM sums;

-- DuplicateColumn: column "second" of relation "copied" already exists
ALTER TABLE copied ADD COLUMN second int;

-- ok
CREATE TABLE alike (LIKE copied);

-- UndefinedColumn: column "third" of relation "alike" does not exist
ALTER TABLE alike DROP COLUMN third;
