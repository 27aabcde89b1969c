import dataclasses
from sqlalchemy import Column, Integer
from sqlalchemy.orm import composite, declarative_base
Base = declarative_base()
@dataclasses.dataclass
class Point:
    x: int
    y: int
class Line(Base):
    __tablename__ = "lines"
    id = Column(Integer, primary_key=True)
    x1 = Column(Integer)
    y1 = Column(Integer)
    start = composite(Point, x1, y1)
