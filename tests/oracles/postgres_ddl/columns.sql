-- Names of columns, what divides a table, and indexes that become constraints.

-- ok
CREATE TABLE seats (id int NOT NULL, row int, code text, floor int NOT NULL);

-- DuplicateColumn: column name "xmin" conflicts with a system column name
ALTER TABLE seats ADD COLUMN xmin int;

-- DuplicateColumn: column name "ctid" conflicts with a system column name
CREATE TABLE bad (id int, ctid text);

-- DuplicateColumn: column name "tableoid" conflicts with a system column name
ALTER TABLE seats RENAME COLUMN row TO tableoid;

-- ok
ALTER TABLE seats ADD COLUMN oid int;

-- DatatypeMismatch: collations are not supported by type integer
CREATE TABLE bad (id int COLLATE "C");

-- DatatypeMismatch: collations are not supported by type boolean
ALTER TABLE seats ADD COLUMN taken boolean COLLATE "C";

-- ok
ALTER TABLE seats ADD COLUMN label varchar(20) COLLATE "C";

-- ok
CREATE INDEX seats_row ON seats (row);

-- WrongObjectType: "seats_row" is not a unique index
ALTER TABLE seats ADD CONSTRAINT seats_row_key UNIQUE USING INDEX seats_row;

-- ok
CREATE UNIQUE INDEX seats_lower ON seats (lower(code));

-- WrongObjectType: index "seats_lower" contains expressions
ALTER TABLE seats ADD CONSTRAINT seats_code_key UNIQUE USING INDEX seats_lower;

-- ok
CREATE UNIQUE INDEX seats_some ON seats (code) WHERE floor > 1;

-- WrongObjectType: "seats_some" is a partial index
ALTER TABLE seats ADD CONSTRAINT seats_code_key UNIQUE USING INDEX seats_some;

-- ok
CREATE UNIQUE INDEX seats_down ON seats (floor, code DESC);

-- WrongObjectType: index "seats_down" column number 2 does not have default sorting behavior
ALTER TABLE seats ADD CONSTRAINT seats_code_key UNIQUE USING INDEX seats_down;

-- UndefinedObject: index "seats_gone" does not exist
ALTER TABLE seats ADD CONSTRAINT seats_code_key UNIQUE USING INDEX seats_gone;

-- ok
CREATE UNIQUE INDEX seats_id ON seats (id);

-- ok
ALTER TABLE seats ADD CONSTRAINT seats_pk PRIMARY KEY USING INDEX seats_id;

-- ok
CREATE TABLE trips (day date NOT NULL, line int NOT NULL, note text) PARTITION BY RANGE (day);

-- InvalidTableDefinition: cannot drop column "day" because it is part of the partition key of relation "trips"
ALTER TABLE trips DROP COLUMN day;

-- InvalidTableDefinition: cannot drop column "day" because it is part of the partition key of relation "trips"
ALTER TABLE trips DROP COLUMN day CASCADE;

-- InvalidTableDefinition: cannot alter column "day" because it is part of the partition key of relation "trips"
ALTER TABLE trips ALTER COLUMN day TYPE timestamp;

-- ok
ALTER TABLE trips ALTER COLUMN line TYPE bigint;

-- ok
CREATE INDEX trips_line ON trips (line);

-- ok
CREATE TABLE trips_old PARTITION OF trips FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');

-- DependentObjectsStillExist: cannot drop index trips_old_line_idx because index trips_line requires it
DROP INDEX trips_old_line_idx;

-- ok
ALTER TABLE trips DROP COLUMN note;

-- ok
DROP INDEX trips_line;
