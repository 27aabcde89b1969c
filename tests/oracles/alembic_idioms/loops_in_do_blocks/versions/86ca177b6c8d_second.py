"""Drop what the catalog names

Revision ID: 86ca177b6c8d
Revises: f9d1d0834a47
Create Date: 2025-03-04 10:00:00.000000

"""

from alembic import op
import sqlalchemy as sa


# revision identifiers, used by Alembic.
revision = "86ca177b6c8d"
down_revision = "f9d1d0834a47"
branch_labels = None
depends_on = None


def drop_foreign_keys(table, column):
    op.execute(
        f"""
        DO $$
        DECLARE name text;
        BEGIN
            FOR name IN
                SELECT con.conname
                FROM pg_constraint con
                JOIN pg_class rel ON rel.oid = con.conrelid
                JOIN pg_attribute att ON att.attrelid = rel.oid AND att.attnum = ANY(con.conkey)
                WHERE rel.relname = '{table}' AND con.contype = 'f' AND att.attname = '{column}'
            LOOP
                EXECUTE format('ALTER TABLE %I DROP CONSTRAINT %I', '{table}', name);
            END LOOP;
        END $$;
        """
    )


def upgrade():
    drop_foreign_keys("orders", "buyer_id")
    op.execute(
        """
        DO $do$
        DECLARE
            r RECORD;
        BEGIN
            FOR r IN SELECT indexname, tablename FROM pg_indexes
                     WHERE schemaname = 'public' AND tablename = 'orders' AND indexname LIKE 'ix_%'
            LOOP
                RAISE NOTICE 'index %', r.indexname;
                EXECUTE 'DROP INDEX ' || quote_ident(r.indexname);
            END LOOP;
            FOR r IN SELECT 1 AS one LOOP
                NULL;
            END LOOP;
        END
        $do$
        """
    )
    op.execute(
        """
        DO $$
        DECLARE
            wanted text[] := ARRAY['first', 'second'];
            one text;
            n integer;
            found_name text := 'none';
        BEGIN
            FOREACH one IN ARRAY wanted LOOP
                EXECUTE format('ALTER TABLE people ADD COLUMN %I TEXT DEFAULT %L', one || '_name', one);
            END LOOP;
            FOR i IN 1..2 LOOP
                CONTINUE WHEN i = 2;
                EXECUTE 'DROP TABLE old_' || i;
            END LOOP;
            SELECT count(*) INTO n FROM information_schema.columns WHERE table_name = 'people';
            IF n = 3 THEN
                CREATE TABLE three (id INTEGER);
            ELSIF n > 3 THEN
                CREATE TABLE more (id INTEGER);
            ELSE
                CREATE TABLE less (id INTEGER);
            END IF;
            SELECT conname INTO found_name FROM pg_constraint WHERE conrelid = 'public.orders'::regclass AND contype = 'f';
            IF FOUND AND found_name IS NOT NULL THEN
                EXECUTE format('ALTER TABLE orders RENAME CONSTRAINT %I TO seller_key', found_name);
            END IF;
            PERFORM 1 FROM pg_type WHERE typname = 'mood';
            IF NOT FOUND THEN
                CREATE TYPE mood AS ENUM ('sad', 'ok');
            END IF;
            BEGIN
                CREATE TABLE three (id INTEGER);
            EXCEPTION
                WHEN undefined_table THEN
                    CREATE TABLE wrong (id INTEGER);
                WHEN duplicate_table OR duplicate_object THEN
                    ALTER TABLE three ADD COLUMN again mood;
            END;
            IF EXISTS (SELECT 1 FROM people) THEN
                UPDATE people SET id = id + 1;
                RAISE EXCEPTION 'there are people';
            END IF;
            IF n > 100 THEN
                RETURN;
            END IF;
            n := n + 1;
            EXECUTE 'CREATE TABLE t' || n || ' (id INTEGER)';
        END $$
        """
    )


def downgrade():
    pass
