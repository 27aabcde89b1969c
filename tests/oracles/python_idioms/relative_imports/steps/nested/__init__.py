from ..common import create
from .deeper import COLUMNS


def create_nested(cursor, conn):
    create(cursor, "nested", *COLUMNS)
