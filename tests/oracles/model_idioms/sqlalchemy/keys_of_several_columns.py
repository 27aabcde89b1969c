from sqlalchemy import Column, ForeignKeyConstraint, Integer, PrimaryKeyConstraint, String, UniqueConstraint
from sqlalchemy.orm import declarative_base
Base = declarative_base()
class Order(Base):
    __tablename__ = "orders"
    shop = Column(Integer, primary_key=True)
    number = Column(Integer, primary_key=True, autoincrement=False)
class Line(Base):
    __tablename__ = "lines"
    __table_args__ = (ForeignKeyConstraint(["shop", "number"], ["orders.shop", "orders.number"]), PrimaryKeyConstraint("shop", "number", "line"))
    shop = Column(Integer)
    number = Column(Integer)
    line = Column(Integer)
