from sqlalchemy import Column, ForeignKey, Integer, String, Table
from sqlalchemy.orm import declarative_base
Base = declarative_base()
class A(Base):
    __table__ = Table("a", Base.metadata, Column("id", Integer, primary_key=True), Column("name", String(11)))
b_table = Table("b", Base.metadata, Column("id", Integer, primary_key=True), Column("a_id", ForeignKey("a.id")))
class B(Base):
    __table__ = b_table
