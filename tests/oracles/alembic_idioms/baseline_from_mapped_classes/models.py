from typing import Optional

import sqlalchemy as sa
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column, relationship


class Base(DeclarativeBase):
    pass


class Other(DeclarativeBase):
    pass


class Elsewhere(Other):
    __tablename__ = "elsewhere"

    id = sa.Column(sa.Integer, primary_key=True)


class Author(Base):
    __tablename__ = "authors"

    id: Mapped[int] = mapped_column(sa.Integer, primary_key=True)
    name = sa.Column(sa.String(40), nullable=False, index=True)


class Stamped:
    @declared_attr
    def owner_id(cls):
        return sa.Column(sa.Integer, sa.ForeignKey("authors.id"))

    made_at = sa.Column(sa.DateTime, server_default=sa.func.now())


class Chapter(Base):
    __tablename__ = "chapters"

    id: Mapped[int] = mapped_column(primary_key=True)
    book_id: Mapped[int] = mapped_column(sa.ForeignKey("books.id"))
    heading: Mapped[str]
    pages: Mapped[Optional[int]]
    price: Mapped["float | None"] = mapped_column(unique=True)


class Book(Stamped, Base):
    __tablename__ = "books"
    __table_args__ = (sa.UniqueConstraint("author_id", "title", name="uq_books"), sa.Index("ix_books", "title"))

    id = sa.Column(sa.Integer, primary_key=True)
    author_id = sa.Column(sa.Integer, sa.ForeignKey("authors.id", ondelete="CASCADE"))
    title = sa.Column(sa.Text)
    author = relationship("Author")
