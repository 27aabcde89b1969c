from ..common import create
LEVEL = 2

def run(cursor):
    create(cursor, f"deep_{LEVEL}")
