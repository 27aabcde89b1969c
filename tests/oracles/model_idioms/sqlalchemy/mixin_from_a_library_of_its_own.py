from sqlalchemy import Column, Integer, String, event
from sqlalchemy.ext.declarative import declared_attr
from sqlalchemy.ext.mutable import MutableDict, MutableList
from sqlalchemy.dialects.postgresql import ARRAY, HSTORE, JSONB
from sqlalchemy.orm import declarative_base
Base = declarative_base()
class A(Base):
    __tablename__ = "a"
    id = Column(Integer, primary_key=True)
    doc = Column(MutableDict.as_mutable(JSONB))
    tags = Column(MutableList.as_mutable(ARRAY(String)))
@event.listens_for(A, "before_insert")
def before(mapper, connection, target):
    pass
