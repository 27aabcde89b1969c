import json

shared = json.loads('"second"')
_private = True


def second(name):
    return f"CREATE TABLE {name} (id INTEGER PRIMARY KEY, {_column()} TEXT)"


def _column():
    return "of_the_module"
