import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.types import CHAR, TypeDecorator


class GUID(TypeDecorator):
    """A uuid, whatever the database."""

    impl = CHAR
    cache_ok = True

    def load_dialect_impl(self, dialect):
        if dialect.name == "postgresql":
            return dialect.type_descriptor(postgresql.UUID())
        return dialect.type_descriptor(CHAR(32))


class Money(TypeDecorator):
    impl = sa.Numeric(12, 2)
    cache_ok = True


class ShortText(TypeDecorator):
    impl = sa.String
    cache_ok = True
