from . import tags
from .common import PREFIX
from .notes import create_notes, index_notes
from .nested import create_nested

MIGRATIONS = [
    ("create_notes", create_notes),
    ("create_tags", tags.create),
    ("index_notes", index_notes),
    ("create_nested", create_nested),
    ("prefix", lambda cursor, conn: cursor.execute(f"CREATE TABLE {PREFIX}_{__name__} (id INTEGER)")),
]
