import json
from sqlalchemy import CHAR, Column, Integer, String, Text, TypeDecorator
from sqlalchemy.dialects.postgresql import ARRAY, CITEXT, JSONB, TSVECTOR, UUID
from sqlalchemy.orm import declarative_base
from sqlalchemy.types import UserDefinedType
Base = declarative_base()
class Json(TypeDecorator):
    impl = Text
    cache_ok = True
class Guid(TypeDecorator):
    impl = CHAR
    cache_ok = True
    def load_dialect_impl(self, dialect):
        if dialect.name == "postgresql":
            return dialect.type_descriptor(UUID())
        return dialect.type_descriptor(CHAR(32))
class Short(TypeDecorator):
    impl = String(7)
    cache_ok = True
class A(Base):
    __tablename__ = "a"
    id = Column(Guid, primary_key=True)
    data = Column(Json)
    short = Column(Short())
    tags = Column(ARRAY(String(10)))
    doc = Column(JSONB, server_default="{}")
    words = Column(TSVECTOR)
    ids = Column(ARRAY(Integer), nullable=False)
