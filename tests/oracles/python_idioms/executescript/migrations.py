"""Whole scripts, with comments, triggers and semicolons in text."""

BASE = """
-- The first version.
CREATE TABLE IF NOT EXISTS posts (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    title TEXT NOT NULL DEFAULT 'a; b', -- a semicolon in a text
    body TEXT /* a comment; with one too */
);
CREATE TABLE IF NOT EXISTS revisions (post_id INTEGER REFERENCES posts(id) ON DELETE CASCADE, body TEXT);
CREATE INDEX IF NOT EXISTS idx_revisions_post ON revisions(post_id);
"""


def base(cursor, conn):
    cursor.executescript(BASE)


def trigger(cursor, conn):
    conn.executescript("""
        CREATE TRIGGER posts_keep_revision AFTER UPDATE OF body ON posts
        BEGIN
            INSERT INTO revisions (post_id, body) VALUES (old.id, old.body);
            DELETE FROM revisions WHERE body IS NULL;
        END;
        INSERT INTO posts (body) VALUES ('one');
        UPDATE posts SET body = 'two';
    """)
    if conn.execute("SELECT body FROM revisions").fetchall() == [("one",)]:
        conn.executescript("ALTER TABLE posts ADD COLUMN edited INTEGER DEFAULT 0")


def in_a_transaction(cursor, conn):
    cursor.executescript(
        """
        BEGIN;
        ALTER TABLE posts ADD COLUMN slug TEXT;
        CREATE UNIQUE INDEX idx_posts_slug ON posts(slug);
        COMMIT;
        """
    )


MIGRATIONS = [("base", base), ("trigger", trigger), ("in_a_transaction", in_a_transaction)]
