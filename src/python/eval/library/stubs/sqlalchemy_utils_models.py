# What models inherit from SQLAlchemy-Utils (https://sqlalchemy-utils.readthedocs.io/en/latest/models.html).
from datetime import datetime

from sqlalchemy import Column, DateTime


class Timestamp:
    created = Column(DateTime, default=datetime.utcnow, nullable=False)
    updated = Column(DateTime, default=datetime.utcnow, nullable=False)


def generic_repr(*fields):
    if len(fields) == 1 and callable(fields[0]):
        return fields[0]
    return lambda cls: cls
