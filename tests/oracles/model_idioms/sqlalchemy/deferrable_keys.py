from sqlalchemy import Column, ForeignKey, Integer, UniqueConstraint
from sqlalchemy.orm import declarative_base
Base = declarative_base()
class A(Base):
    __tablename__ = "a"
    __table_args__ = (UniqueConstraint("place", deferrable=True, initially="DEFERRED"),)
    id = Column(Integer, primary_key=True)
    place = Column(Integer)
    next_id = Column(Integer, ForeignKey("a.id", deferrable=True, initially="DEFERRED"))
