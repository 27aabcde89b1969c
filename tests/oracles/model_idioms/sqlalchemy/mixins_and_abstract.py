from datetime import datetime
from sqlalchemy import Column, DateTime, Integer, String, func
from sqlalchemy.orm import DeclarativeBase, Mapped, declared_attr, mapped_column
class Base(DeclarativeBase):
    __abstract__ = True
    id: Mapped[int] = mapped_column(primary_key=True)
class Timestamps:
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    updated_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True), onupdate=func.now())
class Named:
    @declared_attr.directive
    def __tablename__(cls) -> str:
        return cls.__name__.lower() + "s"
    name = Column(String(64), nullable=False)
class Soft(Base):
    __abstract__ = True
    deleted = Column(Integer, default=0)
class Cat(Named, Timestamps, Base):
    lives: Mapped[int]
class Dog(Soft, Named):
    tail: Mapped[str | None]
    name = Column(String(10))
class Bird(Base, Timestamps):
    __tablename__ = "birds"
    updated_at = None
