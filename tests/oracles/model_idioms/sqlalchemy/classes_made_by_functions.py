from sqlalchemy import Column, DateTime, Integer, String
from sqlalchemy.orm import declarative_base
Base = declarative_base()
class Book(Base):
    __tablename__ = "books"
    id = Column(Integer, primary_key=True)
    title = Column(String(30))
def history_of(model):
    class History(Base):
        __tablename__ = model.__tablename__ + "_history"
        id = Column(Integer, primary_key=True)
        changed_at = Column(DateTime, nullable=False)
    return History
BookHistory = history_of(Book)
