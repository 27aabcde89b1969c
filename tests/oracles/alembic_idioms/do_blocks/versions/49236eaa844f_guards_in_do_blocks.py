"""Guards in DO blocks

Revision ID: 49236eaa844f
Revises:
Create Date: 2023-04-24 17:19:00.768368

"""

from alembic import op


# revision identifiers, used by Alembic.
revision = "49236eaa844f"
down_revision = None
branch_labels = None
depends_on = None


def upgrade():
    op.execute("""
        DO $$
        BEGIN
            IF NOT EXISTS (SELECT 1 FROM pg_type WHERE typname = 'mood') THEN
                CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
            END IF;
        END
        $$;
    """)
    op.execute("""
        DO $do$ BEGIN
            CREATE TYPE mood AS ENUM ('other');
        EXCEPTION
            WHEN duplicate_object THEN null;
        END $do$;
    """)
    op.execute("CREATE TABLE people (id SERIAL PRIMARY KEY, mood mood NOT NULL DEFAULT 'ok')")
    op.execute("""
        DO $$
        BEGIN
            IF NOT EXISTS (
                SELECT 1 FROM information_schema.columns
                WHERE table_name = 'people' AND column_name = 'age'
            ) THEN
                ALTER TABLE people ADD COLUMN age INTEGER;
            END IF;
            IF EXISTS (SELECT 1 FROM pg_constraint WHERE conname = 'people_absent') THEN
                ALTER TABLE people DROP CONSTRAINT people_absent;
            END IF;
        END $$
    """)


def downgrade():
    op.execute("DROP TABLE people; DROP TYPE mood")
