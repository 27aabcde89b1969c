__all__ = ["FIRST", "shared", "_hidden"]
__all__ += ["exported"]

FIRST = "CREATE TABLE first (id INTEGER PRIMARY KEY)"
shared = "first"
not_exported = True
exported = True
_hidden = "first"
