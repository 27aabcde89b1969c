from sqlalchemy import Column, Integer, String, Table
from sqlalchemy.orm import declarative_base
Base = declarative_base()
class Book(Base):
    __tablename__ = "books"
    id = Column(Integer, primary_key=True)
Book.title = Column(String(30), nullable=False)
extra = Table("extra", Base.metadata, Column("id", Integer, primary_key=True))
extra.append_column(Column("note", String(9)))
