"""Plain SQL

Revision ID: c0ab15eda2c1
Revises:
Create Date: 2024-03-25 21:21:00.677092

"""

from alembic import op


# revision identifiers, used by Alembic.
revision = "c0ab15eda2c1"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.execute("CREATE TABLE one (id SERIAL PRIMARY KEY, name TEXT NOT NULL)")
    op.execute("CREATE TABLE two (id BIGSERIAL PRIMARY KEY, one_id INTEGER NOT NULL REFERENCES one (id) ON DELETE CASCADE); CREATE INDEX ix_two_one ON two (one_id);")
    op.execute("""
        -- a comment; with a semicolon
        CREATE TABLE three (
            id SMALLSERIAL PRIMARY KEY,   -- the key
            label VARCHAR(20) DEFAULT 'a;b' NOT NULL,
            at TIMESTAMPTZ NOT NULL DEFAULT NOW(),
            local_at TIMESTAMP WITHOUT TIME ZONE,
            price NUMERIC(10, 2) CHECK (price >= 0),
            ratio DOUBLE PRECISION,
            real_ratio REAL,
            f FLOAT(10),
            data JSONB DEFAULT '{}'::jsonb,
            labels TEXT[] NOT NULL DEFAULT ARRAY[]::TEXT[],
            ints INT ARRAY,
            yes BOOL DEFAULT TRUE,
            c CHAR(3),
            c2 CHARACTER VARYING(7),
            dec DECIMAL(5),
            i2 INT2, i4 INT4, i8 INT8,
            UNIQUE (label, at)
        );

        /* and /* nested */ comments; too */
        CREATE UNIQUE INDEX IF NOT EXISTS ux_three ON three (lower(label)) WHERE price > 0;
        COMMENT ON TABLE three IS 'the third; one';
        INSERT INTO three (label) VALUES ('x;y'), ('it''s');
    """)
    op.execute("GRANT SELECT ON three TO PUBLIC")
    op.execute("ANALYZE three")


def downgrade():
    op.execute("DROP TABLE IF EXISTS three; DROP TABLE IF EXISTS two; DROP TABLE IF EXISTS one")
