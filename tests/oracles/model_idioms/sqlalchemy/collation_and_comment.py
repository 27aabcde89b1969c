from sqlalchemy import Column, Integer, String, Text
from sqlalchemy.orm import declarative_base
Base = declarative_base()
class A(Base):
    __tablename__ = "a"
    id = Column(Integer, primary_key=True, comment="the key")
    name = Column(String(20, collation="C"), nullable=False, comment="a name", doc="doc", info={"x": 1})
