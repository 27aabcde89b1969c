from sqlalchemy import Column, Index, Integer, String
from sqlalchemy.orm import declarative_base
Base = declarative_base()
class Book(Base):
    __tablename__ = "books"
    id = Column(Integer, primary_key=True)
    title = Column(String(100))
    author = Column(String(100))
    ix = Index("ix_books_both", title, author)
