from sqlalchemy import Column, ForeignKey, Integer, String
from sqlalchemy.orm import as_declarative, declared_attr
@as_declarative()
class Base:
    id = Column(Integer, primary_key=True)
    @declared_attr
    def __tablename__(cls):
        return cls.__name__.lower()
class Book(Base):
    title = Column(String(50))
class Loan(Base):
    book_id = Column(Integer, ForeignKey("book.id"))
