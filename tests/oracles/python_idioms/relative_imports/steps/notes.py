from .common import PREFIX as _prefix
from .common import create


def create_notes(cursor, conn):
    create(cursor, "notes", "title TEXT")


def index_notes(cursor, conn):
    from . import tags as other

    cursor.execute(f"CREATE INDEX idx_notes ON {_prefix}_notes(title)")
    cursor.execute(f"ALTER TABLE {_prefix}_{other.TABLE} ADD COLUMN note_id INTEGER")
