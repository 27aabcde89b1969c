from sqlalchemy import Column, DateTime, ForeignKey, Integer, String, func
from sqlalchemy.orm import declarative_base
Base = declarative_base()
def fk(target, **kwargs):
    return Column(Integer, ForeignKey(target, ondelete="CASCADE"), nullable=False, **kwargs)
def created():
    return Column(DateTime, server_default=func.now())
LENGTH = 2 * 32
class A(Base):
    __tablename__ = "a"
    id = Column(Integer, primary_key=True)
    name = Column(String(LENGTH))
    at = created()
class B(Base):
    __tablename__ = "b"
    id = Column(Integer, primary_key=True)
    a_id = fk("a.id", index=True)
