from sqlalchemy import Column, Integer, String, Text, func, select
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import column_property, declarative_base, deferred, synonym, validates
Base = declarative_base()
class A(Base):
    __tablename__ = "a"
    id = Column(Integer, primary_key=True)
    body = deferred(Column(Text, nullable=False))
    first = Column(String(10))
    last = Column(String(10))
    full = column_property(first + " " + last)
    loud = column_property(Column("loud_name", String(20)))
    other = synonym("first")
    count: int = 3
    @hybrid_property
    def both(self):
        return self.first
    @validates("first")
    def check(self, key, value):
        return value
