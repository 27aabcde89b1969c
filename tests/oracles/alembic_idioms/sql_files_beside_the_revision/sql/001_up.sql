-- The first table.
CREATE TABLE forests (
    id SERIAL PRIMARY KEY,
    name VARCHAR(50) NOT NULL
);
CREATE UNIQUE INDEX ux_forests_name ON forests (name);
