from sqlalchemy import CheckConstraint, Column, ForeignKeyConstraint, Index, Integer, String, UniqueConstraint, func, text
from sqlalchemy.orm import declarative_base
Base = declarative_base()
class A(Base):
    __tablename__ = "a"
    __table_args__ = (
        UniqueConstraint("x", "y", name="uq_a"),
        Index("ix_a_x", "x"),
        Index("ix_a_lower", func.lower(text("name"))),
        Index("ix_a_partial", "y", unique=True, postgresql_where=text("x > 3")),
        Index("ix_a_hash", "name", postgresql_using="hash"),
        CheckConstraint("x <> y", name="different"),
    )
    id = Column(Integer, primary_key=True)
    x = Column(Integer)
    y = Column(Integer)
    name = Column(String)
class B(Base):
    __tablename__ = "b"
    __table_args__ = {"comment": "nothing"}
    id = Column(Integer, primary_key=True)
