from sqlalchemy import Column, ForeignKey, Integer
from sqlalchemy.orm import declarative_base
Base = declarative_base()
class Node(Base):
    __tablename__ = "nodes"
    id = Column(Integer, primary_key=True)
    parent_id = Column(Integer, ForeignKey("nodes.id", ondelete="CASCADE"))
class Left(Base):
    __tablename__ = "lefts"
    id = Column(Integer, primary_key=True)
    right_id = Column(Integer, ForeignKey("rights.id", use_alter=True, name="fk_left_right"))
class Right(Base):
    __tablename__ = "rights"
    id = Column(Integer, primary_key=True)
    left_id = Column(Integer, ForeignKey("lefts.id"))
