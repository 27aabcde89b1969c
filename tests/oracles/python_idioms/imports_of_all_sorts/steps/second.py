from steps.common import create as make

def run(cursor, conn):
    make(cursor, "second")
