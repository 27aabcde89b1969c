from . import NAMES
from .common import create

def run(cursor, conn):
    create(cursor, "first_" + NAMES[0])
