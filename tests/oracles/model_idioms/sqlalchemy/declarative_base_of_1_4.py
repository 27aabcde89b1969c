from sqlalchemy import Boolean, Column, DateTime, Float, ForeignKey, Integer, LargeBinary, Numeric, String, Text
from sqlalchemy.orm import declarative_base, relationship
Base = declarative_base()
class Author(Base):
    __tablename__ = "authors"
    id = Column(Integer, primary_key=True)
    name = Column(String(120), nullable=False, index=True)
    email = Column(String, unique=True)
    is_active = Column(Boolean, default=True)
    rating = Column(Float)
    price = Column(Numeric(10, 2), server_default="0")
    photo = Column(LargeBinary)
    bio = Column(Text, nullable=True)
    born = Column(DateTime(timezone=True))
    books = relationship("Book", back_populates="author")
class Book(Base):
    __tablename__ = "books"
    id = Column(Integer, primary_key=True)
    author_id = Column(Integer, ForeignKey("authors.id", ondelete="CASCADE"), nullable=False, index=True)
    author = relationship("Author", back_populates="books")
